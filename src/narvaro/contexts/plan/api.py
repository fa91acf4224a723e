"""What other contexts may ask: the plan whose rules and steps are in force."""

from narvaro.contexts.plan.queries import DEFAULT_PRESET, PlanInForce, plan_in_force, preset_in_force

__all__ = ["DEFAULT_PRESET", "PlanInForce", "plan_in_force", "preset_in_force"]
