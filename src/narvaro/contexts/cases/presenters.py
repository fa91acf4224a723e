"""From cases to what a template shows. Rows come ready to print."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.attendance.api import ListedMeasure, coverage_words, rate_words, week_line
from narvaro.contexts.cases.cards import CaseCard
from narvaro.contexts.cases.listing import CLOSED, MINE, Cases, Choice, Listed
from narvaro.contexts.cases.titles import role_words
from narvaro.contexts.plan.api import step_words
from narvaro.contexts.register.api import PupilCard
from narvaro.domain.absence import NO_MINUTES
from narvaro.domain.case_states import CaseState
from narvaro.domain.plan import Plan
from narvaro.domain.since import Since
from narvaro.ui import charts
from narvaro.ui.formats import words
from narvaro.ui.parts import Column, Figure, Kind, Link

OWNERS = ("mentor", "principal", "attendance_coordinator", "pupil_health")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The rate of the latest 20 school days, twelve weeks as a line, and the change since the case was opened."""

    rate: str
    coverage: str
    line: charts.Svg
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case of the list, ready to print. ``url`` is empty where the person may know of it but not open it."""

    url: str
    name: str
    about: str
    protected: bool
    badges: tuple[tuple[str, Kind], ...]
    step: str
    since: str
    owner: str
    owner_role: str
    next: str
    next_note: str
    late: bool
    contact: str
    trend: Trend
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverRow:
    name: str
    about: str
    url: str


def choice_of(asked: Mapping[str, str]) -> Choice:
    return Choice(
        text=asked.get("q", "")[:80],
        show=asked.get("show", "")[:20],
        step=asked.get("step", "")[:2],
        owner=asked.get("owner", "")[:40],
        sort=asked.get("sort", "")[:10],
    )


def heading(found: Cases) -> str:
    count = len(found.everything)
    return ngettext("%(count)s open case", "%(count)s open cases", count) % {"count": words().number(count)}


def lede() -> str:
    return _("What is done stands beside how attendance goes. A case belongs to the school that opened it.")


def figures(found: Cases) -> tuple[Figure, ...]:
    say = words()
    late, unchanged = found.count("overdue"), found.count("unchanged")
    return (
        Figure(say.number(late), _("with something late"), kind="late" if late else "", url="?show=overdue"),
        Figure(say.number(found.count("follow_up")), _("to follow up"), url="?show=follow_up"),
        Figure(say.number(found.count("rest_over")), _("whose rest is over"), url="?show=rest_over"),
        Figure(say.number(unchanged), _("where much is done and nothing changes"), url="?show=unchanged"),
    )


def columns() -> tuple[Column, ...]:
    return (
        Column(_("Pupil"), key="pupil"),
        Column(_("Step"), key="step", largest_first=True),
        Column(_("Owner"), key="owner"),
        Column(_("Next"), key="next"),
        Column(_("Latest contact"), key="contact"),
        Column(_("Absence 12 weeks"), key="change", largest_first=True),
    )


def show_options() -> list[tuple[str, str]]:
    return [
        ("", _("All that are open")),
        ("overdue", _("Something is late")),
        ("follow_up", _("To follow up")),
        ("unchanged", _("Much is done, nothing changes")),
        ("rest_over", _("Rest is over")),
        ("parked", _("Resting")),
        ("returning", _("The return is watched")),
        ("handing_over", _("Handed over, not answered")),
        ("changes_school", _("Changes school")),
        (CLOSED, _("Closed this school year")),
    ]


def step_options(plan: Plan) -> list[tuple[str, str]]:
    return [("", _("All steps")), *((str(each.number), step_words(plan, each.number)) for each in plan.steps)]


def owner_options() -> list[tuple[str, str]]:
    language = words().language
    named = [(role, role_words(role).say(language).capitalize()) for role in OWNERS]
    return [("", _("Everybody")), (MINE, _("Mine")), *named]


def rows(page: Iterable[Listed], plans: Mapping[int, Plan]) -> tuple[Row, ...]:
    return tuple(_row(each, plans[each.card.plan_version]) for each in page)


def _row(each: Listed, plan: Plan) -> Row:
    card, say = each.card, words()
    return Row(
        url=case_url(card) if each.readable else "",
        name=each.pupil.name,
        about=about(each.pupil),
        protected=each.pupil.protected,
        badges=_badges(each),
        step=step_words(plan, card.step),
        since=_("since %(day)s") % {"day": say.day(card.step_since)},
        owner=card.owner_name or role_words(card.owner_role).say(say.language),
        owner_role=role_words(card.owner_role).say(say.language) if card.owner_name else "",
        next=say.day(each.next_day) if each.next_day else "–",
        next_note=_next_note(each),
        late=card.overdue > 0,
        contact=say.day(each.last_contact) if each.last_contact else _("none yet"),
        trend=trend(each.measure, each.since_opened),
        done=_done(each),
    )


def trend(measure: ListedMeasure | None, since: Since | None) -> Trend:
    minutes = measure.last_20 if measure else NO_MINUTES
    return Trend(
        rate=rate_words(minutes),
        coverage=coverage_words(minutes) if measure else "",
        line=week_line(measure.weeks if measure else ()),
        change=since_words(since),
    )


def since_words(since: Since | None) -> str:
    if since is None:
        return _("too early to tell a change")
    text = _("%(change)s since the case was opened") if since.whole else _("%(change)s in twelve weeks")
    return text % {"change": words().points(since.points)}


def _done(each: Listed) -> str:
    if not each.done_lately:
        return ""
    text = ngettext(
        "%(count)s thing done in 20 school days", "%(count)s things done in 20 school days", each.done_lately
    )
    return text % {"count": words().number(each.done_lately)}


def _badges(each: Listed) -> tuple[tuple[str, Kind], ...]:
    badges: list[tuple[str, Kind]] = []
    if each.changes_school:
        badges.append((_("Changes school: hand over"), "warn"))
    if each.rest_is_over:
        badges.append((_("Rest is over"), "warn"))
    elif each.card.state is not CaseState.ACTIVE:
        badges.append((state_words(each.card.state), "info"))
    if each.nothing_changes:
        badges.append((_("Nothing changes"), "warn"))
    return tuple(badges)


def _next_note(each: Listed) -> str:
    if each.card.overdue:
        return ngettext("%(count)s task late", "%(count)s tasks late", each.card.overdue) % {"count": each.card.overdue}
    if each.card.state is CaseState.PARKED:
        return _("rests until then")
    return _("follow-up") if each.next_day is not None and each.next_day == each.card.follow_up_on else ""


def state_words(state: CaseState) -> str:
    return {
        CaseState.ACTIVE: _("Under way"),
        CaseState.PARKED: _("Rests"),
        CaseState.RETURNING: _("The return is watched"),
        CaseState.HANDING_OVER: _("Handed over, not answered"),
        CaseState.CLOSED: _("Closed"),
        CaseState.HANDED_OVER: _("Handed over"),
    }[state]


def about(pupil: PupilCard) -> str:
    return " · ".join(part for part in (pupil.class_name, pupil.unit_name) if part)


def case_url(card: CaseCard) -> str:
    """The case's own page is made above the contexts."""
    return reverse("case", args=[card.key])


def handover_rows(found: Cases) -> tuple[HandoverRow, ...]:
    return tuple(
        HandoverRow(
            name=pupil.name,
            about=_("from %(unit)s, step %(step)s") % {"unit": card.unit_name, "step": card.step},
            url=reverse("case_receive", args=[card.key]),
        )
        for card, pupil in found.handovers
    )


def crumbs(pupil: PupilCard, card: CaseCard, here: str) -> tuple[Link, ...]:
    return (Link(_("Cases"), reverse("cases")), Link(pupil.name, case_url(card)), Link(here, ""))


def list_crumbs(here: str) -> tuple[Link, ...]:
    return (Link(_("Cases"), reverse("cases")), Link(here, ""))


def pupil_links(found: Iterable[PupilCard]) -> tuple[tuple[str, str, str], ...]:
    """Name, what tells two of one name apart, and where the worry is told."""
    return tuple((each.name, about(each), f"{reverse('case_worry')}?pupil={each.key}") for each in found)
