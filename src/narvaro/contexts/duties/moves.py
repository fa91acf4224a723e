"""The duties that a pupil has with or without a case: coming and leaving (A11), the hand-over to the activity
responsibility (KAA) and considerable invalid absence (A12)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from narvaro.contexts.attendance.api import (
    ListedMeasure,
    invalid_at_least,
    latest_day,
    listed_measures,
    whole_invalid_days,
)
from narvaro.contexts.cases.api import school_days_by_unit
from narvaro.contexts.duties.people import people_known
from narvaro.contexts.duties.queries import notice_facts
from narvaro.contexts.register.api import Origin, PupilCard, pupil_cards, pupils_from_elsewhere, pupils_of_moves
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.duties import (
    Asked,
    EnrolmentFacts,
    InvalidFacts,
    NoticeFacts,
    PupilFacts,
    Standing,
    State,
    considerable_absence,
    moved,
)
from narvaro.plans.law import law_table

RULES = ("A11", "A12", "KAA")


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPupil:
    """One pupil as these checks see it. ``absence`` None: nothing is known of it."""

    card: PupilCard
    origin: Origin
    facts: PupilFacts
    notices: tuple[NoticeFacts, ...]
    measure: ListedMeasure | None
    absence: InvalidFacts | None

    def standings(self, asked: Asked) -> tuple[Standing, ...]:
        found: tuple[Standing, ...] = ()
        if self.absence is not None:
            found = (considerable_absence(asked, self.facts, self.absence, self.notices),)
        if self.origin.came_on is None:
            return found
        enrolment = EnrolmentFacts(
            came_on=self.origin.came_on, grade=self.card.grade, left_on=self.origin.left_on, notices=self.notices
        )
        return (*found, *moved(asked, self.facts, enrolment))


def about_pupils(
    actor: Actor, cards: Mapping[int, PupilCard], whole: Mapping[str, tuple[date, ...]] | None = None
) -> dict[int, AboutPupil]:
    """The cards are of pupils within reach. ``whole``: days of wholly invalid absence by the facts' key, by whoever has
    asked for them already. A fixed number of queries."""
    people, notices = people_known(actor, cards), notice_facts(actor, list(cards))
    facts = {pk: people[pk].facts(card.form, card.grade) for pk, card in cards.items()}
    measures, counted_to = listed_measures(actor, cards), latest_day(actor)
    if whole is None:  # opening the facts costs more than all the rest
        whole = whole_invalid_days(actor) if any(map(_may_be_told_of, facts.values())) else {}
    return {
        pk: AboutPupil(
            card=card,
            origin=people[pk].origin,
            facts=facts[pk],
            notices=notices.get(pk, ()),
            measure=measures.get(pk),
            absence=_absence(measures.get(pk), counted_to, whole.get(card.pupil_id, ())),
        )
        for pk, card in cards.items()
    }


def _absence(measure: ListedMeasure | None, counted_to: date | None, whole: tuple[date, ...]) -> InvalidFacts | None:
    if measure is None or counted_to is None:
        return None
    return InvalidFacts(last_20=measure.last_20, counted_to=counted_to, whole_days=whole)


def _may_be_told_of(facts: PupilFacts) -> bool:
    rule = law_table().rule("A12", today())
    return rule is not None and facts.foreign is not False and facts.form in rule.forms


def moved_pupils(
    actor: Actor, action: str, *, without: Collection[int]
) -> tuple[tuple[AboutPupil, tuple[Standing, ...]], ...]:
    """Of every pupil within reach whom these duties concern, the duties that apply. ``without``: pupils who are told
    of by their case. A fixed number of queries."""
    whole = whole_invalid_days(actor)
    wanted = {row["pk"] for row in pupils_of_moves(actor, action)} | _much_away(actor, action, whole)
    about = about_pupils(actor, pupil_cards(actor, wanted - set(without)), whole)
    days = school_days_by_unit(actor, (each.card.unit_pk for each in about.values()))
    found = ((each, _applying(each, days)) for each in about.values())
    return tuple(each for each in found if each[1])


def _much_away(actor: Actor, action: str, whole: Mapping[str, tuple[date, ...]]) -> frozenset[int]:
    """Those who reach one of the limits of A12."""
    rule = law_table().rule("A12", today())
    if rule is None:
        return frozenset()
    pupils = pupils_from_elsewhere(actor, action, rule.forms)
    limit = rule.number("considerable_days")
    long_away = pupils.filter(pupil_id__in=[each for each, days in whole.items() if len(days) >= limit])
    by_share = invalid_at_least(actor, rule.number("considerable_percent"), pupils)
    return by_share | {row["pk"] for row in long_away}


def _applying(about: AboutPupil, days: Mapping[int, SchoolDays]) -> tuple[Standing, ...]:
    known = days.get(about.card.unit_pk or 0, SchoolDays({}))
    standings = about.standings(Asked(law_table(), today(), known))
    return tuple(each for each in standings if each.state is not State.NOT_APPLICABLE)
