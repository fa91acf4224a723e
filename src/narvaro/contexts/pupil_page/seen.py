"""What the days show, said in sentences that each lead to their lessons: what goes well first, then what recurs."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.pupil_page.pictures import day_state
from narvaro.contexts.pupil_page.selection import Selection
from narvaro.domain.pupil_year import Edge, PupilYear, SubjectProfile, WeekdayProfile, total
from narvaro.ui.formats import words

RUN_WORTH_TELLING = 3  # school days
WELL = Fraction(5, 100)
SUBJECTS_TOLD = 2
LESSONS_WORTH_TELLING = 12  # of a subject that goes well; fewer can be chance


@dataclass(frozen=True, slots=True)
class Fact:
    """``figure`` is bold and ``text`` goes on from it; ``made`` says what was counted; ``url`` leads to the lessons."""

    figure: str
    text: str
    made: str = ""
    url: str = ""


def strengths(year: PupilYear, key: object) -> tuple[Fact, ...]:
    """Never empty for a pupil who has been in school a whole day."""
    return tuple(_strengths(year, key))


def patterns(year: PupilYear, key: object, *, judged: bool) -> tuple[Fact, ...]:
    """Recurring weekdays and subjects first, where they are ``judged``; then spells, edges of days, late arrivals."""
    recurring = (*_weekdays(year, key), *_subjects(year, key)) if judged else ()
    return (*recurring, *_spells(year, key), *_edges(year, key), *_late(year, key))


def _strengths(year: PupilYear, key: object) -> Iterator[Fact]:
    present = sum(day_state(day) == "present" for day in year.period)
    if present:
        yield Fact(
            _("%(part)s of %(whole)s") % {"part": words().number(present), "whole": words().number(len(year.period))},
            _("school days in place all day"),
            _("Days without any absence or late arrival, and with at least half of the lesson time reported."),
            _whole(year).url(key),
        )
    run = year.present_run
    if len(run) >= RUN_WORTH_TELLING:
        told = _("%(days)s school days") % {"days": len(run)}
        made = _("Wholly reported, and nothing missed.")
        yield Fact(told, _("in a row in place now"), made, Selection(first=run[0].date, last=run[-1].date).url(key))
    for subject in _going_well(year):
        url = _whole(year, subject=subject.subject).url(key)
        told = _lessons(subject.reported - subject.missed, subject.reported)
        yield Fact(subject.subject, told, _("Lessons that were not wholly missed, of the reported ones."), url)
    if total(year.latest).calculable and not any(day.late_count for day in year.latest):
        yield Fact(
            _("No late arrivals"),
            ngettext("the latest school day", "the latest %(days)s school days", len(year.latest))
            % {"days": len(year.latest)},
        )


def _going_well(year: PupilYear) -> list[SubjectProfile]:
    found = [
        (rate, each)
        for each in year.subjects
        if (rate := each.minutes.total_rate) is not None and rate <= WELL and each.reported >= LESSONS_WORTH_TELLING
    ]
    return [each for _rate, each in sorted(found, key=lambda pair: (pair[0], -pair[1].reported))][:SUBJECTS_TOLD]


def _weekdays(year: PupilYear, key: object) -> Iterator[Fact]:
    for each in year.weekdays:
        if each.flagged:
            yield Fact(
                _("%(part)s of %(whole)s") % {"part": each.absent_days, "whole": each.known_days},
                _weekday_words(each),
                _("Wholly absent days. Told when at least 3 of the last 4 were so, and the share is at least twice "
                  "that of the other weekdays."),
                _whole(year, weekday=each.dow).url(key),
            )  # fmt: skip


def _weekday_words(each: WeekdayProfile) -> str:
    return (
        _("Mondays away"),
        _("Tuesdays away"),
        _("Wednesdays away"),
        _("Thursdays away"),
        _("Fridays away"),
        _("Saturdays away"),
        _("Sundays away"),
    )[each.dow - 1]


def _subjects(year: PupilYear, key: object) -> Iterator[Fact]:
    for each in year.subjects:
        if each.flagged:
            yield Fact(
                f"{each.subject}:",
                _("away %(lessons)s") % {"lessons": _lessons(each.missed, each.reported)},
                _("Wholly missed lessons of the reported ones. Told when at least 3 of the last 4 were missed, and the "
                  "share is at least twice that of the other subjects."),
                _whole(year, subject=each.subject).url(key),
            )  # fmt: skip


def _spells(year: PupilYear, key: object) -> Iterator[Fact]:
    longest, current = year.longest_spell, year.current_spell
    made = _("Wholly absent school days in a row; days off school do not break them, and a day that is not known does.")
    if current:
        told = ngettext("%(days)s school day", "%(days)s school days", len(current)) % {"days": len(current)}
        url = Selection(first=current[0].date, last=current[-1].date).url(key)
        yield Fact(told, _("away in a row now"), made, url)
    if len(longest) > max(1, len(current)):
        period = words().period(longest[0].date, longest[-1].date)
        told = _("%(days)s school days") % {"days": len(longest)}
        url = Selection(first=longest[0].date, last=longest[-1].date).url(key)
        yield Fact(told, _("longest absence in a row, %(period)s") % {"period": period}, made, url)


def _edges(year: PupilYear, key: object) -> Iterator[Fact]:
    yield from _edge(year, key, year.first_lessons, "first", _("first lessons missed"))
    yield from _edge(year, key, year.last_lessons, "last", _("last lessons missed"))


def _edge(year: PupilYear, key: object, edge: Edge, name: str, text: str) -> Iterator[Fact]:
    if edge.missed:
        told = _("%(part)s of %(whole)s") % {
            "part": words().number(edge.missed),
            "whole": words().number(edge.reported),
        }
        made = _("Wholly missed, of the reported ones in the school year.")
        yield Fact(told, text, made, _whole(year, what="missed", edge=name).url(key))


def _late(year: PupilYear, key: object) -> Iterator[Fact]:
    count, minutes = (sum(getattr(day, name) for day in year.period) for name in ("late_count", "late_min"))
    if count:
        yield Fact(
            ngettext("%(count)s late arrival", "%(count)s late arrivals", count) % {"count": words().number(count)},
            _("together %(minutes)s minutes") % {"minutes": words().number(minutes)},
            _("In the school year. The minutes are among the invalid ones."),
            _whole(year, what="late").url(key),
        )


def _lessons(part: int, whole: int) -> str:
    told = {"part": words().number(part), "whole": words().number(whole)}
    return ngettext("%(part)s of %(whole)s lesson", "%(part)s of %(whole)s lessons", whole) % told


def _whole(year: PupilYear, what: str = "", edge: str = "", weekday: int | None = None, subject: str = "") -> Selection:
    first, last = year.period[0].date, year.period[-1].date
    return Selection(first=first, last=last, what=what, edge=edge, weekday=weekday, subject=subject)
