"""From numbers to what a template shows. Rows come ready to print: a long list is most of a page's time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.attendance.api import ListedMeasure, coverage_words, rate_words, week_line
from narvaro.contexts.cases.api import CaseCard, role_words
from narvaro.contexts.plan.api import step_words
from narvaro.contexts.register.api import PupilCard
from narvaro.contexts.warnings.listing import URGENT, Choice, Listed, ToActOn
from narvaro.contexts.warnings.queries import DecisionTold, ExplainedWarning, Lesson, OpenWarning
from narvaro.contexts.warnings.services import KINDS
from narvaro.core.access import access
from narvaro.core.addresses import address
from narvaro.domain.absence import Minutes
from narvaro.domain.plan import Plan
from narvaro.domain.warning_states import Situation
from narvaro.domain.warnings import strongest
from narvaro.language import N_
from narvaro.ui import charts
from narvaro.ui.formats import words
from narvaro.ui.parts import Column, Entry, Figure, Kind

REASONS_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One pupil of the list, ready to print."""

    url: str
    why_url: str
    decide_url: str
    name: str
    about: str
    protected: bool
    badge: str
    badge_kind: Kind
    rate: str
    parts: str
    coverage: str
    bar: charts.Svg
    line: charts.Svg
    change: str
    reasons: tuple[str, ...]
    step: str
    waiting: str
    case: str
    case_url: str
    urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A warning with what is behind it."""

    text: str
    value: str
    window: str
    coverage: str
    first: str
    step: str
    lessons: tuple[tuple[str, str, str, str, str], ...]


def heading(found: ToActOn) -> str:
    waiting = sum(found.situations.get(each, 0) for each in URGENT)
    return ngettext("%(count)s pupil waits for you", "%(count)s pupils wait for you", waiting) % {
        "count": words().number(waiting)
    }


def lede(found: ToActOn) -> str:
    """How many of how many, and how much of it is known."""
    if found.as_of is None:
        return _("No attendance has been read in yet.")
    say = words()
    return _(
        "%(flagged)s of %(followed)s pupils you follow have absence that gives cause for concern; both valid and "
        "invalid absence count. Latest 20 school days to %(day)s, %(coverage)s of the lesson time reported."
    ) % {
        "flagged": say.number(found.flagged),
        "followed": say.number(len(found.followed)),
        "day": say.day(found.as_of),
        "coverage": say.share(found.reported, found.offered, 1),
    }


def figures(found: ToActOn) -> tuple[Figure, ...]:
    say, counts = words(), found.situations
    new = counts.get(Situation.NEW, 0) + counts.get(Situation.FIRED_AGAIN, 0)
    due, waiting = counts.get(Situation.FOLLOW_UP_DUE, 0), counts.get(Situation.AWAITING, 0)
    return (
        Figure(say.number(new), _("new or worse"), url="?situation=new"),
        Figure(say.number(waiting), _("waiting"), url="?situation=awaiting"),
        Figure(say.number(due), _("to follow up"), kind="late" if due else "", url="?situation=follow_up_due"),
    )


def columns() -> tuple[Column, ...]:
    return (
        Column(_("Pupil")),
        Column(_("Absence 20 school days"), key="rate", largest_first=True),
        Column(_("12 weeks"), key="trend", largest_first=True),
        Column(_("Why")),
        Column(_("Step"), key="step", largest_first=True),
        Column(_("Next"), hidden=True),
    )


def situation_options() -> list[tuple[str, str]]:
    return [
        ("", _("All")),
        ("urgent", _("Waiting for somebody")),
        *((each.value, situation_words(each)) for each in Situation),
    ]


def rule_options(plan: Plan, rules: Sequence[str]) -> list[tuple[str, str]]:
    return [("", _("All rules")), *((rule, rule_words(plan, rule)) for rule in rules)]


def step_options(plan: Plan) -> list[tuple[str, str]]:
    words_of = [(str(step.number), step_words(plan, step.number)) for step in plan.steps]
    return [("", _("All steps")), *((number, _("from %(step)s") % {"step": text}) for number, text in words_of[1:])]


def grade_options(grades: Sequence[str]) -> list[tuple[str, str]]:
    return [("", _("All grades")), *((grade, grade) for grade in grades)]


_SITUATIONS: Mapping[Situation, str] = {
    Situation.FIRED_AGAIN: N_("Worse since the decision"),
    Situation.NEW: N_("New"),
    Situation.FOLLOW_UP_DUE: N_("To follow up"),
    Situation.ACKNOWLEDGED: N_("Seen"),
    Situation.AWAITING: N_("Waiting"),
    Situation.DECIDED: N_("Decided"),
}


def situation_words(its: Situation) -> str:
    return _(_SITUATIONS[its])


_BADGES: Mapping[Situation, Kind] = {
    Situation.FIRED_AGAIN: "late",
    Situation.NEW: "info",
    Situation.FOLLOW_UP_DUE: "warn",
}


def rows(
    page: Iterable[Listed],
    cards: Mapping[int, PupilCard],
    measures: Mapping[int, ListedMeasure],
    cases: Mapping[int, CaseCard],
    plan: Plan,
) -> tuple[Row, ...]:
    return tuple(
        _row(each, cards[each.pupil], measures.get(each.pupil), cases.get(each.pupil), plan)
        for each in page
        if each.pupil in cards
    )


def _row(each: Listed, card: PupilCard, measure: ListedMeasure | None, case: CaseCard | None, plan: Plan) -> Row:
    minutes = measure.last_20 if measure else Minutes(0, 0, 0, 0)
    change = measure.change if measure else None
    return Row(
        url=address("pupil", card.key),
        why_url=address("warning", card.key),
        decide_url=address("warning_decide", card.key),
        name=card.name,
        about=about(card),
        protected=card.protected,
        badge=situation_words(each.situation) if each.situation in _BADGES else "",
        badge_kind=_BADGES.get(each.situation, ""),
        rate=rate_words(minutes),
        parts=_parts(minutes),
        coverage=coverage_words(minutes),
        bar=bar(minutes),
        line=week_line(measure.weeks if measure else ()),
        change="" if change is None else words().points(change),
        reasons=reasons(each.warnings, plan),
        step=step_words(plan, each.step),
        waiting=_waiting(each),
        case=case_words(case) if case else "",
        case_url=address("case", case.key) if case else "",
        urgent=each.situation in URGENT,
    )


def case_words(case: CaseCard) -> str:
    """ "Case at step 2, Karin Lund, next 12 Nov"."""
    who = case.owner_name or role_words(case.owner_role).say(words().language)
    told = _("Case at step %(step)s, %(who)s") % {"step": case.step, "who": who}
    return told if case.next_due is None else f"{told}, {_('next %(day)s') % {'day': words().day(case.next_due)}}"


def about(card: PupilCard) -> str:
    """ "7B · mentor Maria Sandberg"."""
    mentors = _("mentor %(names)s") % {"names": ", ".join(card.mentors)} if card.mentors else _("no mentor")
    return " · ".join(part for part in (card.class_name, mentors) if part)


def _parts(minutes: Minutes) -> str:
    if not minutes.calculable:
        return ""
    say = words()
    return _("%(valid)s valid, %(invalid)s invalid") % {
        "valid": say.share(minutes.valid, minutes.reported),
        "invalid": say.share(minutes.invalid, minutes.reported),
    }


def bar(minutes: Minutes) -> charts.Svg:
    strip = charts.absence_bar(
        valid=minutes.valid,
        invalid=minutes.invalid,
        late=0,
        unknown=minutes.unknown,
        offered=minutes.offered,
        limits=charts.LIMITS,
    )
    return charts.Svg(strip)


def reasons(warnings: Iterable[OpenWarning], plan: Plan) -> tuple[str, ...]:
    kept = strongest(warnings)
    told = [
        f"{rule_words(plan, each.rule_id)}: {words().value(each.measure, each.value)}" for each in kept[:REASONS_TOLD]
    ]
    more = len(kept) - REASONS_TOLD
    if more > 0:
        told.append(ngettext("and %(count)s reason more", "and %(count)s reasons more", more) % {"count": more})
    return tuple(told)


def rule_words(plan: Plan, rule_id: str) -> str:
    for rule in plan.rules:
        if rule.id == rule_id:
            return rule.text.say(words().language)
    return rule_id


def _waiting(each: Listed) -> str:
    days = [warning.follow_up_on for warning in each.warnings if warning.follow_up_on]
    if days:
        return _("Follow up %(day)s") % {"day": words().day(min(days))}
    return _("Seen, not decided") if each.situation is Situation.ACKNOWLEDGED else _("Nobody has decided")


def explained_reasons(found: Sequence[ExplainedWarning], plan: Plan) -> tuple[Reason, ...]:
    """The strongest of each measure, the highest step first."""
    kept = {each.pk for each in strongest(each.warning for each in found)}
    return tuple(_explained(each, plan) for each in found if each.warning.pk in kept)


def following_rules(found: Sequence[ExplainedWarning], plan: Plan) -> tuple[str, ...]:
    """Rules that hold because a stronger one does."""
    kept = {each.pk for each in strongest(each.warning for each in found)}
    return tuple(rule_words(plan, each.warning.rule_id) for each in found if each.warning.pk not in kept)


def _explained(each: ExplainedWarning, plan: Plan) -> Reason:
    say, warning = words(), each.warning
    return Reason(
        text=rule_words(plan, warning.rule_id),
        value=say.value(warning.measure, warning.value),
        window=say.period(each.window_start, each.window_end),
        coverage=say.percent(each.coverage),
        first=_("since %(day)s, then %(value)s")
        % {"day": say.day(each.first_raised), "value": say.value(warning.measure, each.first_value)},
        step=step_words(plan, warning.step),
        lessons=tuple(_lesson(lesson) for lesson in each.lessons),
    )


def _lesson(lesson: Lesson) -> tuple[str, str, str, str, str]:
    say = words()
    starts = "–" if lesson.start_min is None else say.clock(lesson.start_min)
    return say.day(lesson.day), starts, lesson.subject or "–", say.number(lesson.valid), say.number(lesson.invalid)


def decision_entries(decisions: Iterable[DecisionTold], plan: Plan) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            when=each.at.date(),
            title=str(KINDS[each.kind]),  # type: ignore[index]
            text=each.reason,
            note=_decided_by(each),
        )
        for each in decisions
    )


def _decided_by(each: DecisionTold) -> str:
    who = f"{each.by}, {access().roles[each.role].say(words().language)}"
    if each.follow_up_on is None:
        return who
    return f"{who} · " + _("follow up %(day)s") % {"day": words().day(each.follow_up_on)}


def choice_of(asked: Mapping[str, str]) -> Choice:
    return Choice(
        text=asked.get("q", "")[:80],
        grade=asked.get("grade", "")[:4],
        rule=asked.get("rule", "")[:60],
        step=asked.get("step", "")[:2],
        situation=asked.get("situation", "")[:20],
        sort=asked.get("sort", "")[:10],
    )
