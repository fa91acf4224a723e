"""Who is asked to a planned meeting is changed, and what it was can still be read."""

import re
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client, override_settings

from narvaro.contexts.cases.api import CaseCard, entries_of
from narvaro.contexts.meetings.api import upcoming
from narvaro.contexts.meetings.models import Meeting, Participant
from narvaro.core.scope import acting
from tests.web import met
from tests.web.conftest import As
from tests.web.letter_box import letter_box
from tests.web.met import case_of, hold, planned, system, url
from tests.web.world import TODAY, World


@pytest.fixture
def case(world: World) -> CaseCard:
    for user in ("pupil_health", "school_nurse"):
        met.in_circle(world, user)
    return case_of(world)


def key(world: World, user: str) -> str:
    return f"user-{world.users[user].pk}"


def change(client: Client, case: CaseCard, meeting: Meeting, people: list[str], **fields: Any) -> Any:
    given = {"people": people, "others": "", "version": str(meeting.version), "token": str(uuid4())}
    return client.post(url(case, meeting, "people/"), given | fields)


def asked(world: World, *, withdrawn: bool = False) -> list[tuple[str, str]]:
    with acting(system(world)):
        rows = Participant.objects.filter(withdrawn_on__isnull=not withdrawn).order_by("pk")
        return [(row.role, row.name or row.function) for row in rows]


def test_somebody_more_and_somebody_no_longer(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("mentor")
    meeting = planned(world, client, case, people=[key(world, "mentor"), key(world, "pupil_health"), "pupil"])
    with acting(world.actor("pupil_health")):
        assert len(upcoming(world.actor("pupil_health"))) == 1
    people = [key(world, "mentor"), key(world, "school_nurse"), "pupil"]
    assert change(client, case, meeting, people, others="tolk, Kim").status_code == 302
    assert asked(world) == [
        ("mentor", "Person mentor"),
        ("pupil", ""),
        ("school_nurse", "Person school_nurse"),
        ("other", "Kim"),
    ]
    assert asked(world, withdrawn=True) == [("pupil_health", "Person pupil_health")]
    with acting(world.actor("pupil_health")):
        assert upcoming(world.actor("pupil_health")) == ()
    with acting(world.actor("mentor")):
        titles = [each.title for each in entries_of(world.actor("mentor"), case.pk, ("meeting_people",))]
        assert len(titles) == 1
        assert titles[0].count("2") >= 1
    html = client.get(url(case, meeting)).content.decode()
    assert "Asked before" in html or "Bjudna tidigare" in html
    assert "Person pupil_health" in html


def test_who_is_asked_again_is_invited_anew(world: World, signed_in: As, case: CaseCard) -> None:
    client, home = signed_in("mentor"), f"guardian-{met.home_of(world).pk}"
    meeting = planned(world, client, case, people=[key(world, "mentor"), home])
    with acting(system(world)):
        guardian = Participant.objects.get(role="legal_guardian")
    note = {"participant": str(guardian.key), "how": "phone", "day": TODAY.isoformat(), "token": str(uuid4())}
    assert client.post(url(case, meeting, "invited/"), note).status_code == 302
    assert change(client, case, meeting, [key(world, "mentor")]).status_code == 302
    meeting = met.latest(world)
    with acting(system(world)):
        gone = Participant.objects.get(pk=guardian.pk)
        assert (gone.withdrawn_on, gone.invited, gone.invited_on) == (TODAY, "phone", TODAY)
    assert change(client, case, meeting, [key(world, "mentor"), home]).status_code == 302
    with acting(system(world)):
        back = Participant.objects.get(role="legal_guardian")
        assert (back.pk, back.withdrawn_on, back.invited, back.invited_on) == (guardian.pk, None, "", None)


def test_two_who_change_at_once_see_each_other(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("mentor")
    meeting = planned(world, client, case, people=[key(world, "mentor"), "pupil"])
    assert change(client, case, meeting, [key(world, "mentor")]).status_code == 302
    late = change(signed_in("principal"), case, meeting, ["pupil"], others="tolk, Kim")
    assert late.status_code == 409
    for text in ("Person mentor", "Kim"):
        assert text in late.content.decode()
    assert asked(world) == [("mentor", "Person mentor")]


def test_somebody_is_always_asked_and_only_those_around(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("mentor")
    meeting = planned(world, client, case, people=[key(world, "mentor")])
    assert change(client, case, meeting, []).status_code == 200
    assert change(client, case, meeting, [key(world, "evaluator")]).status_code == 200
    assert asked(world) == [("mentor", "Person mentor")]
    assert change(client, case, meeting, [key(world, "school_nurse")]).status_code == 302


def test_a_meeting_that_was_held_or_cancelled_stands(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("mentor")
    meeting = planned(world, client, case, people=[key(world, "mentor"), key(world, "pupil_health"), "pupil"])
    assert change(client, case, meeting, [key(world, "mentor"), "pupil"]).status_code == 302
    assert hold(client, case, meeting, **{"pupil-outcome": "came"}).status_code == 302
    with acting(system(world)):
        assert Participant.objects.get(role="pupil_health").came is None  # was not asked, so did not stay away
    assert change(client, case, met.latest(world), ["pupil"]).status_code == 409
    assert client.get(url(case, meeting, "people/")).status_code == 409


def test_colleagues_are_told_and_others_are_not(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("mentor")
    meeting = planned(world, client, case, people=[key(world, "mentor"), key(world, "pupil_health"), "pupil"])
    with letter_box() as box:
        smtp = {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": box.host,
            "EMAIL_PORT": box.port,
        }
        with override_settings(**smtp):
            assert change(client, case, meeting, [key(world, "mentor"), key(world, "school_nurse")]).status_code == 302
    letters = [message_from_bytes(each, policy=policy.default) for each in box.letters]
    assert sorted(each["To"] for each in letters) == ["pupil_health@example.se", "school_nurse@example.se"]
    for each in letters:
        assert "Alva" not in each.get_content() + each["Subject"]
    assert len({each["Subject"] for each in letters}) == 2


def test_letters_come_before_the_day_and_notes_from_it_on(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("mentor")
    meeting = planned(world, client, case, people=[key(world, "mentor"), "pupil"])
    for day, first in ((TODAY, "letters/"), (met.AHEAD, "hold/")):
        with time_machine.travel(f"{day}T08:00:00+02:00", tick=False):
            html = signed_in("mentor").get(url(case, meeting)).content.decode()
        primary = re.findall(r'<a class="ds-button" href="([^"]*)">', html)
        assert primary == [url(case, meeting, first)]
