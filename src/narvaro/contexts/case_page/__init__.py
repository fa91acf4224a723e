"""One case put together for those who work with it: steps, attendance, tasks, meetings, duties and one chronology.

It asks the other contexts, so it stands above them (ADR 0021).
"""
