"""The page's question answered in its heading: how much has the pupil been away, and is it more or less than before?"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.pupil_page.selection import Selection
from narvaro.domain.absence import COVERAGE_NEEDED, Minutes
from narvaro.domain.change import Direction, direction, shown_change
from narvaro.domain.pupil_year import Day, PupilYear, total
from narvaro.ui.charts import Chart, absence_split
from narvaro.ui.charts.split import PART_WORDS, shares_of
from narvaro.ui.formats import words
from narvaro.ui.parts import Absence, Kind

_KINDS: dict[Direction, Kind] = {Direction.FALLING: "good", Direction.SAME: "", Direction.RISING: "warn"}

HOUR = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the offered time: ``key`` is its colour."""

    key: str
    label: str
    share: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``figure`` is the one big number, empty where it cannot be told; ``text`` goes on from it. ``caution`` is said
    where little is known. ``lessons_url``: what stands behind the number."""

    figure: str
    text: str
    base: str
    caution: str
    change: str
    change_text: str
    change_kind: Kind
    split: Chart
    parts: tuple[Part, ...]
    made: str
    lessons_url: str
    lessons: int
    improved: bool


def answer(year: PupilYear, key: object, *, judged: bool) -> Answer:
    """``judged``: whether a rise is coloured as a warning."""
    days, earlier = year.latest, year.earlier
    minutes = total(days)
    behind = Selection(first=days[0].date, last=days[-1].date, what="absent")
    points = shown_change(minutes, total(earlier), len(days) + len(earlier))
    way = None if points is None else direction(points)
    parted = absence_of(days)
    return Answer(
        figure="" if minutes.total_rate is None else words().percent(minutes.total_rate),
        text=_text(minutes, len(days)),
        base=_base(minutes, days),
        caution=_caution(minutes),
        change="" if points is None else words().points(points),
        change_text=_change_text(way),
        change_kind="" if way is None or (way is Direction.RISING and not judged) else _KINDS[way],
        split=absence_split(parted, words=words(), title=_("All lesson time in these days")),
        parts=_parts(parted),
        made=_made(days),
        lessons_url=behind.url(key),
        lessons=sum(1 for _each in behind.of(days)),
        improved=way is Direction.FALLING,
    )


def absence_of(days: Sequence[Day]) -> Absence:
    """With late minutes apart from the rest of the invalid ones."""
    minutes = total(days)
    late = min(sum(day.late_min for day in days), minutes.invalid)
    return Absence(minutes.offered, minutes.valid, minutes.invalid - late, late, minutes.unknown)


def window_words(days: int) -> str:
    return ngettext("the latest school day", "the latest %(days)s school days", days) % {"days": days}


def _text(minutes: Minutes, days: int) -> str:
    if minutes.total_rate is None:
        return _("The absence of %(window)s cannot be told") % {"window": window_words(days)}
    return _("absence %(window)s") % {"window": window_words(days)}


def _base(minutes: Minutes, days: Sequence[Day]) -> str:
    """What the share is a share of, how much is known, and when."""
    say = words()
    return _("%(absent)s of %(reported)s reported · %(coverage)s of the lesson time reported · %(period)s") % {
        "absent": say.hours(minutes.absent),
        "reported": say.hours(minutes.reported),
        "coverage": say.share(minutes.reported, minutes.offered),
        "period": say.period(days[0].date, days[-1].date),
    }


def _caution(minutes: Minutes) -> str:
    say = words()
    told = {
        "coverage": say.share(minutes.reported, minutes.offered),
        "limit": say.percent(COVERAGE_NEEDED),
        "unknown": say.hours(minutes.unknown),
    }
    if not minutes.calculable:
        return (
            _(
                "Only %(coverage)s of the lesson time is reported; %(limit)s is needed for a share. What happened in "
                "the other %(unknown)s is not known, and unknown is never counted as presence."
            )
            % told
        )
    if minutes.low_coverage:
        return _("%(unknown)s are not reported, so the share may change.") % told
    return ""


def _change_text(way: Direction | None) -> str:
    if way is None:
        return _("Cannot be compared with before: too few days are reported.")
    return {
        Direction.FALLING: _("less than the 20 school days before"),
        Direction.SAME: _("about the same as the 20 school days before"),
        Direction.RISING: _("more than the 20 school days before"),
    }[way]


def _parts(absence: Absence) -> tuple[Part, ...]:
    say = words()
    return tuple(
        Part(name, say.say(PART_WORDS[name]), say.share(minutes, absence.offered), _time(minutes))
        for name, minutes in shares_of(absence)
    )


def _time(minutes: int) -> str:
    return words().hours(minutes) if minutes >= HOUR else _("%(minutes)s min") % {"minutes": minutes}


def _made(days: Sequence[Day]) -> str:
    lessons = [lesson for day in days for lesson in day.lessons]
    return _(
        "The pupil's own timetable %(window)s (%(period)s): %(lessons)s lessons, of which %(reported)s are reported. "
        "Valid and invalid absence, divided by the reported time; a late arrival counts with its minutes. What nobody "
        "has reported is unknown and never counts as presence."
    ) % {
        "window": window_words(len(days)),
        "period": words().period(days[0].date, days[-1].date),
        "lessons": words().number(len(lessons)),
        "reported": words().number(sum(lesson.reported for lesson in lessons)),
    }
