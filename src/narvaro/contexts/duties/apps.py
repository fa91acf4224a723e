from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "narvaro.contexts.duties"
    label = "duties"
