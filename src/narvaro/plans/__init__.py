"""Attendance plans: YAML files (definitions/plans, or a municipality's own) read into the domain's Plan (ADR 0007)."""

from narvaro.plans.errors import PlanError
from narvaro.plans.loading import load_plan, preset_names

__all__ = ["PlanError", "load_plan", "preset_names"]
