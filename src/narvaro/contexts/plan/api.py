"""What other contexts may ask: the plan whose rules and steps are in force, and the version that a case follows."""

from narvaro.contexts.plan.presenters import step_words
from narvaro.contexts.plan.presenters import tabs as plan_tabs
from narvaro.contexts.plan.queries import (
    DEFAULT_PRESET,
    DeviationTold,
    VersionCard,
    deviations_of,
    plan_in_force,
    plan_of_version,
    version_in_force,
)
from narvaro.contexts.plan.versions import VersionRow, find_version

__all__ = [
    "DEFAULT_PRESET",
    "DeviationTold",
    "VersionCard",
    "VersionRow",
    "deviations_of",
    "find_version",
    "plan_in_force",
    "plan_of_version",
    "plan_tabs",
    "step_words",
    "version_in_force",
]
