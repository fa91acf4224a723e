"""Cases by their services: opening, steps, tasks, moving, and who is let near."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils.translation import override

from narvaro.contexts.cases import api, opening
from narvaro.contexts.cases.api import CaseCard, Move, NewEntry, NewTask, Opening
from narvaro.contexts.cases.models import Case, CaseStep, Entry, Task
from narvaro.contexts.register.api import add_to_circle
from narvaro.contexts.register.models import Enrolment, Mentorship
from narvaro.core.actor import Actor
from narvaro.core.errors import Conflict, Forbidden, Refused
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from narvaro.domain.case_states import CaseEvent, CaseState
from narvaro.language import Message
from tests.web.cases import decide_year, opened
from tests.web.world import TODAY, World, _user

E = CaseEvent
NOTE = NewEntry(kind="note", title=Message.of("Note"), text="Vi pratade om idrotten.")


@pytest.fixture(autouse=True)
def year(world: World) -> None:
    decide_year(world)


@pytest.fixture
def mentor(world: World) -> Iterator[Actor]:
    actor = world.actor("mentor")
    with acting(actor):
        yield actor


def go(world: World, by: str, card: CaseCard, event: CaseEvent, **more: Any) -> CaseCard:
    with acting(world.actor(by)):
        return api.move(by=world.actor(by), case=card.pk, move=Move(event=event, version=card.version, **more))


def test_opening_makes_the_steps_work(world: World, mentor: Actor) -> None:
    card = opened(world)
    assert (card.state, card.step, card.owner_name) == (CaseState.ACTIVE, 1, "Person mentor")
    tasks = api.tasks_of(mentor, card.pk)
    assert {each.source_id for each in tasks} >= {"talk", "call_home", "agree"}
    # Two school days from Wednesday 20 May 2026.
    assert {each.due for each in tasks} == {date(2026, 5, 22)}
    assert {each.owner_id for each in tasks} == {mentor.user_id}
    # Ten school days on, over a staff day: 21, 22, (25 staff), 26-29, 1-4 June.
    assert card.follow_up_on == date(2026, 6, 4)
    assert card.next_due == date(2026, 5, 22)
    (entry,) = api.entries_of(mentor, card.pk)
    assert (entry.kind, entry.day, entry.has_text) == ("open", TODAY, False)
    with override("en"):
        assert api.entries_of(mentor, card.pk)[0].title == "The case was opened at step 1, Talk: a warning"


def test_a_meeting_of_the_step_is_a_task_with_its_own_deadline(world: World, mentor: Actor) -> None:
    card = opened(world, step=2)
    tasks = {each.source_id: each for each in api.tasks_of(mentor, card.pk)}
    assert tasks["meeting"].due == tasks["map"].due == date(2026, 6, 4)
    assert tasks["contact"].due == date(2026, 5, 22)


def test_work_goes_to_the_one_in_the_role_else_to_the_function(world: World) -> None:
    card = opened(world, by="principal", step=3)
    assert card.owner_name == "Person principal"
    with acting(world.actor("principal")):
        tasks = {each.source_id: each for each in api.tasks_of(world.actor("principal"), card.pk)}
    assert tasks["report_to_team"].owner_name == "Person mentor"
    _user("second_principal", world.organiser, world.strand, "principal")
    other = opened(world, "Bilal", by="principal", step=3)
    assert (other.owner_id, other.owner_role) == (None, "principal")


def test_one_open_case_a_pupil_and_school(world: World) -> None:
    opened(world)
    with pytest.raises(Refused):
        opened(world)
    with acting(world.actor("mentor")):
        assert Case.objects.count() == 1


def test_a_case_closed_this_school_year_goes_on(world: World, mentor: Actor) -> None:
    card = opened(world)
    closed = go(world, "mentor", card, E.CLOSE, code="better", reason="Eleven är här.")
    assert (closed.state, closed.closed_on, closed.outcome) == (CaseState.CLOSED, TODAY, "better")
    again = opened(world, step=2)
    assert (again.pk, again.step, again.state, again.closed_on) == (card.pk, 2, CaseState.ACTIVE, None)
    assert [each.ended_by for each in CaseStep.objects.order_by("pk")] == ["close", ""]


def test_after_a_summer_a_new_case_goes_on_from_the_old(world: World, frozen_day: Any) -> None:
    card = opened(world)
    go(world, "mentor", card, E.CLOSE, code="better", reason="Eleven är här.")
    frozen_day.move_to("2026-09-10T10:00:00+02:00")
    again = opened(world)
    assert again.pk != card.pk
    assert again.continues == card.pk
    assert again.school_year == 2026


@pytest.mark.parametrize("name", ["Casper", "Omar", "Ida"])
def test_anothers_pupil_cannot_get_a_case(world: World, name: str) -> None:
    assert opened(world).pk
    with pytest.raises(Http404):
        opened(world, name)


def test_a_teacher_opens_none(world: World) -> None:
    with pytest.raises(Forbidden):
        opened(world, by="teacher")


def test_a_protected_pupils_case_is_for_those_on_the_list(world: World) -> None:
    card = opened(world, "Ida", by="principal")
    with acting(world.actor("principal")):
        assert api.find_case(world.actor("principal"), card.key).pk == card.pk
    with acting(world.actor("attendance_coordinator")), pytest.raises(Http404):
        api.find_case(world.actor("attendance_coordinator"), card.key)
    with acting(world.actor("attendance_coordinator")):
        assert api.cases_of(world.actor("attendance_coordinator"), [card.pupil]) == {}
    # Work goes to nobody who may not see the pupil.
    with acting(world.actor("principal")):
        owners = {each.owner_id for each in api.tasks_of(world.actor("principal"), card.pk)}
    assert owners <= {None, world.users["principal"].pk}


def test_each_event_writes_an_entry_and_counts_a_version(world: World, mentor: Actor) -> None:
    card = opened(world)
    moved = go(world, "mentor", card, E.NEXT_STEP)
    assert (moved.step, moved.version) == (2, 1)
    assert api.entries_of(mentor, card.pk)[0].kind == "next_step"
    stays = list(CaseStep.objects.order_by("pk").values_list("step", "ended", "ended_by"))
    assert stays == [(1, TODAY, "next_step"), (2, None, "")]
    # What was to be done at the first step is still to be done.
    assert {each.step for each in api.tasks_of(mentor, card.pk) if each.is_open} == {1, 2}


def test_leaving_open_tasks_behind_is_chosen(world: World, mentor: Actor) -> None:
    card = opened(world)
    go(world, "mentor", card, E.NEXT_STEP, end_tasks=True)
    tasks = api.tasks_of(mentor, card.pk)
    assert {each.step for each in tasks if each.is_open} == {2}
    assert all(each.not_needed for each in tasks if each.step == 1)


def test_a_jump_says_why(world: World) -> None:
    card = opened(world)
    for wrong in ({"to_step": 3}, {"to_step": 3, "code": "lazy"}, {"to_step": 3, "code": "other"}):
        with pytest.raises(Refused):
            go(world, "mentor", card, E.JUMP, **wrong)
    for step in (1, 2, 9):
        with pytest.raises(Refused):
            go(world, "mentor", card, E.JUMP, to_step=step, code="not_useful")
    assert go(world, "mentor", card, E.JUMP, to_step=3, code="not_useful").step == 3


def test_going_back_is_a_decision_with_a_reason(world: World) -> None:
    card = go(world, "mentor", opened(world), E.NEXT_STEP)
    with pytest.raises(Refused):
        go(world, "mentor", card, E.GO_BACK, to_step=1)
    with pytest.raises(Refused):
        go(world, "mentor", card, E.GO_BACK, to_step=2, reason="x")
    assert go(world, "mentor", card, E.GO_BACK, to_step=1, reason="Målet nåddes.").step == 1


def test_a_parked_case_rests_and_its_deadlines_stand_still(world: World, mentor: Actor, frozen_day: Any) -> None:
    card = opened(world)
    for wrong in ({"until": TODAY}, {"until": TODAY + timedelta(days=9), "reason": " "}, {"reason": "Sjuk"}):
        with pytest.raises(Refused):
            go(world, "mentor", card, E.PARK, **{"reason": "Sjuk", "until": None, **wrong})
    parked = go(world, "mentor", card, E.PARK, until=date(2026, 6, 3), reason="Inlagd")
    frozen_day.move_to("2026-06-03T10:00:00+02:00")
    with acting(mentor):
        assert api.find_case(mentor, card.key).overdue == 0
    resumed = go(world, "mentor", parked, E.RESUME)
    # Nine school days rested (21, 22, 26-29, 1-3): two days after that is Friday 5 June.
    assert resumed.next_due == date(2026, 6, 5)
    assert resumed.overdue == 0


def test_closing_says_what_is_missing(world: World) -> None:
    card = opened(world, by="principal", step=3)
    with pytest.raises(Refused):
        go(world, "principal", card, E.CLOSE, reason="Klart")
    with pytest.raises(Refused):
        go(world, "principal", card, E.CLOSE, code="goals_met")
    with pytest.raises(Refused) as refused:
        go(world, "principal", card, E.CLOSE, code="goals_met", reason="Klart")
    assert dict(refused.value.message.values)["missing"]
    everything = frozenset(api.NEEDS)
    assert (
        go(world, "principal", card, E.CLOSE, code="goals_met", reason="Klart", answered=everything).state == "closed"
    )


def test_a_closed_case_takes_nothing_more(world: World, mentor: Actor) -> None:
    card = opened(world)
    assert api.add_entry(by=mentor, case=card.pk, entry=NOTE)
    go(world, "mentor", card, E.CLOSE, code="better", reason="Bra")
    new = NewTask(what="Ring", owner_role="mentor", due=TODAY)
    for write in (
        lambda: api.add_entry(by=mentor, case=card.pk, entry=NOTE),
        lambda: api.add_tasks(by=mentor, case=card.pk, tasks=[new]),
        lambda: go(world, "mentor", replace(card, version=1), E.NEXT_STEP),
    ):
        with pytest.raises(Refused):
            write()
    assert not [each for each in api.tasks_of(mentor, card.pk) if each.is_open]


def test_two_editors_never_overwrite(world: World) -> None:
    card = opened(world)
    go(world, "mentor", card, E.PARK, until=TODAY + timedelta(days=9), reason="Inlagd på sjukhus")
    with pytest.raises(Conflict) as conflict:
        go(world, "principal", card, E.CLOSE, code="better", reason="Allt är bra nu")
    assert "Inlagd på sjukhus" in conflict.value.theirs
    assert conflict.value.mine == "Allt är bra nu"


def test_contact_answers_the_first_contact_and_moves_the_follow_up(world: World, mentor: Actor) -> None:
    card = opened(world, step=2)
    spoken = NewEntry(kind="conversation", title=Message.of("Talk"), day=TODAY, contact=True)
    api.add_entry(by=mentor, case=card.pk, entry=spoken)
    open_ids = {each.source_id for each in api.tasks_of(mentor, card.pk) if each.is_open}
    assert "contact" not in open_ids
    assert "map" in open_ids


def test_another_school_reads_nothing_until_it_has_taken_over(world: World) -> None:
    strand, ekbacken = world.actor("principal"), world.actor("ekbacken_principal")
    card = opened(world, "Alva")
    api_entry = NewEntry(kind="note", title=Message.of("Note"), text="Hemligt på Strand")
    with acting(strand):
        api.add_entry(by=strand, case=card.pk, entry=api_entry)
    waiting = go(world, "principal", card, E.HAND_OVER, to_unit=world.ekbacken.pk, reason="Prova morgonstöd.")
    assert waiting.state == CaseState.HANDING_OVER
    with acting(ekbacken), pytest.raises(Http404):
        api.find_case(ekbacken, card.key)
    with acting(strand), pytest.raises(Refused):
        api.add_entry(by=strand, case=card.pk, entry=api_entry)
    taken = go(world, "ekbacken_principal", waiting, E.ACCEPTED)
    assert (taken.unit_pk, taken.continues, taken.step) == (world.ekbacken.pk, card.pk, card.step)
    with acting(ekbacken):
        texts = [api.entry_text(ekbacken, each.key).text for each in api.entries_of(ekbacken, taken.pk)]
        assert "Prova morgonstöd." in texts
        with pytest.raises(Http404):
            api.find_case(ekbacken, card.key)
    with acting(strand):
        kept = api.find_case(strand, card.key)
        assert kept.state == CaseState.HANDED_OVER
        assert "Hemligt på Strand" in [api.entry_text(strand, e.key).text for e in api.entries_of(strand, card.pk)]
        with pytest.raises(Http404):
            api.find_case(strand, taken.key)


def test_a_declined_handover_goes_on_where_it_was(world: World) -> None:
    waiting = go(world, "principal", opened(world), E.HAND_OVER, to_unit=world.ekbacken.pk, reason="Flytt")
    with pytest.raises(Http404):
        go(world, "principal", waiting, E.DECLINED, reason="Nej")
    with pytest.raises(Refused):
        go(world, "ekbacken_principal", waiting, E.DECLINED)
    back = go(world, "ekbacken_principal", waiting, E.DECLINED, reason="Eleven kommer inte hit.")
    assert (back.state, back.handed_to) == (CaseState.ACTIVE, None)


def test_the_circle_reads_and_a_colleague_outside_does_not(world: World) -> None:
    card, teacher = opened(world), world.actor("teacher")
    with acting(teacher):
        assert api.case_of(teacher, card.pupil) is None
    with acting(world.actor("principal")):
        add_to_circle(by=world.actor("principal"), pupil=card.pupil, unit=card.unit_pk, user_id=teacher.user_id or 0)
    with acting(teacher):
        assert api.find_case(teacher, card.key).pk == card.pk
        with pytest.raises(Forbidden):
            api.add_entry(by=teacher, case=card.pk, entry=NOTE)


def test_a_mentor_whose_time_is_over_reads_no_more(world: World) -> None:
    card, mentor = opened(world), world.actor("mentor")
    with acting(mentor):
        assert api.find_case(mentor, card.key).pk == card.pk
        Mentorship.objects.filter(pupil_id=card.pupil).update(last_day=TODAY - timedelta(days=1))
        with pytest.raises(Http404):
            api.find_case(mentor, card.key)


def test_every_change_is_told_to_the_audit_without_words(world: World, mentor: Actor) -> None:
    card = opened(world, worry="Hemligt")
    api.add_entry(by=mentor, case=card.pk, entry=NOTE)
    rows = list(AuditEntry.objects.filter(object_type="cases.Case").values_list("action", "objects_seen", "details"))
    assert {action for action, _seen, _details in rows} >= {"case.open", "case.task.add", "case.entry"}
    assert all(seen == [card.pk] for _action, seen, _details in rows)
    assert "Hemligt" not in str(rows)
    assert "idrotten" not in str(rows)


def test_lists_ask_as_often_for_one_as_for_many(world: World, mentor: Actor, django_assert_num_queries: Any) -> None:
    first = opened(world)
    with django_assert_num_queries(1):
        assert set(api.cases_of(mentor, [first.pupil])) == {first.pupil}
    second = opened(world, "Bilal")
    with django_assert_num_queries(1):
        assert len(api.cases_of(mentor, [first.pupil, second.pupil])) == 2


def test_a_worry_joins_the_open_case_or_opens_one(world: World) -> None:
    teacher = world.actor("teacher")
    worry = Opening(pupil=world.pupils["Alva"].pk, step=1, origin="colleague", worry="Hon är ledsen.")
    with acting(teacher):
        api.report_worry(by=teacher, opening=worry)
        api.report_worry(by=teacher, opening=replace(worry, worry="Igen."))
        assert Case.objects.count() == 1
        assert list(Entry.objects.order_by("pk").values_list("kind", "text")) == [
            ("open", "Hon är ledsen."),
            ("worry", "Igen."),
        ]
        with pytest.raises(Http404):
            api.report_worry(by=teacher, opening=replace(worry, pupil=world.pupils["Casper"].pk))


def test_a_steps_task_is_made_once(world: World, mentor: Actor) -> None:
    card = opened(world)
    new = NewTask(what="Anmäl", owner_role="principal", due=TODAY, source="duty", source_id="A9")
    first = api.add_tasks(by=mentor, case=card.pk, tasks=[new])
    assert api.add_tasks(by=mentor, case=card.pk, tasks=[new]) == first
    assert api.end_tasks(by=mentor, case=card.pk, source="duty", source_id="A9", outcome="Anmält") == 1
    assert Task.objects.filter(source="duty", done_on=TODAY).count() == 1


def test_pupil_health_that_opens_a_case_comes_into_its_circle(world: World) -> None:
    card, health = opened(world, by="pupil_health"), world.actor("pupil_health")
    with acting(health):
        assert api.find_case(health, card.key).pk == card.pk
        assert "circle" in {each.kind for each in api.entries_of(health, card.pk)}


def test_two_who_open_at_once_open_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on PostgreSQL, where the second does not see what the first has not saved yet."""
    opened(world)
    monkeypatch.setattr(opening, "open_row", lambda *_: None)
    with pytest.raises(Refused):
        opened(world)
    with acting(world.actor("mentor")):
        assert Case.objects.count() == 1


