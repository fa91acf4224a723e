"""Words for people, in Swedish or English. Sources are English; the Swedish catalogue is complete (ADR 0003).

Code below the screen never chooses a language: it makes a ``Message`` and the edge says it.
"""

import gettext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("sv", "en")
DEFAULT_LANGUAGE = "sv"
_LOCALE = Path(__file__).parent / "locale"


def N_(text: str) -> str:
    """Mark ``text`` for the catalogue without translating it."""
    return text


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("django", _LOCALE, languages=[language])


def translate(text: str, language: str) -> str:
    return _catalogue(language).gettext(text)


def translate_plural(one: str, many: str, count: int, language: str) -> str:
    return _catalogue(language).ngettext(one, many, count)


@dataclass(frozen=True, slots=True)
class Words:
    """What a municipality writes itself, so in no catalogue: Swedish, and English where somebody wrote it too."""

    sv: str
    en: str = ""

    def say(self, language: str = DEFAULT_LANGUAGE) -> str:
        return (self.en or self.sv) if language == "en" else self.sv


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence with values to fill in, said in whichever language the reader has."""

    text: str
    values: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, text: str, **values: object) -> "Message":
        return cls(text, tuple(values.items()))

    def say(self, language: str = DEFAULT_LANGUAGE) -> str:
        return translate(self.text, language).format(**dict(self.values))
