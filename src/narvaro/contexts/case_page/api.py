"""What stands above the case's page may ask: the program's start, and the demo."""

from narvaro.contexts.case_page.answering import answered

__all__ = ["answered"]