def test_deadlines_stand_still_while_another_school_thinks(world: World, frozen_day: Any) -> None:
    card = opened(world)
    waiting = go(world, "principal", card, E.HAND_OVER, to_unit=world.ekbacken.pk, reason="Flytt")
    frozen_day.move_to("2026-05-27T10:00:00+02:00")
    back = go(world, "ekbacken_principal", waiting, E.DECLINED, reason="Nej")
    # Four school days later: 21, 22, 26, 27; two after that is Friday 29 May.
    assert back.next_due == date(2026, 5, 29)


def test_the_receiving_schools_open_case_goes_on(world: World) -> None:
    mine = opened(world, "Lo", by="ekbacken_principal", step=2)
    with acting(world.actor("principal")):
        theirs = Case.of(**{**_values(mine.pk), "unit_id": world.strand.pk})
        theirs.save()
        CaseStep.of(case=theirs, step=1, began=TODAY).save()
        card = api.find_case(world.actor("principal"), theirs.key)
    waiting = go(world, "principal", card, E.HAND_OVER, to_unit=world.ekbacken.pk, reason="Prova morgonstöd")
    taken = go(world, "ekbacken_principal", waiting, E.ACCEPTED)
    assert (taken.pk, taken.step) == (mine.pk, 2)


def _values(case: int) -> dict[str, Any]:
    row = Case.objects.filter(pk=case).values().get()
    return {name: value for name, value in row.items() if name not in ("id", "key", "authority_id")}


