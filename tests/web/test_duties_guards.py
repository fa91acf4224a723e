"""What the services hold to by themselves, whatever a form lets through."""

from datetime import date, timedelta

import pytest
from django.http import Http404

from narvaro.contexts.duties.api import Decided, decide_investigation, duties_of
from narvaro.contexts.duties.homes import TellHome, tell_home
from narvaro.contexts.duties.services import Asked, consult
from narvaro.contexts.meetings.models import Meeting, Voice
from narvaro.contexts.register.api import find_pupil
from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.core.scope import acting
from narvaro.domain.duties import State
from tests.web.cases import decide_year, opened
from tests.web.met import guardian, home_of
from tests.web.world import TODAY, World


@pytest.fixture(autouse=True)
def year(world: World) -> None:
    decide_year(world)


def test_nobody_is_heard_past_a_decision_that_keeps_a_guardian_away(world: World) -> None:
    apart, card, by = guardian(world, "Olle Borta", may_see=False), opened(world, step=3), world.actor("principal")
    asked = Asked(party="guardian", outcome="heard", day=TODAY, guardian=home_of(world).pk)
    with acting(by):
        decide_investigation(by=by, case=card, decided=Decided(decision="start", reason=""))
        consult(by=by, case=card, asked=asked)
    for other in (apart.pk, None):
        with acting(by), pytest.raises(Http404):
            consult(by=by, case=card, asked=Asked(party="guardian", outcome="heard", day=TODAY, guardian=other))


def test_word_goes_to_nobody_who_may_not_know(world: World) -> None:
    apart, by = guardian(world, "Olle Borta", may_see=False), world.actor("mentor")
    with acting(by):
        card = find_pupil(by, world.pupils["Alva"].key, "home.tell")
    with acting(by), pytest.raises(Http404):
        tell_home(by=by, card=card, day=TODAY, told=TellHome(told_on=TODAY, channel="phone", guardians=(apart.pk,)))
    with acting(by):
        mine = TellHome(told_on=TODAY, channel="phone", guardians=(home_of(world).pk,))
        tell_home(by=by, card=card, day=TODAY, told=mine)


@pytest.mark.parametrize(("day", "heard"), [(TODAY, True), (TODAY - timedelta(days=1), False)])
def test_what_was_said_at_meetings_counts_from_the_day_of_the_decision(world: World, day: date, heard: bool) -> None:
    card, by = opened(world, step=3), world.actor("principal")
    with acting(by):
        decide_investigation(by=by, case=card, decided=Decided(decision="start", reason=""))
    with acting(Actor.system(world.organiser.pk)):
        meeting = Meeting.of(case_id=card.pk, step=3, kind="conversation", means="phone", created_at=now(), held_on=day)
        meeting.save()
        Voice.of(meeting=meeting, whose="pupil", words="Det är jobbigt i matsalen.").save()
        Voice.of(meeting=meeting, whose="guardian", guardian=home_of(world), words="Hon sover dåligt.").save()
    with acting(by):
        found = {each.rule: each for each in duties_of(by, card)}
    assert found["A7"].state is State.DUE
    assert ("elevhälsan" in found["A7"].missing or "pupil health" in found["A7"].missing) is True
    assert ("," not in found["A7"].missing) is heard
