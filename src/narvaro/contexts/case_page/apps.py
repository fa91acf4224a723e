from django.apps import AppConfig


class CasePageConfig(AppConfig):
    name = "narvaro.contexts.case_page"
    label = "case_page"

    def ready(self) -> None:
        """Cases stand below meetings and duties, and still ask what those know before a case is closed."""
        from narvaro.contexts.case_page.answering import answered, voices
        from narvaro.contexts.cases.api import hand_in

        hand_in(answered=answered, voices=voices)
