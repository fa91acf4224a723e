"""The pupil's own page and the pupil-health team's meeting view.

They put together what the other contexts know, so they stand above them: nothing imports this one.
"""
