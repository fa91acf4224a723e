"""Attendance facts: readers, store, measures. No web framework; paths and keys are passed in."""
