"""Attendance plans as files: every preset is whole, and a faulty file is told where it is wrong."""

import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from narvaro.domain.plan import CaseRule, Plan, Rule, Step
from narvaro.domain.rules import comparisons, parse_rule
from narvaro.facts.plain_yaml import LARGEST
from narvaro.language import Words
from narvaro.plans import PlanError, load_plan, preset_names

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/reference/plans.md"
GUIDE = ROOT / "docs/how-to/write-a-plan.md"
PRESETS = ["bollnas_like", "danderyd_like", "eskilstuna_like", "hours_ladder", "national_levels", "tyreso_default"]
COMPULSORY = ("FKLASS", "GR", "GRS", "SP", "SAM")

PLAN = """
name: our_plan
version: 2
title: Vår plan
kind: own
source: Nämnden 2026
valid_from: 2026-07-01
population: {forms: [GR], grades: [7, 8, 9]}
steps:
  - number: 1
    name: {sv: Samtal, en: Talk}
  - number: 2
    name: {sv: Möte, en: Meeting}
rules:
  - id: high
    step: 1
    severity: 2
    when: total_rate(last_20) >= 10 %
    text: {sv: Minst 10 %, en: At least 10 %}
  - id: late
    step: 2
    severity: 1
    when: late_count(term) > 4
    text: Sen
    kind: published
    source: En annan kommun
    population: {}
case_rules:
  - id: goes_on
    step: 2
    needs: case
    text: {sv: Det fortsätter, en: It goes on}
"""


def loaded(tmp_path, text) -> Plan:
    path = tmp_path / "plan.yaml"
    path.write_text(text, "utf-8")
    return load_plan(str(path))


def fault_in(tmp_path, text) -> str:
    with pytest.raises(PlanError) as caught:
        loaded(tmp_path, text)
    return str(caught.value)


# The presets


def test_the_presets_are_found():
    assert preset_names() == PRESETS


@pytest.fixture(params=PRESETS)
def preset(request) -> Plan:
    return load_plan(request.param)


def test_a_preset_is_named_as_its_file(request, preset):
    assert preset.name == request.node.callspec.params["preset"]


def test_every_rule_of_a_preset_is_written_and_read_again(preset):
    assert preset.rules
    assert [rule.id for rule in preset.rules if parse_rule(str(rule.when)) != rule.when] == []


def test_every_step_of_a_preset_is_pointed_at(preset):
    used = {rule.step for rule in (*preset.rules, *preset.case_rules)}
    assert {step.number for step in preset.steps} == used
    assert [step.number for step in preset.steps] == list(range(1, len(preset.steps) + 1))


def test_severity_grows_with_the_steps(preset):
    ordered = sorted(preset.rules, key=lambda rule: (rule.step, rule.severity))
    assert [rule.severity for rule in ordered] == sorted(rule.severity for rule in preset.rules)


JUDGING = re.compile(r"skolk|skolvägr|hemmasitt|truan|refus", re.IGNORECASE)


def words_of(plan):
    for rule in (*plan.rules, *plan.case_rules):
        yield from (rule.text.sv, rule.text.en)
    for step in plan.steps:
        yield from (step.name.sv, step.name.en)


def test_texts_judge_nobody(preset):
    assert JUDGING.search("Skolkar ofta")
    assert [text for text in words_of(preset) if JUDGING.search(text)] == []


def test_texts_name_the_limits_of_their_rules(preset):
    """A chip that says 12 % above a rule of 15 % would be believed."""
    for rule in preset.rules:
        said = {Fraction(number) for number in re.findall(r"[0-9]+", rule.text.sv)}
        assert said == {Fraction(number) for number in re.findall(r"[0-9]+", rule.text.en)}
        for part in comparisons(rule.when):
            limit = part.limit * 100 if part.measure.endswith("_rate") else part.limit
            # "Invalid absence in both fortnights" needs no number for "at least one lesson".
            assert limit in said or limit == 1, (rule.id, str(part))
            assert not part.window.days or part.window.days in said, (rule.id, str(part))


def rules_of(name):
    return {(rule.step, str(rule.when)) for rule in load_plan(name).rules}


def test_tyreso_has_every_trigger_of_its_four_steps():
    assert [step.name.sv for step in load_plan("tyreso_default").steps] == [
        "Samtal",
        "Möte och enkel kartläggning",
        "Elevhälsoteam och frånvaroutredning",
        "Rektorsmöte och samordnade insatser",
    ]
    assert rules_of("tyreso_default") == {
        (1, "invalid_lessons(last_20) >= 1"),
        (1, "total_rate(last_20) >= 0.08"),
        (1, "occasions(last_20) >= 3"),
        (1, "late_count(last_20) >= 4"),
        (2, "total_rate(last_20) >= 0.12"),
        (2, "occasions(last_20) >= 5"),
        (2, "invalid_rate(last_20) >= 0.03"),
        (3, "total_rate(last_20) >= 0.15"),
        (3, "invalid_rate(last_20) >= 0.06"),
        (3, "longest_spell(last_20) >= 10"),
        (4, "total_rate(last_20) >= 0.3"),
        (4, "longest_spell(last_20) >= 20"),
    }


