"""The states of a case: each event in each state, walks through them, and the page that is drawn from the table."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narvaro.domain.case_states import OPEN, TRANSITIONS, CaseEvent, CaseState, NotNow, after, possible
from tests.unit import render_case_states

S, E = CaseState, CaseEvent
# The table once more, written by hand: by state, the events that it takes and where they lead.
EXPECTED = {
    S.ACTIVE: {
        E.NEXT_STEP: S.ACTIVE,
        E.JUMP: S.ACTIVE,
        E.GO_BACK: S.ACTIVE,
        E.PARK: S.PARKED,
        E.BEGIN_RETURN: S.RETURNING,
        E.CLOSE: S.CLOSED,
        E.HAND_OVER: S.HANDING_OVER,
    },
    S.PARKED: {E.RESUME: S.ACTIVE, E.CLOSE: S.CLOSED, E.HAND_OVER: S.HANDING_OVER},
    S.RETURNING: {E.GO_BACK: S.ACTIVE, E.RESUME: S.ACTIVE, E.CLOSE: S.CLOSED, E.HAND_OVER: S.HANDING_OVER},
    S.HANDING_OVER: {E.ACCEPTED: S.HANDED_OVER, E.DECLINED: S.ACTIVE},
    S.CLOSED: {E.REOPEN: S.ACTIVE},
    S.HANDED_OVER: {},
}


@pytest.mark.parametrize(("state", "event"), list(product(CaseState, CaseEvent)))
def test_every_event_in_every_state_is_listed_or_refused(state: CaseState, event: CaseEvent) -> None:
    if event in EXPECTED[state]:
        assert after(state, event) is EXPECTED[state][event]
        assert event in possible(state)
    else:
        with pytest.raises(NotNow):
            after(state, event)
        assert event not in possible(state)


def test_the_table_holds_nothing_else() -> None:
    assert len(TRANSITIONS) == sum(len(events) for events in EXPECTED.values())


@given(st.lists(st.sampled_from(CaseEvent), max_size=40))
def test_a_walk_stays_on_the_table(events: list[CaseEvent]) -> None:
    """Whatever is tried in whatever order: what is refused changes nothing, and handed over is the end."""
    state = S.ACTIVE
    for event in events:
        if event in possible(state):
            before, state = state, after(state, event)
            assert (before in OPEN) or event is E.REOPEN
        else:
            with pytest.raises(NotNow):
                after(state, event)
    assert possible(state) or state is S.HANDED_OVER


@given(st.sampled_from([state for state in CaseState if state is not S.HANDED_OVER]))
def test_every_case_can_be_ended(state: CaseState) -> None:
    reached, waiting = {state}, [state]
    while waiting:
        here = waiting.pop()
        following = {after(here, event) for event in possible(here)} - reached
        reached |= following
        waiting += following
    assert S.CLOSED in reached


def test_the_page_is_in_step_with_the_table() -> None:
    assert render_case_states.TARGET.read_text("utf-8") == render_case_states.text()
    assert "active --> parked: park" in render_case_states.text()
