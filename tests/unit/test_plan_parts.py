"""Parts of a plan: what schools change, what differs between two, and how it is said."""

import json
from dataclasses import replace

import pytest

from narvaro.contexts.plan.process_map import process_map
from narvaro.contexts.plan.text_lines import PARAGRAPH, lines_of, texts_of
from narvaro.domain.plan import MustDo, Plan
from narvaro.domain.plan_deviations import Deviation, changed_by, possible_places, value_at, with_deviations
from narvaro.domain.plan_diff import compare
from narvaro.language import LANGUAGES, Words
from narvaro.plans import all_faults, load_plan, preset_names
from narvaro.plans.diff_words import NAMES, differences, part_text
from narvaro.plans.records import plan_record
from narvaro.plans.telling import plan_told
from narvaro.report.plan_page import plan_html
from narvaro.ui.words import Words as Said


@pytest.fixture
def plan() -> Plan:
    return load_plan("tyreso_default")


# What schools may change

DEVIATIONS = [
    ("steps.1.contact_within", 1, lambda plan: plan.step(1).work.contact_within, 2, 1),
    ("steps.2.finish_within", 12, lambda plan: plan.step(2).work.finish_within, None, 12),
    ("steps.3.meeting.within", 5, lambda plan: plan.step(3).work.meeting.within, 10, 5),
    ("steps.1.others", ["pupil"], lambda plan: len(plan.step(1).work.others), 3, 1),
    ("steps.1.must_do", ["Ring fritids"], lambda plan: len(plan.step(1).work.must_do), 4, 5),
    ("contacts", [{"function": "Kuratorn"}], lambda plan: plan.contacts[-1].function.sv, "Mobila teamet", "Kuratorn"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "value", "seen", "before", "after"), DEVIATIONS)
def test_a_school_does_otherwise_at_one_place(plan, place, value, seen, before, after):
    changed = with_deviations(plan, [Deviation(place, value)])
    assert (seen(plan), seen(changed)) == (before, after)
    assert changed_by(place) in plan.schools_may_change
    assert place in possible_places(plan)


def test_what_the_plan_does_not_let_schools_change_stays(plan):
    deviations = [Deviation("steps.1.contact_within", 1), Deviation("contacts", [{"function": "Kuratorn"}])]
    assert with_deviations(plan, deviations) != plan
    closed = replace(plan, schools_may_change=())
    assert possible_places(closed) == ()
    assert with_deviations(closed, deviations) == closed
    only = replace(plan, schools_may_change=("contacts",))
    assert with_deviations(only, deviations).steps == plan.steps


def test_what_the_plan_no_longer_has_is_passed_by(plan):
    assert (
        with_deviations(plan, [Deviation("steps.9.contact_within", 1), Deviation("steps.1.meeting.within", 1)]) == plan
    )
    assert changed_by("steps.1.owner") is None
    assert changed_by("title") is None


def test_schools_add_to_what_is_always_done_and_take_nothing_away(plan):
    assert value_at(plan, "steps.1.must_do") == []
    changed = with_deviations(plan, [Deviation("steps.1.must_do", ["Ring fritids"])])
    assert changed.step(1).work.must_do[:-1] == plan.step(1).work.must_do
    assert changed.step(1).work.must_do[-1] == MustDo("own_1", Words("Ring fritids"))


# What differs


def changed_step(plan, number, **work):
    steps = (replace(step, work=replace(step.work, **work)) if step.number == number else step for step in plan.steps)
    return replace(plan, steps=tuple(steps))


def test_a_changed_value_is_told_with_both(plan):
    (part,) = differences(plan, changed_step(plan, 1, contact_within=1), "sv")
    assert (part.kind, part.place) == ("changed", "step.1")
    ((what, before, after),) = [(each.what, each.before, each.after) for each in part.differences]
    assert what
    assert before.startswith("2 ")
    assert after.startswith("1 ")


def test_what_is_added_in_one_direction_is_removed_in_the_other(plan):
    fewer = replace(plan, rules=plan.rules[1:])
    assert [(each.kind, each.part) for each in compare(fewer, plan)] == [("added", ("rule", plan.rules[0].id))]
    assert [(each.kind, each.part) for each in compare(plan, fewer)] == [("removed", ("rule", plan.rules[0].id))]


def test_a_change_in_english_alone_is_shown_to_those_who_read_swedish(plan):
    other = replace(plan, guardian_texts=(Words(plan.guardian_texts[0].sv, "Changed"), *plan.guardian_texts[1:]))
    (part,) = differences(plan, other, "sv")
    assert "Changed" in part.differences[0].after


def test_a_role_is_a_role_only_where_roles_stand(plan):
    """ "pupil_health" is a role, and something that is needed before a case is closed."""
    text = part_text(plan, ("step", "3"), "sv")
    assert "elevhälsa" in text
    own = replace(plan, title="principal")
    (part,) = differences(plan, own, "sv")
    assert part.differences[0].after == "principal"


