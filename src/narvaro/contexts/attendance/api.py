"""What other contexts may ask of attendance."""

from narvaro.contexts.attendance.invalid import (
    InvalidDay,
    InvalidMonth,
    invalid_in,
    invalid_on,
    invalid_times,
    latest_day,
    whole_invalid_days,
)
from narvaro.contexts.attendance.measured import ListedMeasure, Measured, Overview, RunFacts, Week
from narvaro.contexts.attendance.one_pupil import PupilFacts, pupil_facts
from narvaro.contexts.attendance.presenters import coverage_words, rate_words, week_line
from narvaro.contexts.attendance.queries import invalid_at_least, listed_measures, overview
from narvaro.contexts.attendance.services import clear_measures, finish_run, write_measures

__all__ = [
    "InvalidDay",
    "InvalidMonth",
    "ListedMeasure",
    "Measured",
    "Overview",
    "PupilFacts",
    "RunFacts",
    "Week",
    "clear_measures",
    "coverage_words",
    "finish_run",
    "invalid_at_least",
    "invalid_in",
    "invalid_on",
    "invalid_times",
    "latest_day",
    "listed_measures",
    "overview",
    "pupil_facts",
    "rate_words",
    "week_line",
    "whole_invalid_days",
    "write_measures",
]
