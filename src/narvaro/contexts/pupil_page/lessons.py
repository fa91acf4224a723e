"""The lessons behind a number, row by row, with their sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.pupil_page.selection import Selection
from narvaro.domain.pupil_year import Day, Lesson, sum_minutes
from narvaro.ui.formats import words
from narvaro.ui.parts import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Ready to print; minutes are empty where nothing is reported, and absence where there is none."""

    day: str
    time: str
    subject: str
    school: str
    offered: str
    present: str
    valid: str
    invalid: str
    note: str
    reported: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """``week_before`` and ``week_after`` are addresses when exactly one week is shown."""

    heading: str
    sums: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    several_schools: bool
    week_before: str
    week_after: str


def lessons(days: Sequence[Day], chosen: Selection, key: object, schools: Mapping[str, str]) -> Lessons:
    """``schools``: names by the facts' unit."""
    found = list(chosen.of(days))
    units = {lesson.school_unit_id for day in days for lesson in day.lessons}
    several = len(units) > 1
    before, after = _neighbours(days, chosen)
    return Lessons(
        heading=_heading(chosen, len(found)),
        sums=_sums([lesson for _day, lesson in found]),
        columns=_columns(several=several),
        rows=tuple(_row(day, lesson, schools) for day, lesson in sorted(found, key=lambda pair: -pair[0].day_no)),
        several_schools=several,
        week_before=before.url(key) if before else "",
        week_after=after.url(key) if after else "",
    )


def _heading(chosen: Selection, count: int) -> str:
    counted = ngettext("%(count)s lesson", "%(count)s lessons", count) % {"count": words().number(count)}
    one_day = chosen.first == chosen.last
    when = words().day(chosen.first) if one_day else words().period(chosen.first, chosen.last)
    parts = (f"{counted}, {when}", _kind_words(chosen), _weekday_word(chosen), chosen.subject)
    return " · ".join(part for part in parts if part)


def _kind_words(chosen: Selection) -> str:
    edges = {"first": _("the first of the day"), "last": _("the last of the day")}
    kinds = {
        "absent": _("with absence"),
        "missed": _("wholly missed"),
        "late": _("with late arrival"),
        "unknown": _("not wholly reported"),
    }
    return ", ".join(part for part in (edges.get(chosen.edge, ""), kinds.get(chosen.what, "")) if part)


def _weekday_word(chosen: Selection) -> str:
    names = (_("Mondays"), _("Tuesdays"), _("Wednesdays"), _("Thursdays"), _("Fridays"), _("Saturdays"), _("Sundays"))
    return names[chosen.weekday - 1] if chosen.weekday else ""


def _sums(found: Sequence[Lesson]) -> str:
    say, minutes = words(), sum_minutes(found)
    return _(
        "%(offered)s of lessons: %(present)s present, %(valid)s valid absence, %(invalid)s invalid absence, "
        "%(unknown)s not known."
    ) % {
        "offered": say.hours(minutes.offered),
        "present": say.hours(minutes.present),
        "valid": say.hours(minutes.valid),
        "invalid": say.hours(minutes.invalid),
        "unknown": say.hours(minutes.unknown),
    }


def _columns(*, several: bool) -> tuple[Column, ...]:
    school = (Column(_("School")),) if several else ()
    minutes = (_("Minutes"), _("Present"), _("Valid"), _("Invalid"))
    return (
        *(Column(_("Day")), Column(_("Time")), Column(_("Subject"))),
        *school,
        *(Column(label, numeric=True) for label in minutes),
        Column(_("Note")),
    )


def _row(day: Day, lesson: Lesson, schools: Mapping[str, str]) -> Row:
    say = words()
    valid, invalid = (say.number(minutes) if minutes else "" for minutes in (lesson.valid, lesson.invalid))
    return Row(
        day=say.day(day.date),
        time=_time(lesson),
        subject=lesson.subject or "–",
        school=schools.get(lesson.school_unit_id, lesson.school_unit_id),
        offered=say.number(lesson.offered),
        present=say.number(lesson.present) if lesson.reported else "",
        valid=valid,
        invalid=invalid,
        note=_note(lesson),
        reported=lesson.reported,
    )


def _time(lesson: Lesson) -> str:
    if lesson.start_min is None:
        return "–"
    start = words().clock(lesson.start_min)
    return start if lesson.end_min is None else f"{start}–{words().clock(lesson.end_min)}"


def _note(lesson: Lesson) -> str:
    if not lesson.reported:
        return _("not reported")
    told = [_("late arrival")] if lesson.late else []
    if lesson.unknown:
        told.append(_("%(minutes)s min not known") % {"minutes": lesson.unknown})
    return ", ".join(told)


def _neighbours(days: Sequence[Day], chosen: Selection) -> tuple[Selection | None, Selection | None]:
    """The weeks before and after a plain week that have lessons."""
    plain = chosen.what == chosen.edge == chosen.subject == "" and chosen.weekday is None
    if not plain or chosen.first.weekday() != 0 or chosen.last - chosen.first != timedelta(days=6):
        return None, None
    before = max((day.date for day in days if day.date < chosen.first), default=None)
    after = min((day.date for day in days if day.date > chosen.last), default=None)
    return tuple(None if day is None else week_of(day) for day in (before, after))  # type: ignore[return-value]


def week_of(day: date) -> Selection:
    monday = day - timedelta(days=day.weekday())
    return Selection(first=monday, last=monday + timedelta(days=6))
