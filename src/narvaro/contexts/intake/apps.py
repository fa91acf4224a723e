from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "narvaro.contexts.intake"
    label = "intake"
