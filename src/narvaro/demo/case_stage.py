"""Where the cast's cases are told: a person acts on a day, through the same services as everybody."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings

from narvaro.contexts.case_page.api import answered
from narvaro.contexts.cases.api import (
    CaseCard,
    Move,
    NewEntry,
    Opening,
    add_entry,
    case_of,
    end_tasks,
    move,
    open_case,
    visible_case_ids,
)
from narvaro.contexts.meetings.api import (
    Held,
    Planned,
    Someone,
    When,
    hold_meeting,
    plan_meeting,
    record_conversation,
)
from narvaro.contexts.register.api import guardians_of
from narvaro.core.accounts import actors_of
from narvaro.core.actor import Actor
from narvaro.core.clock import STOCKHOLM
from narvaro.core.models import User
from narvaro.core.scope import acting
from narvaro.domain.case_states import CaseEvent
from narvaro.language import Message

NOTE = Message.of("A note")


@contextmanager
def on_day(day: date) -> Iterator[None]:
    """The program's day is another for a while; only in an installation for practice."""
    kept, settings.PRACTICE_DAY = settings.PRACTICE_DAY, day
    try:
        yield
    finally:
        settings.PRACTICE_DAY = kept


@dataclass(frozen=True, slots=True)
class Stage:
    municipality: Actor
    pupils: Mapping[str, int]
    units: Mapping[str, int]

    @contextmanager
    def act(self, day: date, name: str, role: str) -> Iterator[Actor]:
        with on_day(day):
            user = User.objects.get(name=name, memberships__authority_id=self.municipality.authority_id)
            by = next(each for each in actors_of(user) if each.role == role)
            with acting(by):
                yield by

    def has_case(self, pupil: str) -> bool:
        with acting(self.municipality):
            return bool(visible_case_ids(self.municipality, "case.list").filter(pupil_id=self.pupils[pupil]).exists())

    def case(self, by: Actor, pupil: str) -> CaseCard:
        found = case_of(by, self.pupils[pupil])
        assert found is not None, pupil  # noqa: S101 - the story opened it
        return found

    def open(self, on: date, who: tuple[str, str], pupil: str, step: int, worry: str, **told: object) -> None:
        with self.act(on, *who) as by:
            opening = Opening(pupil=self.pupils[pupil], step=step, worry=worry, **{"origin": "warning", **told})  # type: ignore[arg-type]
            open_case(by=by, opening=opening)

    def move(self, day: date, who: tuple[str, str], pupil: str, event: CaseEvent, **said: object) -> None:
        with self.act(day, *who) as by:
            case = self.case(by, pupil)
            there = answered(by, case) if event is CaseEvent.CLOSE else frozenset()
            asked = Move(event=event, version=case.version, answered=there, **said)  # type: ignore[arg-type]
            move(by=by, case=case.pk, move=asked)

    def talk(self, day: date, who: tuple[str, str], pupil: str, said: str, **held: object) -> None:
        with self.act(day, *who) as by:
            record_conversation(
                by=by,
                case=self.case(by, pupil),
                means="phone",
                held=Held(day=day, said=said, **held),  # type: ignore[arg-type]
            )

    def done(self, day: date, who: tuple[str, str], pupil: str, *musts: str) -> None:
        with self.act(day, *who) as by:
            for must in musts:
                end_tasks(by=by, case=self.case(by, pupil).pk, source="step", source_id=must, outcome="")

    def note(self, day: date, who: tuple[str, str], pupil: str, text: str) -> None:
        with self.act(day, *who) as by:
            add_entry(by=by, case=self.case(by, pupil).pk, entry=NewEntry(kind="note", title=NOTE, text=text))

    def meet(self, day: date, who: tuple[str, str], pupil: str, kind: str, purpose: str, **held: object) -> None:
        """Planned a week before, and written up on its day."""
        with self.act(date.fromordinal(day.toordinal() - 7), *who) as by:
            at = datetime.combine(day, time(14, 30), STOCKHOLM)
            planned = Planned(
                kind=kind, purpose=purpose, when=When(at=at, minutes=45, means="in_person", place="Rum 12")
            )
            key = plan_meeting(by=by, case=self.case(by, pupil), planned=planned)
        if held:
            with self.act(day, *who) as by:
                hold_meeting(by=by, case=self.case(by, pupil), key=key, held=Held(day=day, **held))  # type: ignore[arg-type]

    def parent(self, by: Actor, pupil: str) -> Someone:
        """The first guardian, or one whom the register does not know."""
        found = guardians_of(by, [self.pupils[pupil]]).get(self.pupils[pupil], ())
        if not found:
            return Someone(role="legal_guardian")
        return Someone(role="legal_guardian", guardian=found[0].pk, name=found[0].name)
