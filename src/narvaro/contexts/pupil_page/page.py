"""The pupil's page put together, for those who work with the pupil and for the pupil and guardians.

Both see the same facts. At home there are no warnings, no limits of the plan, and nothing is marked as a pattern.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.attendance.api import PupilFacts
from narvaro.contexts.pupil_page.answer import Answer, answer
from narvaro.contexts.pupil_page.lessons import week_of
from narvaro.contexts.pupil_page.pictures import (
    subject_bars,
    weekday_bars,
    year_map,
    year_series,
)
from narvaro.contexts.pupil_page.seen import Fact, patterns, strengths
from narvaro.contexts.pupil_page.selection import Selection
from narvaro.contexts.register.api import PupilCard
from narvaro.contexts.warnings.api import DecisionTold, OpenWarning, decision_entries, reasons, step_words
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.domain.plan import Plan
from narvaro.domain.pupil_year import PupilYear
from narvaro.domain.school_calendar import SchoolCalendar, week_no
from narvaro.ui.charts import Chart
from narvaro.ui.formats import words
from narvaro.ui.parts import Entry, Kind, Link

AT_HOME = ("legal_guardian", "pupil")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who it is about; ``url`` leads to the pupil's page."""

    name: str
    sub: str
    lede: str
    url: str
    key: str
    tags: tuple[tuple[str, Kind], ...]
    crumbs: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the plan's rules and people's decisions say; not shown at home. Addresses are empty without the right."""

    reasons: tuple[str, ...]
    step: str
    decisions: tuple[Entry, ...]
    why_url: str
    decide_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """The tab. ``schools`` is said when the days are from more than one."""

    answer: Answer
    day_map: Chart
    series: Chart
    weekdays: Chart
    subjects: Chart | None
    strengths: tuple[Fact, ...]
    patterns: tuple[Fact, ...]
    schools: str
    weeks: tuple[tuple[str, str], ...]
    lessons_url: str


def head(actor: Actor, card: PupilCard, as_of: date | None) -> Head:
    listed = access().decide(actor, "warning.read").allowed
    crumbs = (Link(_("To act on"), reverse("warnings")), Link(card.name, "")) if listed else ()
    return Head(
        name=card.name,
        sub=" · ".join(part for part in (card.class_name, card.unit_name) if part),
        lede=_lede(card, as_of),
        url=reverse("pupil", args=[card.key]),
        key=str(card.key),
        tags=((_("Protected identity"), "warn"),) if card.protected and not at_home(actor) else (),
        crumbs=crumbs,
    )


def at_home(actor: Actor) -> bool:
    return actor.role in AT_HOME


def situation(
    actor: Actor, card: PupilCard, plan: Plan, open_now: Sequence[OpenWarning], decided: Sequence[DecisionTold]
) -> Situation:
    """For those who may read warnings; the caller has asked."""
    may_decide = bool(open_now) and access().decide(actor, "warning.decide").allowed
    return Situation(
        reasons=reasons(open_now, plan),
        step=step_words(plan, max(each.step for each in open_now)) if open_now else "",
        decisions=decision_entries(decided, plan),
        why_url=reverse("warning", args=[card.key]),
        decide_url=reverse("warning_decide", args=[card.key]) if may_decide else "",
    )


def tabs(shown: Head, found: "Attendance | None") -> tuple[Link, ...]:
    """So far one; each tab has one big number, and is called what the number is a share of."""
    return (Link(_("Absence"), shown.url, current=True, figure=found.answer.figure if found else ""),)


def attendance(
    facts: PupilFacts,
    key: object,
    *,
    home: bool,
    calendar: SchoolCalendar | None,
    schools: Mapping[str, str],
    limits: Sequence[Fraction] = (),
    decided: Sequence[date] = (),
    weeks: int = 0,
) -> Attendance | None:
    year = facts.year
    if year is None:
        return None
    return Attendance(
        answer=answer(year, key, judged=not home),
        day_map=year_map(year, calendar, title=_("Each school day"), weeks=weeks),
        series=year_series(year, calendar, limits=limits, decided=decided),
        weekdays=weekday_bars(year, judged=not home),
        subjects=subject_bars(year, judged=not home),
        strengths=strengths(year, key),
        patterns=patterns(year, key, judged=not home),
        schools=_schools(year, schools),
        weeks=_weeks(year),
        lessons_url=reverse("pupil_lessons", args=[key]),
    )


def _lede(card: PupilCard, as_of: date | None) -> str:
    """Until cases exist, the mentor holds the contact."""
    mentors = _("Mentor %(names)s has the contact with home.") % {"names": ", ".join(card.mentors)}
    told = [mentors if card.mentors else _("No mentor is registered.")]
    if as_of is not None:
        told.append(_("Data to %(day)s.") % {"day": words().day(as_of)})
    return " ".join(told)


def _schools(year: PupilYear, schools: Mapping[str, str]) -> str:
    units = list(dict.fromkeys(day.school_unit_id for day in year.period))
    if len(units) < 2:
        return ""
    named = ", ".join(schools.get(unit, unit) for unit in units)
    return _("The numbers sum lessons from several schools: %(schools)s.") % {"schools": named}


def _weeks(year: PupilYear) -> tuple[tuple[str, str], ...]:
    """Each week with lessons, the latest first: its Monday and what it is called."""
    found: dict[int, Selection] = {}
    for day in reversed(year.period):
        found.setdefault(week_no(day.date), week_of(day.date))
    return tuple(
        (
            week.first.isoformat(),
            _("week %(number)s, %(period)s")
            % {"number": week.first.isocalendar().week, "period": words().period(week.first, week.last)},
        )
        for week in found.values()
    )
