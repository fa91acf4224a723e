from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "narvaro.contexts.register"
    label = "register"
