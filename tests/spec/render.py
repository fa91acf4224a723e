"""The specification tables as a document: ``python -m tests.spec.render`` writes it, ``--check`` compares."""

import sys
from collections.abc import Sequence
from pathlib import Path

from .tables import DEFAULT_PUPIL, DEFAULT_UNIT, Block, DayLine, LessonsBlock, NumbersBlock, PeriodsBlock, documents

TARGET = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
NOTE = "<!-- Made by `python -m tests.spec.render` from tests/spec/*.md; change those. -->\n\n"


def text() -> str:
    parts = [part for document in documents() for _title, part in document.parts]
    return NOTE + "\n".join(_part(part).strip("\n") + "\n" for part in parts if _part(part).strip("\n"))


def _part(part: str | Block) -> str:
    if isinstance(part, LessonsBlock):
        return _lessons(part)
    if isinstance(part, PeriodsBlock):
        return _periods(part)
    return _numbers(part) if isinstance(part, NumbersBlock) else part


def _lessons(block: LessonsBlock) -> str:
    pupils = {line.pupil for line in block.lines} != {DEFAULT_PUPIL}
    units = any(line.unit != DEFAULT_UNIT for line in block.lines)
    head = [*(["Pupil"] if pupils else []), "Day", *(["School unit"] if units else []), "Lessons"]
    return _table(head, [_day(line, pupils, units) for line in block.lines])


def _day(line: DayLine, pupils: bool, units: bool) -> list[str]:
    when = ("except " if line.exception else "") + line.when
    lessons = "no lessons" if set(line.tokens) == {"."} else f"`{' '.join(line.tokens)}`"
    return [*([line.pupil] if pupils else []), when, *([line.unit] if units else []), lessons]


def _periods(block: PeriodsBlock) -> str:
    rows = [
        [row.pupil_id, f"{row.first} .. {row.last}", row.school_unit_id, row.group_id or "", f"`{line.sums}`"]
        for line, row in zip(block.lines, block.rows, strict=True)
    ]
    return _table(["Pupil", "Period", "School unit", "Class", "The row says"], rows)


def _numbers(block: NumbersBlock) -> str:
    settings = [
        "" if block.as_of is None else f"as of {block.as_of}",
        "" if block.first_day is None else f"from {block.first_day}",
        "" if block.trying is None else f"trying the rule `{block.trying}`",
    ]
    asked = ", ".join(setting for setting in settings if setting)
    pupils = any(check.pupil for check in block.checks)
    rows = [[*([check.pupil or ""] if pupils else []), f"`{check.what}`", check.expected] for check in block.checks]
    table = _table([*(["Pupil"] if pupils else []), "Number", "Value"], rows)
    return (f"{asked[0].upper()}{asked[1:]}:\n\n" if asked else "") + table


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    wanted = text()
    if "--check" not in arguments:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(wanted, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == wanted:
        return 0
    print(f"{TARGET} is out of step with tests/spec: run python -m tests.spec.render", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
