"""A case with people at home for the small municipality, and what a person sends about conversations and meetings."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client

from narvaro.contexts.cases.api import CaseCard, Opening, find_case, open_case
from narvaro.contexts.cases.models import Case
from narvaro.contexts.meetings.models import Meeting
from narvaro.contexts.register.models import CircleMember, Custody, Guardian
from narvaro.core.actor import Actor
from narvaro.core.scope import acting
from tests.web.world import TODAY, YEAR_START, World

AHEAD = TODAY + timedelta(days=9)
FOLLOW_UP = TODAY + timedelta(days=14)
SAID = "Vi pratade om morgnarna och om matsalen."


def system(world: World) -> Actor:
    return Actor.system(world.organiser.pk)


def guardian(world: World, name: str, *, pupil: str = "Alva", may_see: bool = True) -> Guardian:
    with acting(system(world)):
        made = Guardian.of(name=name, phone="070-000 00 00", email="hemma@example.se")
        made.save()
        Custody.of(pupil=world.pupils[pupil], guardian=made, first_day=YEAR_START, may_see=may_see).save()
    return made


def in_circle(world: World, user: str, pupil: str = "Alva") -> None:
    with acting(system(world)):
        CircleMember.of(
            pupil=world.pupils[pupil], unit=world.strand, user=world.users[user], first_day=YEAR_START
        ).save()


def case_of(world: World, pupil: str = "Alva", *, by: str = "principal", step: int = 2) -> CaseCard:
    actor = world.actor(by)
    with acting(actor):
        return open_case(by=actor, opening=Opening(pupil=world.pupils[pupil].pk, step=step, origin="colleague"))


def again(world: World, case: CaseCard, by: str = "principal") -> CaseCard:
    with acting(world.actor(by)):
        return find_case(world.actor(by), case.key)


def closed(world: World, case: CaseCard) -> None:
    """As it is when the work has ended; how that comes about is the case's own matter."""
    with acting(system(world)):
        Case.objects.filter(pk=case.pk).update(state="closed", closed_on=TODAY)


def home_of(world: World, pupil: str = "Alva") -> Guardian:
    with acting(system(world)):
        found: Guardian = Guardian.objects.get(custodies__pupil=world.pupils[pupil], name="Sofia Lindqvist")
    return found


def talk(client: Client, case: CaseCard, **fields: str) -> Any:
    given = {"day": TODAY.isoformat(), "means": "phone", "said": SAID, "follow_up_on": FOLLOW_UP.isoformat()}
    given |= {"pupil-outcome": "came", "token": str(uuid4())}
    return client.post(f"/cases/{case.key}/conversations/new/", given | fields)


def plan(client: Client, case: CaseCard, **fields: Any) -> Any:
    address = f"/cases/{case.key}/meetings/new/"
    shown = client.get(address)
    people = shown.context["form"].initial["people"] if shown.status_code == 200 else ["pupil"]
    given = {"kind": "meeting", "day": AHEAD.isoformat(), "time": "08:15", "minutes": "45", "means": "in_person"}
    given |= {"place": "Rum B12", "purpose": "Hur skolan fungerar.", "call": "Maria, 08-000 00 00"}
    given |= {"people": people, "token": str(uuid4())}
    return client.post(address, given | fields)


def planned(world: World, client: Client, case: CaseCard, **fields: Any) -> Meeting:
    assert plan(client, case, **fields).status_code == 302
    return latest(world)


def latest(world: World) -> Meeting:
    with acting(system(world)):
        found: Meeting = Meeting.objects.order_by("-pk").first()
    return found


def url(case: CaseCard, meeting: Meeting, what: str = "") -> str:
    return f"/cases/{case.key}/meetings/{meeting.key}/{what}"


def hold(client: Client, case: CaseCard, meeting: Meeting, **fields: str) -> Any:
    given = {"day": TODAY.isoformat(), "said": SAID, "came_to": "En lugn start.", "version": "0", "token": str(uuid4())}
    return client.post(url(case, meeting, "hold/"), given | fields)
