from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "narvaro.contexts.cases"
    label = "cases"
