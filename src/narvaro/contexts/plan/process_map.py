"""Who does what when, drawn from the plan itself: a lane a role, a column a step. A box leads to the text about it."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from narvaro.domain.plan import Plan, Step
from narvaro.language import N_
from narvaro.plans.telling import MEETINGS, days_words, role_words
from narvaro.ui.charts.chart import Svg, element, joined
from narvaro.ui.words import Words

# Those nearest the pupil first, then the way that work is handed on.
ORDER = (
    *("pupil", "legal_guardian", "teacher", "mentor", "attendance_coordinator", "pupil_health", "school_nurse"),
    *("principal", "organiser_officer", "collaboration_team", "social_worker", "clinician", "kaa_coordinator"),
)
_LANE, _COLUMN, _GAP, _HEAD = 150, 262, 12, 64
_LINE, _PADDING, _MOST_LINES = 17, 10, 2
_LETTERS, _LETTERS_BOLD = 31, 27  # of the widest kind that texts are made of


@dataclass(frozen=True, slots=True)
class Cell:
    """What one role does at one step. ``lines`` are whole sentences."""

    role: str
    step: int
    lines: tuple[str, ...]
    leads: bool


@dataclass(frozen=True, slots=True)
class ProcessMap:
    """``rows``: the role and what it does at each step, the same as the picture."""

    svg: Svg
    description: str
    steps: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


def process_map(plan: Plan, *, document: str, words: Words) -> ProcessMap:
    """``document``: the address of the page whose parts the boxes lead to."""
    steps = sorted(plan.steps, key=lambda step: step.number)
    cells = {(cell.role, cell.step): cell for step in steps for cell in _cells(step, words)}
    roles = sorted({role for role, _ in cells}, key=lambda role: ORDER.index(role) if role in ORDER else len(ORDER))
    names = tuple(f"{step.number}. {step.name.say(words.language)}" for step in steps)
    description = words.say(N_("Who does what at each step: {steps}."), steps="; ".join(names))
    return ProcessMap(
        svg=_drawn(steps, roles, cells, document, description, words),
        description=description,
        steps=names,
        rows=tuple((role_words(role, words.language), _row(role, steps, cells)) for role in roles),
    )


def _row(role: str, steps: Sequence[Step], cells: Mapping[tuple[str, int], Cell]) -> tuple[tuple[str, ...], ...]:
    found = (cells.get((role, step.number)) for step in steps)
    return tuple(cell.lines if cell else () for cell in found)


def _cells(step: Step, words: Words) -> Iterator[Cell]:
    work = step.work
    meets = work.meeting.participants if work.meeting else ()
    does = (each.role or work.owner for each in work.must_do)
    for role in dict.fromkeys((work.owner, *does, *meets, *work.others)):
        leads = role == work.owner
        lines = tuple(_lines(role, step, words)) or (words.say(N_("Takes part")),)
        yield Cell(role, step.number, lines, leads)


def _lines(role: str, step: Step, words: Words) -> Iterator[str]:
    work, language = step.work, words.language
    if role == work.owner:
        yield words.say(N_("Leads. First contact within {days}."), days=days_words(work.contact_within, language))
    for each in work.must_do:
        if role == (each.role or work.owner):
            yield each.text.say(language)
    if work.meeting and role in work.meeting.participants:
        kind, days = words.say(MEETINGS[work.meeting.kind]), days_words(work.meeting.within, language)
        yield words.say(N_("{meeting} within {days}."), meeting=kind, days=days)
    if role == work.owner:
        yield words.say(N_("Follow-up after {days}."), days=days_words(work.follow_up_after, language))


def _drawn(
    steps: Sequence[Step],
    roles: Sequence[str],
    cells: Mapping[tuple[str, int], Cell],
    document: str,
    description: str,
    words: Words,
) -> Svg:
    width = _LANE + len(steps) * _COLUMN
    pieces, top = [_heads(steps, document, words)], _HEAD
    for place, role in enumerate(roles):
        own = {step: cells[role, step.number] for step in steps if (role, step.number) in cells}
        height = max(_height(cell) for cell in own.values()) + _GAP
        pieces.append(_lane(role, top, height, width, document, words, shaded=place % 2 == 0))
        pieces += [_box(cell, steps.index(step), top, height, document, words) for step, cell in own.items()]
        top += height
    return element(
        "svg",
        *pieces,
        class_="process-map",
        viewBox=f"0 0 {width} {top}",
        width=width,
        height=top,
        role="group",
        aria_label=description,
    )


def _heads(steps: Sequence[Step], document: str, words: Words) -> Svg:
    return joined(*(_head(step, place, document, words) for place, step in enumerate(steps)))


def _head(step: Step, place: int, document: str, words: Words) -> Svg:
    left, right = _LANE + place * _COLUMN, _LANE + (place + 1) * _COLUMN - _GAP
    tip, low = right + _GAP - 2, _HEAD - _GAP
    arrow = element("path", class_="map-step", d=f"M{left} 2H{right}L{tip} {(low + 2) // 2}L{right} {low}H{left}Z")
    name = f"{step.number}. {step.name.say(words.language)}"
    text = _text(_wrapped(name, _LETTERS_BOLD), left + _PADDING, 22, "map-step-name")
    return element("a", element("title", name), arrow, text, href=f"{document}#step-{step.number}")


def _lane(role: str, top: int, height: int, width: int, document: str, words: Words, *, shaded: bool) -> Svg:
    ground = element("rect", class_="map-lane", x=0, y=top, width=width, height=height) if shaded else Svg("")
    name = role_words(role, words.language)
    lines = textwrap.wrap(name[:1].upper() + name[1:], 18)
    label = _text(lines, 6, top + _PADDING + _LINE, "map-role")
    return joined(ground, element("a", element("title", words.say(N_("Contacts"))), label, href=f"{document}#contacts"))


def _box(cell: Cell, column: int, top: int, height: int, document: str, words: Words) -> Svg:
    left = _LANE + column * _COLUMN
    kind = "map-box is-leading" if cell.leads else "map-box"
    rect = element("rect", class_=kind, x=left, y=top + _GAP // 2, width=_COLUMN - _GAP, height=height - _GAP, rx=6)
    text = _text(_shown(cell), left + _PADDING, top + _GAP // 2 + _LINE, "map-text")
    step = words.say(N_("Step {number}"), number=cell.step)
    title = element("title", f"{step}, {role_words(cell.role, words.language)}: {' '.join(cell.lines)}")
    return element("a", title, rect, text, href=f"{document}#step-{cell.step}")


def _text(lines: Sequence[str], left: int, top: int, kind: str) -> Svg:
    spans = (element("tspan", line, x=left, y=top + place * _LINE) for place, line in enumerate(lines))
    return element("text", *spans, class_=kind)


def _shown(cell: Cell) -> list[str]:
    """Long sentences are cut in the picture; the title and the table have them whole."""
    return [line for sentence in cell.lines for line in _wrapped(f"• {sentence}", _LETTERS)]


def _wrapped(text: str, letters: int) -> list[str]:
    return textwrap.wrap(text, letters, max_lines=_MOST_LINES, placeholder=" …")


def _height(cell: Cell) -> int:
    return len(_shown(cell)) * _LINE + _PADDING + _GAP