def test_goals_are_met_twice_when_the_return_was_watched_before_closing(world: World) -> None:
    card = opened(world, by="principal", step=4)
    others = frozenset({"outcome", "pupil_voice", "guardian_contact", "pupil_health", "investigation"})
    with pytest.raises(Refused):
        go(world, "principal", card, E.CLOSE, code="goals_met", reason="Klart", answered=others)
    watched = go(world, "principal", card, E.BEGIN_RETURN, reason="Kommer varje dag")
    assert go(world, "principal", watched, E.CLOSE, code="goals_met", reason="Klart", answered=others).state == "closed"


def test_a_pupil_who_left_has_no_goals_to_meet(world: World) -> None:
    card = opened(world, by="principal", step=4)
    others = frozenset({"outcome", "pupil_voice", "guardian_contact", "pupil_health", "investigation"})
    assert (
        go(world, "principal", card, E.CLOSE, code="left_school", reason="Flyttat", answered=others).state == "closed"
    )


def test_whom_the_school_before_let_near_is_not_near_at_the_next(world: World) -> None:
    """A team for the whole municipality reaches every school; a circle is one school's decision."""
    team = replace(world.actor("collaboration_team"), unit_ids=None)
    old = opened(world)
    with acting(world.actor("principal")):
        add_to_circle(by=world.actor("principal"), pupil=old.pupil, unit=old.unit_pk, user_id=team.user_id or 0)
    with acting(team):
        assert api.find_case(team, old.key).pk == old.pk
    with acting(world.actor("principal")):
        Enrolment.objects.filter(pupil_id=old.pupil).update(unit=world.ekbacken)
    new = opened(world, by="ekbacken_principal")
    with acting(team), pytest.raises(Http404):
        api.find_case(team, new.key)