def test_tyreso_leaves_no_form_without_the_steps_of_the_duty_to_investigate():
    forms = {rule.step: rule.forms for rule in load_plan("tyreso_default").rules}
    assert forms == {1: COMPULSORY, 2: COMPULSORY, 3: (), 4: ()}


def test_the_ladder_of_hours_counts_for_the_study_grant_in_upper_secondary_only():
    rules = {rule.id: rule for rule in load_plan("hours_ladder").rules}
    assert rules_of("hours_ladder") == {
        (2, "absent_hours(school_year) >= 30"),
        (2, "invalid_hours(month) >= 4"),
        (3, "absent_hours(school_year) >= 60"),
        (3, "absent_hours(school_year) >= 80"),
        (4, "absent_hours(school_year) >= 120"),
    }
    assert [rule_id for rule_id, rule in rules.items() if rule.forms] == ["csn_4_hours"]
    assert rules["csn_4_hours"].forms == ("GY", "GYS")


def test_the_national_levels_need_no_days():
    assert {str(part.window) for rule in load_plan("national_levels").rules for part in comparisons(rule.when)} == {
        "period"
    }


# A municipality's own file


def test_a_file_becomes_a_plan(tmp_path):
    assert loaded(tmp_path, PLAN) == Plan(
        name="our_plan",
        version="2",
        title="Vår plan",
        source="Nämnden 2026",
        valid_from=date(2026, 7, 1),
        occasion="spell",
        steps=(Step(1, Words("Samtal", "Talk")), Step(2, Words("Möte", "Meeting"))),
        rules=(
            Rule(
                id="high",
                step=1,
                severity=2,
                when=parse_rule("total_rate(last_20) >= 0.10"),
                text=Words("Minst 10 %", "At least 10 %"),
                source="Nämnden 2026",
                forms=("GR",),
                grades=("7", "8", "9"),
                kind="own",
            ),
            Rule(
                id="late",
                step=2,
                severity=1,
                when=parse_rule("late_count(term) > 4"),
                text=Words("Sen"),
                source="En annan kommun",
                kind="published",
            ),
        ),
        case_rules=(CaseRule("goes_on", 2, Words("Det fortsätter", "It goes on"), "Nämnden 2026"),),
        kind="own",
    )


def test_the_example_of_the_guide_is_a_plan(tmp_path):
    example = re.search(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert loaded(tmp_path, example[1]).rules


WHEN = "total_rate(last_20) >= 10 %"
FAULTS = [
    ("2\n    severity", "5\n    severity", "rules.late.step: The plan has no step 5. Its steps: 1, 2."),
    ("2\n    needs", "5\n    needs", "case_rules.goes_on.step: The plan has no step 5. Its steps: 1, 2."),
    ("- id: late", "- id: high", "line 20, rules.high.id: Two rules have the id “high”."),
    ("- id: goes_on", "- id: high", "case_rules.high.id: Two rules have the id “high”."),
    ("- number: 2", "- number: 1", "line 12, steps.2.number: Two steps have the number 1."),
    ("title: Vår plan\n", "", "line 2: “title” is missing."),
    ("title: Vår plan", "titel: Vår plan", "line 4: “titel” is not known here. Known: name, version, title,"),
    ("severity: 2\n", "severity: 2\n    colour: red\n", "line 18, rules.high: “colour” is not known here. Known: id,"),
    ("{forms: [GR]", "{schools: [GR]", "line 8, population: “schools” is not known here. Known: forms, grades."),
    ("    text: Sen\n", "", "line 20, rules.late: “text” is missing."),
    ("    text: Sen\n", "    text:\n", "line 24, rules.late.text: Something must be written here."),
    ("    text: Sen\n", f"    text: {'S' * 81}\n", "rules.late.text: Too long: at most 80 characters."),
    ("severity: 2", "severity: 5", "line 17, rules.high.severity: This cannot stand here. Allowed: 1, 2, 3, 4"),
    ("severity: 2", "severity: red", "rules.high.severity: This cannot stand here. Allowed: 1, 2, 3, 4"),
    ("number: 2", "number: 0", "steps.2.number: This cannot stand here. Allowed: 1 ... 9"),
    ("[GR]", "[GR, GX]", "population.forms.2: This cannot stand here. Allowed: FKLASS, GR, GRS, SP, SAM, GY, GYS"),
    ("[7, 8, 9]", "[7, 8, 10]", "population.grades.3: This cannot stand here. Allowed: F, 1, 2, 3, 4, 5, 6, 7, 8, 9"),
    ("[7, 8, 9]", "7", "line 8, population.grades: This cannot stand here. Allowed: - ..."),
    ("kind: own", "kind: guess", "line 5, kind: This cannot stand here. Allowed: law, published, own"),
    ("needs: case", "needs: luck", "case_rules.goes_on.needs: This cannot stand here. Allowed: case"),
    ("name: our_plan", "name: Vår plan", "name: This cannot stand here. Allowed: a-z, 0-9, _"),
    ("id: late", "id: =late", "id: This cannot stand here. Allowed: a-z, 0-9, _"),
    ("2026-07-01", "1 juli", "valid_from: This cannot stand here. Allowed: 2026-07-01, 2026-07-02, ..."),
    ("2026-07-01", "2026-02-30", "valid_from: This cannot stand here."),
    ("2026-07-01", "1782864000", "valid_from: This cannot stand here."),
    (WHEN, "total_rate(week) >= 0.1", "line 18, rules.high.when: “week” is no window. Windows:"),
    (WHEN, "[a, b]", "rules.high.when: This cannot stand here. Allowed: total_rate(last_20) >="),
    (WHEN, "total_rate(last_20) >=", "rules.high.when: The rule ends too early."),
    ("version: 2", "name: again", "not plain YAML near line 3"),
    ("version: 2", "version: [2", "not plain YAML near line"),
    ("title: Vår plan", "title: &t Vår plan\nother: *t", "not plain YAML near line 5"),
    ("title: Vår plan", "[a]: Vår plan", "not plain YAML near line 4"),
    ("title: Vår plan", f"title: {'[' * 5000}", "not plain YAML near line"),
]


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_a_fault_is_told_with_its_place_and_what_is_allowed(tmp_path, old, new, said):
    assert old in PLAN
    assert said in fault_in(tmp_path, PLAN.replace(old, new, 1))


@pytest.mark.parametrize(
    ("rules", "said"), [("[]", "Something must be written here."), ("none", "This cannot stand here. Allowed: - ...")]
)
def test_a_plan_has_a_rule(tmp_path, rules, said):
    start = PLAN[: PLAN.index("rules:")]
    assert fault_in(tmp_path, f"{start}rules: {rules}\n").endswith(f"line 14, rules: {said}")


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "null"])
def test_a_file_of_something_else_is_no_plan(tmp_path, text):
    assert "plan.yaml, line 1: This cannot stand here. Allowed: name: ..., version: ..." in fault_in(tmp_path, text)


