"""The table of domain/case_states.py as a page: ``python -m tests.unit.render_case_states`` writes it, ``--check``
compares."""

import sys
from pathlib import Path

from narvaro.domain.case_states import OPEN, TRANSITIONS, CaseEvent, CaseState

TARGET = Path(__file__).parents[2] / "docs" / "reference" / "case-states.md"
NOTE = "<!-- Made by `python -m tests.unit.render_case_states` from domain/case_states.py; change that. -->\n"
STATES = {
    CaseState.ACTIVE: "under way at a step of the plan",
    CaseState.PARKED: "rests until a day, for a reason; deadlines stand still",
    CaseState.RETURNING: "the goals are reached; watched until it is closed or goes back to a step",
    CaseState.HANDING_OVER: "frozen until the receiving school has answered",
    CaseState.CLOSED: "closed with an outcome; nothing more is written in it",
    CaseState.HANDED_OVER: "taken over by another school; the sender keeps its records",
}
EVENTS = {
    CaseEvent.NEXT_STEP: ("to the step after", "the step is not the last one"),
    CaseEvent.JUMP: ("past at least one step", "a reason code; words where the code is *other*"),
    CaseEvent.GO_BACK: (
        "to an earlier step; from the return also to the same",
        "a decision at a follow-up, with its reason",
    ),
    CaseEvent.PARK: ("to rest", "a day that lies ahead, and a reason"),
    CaseEvent.RESUME: ("taken up again", "deadlines are moved by the school days that it rested"),
    CaseEvent.BEGIN_RETURN: ("the return begins", "a day to follow up"),
    CaseEvent.CLOSE: ("closed", "an outcome, a reason, and what the step's `closing_needs` says"),
    CaseEvent.REOPEN: ("opened again", "the same school year; in a later one a new case goes on from the old"),
    CaseEvent.HAND_OVER: ("offered to another school", "what the other school needs to know, in words"),
    CaseEvent.ACCEPTED: ("taken over", "by the receiving school, which opens its own case at the step"),
    CaseEvent.DECLINED: ("not taken over", "by the receiving school, with a reason"),
}
INTRODUCTION = """
# What a case goes through

The step of the plan is beside the state: a case rests *at* a step. What is not in the table is refused. The program
reads the same table (`narvaro.domain.case_states`), and every change leaves an entry in the case and a row in the log.

```mermaid
stateDiagram-v2
    [*] --> active: open
{arrows}
```

## States

| state | open | meaning |
|---|---|---|
{states}

## Events

| event | what it is | what it needs |
|---|---|---|
{events}

## The table

Rows are states, columns events; a cell is the state after. An empty cell is refused.

| | {heads} |
|---|{rules}|
{rows}
"""


def text() -> str:
    return NOTE + INTRODUCTION.format(
        arrows="\n".join(f"    {before} --> {after}: {event}" for (before, event), after in TRANSITIONS.items()),
        states="\n".join(f"| `{each}` | {'yes' if each in OPEN else 'no'} | {STATES[each]} |" for each in CaseState),
        events="\n".join(f"| `{each}` | {EVENTS[each][0]} | {EVENTS[each][1]} |" for each in CaseEvent),
        heads=" | ".join(CaseEvent),
        rules="|".join("---" for _ in CaseEvent),
        rows="\n".join(_row(state) for state in CaseState),
    )


def _row(state: CaseState) -> str:
    return f"| **{state}** | " + " | ".join(TRANSITIONS.get((state, event), "") for event in CaseEvent) + " |"


def main() -> None:
    if "--check" not in sys.argv:
        TARGET.write_text(text(), "utf-8")
    elif not TARGET.exists() or TARGET.read_text("utf-8") != text():
        sys.exit(f"{TARGET} is not as domain/case_states.py says; run make docs")


if __name__ == "__main__":
    main()
