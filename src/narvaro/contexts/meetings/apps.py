from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "narvaro.contexts.meetings"
    label = "meetings"
