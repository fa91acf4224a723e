"""The list "To act on": whom, in which order, and how many (M04, M05)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from narvaro.contexts.attendance.api import Overview, overview
from narvaro.contexts.register.api import PupilCard, search, visible_pupil_ids
from narvaro.contexts.warnings.queries import ACTION, OpenWarning, open_warnings
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.warning_states import Situation, situation

URGENT = (Situation.FIRED_AGAIN, Situation.NEW, Situation.FOLLOW_UP_DUE)
_PLACES = {each: place for place, each in enumerate(Situation)}
_NO_RATE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person asked to see. Unknown values fall back to everything."""

    text: str = ""
    grade: str = ""
    rule: str = ""
    step: str = ""
    situation: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One pupil with open warnings."""

    pupil: int
    situation: Situation
    warnings: tuple[OpenWarning, ...]
    overview: Overview | None

    @property
    def step(self) -> int:
        return max(each.step for each in self.warnings)

    @property
    def severity(self) -> int:
        return max(each.severity for each in self.warnings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToActOn:
    """``found`` in order, after the choice; the counts are before it. ``others``: those of a name that was looked for
    whom nobody needs to act on. ``followed``: everybody whom the person follows and who has numbers. ``reported`` of
    ``offered`` minutes in the latest 20 school days of all of them."""

    found: tuple[Listed, ...]
    others: tuple[PupilCard, ...]
    followed: Mapping[int, Overview]
    flagged: int
    situations: Mapping[Situation, int]
    grades: tuple[str, ...]
    rules: tuple[str, ...]
    as_of: date | None
    offered: int
    reported: int

    @property
    def other_ids(self) -> list[int]:
        return [card.pk for card in self.others]


def to_act_on(actor: Actor, choice: Choice) -> ToActOn:
    """Two queries, and a few more when a name is searched for."""
    visible = visible_pupil_ids(actor, ACTION)
    followed, day, found_open = overview(actor, visible), today(), open_warnings(actor, visible)
    everybody = [_listed(pupil, warnings, followed, day) for pupil, warnings in found_open.items()]
    cards = search(actor, choice.text, action=ACTION)
    named = {card.pk for card in cards} if choice.text.strip() else None
    found = [each for each in everybody if _fits(each, choice) and (named is None or each.pupil in named)]
    return ToActOn(
        others=tuple(card for card in cards if card.pk not in found_open),
        found=tuple(sorted(found, key=_ORDERS.get(choice.sort.lstrip("-"), _urgency), reverse=_downwards(choice.sort))),
        followed=followed,
        flagged=len(everybody),
        situations=Counter(each.situation for each in everybody),
        grades=tuple(sorted({each.overview.grade for each in everybody if each.overview}, key=_grade_order)),
        rules=tuple(dict.fromkeys(warning.rule_id for each in everybody for warning in each.warnings)),
        as_of=max((each.as_of for each in followed.values()), default=None),
        offered=sum(each.offered for each in followed.values()),
        reported=sum(each.reported for each in followed.values()),
    )


def _listed(pupil: int, warnings: Iterable[OpenWarning], followed: Mapping[int, Overview], day: date) -> Listed:
    kept = tuple(warnings)
    return Listed(
        pupil=pupil,
        situation=situation([each.standing for each in kept], day),
        warnings=kept,
        overview=followed.get(pupil),
    )


def _fits(each: Listed, choice: Choice) -> bool:
    return (
        (not choice.grade or (each.overview is not None and each.overview.grade == choice.grade))
        and (not choice.step.isdigit() or each.step >= int(choice.step))
        and (not choice.rule or any(warning.rule_id == choice.rule for warning in each.warnings))
        and (not choice.situation or _in_situation(each.situation, choice.situation))
    )


def _in_situation(its: Situation, wanted: str) -> bool:
    return its in URGENT if wanted == "urgent" else its.value == wanted


def _urgency(each: Listed) -> tuple[Any, ...]:
    """What waits for a person first, then the highest step, then the most absence."""
    return (_PLACES[each.situation], -each.step, -each.severity, -_rate(each), each.pupil)


def _rate(each: Listed) -> int:
    known = each.overview.rate if each.overview else None
    return _NO_RATE if known is None else known


def _trend(each: Listed) -> int:
    known = each.overview.trend if each.overview else None
    return -1_000_000 if known is None else known


_ORDERS: dict[str, Callable[[Listed], Any]] = {
    "rate": lambda each: (_rate(each), each.pupil),
    "trend": lambda each: (_trend(each), each.pupil),
    "step": lambda each: (each.step, _rate(each), each.pupil),
}


def _downwards(sort: str) -> bool:
    return sort.startswith("-") and sort.lstrip("-") in _ORDERS


def _grade_order(grade: str) -> tuple[int, str]:
    return (int(grade), grade) if grade.isdigit() else (-1 if grade in ("F", "0") else 99, grade)
