"""Närvaro: every pupil's attendance seen in time, acted on together, and what helped."""

__version__ = "0.1.0"
