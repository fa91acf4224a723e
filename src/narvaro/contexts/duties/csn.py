"""The counter for CSN (A16): invalid hours of 60 minutes in a calendar month, upper secondary school only."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from narvaro.contexts.attendance.api import InvalidMonth, invalid_in, latest_day
from narvaro.contexts.cases.api import school_days_by_unit
from narvaro.contexts.duties.people import people_known
from narvaro.contexts.duties.permissions import HOME
from narvaro.contexts.duties.queries import answered_months
from narvaro.contexts.register.api import PupilCard, pupil_cards, visible_pupil_ids
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.duties import Asked, MonthFacts, Standing, State, month_for_csn
from narvaro.plans.law import law_table

MONTHS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CsnRow:
    card: PupilCard
    minutes: int
    days: int
    standing: Standing


def months(actor: Actor) -> tuple[date, ...]:
    """The latest first: the first day of each month that attendance is known of."""
    day = (latest_day(actor) or today()).replace(day=1)
    found = [day]
    while len(found) < MONTHS:
        day = (day - timedelta(days=1)).replace(day=1)
        found.append(day)
    return tuple(found)


def last_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def csn_rows(actor: Actor, month: date) -> tuple[CsnRow, ...]:
    """Pupils within reach who reached the limit that month, most hours first. A fixed number of queries."""
    found = {each.pupil_id: each for each in invalid_in(actor, month, last_of(month))}
    visible = visible_pupil_ids(actor, HOME).filter(pupil_id__in=sorted(found))
    cards = pupil_cards(actor, [row["pk"] for row in visible])
    people, answered = people_known(actor, cards), answered_months(actor, list(cards), month)
    days = school_days_by_unit(actor, (each.unit_pk for each in cards.values()))
    rows = [
        CsnRow(
            card=card,
            minutes=found[card.pupil_id].minutes,
            days=found[card.pupil_id].days,
            standing=month_for_csn(
                Asked(law_table(), today(), days.get(card.unit_pk or 0, SchoolDays({}))),
                people[pk].facts(card.form),
                _facts(found[card.pupil_id], month, answered.get(pk)),
            ),
        )
        for pk, card in cards.items()
    ]
    kept = [each for each in rows if each.standing.state is not State.NOT_APPLICABLE]
    return tuple(sorted(kept, key=lambda each: (-each.minutes, each.card.name)))


def _facts(found: InvalidMonth, month: date, answered: date | None) -> MonthFacts:
    return MonthFacts(month=month, invalid_min=found.minutes, days=found.days, answered_on=answered)
