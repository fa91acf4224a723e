from django.apps import AppConfig


class WarningsConfig(AppConfig):
    name = "narvaro.contexts.warnings"
    label = "warnings"
