from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "narvaro.core"
    label = "core"
