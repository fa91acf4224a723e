"""The look of Närvaro: base templates, components, charts and vendored assets. Nothing here knows a pupil."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "narvaro.ui"
    label = "ui"
