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
from narvaro.contexts.cases.api import CaseCard, role_words
from narvaro.contexts.plan.api import step_words
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
from narvaro.contexts.warnings.api import DecisionTold, OpenWarning, case_words, decision_entries, reasons
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
    open_url: str = ""
    case: str = ""
    case_url: str = ""


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


def head(actor: Actor, card: PupilCard, as_of: date | None, case: CaseCard | None = None) -> Head:
    """``case``: the open one, when the reader may know of it."""
    listed = access().decide(actor, "warning.read").allowed
    crumbs = (Link(_("To act on"), reverse("warnings")), Link(card.name, "")) if listed else ()
    return Head(
        name=card.name,
        sub=" · ".join(part for part in (card.class_name, card.unit_name) if part),
        lede=_lede(card, as_of, case),
        url=reverse("pupil", args=[card.key]),
        key=str(card.key),
        tags=((_("Protected identity"), "warn"),) if card.protected and not at_home(actor) else (),
        crumbs=crumbs,
    )


def at_home(actor: Actor) -> bool:
    return actor.role in AT_HOME


def situation(
    actor: Actor,
    card: PupilCard,
    plan: Plan,
    open_now: Sequence[OpenWarning],
    decided: Sequence[DecisionTold],
    case: CaseCard | None,
    *,
    readable: bool,
) -> Situation:
    """For those who may read warnings; the caller has asked. ``readable``: whether the reader may open the case."""
    may_open = (case is None or not case.is_open) and access().decide(actor, "case.open").allowed
    may_decide = bool(open_now) and access().decide(actor, "warning.decide").allowed
    return Situation(
        reasons=reasons(open_now, plan),
        step=step_words(plan, max(each.step for each in open_now)) if open_now else "",
        decisions=decision_entries(decided, plan),
        why_url=reverse("warning", args=[card.key]),
        decide_url=reverse("warning_decide", args=[card.key]) if may_decide else "",
        open_url=reverse("case_open", args=[card.key]) if may_open else "",
        case=case_words(case) if case and case.is_open else "",
        case_url=reverse("case", args=[case.key]) if case and readable else "",
    )


def tabs(card: PupilCard, figure: str, case: CaseCard | None, *, here: str = "attendance") -> tuple[Link, ...]:
    """Each has one big number. ``figure``: the share of absence; ``case``: one that the reader may open."""
    found = [Link(_("Absence"), reverse("pupil", args=[card.key]), current=here == "attendance", figure=figure)]
    if case is not None:
        step = _("step %(step)s") % {"step": case.step} if case.is_open else _("closed")
        found.append(Link(_("Case"), reverse("case", args=[case.key]), current=here == "case", figure=step))
    return tuple(found)


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


def _lede(card: PupilCard, as_of: date | None, case: CaseCard | None) -> str:
    """Who holds the matter: whoever holds the case, else the mentor."""
    mentors = _("Mentor %(names)s has the contact with home.") % {"names": ", ".join(card.mentors)}
    told = [mentors if card.mentors else _("No mentor is registered.")]
    if case is not None and case.is_open:
        told.append(_("%(who)s holds the case.") % {"who": holder(case)})
    if as_of is not None:
        told.append(_("Data to %(day)s.") % {"day": words().day(as_of)})
    return " ".join(told)


def holder(case: CaseCard) -> str:
    """ "Karin Lund, mentor"; the function where nobody is named."""
    role = role_words(case.owner_role).say(words().language)
    return f"{case.owner_name}, {role}" if case.owner_name else role.capitalize()


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