def test_every_value_of_a_plan_has_a_name(plan):
    empty = replace(plan, steps=plan.steps[:1], rules=plan.rules[:1], case_rules=(), contacts=(), not_doing=())
    named = {change.what for part in (*compare(empty, plan), *compare(plan, empty)) for change in part.changes}
    assert "must_do" in named
    assert named <= set(NAMES)


# How it is said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_told_whole(name, language):
    plan = load_plan(name)
    told = plan_told(plan, language)
    assert [step.number for step in told.steps] == [step.number for step in plan.steps]
    assert sum(len(step.rules) for step in told.steps) == len(plan.every_rule)
    page = plan_html(plan, language)
    assert all(step.name in page for step in told.steps)
    assert json.loads(json.dumps(plan_record(plan)))["rules"][0]["when"] == str(plan.rules[0].when)


def test_presets_are_complete_in_english():
    for name in preset_names():
        record = json.dumps(plan_record(load_plan(name)))
        assert '"sv"' in record
        assert '"en": ""' not in record


def test_markup_in_a_plan_is_text_on_its_page(plan):
    hostile = changed_step(replace(plan, title="<b>x"), 1, documents=(Words("<script>alert(1)</script>"),))
    page = plan_html(hostile, "sv")
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<b>x" not in page


def test_the_map_has_every_duty_in_its_table_and_a_title_on_every_box(plan):
    drawn = process_map(plan, document="/plan/x/", words=Said("sv"))
    lines = {line for _role, cells in drawn.rows for cell in cells for line in cell}
    assert {each.text.sv for step in plan.steps for each in step.work.must_do} <= lines
    assert drawn.svg.count("<a ") == drawn.svg.count("</title>")
    assert "style" not in drawn.svg


def test_the_map_escapes_what_a_plan_says(plan):
    hostile = changed_step(plan, 1, must_do=(MustDo("x", Words("<script>alert(1)</script>")),))
    svg = process_map(hostile, document="/plan/x/", words=Said("sv")).svg
    assert "&lt;script&gt;" in svg
    assert "<script" not in svg


# Texts in lines


def test_lines_go_there_and_back():
    texts = (Words("Ett", "One"), Words("Två"), Words("Tre", "Three"))
    assert texts_of(*lines_of(texts[:1])) == texts[:1]
    assert texts_of("Ett\r\n\r\nTvå\n", "") == (Words("Ett"), Words("Två"))
    assert texts_of("Ett\nfortsätter\n\nTvå", "", PARAGRAPH) == (Words("Ett fortsätter"), Words("Två"))
    with pytest.raises(ValueError):  # noqa: PT011 - the form says what is wrong
        texts_of("Ett", "One\nTwo")


# Everything that is wrong at once

FAULTY = """
name: x
version: "1"
title: t
kind: guess
source: s
valid_from: 2026-07-01
steps:
  - number: 1
    name: A
    owner: teacher
    meeting: {kind: meeting, participants: [boss], within: 500}
    must_do:
      - {id: a, text: Ring}
rules:
  - {id: r, step: 1, severity: 1, when: total_rate(last_20) >= 0.1, text: Minst, colour: red}
contacts:
  - {function: Kurator, email: not-an-address}
"""


def test_everything_wrong_is_told_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(FAULTY, "utf-8")
    said = [fault.message.say("en") for fault in all_faults(str(path))]
    places = (
        "kind",
        "steps.1.owner",
        "steps.1.meeting.participants.1",
        "steps.1.meeting.within",
        "rules.r",
        "contacts.1.email",
    )
    assert [f", {place}: " in text for place, text in zip(places, said, strict=True)] == [True] * len(places), said
    assert [int(text.split("line ")[1].split(",")[0]) for text in said] == [5, 11, 12, 12, 16, 18]
    assert "pupil_health" in said[2]
    assert "namn@example.se" in said[5]


def test_what_parts_need_of_each_other_is_told_too(tmp_path):
    path = tmp_path / "plan.yaml"
    good = FAULTY.replace("guess", "own").replace("teacher", "mentor").replace("boss", "mentor").replace("500", "5")
    good = good.replace(", colour: red", "").replace("not-an-address", "")
    path.write_text(good, "utf-8")
    assert all_faults(str(path)) == []
    twice = good.replace("      - {id: a, text: Ring}\n", "      - {id: a, text: Ring}\n" * 2)
    path.write_text(twice.replace("step: 1", "step: 7"), "utf-8")
    said = [fault.message.say("en") for fault in all_faults(str(path))]
    assert ["must_do.a.id: Two things" in said[0], "no step 7" in said[1]] == [True, True]
    assert next(fault.message.say("en") for fault in all_faults("no_such")).startswith("There is no plan")
