from django.apps import AppConfig


class CasePageConfig(AppConfig):
    name = "narvaro.contexts.case_page"
    label = "case_page"
