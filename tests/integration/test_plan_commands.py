"""Plans as files on the command line: shown, checked, compared."""

import json
from pathlib import Path

from narvaro.plans import load_plan, plan_of_text, write_plan
from tests.integration.test_command_line import narvaro


def own_plan(folder: Path, *changes: tuple[str, str]) -> Path:
    text = write_plan(load_plan("tyreso_default"))
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path = folder / "plan.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_plan_is_shown_as_a_page_and_as_json(tmp_path: Path) -> None:
    page = narvaro("plan", "show", own_plan(tmp_path))
    assert (page.returncode, page.stderr) == (0, "")
    assert page.stdout.startswith("<!DOCTYPE html>")
    assert "Ring vårdnadshavarna. Ett meddelande räcker inte." in page.stdout
    record = json.loads(narvaro("plan", "show", "tyreso_default", "--format", "json").stdout)
    assert [step["work"]["owner"] for step in record["steps"]] == ["mentor", "mentor", "principal", "principal"]
    assert record["steps"][0]["name"] == {"sv": "Samtal", "en": "Talk"}


def test_everything_wrong_with_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    good = narvaro("plan", "check", own_plan(tmp_path))
    assert (good.returncode, good.stderr) == (0, "")
    bad = own_plan(tmp_path, ("owner: mentor", "owner: boss"), ("severity: 1", "severity: 9"))
    done = narvaro("plan", "check", bad, "--lang", "en")
    assert (done.returncode, done.stdout) == (3, "")
    owner, severity = done.stderr.splitlines()
    assert "steps.1.owner: This cannot stand here. Allowed: mentor, attendance_coordinator, principal" in owner
    assert "rules.invalid_lesson.severity" in severity
    assert narvaro("plan", "check", "no_such_plan").returncode == 3


def test_two_plans_are_compared_in_words_and_as_json(tmp_path: Path) -> None:
    other = own_plan(tmp_path, ("total_rate(last_20) >= 0.15", "total_rate(last_20) >= 0.14"))
    assert plan_of_text(other.read_text("utf-8"), "plan") != load_plan("tyreso_default")
    told = narvaro("plan", "diff", "tyreso_default", other).stdout
    assert "- total_rate(last_20) >= 0.15" in told
    assert "+ total_rate(last_20) >= 0.14" in told
    (part,) = json.loads(narvaro("plan", "diff", "tyreso_default", other, "--format", "json").stdout)
    assert (part["part"], part["is"], len(part["values"])) == ("rule.total_15", "changed", 1)
    same = narvaro("plan", "diff", "tyreso_default", own_plan(tmp_path), "--format", "json")
    assert json.loads(same.stdout) == []


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for command in (("show", "gone.yaml"), ("diff", "tyreso_default", "gone.yaml")):
        done = narvaro("plan", *command, cwd=tmp_path)
        assert done.returncode == 2
        assert "gone.yaml" in done.stderr
    assert narvaro("plan", "show").returncode == 2
