"""Who has been heard around a pupil, who was looked for, and who not yet (skollagen 1 kap. 10 § and 7 kap. 19 a §)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import DateField, Max, Value
from django.db.models.functions import Cast

from narvaro.contexts.cases.api import CaseCard
from narvaro.contexts.meetings.models import Participant, Voice
from narvaro.contexts.meetings.queries import GUARDIAN, PUPIL
from narvaro.contexts.register.api import guardians_of, pupil_cards
from narvaro.core.actor import Actor
from narvaro.core.scope import asked_once
from narvaro.domain.plan import ClosingNeed

# Who is grown up has no guardian; the register knows no birthdays, and only these school forms have such pupils.
_MAY_BE_OF_AGE = frozenset({"GY", "GYS"})
_PUPIL_HEALTH = ("pupil_health", "school_nurse")
_Expected = tuple[Voice.Whose, int | None, str]


class Hearing(StrEnum):
    HEARD = "heard"
    TRIED = "tried"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceOf:
    """``name`` is empty for the pupil, and for a guardian whom the register does not know. ``day`` and ``meeting`` are
    of the latest time."""

    whose: Voice.Whose
    guardian: int | None
    name: str
    hearing: Hearing
    day: date | None = None
    meeting: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceCoverage:
    """Of ``cases``: in how many the pupil was heard, or only looked for; and a guardian."""

    cases: int
    pupil_heard: int
    pupil_tried: int
    guardian_heard: int
    guardian_tried: int


def voices_of(actor: Actor, card: CaseCard) -> tuple[VoiceOf, ...]:
    """The pupil, then each guardian whom the school talks with. The words themselves are on the meeting's page."""
    latest = _latest([card.pk]).get(card.pk, {})
    return tuple(_voice(whose, guardian, name, latest) for whose, guardian, name in expected(actor, card))


def expected(actor: Actor, card: CaseCard) -> tuple[_Expected, ...]:
    """Everybody whose words belong there. Where the register knows no guardian there is one without a name, except for
    those who may be of age."""
    guardians = guardians_of(actor, [card.pupil]).get(card.pupil, ())
    found: list[_Expected] = [(Voice.Whose.GUARDIAN, each.pk, each.name) for each in guardians]
    if not found and _form(actor, card.pupil) not in _MAY_BE_OF_AGE:
        found = [(Voice.Whose.GUARDIAN, None, "")]
    return ((Voice.Whose.PUPIL, None, ""), *found)


def heard(actor: Actor, card: CaseCard) -> frozenset[ClosingNeed]:
    """What closing and the duty to investigate need of those around the pupil: each was heard, or the school tried."""
    voices, found = voices_of(actor, card), set[ClosingNeed]()
    if all(each.hearing is not Hearing.NOT_YET for each in voices if each.whose is Voice.Whose.PUPIL):
        found.add("pupil_voice")
    if all(each.hearing is not Hearing.NOT_YET for each in voices if each.whose is Voice.Whose.GUARDIAN):
        found.add("guardian_contact")
    came = Participant.objects.filter(meeting__case_id=card.pk, meeting__held_on__isnull=False, came=True)
    if came.filter(role__in=_PUPIL_HEALTH).exists():
        found.add("pupil_health")
    return frozenset(found)


def voice_coverage(actor: Actor, cases: Collection[int]) -> VoiceCoverage:
    """Counts alone, in one query however many the cases are."""
    counts: Counter[tuple[str, Hearing]] = Counter()
    for voices in _latest(cases).values():
        for whose in Voice.Whose:
            hearings = {hearing for (of, _guardian), (hearing, *_rest) in voices.items() if of == whose}
            counts[whose, min(hearings, key=list(Hearing).index, default=Hearing.NOT_YET)] += 1
    return VoiceCoverage(
        cases=len(set(cases)),
        pupil_heard=counts[Voice.Whose.PUPIL, Hearing.HEARD],
        pupil_tried=counts[Voice.Whose.PUPIL, Hearing.TRIED],
        guardian_heard=counts[Voice.Whose.GUARDIAN, Hearing.HEARD],
        guardian_tried=counts[Voice.Whose.GUARDIAN, Hearing.TRIED],
    )


