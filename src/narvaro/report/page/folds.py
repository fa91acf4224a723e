"""Pupils gathered by school in folds that open without a script, so that each principal finds their own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from narvaro.language import N_
from narvaro.report.model import PupilRow
from narvaro.report.page.parts import Page
from narvaro.report.sentences import school_name
from narvaro.report.visible_text import html_text

OPEN_UP_TO = 60  # so few that all may stand open


@dataclass(frozen=True, slots=True)
class School:
    """A fold's name and anchor. Ids of units are hostile text, so the anchor is the school's place on the page."""

    name: str
    anchor: str
    protected: bool = False


def by_school(page: Page, rows: Iterable[PupilRow]) -> Iterator[tuple[School, list[PupilRow]]]:
    """In the order of the schools table; then units it lacks; last the protected, who stand outside every school."""
    groups: dict[str | None, list[PupilRow]] = {}
    for row in rows:
        groups.setdefault(None if row.protected else row.summary.school_unit_id, []).append(row)
    protected = groups.pop(None, None)
    names = {school.school_unit_id: school_name(school) for school in page.schools}
    units = (*names, *sorted(unit for unit in groups if unit is not None and unit not in names))
    for place, unit in enumerate(units):
        if unit in groups:
            yield School(names.get(unit, unit), str(place)), groups[unit]
    if protected:
        yield School(page.words.say(N_("Protected identity")), "skyddade", protected=True), protected


def fold(school: School, body: str, *, told: str, opened: bool, anchor: str = "") -> str:
    """``anchor`` is inside the fold, so that a link to it opens the fold."""
    place = f' id="{anchor}"' if anchor else ""
    name = f"<b><bdi>{html_text(school.name)}</bdi></b>"
    start = '<details class="school" open>' if opened else '<details class="school">'
    return f"{start}<summary>{name}<span>{told}</span></summary><div{place}>{body}</div></details>\n"
