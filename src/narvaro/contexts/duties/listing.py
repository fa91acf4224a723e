"""The duties of all the cases, applications and pupils that somebody answers for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.attendance.api import latest_day
from narvaro.contexts.cases.api import open_cases, school_days_by_unit
from narvaro.contexts.duties.homes import homes_to_tell, waiting
from narvaro.contexts.duties.known import known_of
from narvaro.contexts.duties.moves import moved_pupils
from narvaro.contexts.duties.people import Person, people_known
from narvaro.contexts.duties.permissions import HOME, MOVES, OVERVIEW, READ
from narvaro.contexts.duties.queries import LeaveTold, leaves_of
from narvaro.contexts.duties.received import received_states
from narvaro.contexts.duties.told import Counted, DutyTold, counted, duty, title_of, told
from narvaro.contexts.register.api import PupilCard, pupil_cards, unit_names, visible_pupil_ids
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.duties import Asked, LeaveFacts, Standing, State, of_leave
from narvaro.plans.law import law_table

_URGENCY = list(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """``case_url`` leads to the case's duties, empty where there is no case."""

    card: PupilCard
    duty: DutyTold
    case_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person asked to see. Unknown values fall back to what needs somebody."""

    state: str = ""
    rule: str = ""
    text: str = ""
    sort: str = ""


def rows_for(actor: Actor) -> tuple[DutyRow, ...]:
    """Every duty of every open case, pupil who came or left, and application that the actor may know of."""
    cases = open_cases(actor, READ)
    known = known_of(actor, cases)
    rows = [
        DutyRow(card=each.card, duty=one, case_url=reverse("investigation", args=[each.case.key]))
        for each in known.values()
        for one in told(actor, each)
    ]
    return (*rows, *_moves(actor, {each.card.pk for each in known.values()}), *_leaves(actor))


def _moves(actor: Actor, in_cases: Collection[int]) -> Iterable[DutyRow]:
    """Of those without a case; a case tells of its own pupil."""
    if not access().decide(actor, MOVES).allowed:
        return
    for about, standings in moved_pupils(actor, MOVES, without=in_cases):
        for each in standings:
            url = reverse("move_notice", args=[about.card.key, each.rule])
            place = (url, _("Make the notice")) if each.is_open else ("", "")
            yield DutyRow(card=about.card, duty=duty(each, place), case_url="")


def homes_waiting(actor: Actor) -> int:
    """How many homes have not been told of the latest day: they are many, and have a page of their own."""
    day = latest_day(actor)
    if day is None or not access().decide(actor, HOME).allowed:
        return 0
    return len(waiting(homes_to_tell(actor, HOME, day)))


def _leaves(actor: Actor) -> tuple[DutyRow, ...]:
    if not access().decide(actor, HOME).allowed:
        return ()
    leaves = leaves_of(actor, visible_pupil_ids(actor, HOME), today())
    pupils = [each.pupil for each in leaves]
    cards, people = pupil_cards(actor, pupils), people_known(actor, pupils)
    days = school_days_by_unit(actor, (each.unit_pk for each in cards.values()))
    return tuple(
        DutyRow(
            card=cards[each.pupil],
            duty=duty(
                standing := leave_standing(each, cards[each.pupil], people[each.pupil], days),
                (reverse("leave", args=[each.key]), _("Decide")) if standing.is_open else ("", ""),
            ),
            case_url="",
        )
        for each in leaves
        if each.pupil in cards
    )


def leave_standing(leave: LeaveTold, card: PupilCard, person: Person, days: dict[int, SchoolDays]) -> Standing:
    facts = LeaveFacts(
        applied_on=leave.applied_on,
        school_days=leave.school_days,
        decided_on=leave.decided_on,
        by_principal=leave.decided_as == "principal",
        kind="exemption" if leave.kind == "exemption" else "leave",
    )
    known = days.get(card.unit_pk or 0, SchoolDays({}))
    return of_leave(Asked(law_table(), today(), known), person.facts(card.form), facts)


def chosen(rows: Iterable[DutyRow], choice: Choice) -> tuple[DutyRow, ...]:
    words = choice.text.casefold().split()
    found = [
        each
        for each in rows
        if _in_state(each.duty.state, choice.state)
        and (not choice.rule or each.duty.rule == choice.rule)
        and all(word in each.card.name.casefold() for word in words)
    ]
    return tuple(sorted(found, key=_ORDERS.get(choice.sort, _urgency)))


def _in_state(state: State, wanted: str) -> bool:
    if wanted in {each.value for each in State}:
        return state.value == wanted
    return wanted == "all" or state in (State.LATE, State.DUE)


def _urgency(row: DutyRow) -> tuple[object, ...]:
    """Over time first and longest, then the nearest day."""
    one = row.duty
    return (_URGENCY.index(one.state), -one.late, one.due or date.max, row.card.name, one.rule)


_ORDERS = {
    "pupil": lambda row: (row.card.name, row.card.pk, _urgency(row)),
    "rule": lambda row: (row.duty.rule, _urgency(row)),
    "class": lambda row: (row.card.class_name, row.card.name, _urgency(row)),
}


def by_rule(rows: Sequence[DutyRow]) -> tuple[Counted, ...]:
    states: defaultdict[str, list[State]] = defaultdict(list)
    for each in rows:
        states[each.duty.rule].append(each.duty.state)
    found = (counted(title_of(rule), states[rule], f"?state=all&rule={rule}") for rule in sorted(states))
    return tuple(each for each in found if each.applies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """For the organiser: counts, no pupil. ``total`` is of all of it, with and without a case. ``schools``: those with
    a case or a duty, and how many open cases, the latest first; ``quiet``: the names of the others."""

    cases: int
    total: Counted
    schools: tuple[tuple[int, int, Counted], ...]
    quiet: tuple[str, ...]
    duties: tuple[Counted, ...]


def overview(actor: Actor, unit: int | None) -> Overview:
    """Of the whole authority; ``unit`` narrows the table of duties to one school."""
    cases = open_cases(actor, OVERVIEW)
    states: defaultdict[int, list[Standing]] = defaultdict(list)
    numbers: defaultdict[int, int] = defaultdict(int)
    known = known_of(actor, cases)
    for each in known.values():
        states[each.case.unit_pk] += each.standings
        numbers[each.case.unit_pk] += 1
    for about, standings in moved_pupils(actor, OVERVIEW, without={each.card.pk for each in known.values()}):
        states[about.card.unit_pk or 0] += standings
    schools = [
        (each.pk, numbers[each.pk], counted(each.name, _states(states[each.pk]), f"?unit={each.pk}#by-duty"))
        for each in unit_names(actor.authority_id)
    ]
    received, everything = received_states(actor), [one for found in states.values() for one in found]
    return Overview(
        cases=sum(numbers.values()),
        total=counted("", (*_states(everything), *received)),
        schools=tuple(sorted((each for each in schools if each[1] or each[2].applies), key=_latest_first)),
        quiet=tuple(told.label for _pk, cases, told in schools if not cases and not told.applies),
        duties=_duties(everything, received) if unit is None else _duties(states[unit], ()),
    )


def _states(standings: Iterable[Standing]) -> list[State]:
    return [each.state for each in standings]


def _latest_first(school: tuple[int, int, Counted]) -> tuple[int, int, str]:
    _pk, _cases, told = school
    return -told.late, -told.due, told.label


def _duties(standings: Iterable[Standing], received: Iterable[State]) -> tuple[Counted, ...]:
    """``received``: of the notices that came from other organisers, which are about no case."""
    states: defaultdict[str, list[State]] = defaultdict(list, {"A14": list(received)})
    for each in standings:
        states[each.rule].append(each.state)
    found = (counted(title_of(rule), states[rule]) for rule in sorted(states))
    return tuple(each for each in found if each.applies)
