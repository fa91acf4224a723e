from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "narvaro.core"
    label = "core"

    def ready(self) -> None:
        from narvaro.core import logs, row_security

        logs.set_up()
        row_security.connect()
