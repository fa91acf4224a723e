"""Cases: the work around one pupil, step by step by the plan that holds for the case (M11, M33, M42).

Those in the pupil's circle read it; what was said is shown on a click, and the reading is logged.
"""
