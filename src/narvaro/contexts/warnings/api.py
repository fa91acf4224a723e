"""What other contexts may ask of warnings."""

from narvaro.contexts.warnings.listing import Choice, Listed, to_act_on
from narvaro.contexts.warnings.measure_run import run_measures
from narvaro.contexts.warnings.presenters import (
    about,
    case_words,
    decision_entries,
    reasons,
    situation_words,
)
from narvaro.contexts.warnings.queries import DecisionTold, OpenWarning, decisions_of, warnings_of

__all__ = [
    "Choice",
    "DecisionTold",
    "Listed",
    "OpenWarning",
    "about",
    "case_words",
    "decision_entries",
    "decisions_of",
    "reasons",
    "run_measures",
    "situation_words",
    "to_act_on",
    "warnings_of",
]
