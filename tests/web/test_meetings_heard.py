"""Who has been heard, who was looked for, and who not yet; a person's own meetings."""

from datetime import timedelta

import pytest
import time_machine

from narvaro.contexts.meetings.api import (
    Hearing,
    heard,
    latest_contact,
    meetings_of,
    upcoming,
    voice_coverage,
    voices_of,
)
from narvaro.contexts.register.models import Custody, Enrolment
from narvaro.core.scope import acting
from tests.web import met
from tests.web.conftest import As
from tests.web.met import AHEAD, case_of, hold, planned, system, talk
from tests.web.world import TODAY, World


def _hearings(world: World, case: object) -> list[tuple[str, str]]:
    with acting(world.actor("mentor")):
        return [(each.name, each.hearing.value) for each in voices_of(world.actor("mentor"), case)]  # type: ignore[arg-type]


def test_nobody_is_heard_in_a_new_case(world: World) -> None:
    met.guardian(world, "Gunilla Hemma")
    met.guardian(world, "Fredrik Borta", may_see=False)
    case = case_of(world)
    assert _hearings(world, case) == [("", "not_yet"), ("Gunilla Hemma", "not_yet"), ("Sofia Lindqvist", "not_yet")]
    with acting(world.actor("mentor")):
        assert heard(world.actor("mentor"), case) == frozenset()


def test_words_hear_the_pupil_and_sitting_there_does_not(world: World, signed_in: As) -> None:
    case = case_of(world)
    talk(signed_in("mentor"), case)
    assert _hearings(world, case)[0][1] == Hearing.NOT_YET
    talk(signed_in("mentor"), case, **{"pupil-words": "Det är matsalen."})
    assert _hearings(world, case)[0][1] == Hearing.HEARD
    with acting(world.actor("mentor")):
        assert heard(world.actor("mentor"), case) == {"pupil_voice"}


def test_every_guardian_is_to_be_reached_or_looked_for(world: World, signed_in: As) -> None:
    other, case = met.guardian(world, "Gunilla Hemma"), case_of(world)
    talk(signed_in("mentor"), case, **{f"guardian-{met.home_of(world).pk}-outcome": "came"})
    with acting(world.actor("mentor")):
        assert heard(world.actor("mentor"), case) == frozenset()
    talk(signed_in("mentor"), case, **{f"guardian-{other.pk}-outcome": "tried"})
    assert _hearings(world, case)[1:] == [("Gunilla Hemma", "tried"), ("Sofia Lindqvist", "heard")]
    with acting(world.actor("mentor")):
        assert heard(world.actor("mentor"), case) == {"guardian_contact"}


def test_who_was_heard_once_stays_heard_when_a_later_call_is_not_answered(world: World, signed_in: As) -> None:
    case, before = case_of(world), (TODAY - timedelta(days=1)).isoformat()
    talk(signed_in("mentor"), case, **{"pupil-words": "Det är matsalen.", "day": before})
    talk(signed_in("mentor"), case, **{"pupil-outcome": "tried"})
    assert _hearings(world, case)[0][1] == Hearing.HEARD


def test_pupil_health_took_part_when_somebody_of_theirs_came(world: World, signed_in: As) -> None:
    met.in_circle(world, "pupil_health")
    case, client = case_of(world), signed_in("mentor")
    people = [f"user-{world.users['pupil_health'].pk}", "pupil"]
    for came in (False, True):
        meeting = planned(world, client, case, people=people)
        with acting(system(world)):
            asked = meeting.participants.get(role="pupil_health").pk
        assert hold(client, case, meeting, **({f"came-{asked}": "on"} if came else {})).status_code == 302
        with acting(world.actor("mentor")):
            assert ("pupil_health" in heard(world.actor("mentor"), case)) is came


