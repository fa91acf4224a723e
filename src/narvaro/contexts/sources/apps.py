from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "narvaro.contexts.sources"
    label = "sources"