def latest_contact(actor: Actor, cases: Iterable[int]) -> dict[int, date]:
    """By case, the latest day on which the pupil or a guardian took part in anything. One query."""
    rows = Participant.objects.filter(
        meeting__case_id__in=list(cases), meeting__held_on__isnull=False, came=True, role__in=(PUPIL, GUARDIAN)
    )
    return dict(
        rows.values("meeting__case_id").annotate(day=Max("meeting__held_on")).values_list("meeting__case_id", "day")
    )


@dataclass(frozen=True, slots=True)
class Spoken:
    """``party``: pupil, guardian or pupil_health; heard, or only looked for, on the day."""

    party: str
    guardian: int | None
    heard: bool
    day: date


def everybody_spoken_with(actor: Actor, cases: Collection[int]) -> dict[int, tuple[Spoken, ...]]:
    """By case, every time somebody was heard or looked for at a meeting. One query however many the cases are."""
    found: defaultdict[int, list[Spoken]] = defaultdict(list)
    for case, whose, guardian, hearing, day, _key in _at_meetings(tuple(sorted(set(cases)))):
        party = "pupil_health" if whose in _PUPIL_HEALTH else whose
        found[case].append(Spoken(party, guardian, hearing is Hearing.HEARD, day))
    return {case: tuple(spoken) for case, spoken in found.items()}


_Latest = dict[tuple[str, int | None], tuple[Hearing, date, UUID]]


def _latest(cases: Collection[int]) -> dict[int, _Latest]:
    """By case and person: heard where they ever were, by words or by taking part, else tried; with the latest day."""
    found: defaultdict[int, _Latest] = defaultdict(dict)
    for case, whose, guardian, hearing, day, key in _at_meetings(tuple(sorted(set(cases)))):
        who = (whose, guardian)
        before = found[case].get(who)
        better = before is None or (hearing is Hearing.HEARD, day) > (before[0] is Hearing.HEARD, before[1])
        if better:
            found[case][who] = (hearing, day, key)
    return found


_Told = tuple[int, str, int | None, Hearing, date, UUID]


@asked_once
def _at_meetings(cases: tuple[int, ...]) -> tuple[_Told, ...]:
    """By case and person, heard by words or by taking part, or looked for: a guardian who took part was in contact, but
    a pupil's voice is words, and sitting there is not enough. Pupil health is told by its role."""
    held = {"meeting__case_id__in": cases, "meeting__held_on__isnull": False}
    came = Participant.objects.filter(**held, came=True, role__in=(GUARDIAN, *_PUPIL_HEALTH))
    of_whom, when = ("meeting__case_id", "guardian_id"), ("meeting__held_on", "meeting__key")
    rows = Voice.objects.filter(**held).values_list(*of_whom, "whose", "tried_on", *when)
    never = Cast(Value(None), DateField())
    return tuple(
        (
            case,
            Voice.Whose.GUARDIAN.value if whose == GUARDIAN else whose,
            guardian,
            Hearing.TRIED if tried else Hearing.HEARD,
            tried or day,
            key,
        )
        for case, guardian, whose, tried, day, key in rows.union(
            came.values_list(*of_whom, "role", never, *when), all=True
        )
    )


def _voice(whose: Voice.Whose, guardian: int | None, name: str, latest: _Latest) -> VoiceOf:
    told = latest.get((whose, guardian))
    if told is None:
        return VoiceOf(whose=whose, guardian=guardian, name=name, hearing=Hearing.NOT_YET)
    return VoiceOf(whose=whose, guardian=guardian, name=name, hearing=told[0], day=told[1], meeting=told[2])


def _form(actor: Actor, pupil: int) -> str:
    cards = pupil_cards(actor, [pupil])
    return cards[pupil].form if pupil in cards else ""