def test_a_file_that_cannot_be_read(tmp_path):
    path = tmp_path / "plan.yaml"
    for content, said in ((b"\xff\xfe\x00", "UTF-8"), (b"#" * (LARGEST + 1), "too large")):
        path.write_bytes(content)
        with pytest.raises(PlanError, match=said):
            load_plan(str(path))
    with pytest.raises(PlanError, match=r"gone\.yaml does not exist"):
        load_plan(str(tmp_path / "gone.yaml"))
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(PlanError, match="cannot be read"):
        load_plan(str(tmp_path / "folder.yaml"))


@pytest.mark.parametrize("name", ["tyreso", "", "../plans/tyreso_default", "tyreso_default\0", "{0}"])
def test_an_unknown_name_is_answered_with_the_known_ones(name):
    with pytest.raises(PlanError, match=r"Plans: bollnas_like, .*tyreso_default; or give the path"):
        load_plan(name)


def test_place_and_reason_are_said_in_the_language_of_the_reader(tmp_path, monkeypatch):
    with pytest.raises(PlanError) as caught:
        loaded(tmp_path, PLAN.replace("name: our_plan", "name: our plan"))
    for module in ("narvaro.language", "narvaro.plans.errors"):
        monkeypatch.setattr(f"{module}.translate", lambda text, language: f"[{language}] {text}")
    assert caught.value.message.say("sv").startswith("[sv] plan.yaml, line 2, name: [sv] This cannot stand here.")


# The document


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def whom(rule: Rule) -> str:
    return ", ".join(rule.forms + rule.grades) or "everybody"


def described(plan: Plan) -> list[str]:
    rules = [
        (rule.step, f"`{rule.id}`", f"`{rule.when}`", rule.severity, rule.text.sv, whom(rule), rule.kind)
        for rule in plan.rules
    ]
    parts = [
        f"## {plan.name}\n\n*{plan.title}*, version {plan.version}, from {plan.valid_from}. An occasion is a "
        f"{plan.occasion}. {plan.source}\n",
        table(("step", "Swedish", "English"), [(step.number, step.name.sv, step.name.en) for step in plan.steps]),
        table(("step", "rule", "when", "severity", "text", "about", "limit"), rules),
    ]
    known_by_case = [(rule.step, f"`{rule.id}`", rule.text.sv, rule.text.en) for rule in plan.case_rules]
    return [*parts, *([table(("step", "not tried", "text", "English"), known_by_case)] if known_by_case else [])]


def test_the_document_is_in_step_with_the_definitions(preset):
    text = DOCUMENT.read_text("utf-8")
    for part in described(preset):
        assert part in text, f"{DOCUMENT.name} needs:\n\n{part}"


def test_the_document_has_nothing_else():
    lines = {line for name in PRESETS for part in described(load_plan(name)) for line in part.splitlines()}
    shown = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith(("|", "## "))]
    assert [line for line in shown if line not in lines] == []
