"""The parts of the first page: a question of the day, its answer, and a few lines."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.register.api import PupilCard
from narvaro.ui.formats import words

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A pupil in one line of a panel."""

    name: str
    about: str
    text: str
    url: str

    @classmethod
    def of(cls, card: PupilCard, text: str = "") -> "Line":
        about = " · ".join(part for part in (card.class_name, card.unit_name) if part)
        return cls(name=card.name, about=about, text=text, url=reverse("pupil", args=[card.key]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A question of the day and its answer. ``more`` is how many are not shown here."""

    question: str
    answer: str
    lines: tuple[Line, ...]
    more: int = 0
    more_url: str = ""


def answer(text: str, count: int) -> str:
    return text % {"count": words().number(count) if count else _("None")}
