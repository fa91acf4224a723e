"""The home is told the same day (A3): who waits, and that it was done."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.http import Http404

from narvaro.contexts.attendance.api import InvalidDay, invalid_on
from narvaro.contexts.cases.api import school_days_by_unit
from narvaro.contexts.duties.announced import announced_by_home
from narvaro.contexts.duties.models import InformedGuardian, SameDayInformation
from narvaro.contexts.duties.people import Person, people_known
from narvaro.contexts.duties.queries import InformationTold, told_home
from narvaro.contexts.duties.services import tell
from narvaro.contexts.register.api import GuardianCard, PupilCard, guardians_of, pupil_cards, visible_pupil_ids
from narvaro.core.actor import Actor
from narvaro.core.clock import STOCKHOLM, now, today
from narvaro.core.errors import Refused
from narvaro.core.scope import acting
from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.duties import Asked, DayFacts, Standing, State, home_told
from narvaro.language import Message
from narvaro.plans.law import law_table

ABOUT = "duties.SameDayInformation"
_NOON = time(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeToTell:
    """A pupil with invalid absence on the day. ``guardians``: those who may be told; ``kept_away``: the register knows
    guardians, and none of them may."""

    card: PupilCard
    day: InvalidDay
    guardians: tuple[GuardianCard, ...]
    kept_away: bool
    told: InformationTold | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class TellHome:
    """``told_on`` None: nobody has been told, and ``reason`` says why it waits."""

    told_on: date | None
    channel: str = ""
    guardians: tuple[int, ...] = ()
    reason: str = ""


def homes_to_tell(actor: Actor, action: str, day: date) -> tuple[HomeToTell, ...]:
    """Of the pupils within reach. A fixed number of queries."""
    found = {each.pupil_id: each for each in invalid_on(actor, day) if each.invalid_lessons}
    visible = visible_pupil_ids(actor, action).filter(pupil_id__in=sorted(found))
    cards = pupil_cards(actor, [row["pk"] for row in visible])
    ids = list(cards)
    people, guardians, told = people_known(actor, ids), guardians_of(actor, ids), told_home(actor, ids, day)
    days = school_days_by_unit(actor, (each.unit_pk for each in cards.values()))
    announced = announced_by_home(actor, cards, guardians, day)
    return tuple(
        HomeToTell(
            card=card,
            day=found[card.pupil_id],
            guardians=guardians.get(pk, ()),
            kept_away=people[pk].origin.has_guardian and pk not in guardians,
            told=told.get(pk),
            standing=_standing(card, people[pk], found[card.pupil_id], day, told.get(pk), days, pk in announced),
        )
        for pk, card in sorted(cards.items(), key=lambda each: (each[1].class_name, each[1].name))
    )


def _standing(
    card: PupilCard,
    person: Person,
    invalid: InvalidDay,
    day: date,
    told: InformationTold | None,
    days: dict[int, SchoolDays],
    announced: bool,
) -> Standing:
    facts = DayFacts(
        day=day,
        lessons=invalid.lessons,
        unreported=invalid.unreported,
        invalid_lessons=invalid.invalid_lessons,
        informed_on=told.told_at.astimezone(STOCKHOLM).date() if told and told.told_at else None,
        deferred=bool(told and told.deferred),
        announced=announced,
    )
    known = days[card.unit_pk] if card.unit_pk in days else SchoolDays({})
    return home_told(Asked(law_table(), today(), known), person.facts(card.form), facts)


def tell_home(*, by: Actor, card: PupilCard, day: date, told: TellHome) -> None:
    """The caller has found the pupil within reach. Raises Refused when it is written already, for a day ahead,
    and for a later day without a reason; Http404 for a guardian who may not be told."""
    with acting(by):
        _check(by, card, day, told)
        row = SameDayInformation.objects.select_for_update(of=("self",)).filter(pupil_id=card.pk, day=day).first()
        if row is not None and row.told_at is not None:
            raise Refused(Message.of("It is already written that the home was told."))
        row = row or SameDayInformation.of(pupil_id=card.pk, day=day)
        row.told_at = _moment(told.told_on) if told.told_on else None
        row.channel, row.by_id, row.at = told.channel, by.user_id, now()
        row.deferral_reason = told.reason.strip() or row.deferral_reason
        row.save()
        InformedGuardian.objects.bulk_create(
            InformedGuardian.of(information=row, guardian_id=each) for each in told.guardians
        )
        tell(by, "duty.home.tell", ABOUT, row.pk, pupil=card.pk, deferred=told.told_on is None)


def _check(by: Actor, card: PupilCard, day: date, told: TellHome) -> None:
    may = {each.pk for each in guardians_of(by, [card.pk]).get(card.pk, ())}
    if not set(told.guardians) <= may:
        raise Http404
    if day > today() or (told.told_on is not None and not day <= told.told_on <= today()):
        raise Refused(Message.of("The home is told on the day of the absence or later, and not in days to come."))
    if (told.told_on is None or told.told_on > day) and not told.reason.strip():
        raise Refused(
            Message.of("Write why it had to wait. The home is told the same day unless there is a special reason.")
        )
    if told.told_on is not None and may and not told.guardians:
        raise Refused(Message.of("Choose who was told."))


def _moment(day: date) -> datetime:
    return now() if day == today() else datetime.combine(day, _NOON, tzinfo=STOCKHOLM)


def waiting(homes: tuple[HomeToTell, ...]) -> tuple[HomeToTell, ...]:
    return tuple(each for each in homes if each.standing.state in (State.DUE, State.LATE))
