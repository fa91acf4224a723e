"""Bounded contexts: one Django app each, the same file names inside each, used by each other only through api."""