@pytest.mark.parametrize(("form", "needed"), [("GR", True), ("GY", False)])
def test_without_a_known_guardian_one_is_asked_for_except_for_the_grown_up(
    world: World, signed_in: As, form: str, needed: bool
) -> None:
    with acting(system(world)):
        Custody.objects.all().delete()
        Enrolment.objects.update(school_form=form)
    case = case_of(world)
    with acting(world.actor("mentor")):
        assert ("guardian_contact" in heard(world.actor("mentor"), case)) is not needed
    if needed:
        assert talk(signed_in("mentor"), case, **{"legal_guardian-outcome": "came"}).status_code == 302
        with acting(world.actor("mentor")):
            assert "guardian_contact" in heard(world.actor("mentor"), case)


def test_coverage_and_contact_are_counted_in_a_fixed_number_of_queries(
    world: World, signed_in: As, django_assert_num_queries: object
) -> None:
    met.guardian(world, "Bo Hemma", pupil="Bilal")
    alva, bilal = case_of(world), case_of(world, "Bilal")
    talk(signed_in("mentor"), alva, **{"pupil-words": "Ja."})
    actor = world.actor("mentor")
    for cases in ([alva.pk], [alva.pk, bilal.pk]):
        with acting(actor):
            with django_assert_num_queries(1):  # type: ignore[operator]
                found = voice_coverage(actor, cases)
            with django_assert_num_queries(1):  # type: ignore[operator]
                assert latest_contact(actor, cases) == {alva.pk: TODAY}
        assert (found.cases, found.pupil_heard, found.guardian_heard) == (len(cases), 1, 0)
        talk(signed_in("mentor"), bilal, **{"pupil-outcome": "tried"})
    with acting(actor):
        assert voice_coverage(actor, [alva.pk, bilal.pk]).pupil_tried == 1


def test_a_case_with_thirty_meetings_is_told_in_as_many_queries_as_one(
    world: World, signed_in: As, django_assert_num_queries: object
) -> None:
    case, client, actor = case_of(world), signed_in("mentor"), world.actor("mentor")
    for before, count in ((0, 1), (1, 30)):
        for back in range(before, count):
            assert talk(client, case, day=(TODAY - timedelta(days=back)).isoformat()).status_code == 302
        with acting(actor), django_assert_num_queries(2):  # type: ignore[operator]
            assert len(meetings_of(actor, case.pk)) == count
    days = [each.held_on for each in _told(world, case)]
    assert days == sorted(days, reverse=True)  # type: ignore[type-var]


def _told(world: World, case: object) -> tuple[object, ...]:
    with acting(world.actor("mentor")):
        return meetings_of(world.actor("mentor"), case.pk)  # type: ignore[attr-defined, no-any-return]


def test_my_meetings_are_those_i_am_asked_to_and_may_read(
    world: World, signed_in: As, django_assert_num_queries: object
) -> None:
    case, client = case_of(world), signed_in("principal")
    meeting = planned(world, client, case, people=[f"user-{world.users['mentor'].pk}", "pupil"])
    for user, expected in (("mentor", [meeting.key]), ("principal", []), ("evaluator", [])):
        with acting(world.actor(user)):
            assert [each.key for each in upcoming(world.actor(user))] == expected
    mentor = world.actor("mentor")
    with acting(mentor), django_assert_num_queries(1):  # type: ignore[operator]
        assert [each.to_write_up for each in upcoming(mentor)] == [False]
    with time_machine.travel(f"{AHEAD + timedelta(days=1)}T10:00:00+02:00", tick=False), acting(world.actor("mentor")):
        assert [each.to_write_up for each in upcoming(world.actor("mentor"))] == [True]
    with acting(system(world)):
        world.pupils["Alva"].mentorships.all().delete()
    with acting(world.actor("mentor")):
        assert upcoming(world.actor("mentor")) == ()


def test_what_was_held_or_cancelled_is_no_longer_ahead(world: World, signed_in: As) -> None:
    case, client = case_of(world), signed_in("mentor")
    meeting = planned(world, client, case)
    with acting(world.actor("mentor")):
        assert len(upcoming(world.actor("mentor"))) == 1
    assert hold(client, case, meeting).status_code == 302
    with acting(world.actor("mentor")):
        assert upcoming(world.actor("mentor")) == ()
