from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "narvaro.contexts.attendance"
    label = "attendance"
