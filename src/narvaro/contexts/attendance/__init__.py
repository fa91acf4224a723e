"""Each pupil's attendance as numbers that pages can read at once, and one pupil's own days and lessons (M01, M03)."""
