"""What there is to choose between in the forms of a plan, in the words that the plan is told in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext

from narvaro.core.access import access
from narvaro.plans.telling import FORMS, KINDS, MEETINGS, NEEDS, OCCASIONS
from narvaro.ui.formats import words

LONGEST_DAYS = 178
NOT_IN_PLANS = ("system_administrator", "process_leader", "evaluator")
OWNERS = ("mentor", "attendance_coordinator", "principal")
Choices = list[tuple[str, str]]


def kind_choices() -> Choices:
    return _said(KINDS)


def occasion_choices() -> Choices:
    return _said(OCCASIONS)


def meeting_choices() -> Choices:
    return [("", gettext("no meeting")), *_said(MEETINGS)]


def need_choices() -> Choices:
    return _said(NEEDS)


def form_choices() -> Choices:
    return _said(FORMS)


def owner_choices() -> Choices:
    return [(role, access().roles[role].say(words().language)) for role in OWNERS]


def role_choices(empty: Any = "") -> Any:
    """``empty``: what stands for nobody; left out, one of the roles must be chosen."""

    def choices() -> Choices:
        roles = [
            (role, said.say(words().language)) for role, said in access().roles.items() if role not in NOT_IN_PLANS
        ]
        return [("", str(empty)), *roles] if empty else roles

    return choices


def days(label: Any, *, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=required, min_value=0, max_value=LONGEST_DAYS)


def in_order(chosen: Iterable[str], before: Iterable[str]) -> tuple[Any, ...]:
    """As they stood, and those that are new last: a form has an order of its own, which nobody chose."""
    wanted = list(chosen)
    return (*(each for each in before if each in wanted), *(each for each in wanted if each not in set(before)))


def part_text(text: Any, part: Any) -> Any:
    """``text`` with ``part`` filled in when it is shown, in the language of then."""
    return format_lazy("{}", _Later(text, part))


class _Later:
    def __init__(self, text: Any, part: Any) -> None:
        self.text, self.part = text, part

    def __str__(self) -> str:
        return str(self.text) % {"part": self.part}


def _said(known: Mapping[Any, str]) -> Choices:
    return [(name, gettext(text)) for name, text in known.items()]
