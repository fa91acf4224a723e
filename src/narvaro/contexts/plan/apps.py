from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "narvaro.contexts.plan"
    label = "plan"
