from django.apps import AppConfig


class PupilPageConfig(AppConfig):
    name = "narvaro.contexts.pupil_page"
    label = "pupil_page"
