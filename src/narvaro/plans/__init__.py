"""Attendance plans: YAML files (definitions/plans, or a municipality's own) read into the domain's Plan (ADR 0007)."""

from narvaro.plans.errors import PlanError
from narvaro.plans.loading import all_faults, load_plan, plan_of_text, preset_names, preset_text
from narvaro.plans.writing import write_plan

__all__ = ["PlanError", "all_faults", "load_plan", "plan_of_text", "preset_names", "preset_text", "write_plan"]
