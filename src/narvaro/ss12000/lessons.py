"""A lesson of the timetable (CalendarEvent), and one row for each pupil who has it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from narvaro.ss12000.paging import Object
from narvaro.ss12000.parsing import UNPROTECTED, WrongShape, id_of, moment, part, parts
from narvaro.ss12000.school_weeks import STOCKHOLM

HEADER = (
    "elev_id;skolenhetskod;klass;datum;start;slut;amne;lektionsminuter;narvarominuter;giltig_min;ogiltig_min;annan_min;"
    "rapporterad;lektion_id\n"
)
UNREPORTED, _UNUSABLE = ";;;;nej", "?"
_UNMARKED = (UNPROTECTED, None)


@dataclass(frozen=True, slots=True)
class Lesson:
    """``day`` and the times are of the school's clock. ``exceptions``: what is otherwise for one pupil."""

    id: str
    activity_id: str
    day: str
    start: str
    end: str
    offered: int
    is_cancelled: bool
    exceptions: Mapping[str, "Otherwise"]


@dataclass(frozen=True, slots=True)
class Otherwise:
    takes_part: bool
    start: str
    end: str
    offered: int


def lesson(obj: Object) -> Lesson:
    """Raises WrongShape, also for a lesson without a start or an end."""
    start, end = _local(obj, "startTime"), _local(obj, "endTime")
    if start is None or end is None:
        raise WrongShape("startTime, endTime")
    length = _minutes(obj, "teachingLengthStudent")
    exceptions = parts(obj, "studentExceptions")
    return Lesson(
        id=id_of(obj),
        activity_id=id_of(part(obj, "activity")),
        day=start.date().isoformat(),
        start=_clock(start),
        end=_clock(end) if end.date() == start.date() else "23:59",
        offered=_span(start, end) if length is None else length,
        is_cancelled=obj.get("cancelled") is True,
        exceptions={id_of(part(each, "student")): _otherwise(each, start, end, length) for each in exceptions},
    )


def _otherwise(obj: Object, start: datetime, end: datetime, length: int | None) -> Otherwise:
    own_start, own_end = _local(obj, "startTime"), _local(obj, "endTime")
    own_length = _minutes(obj, "teachingLength")
    begins, ends = own_start or start, own_end or end
    if own_length is None:
        own_length = length
    return Otherwise(
        takes_part=obj.get("participates") is not False,
        start=_clock(begins),
        end=_clock(ends),
        offered=_span(begins, ends) if own_length is None else own_length,
    )


def _local(obj: Object, key: str) -> datetime | None:
    told = moment(obj, key, without_offset=STOCKHOLM)
    return told.astimezone(STOCKHOLM) if told else None


def _clock(moment: datetime) -> str:
    return f"{moment.hour:02d}:{moment.minute:02d}"


def _span(start: datetime, end: datetime) -> int:
    return round((end.timestamp() - start.timestamp()) / 60)


def _minutes(obj: Object, key: str) -> int | None:
    found = obj.get(key)
    if found is None or type(found) is int:
        return found
    raise WrongShape(key)


class RowWriter:
    """Makes the rows of one unit's day. ``classes``: by pupil. ``only_deviations``: a pupil without a registration is
    present where another's is reported. ``outside`` counts registrations about others than those who have the lesson.
    """

    def __init__(self, code: str, classes: Mapping[str, str], *, only_deviations: bool) -> None:
        self.outside = 0
        self._code, self._classes, self._only_deviations = cell(code), classes, only_deviations
        self._fronts: dict[str, str] = {}

    def rows(self, lesson: Lesson, subject: str, pupils: Iterable[str], marks: Mapping[str, str]) -> list[str]:
        """A row for each pupil who has the lesson. ``marks`` as ``registered`` gives them. The loop runs for every row
        of a municipality, so it does little."""
        named = f";{cell(subject)};"
        plain, tail = f";{lesson.day};{lesson.start};{lesson.end}{named}{lesson.offered};", f";{lesson.id}\n"
        untold = self._untold(lesson, marks)
        fronts, exceptions, made, found = self._fronts, lesson.exceptions, [], 0
        for pupil in pupils:
            front = fronts.get(pupil) or self._front(pupil)
            mark = marks.get(pupil)
            if mark is None:
                mark = untold
            else:
                found += 1
            if pupil not in exceptions:
                made.append(front + plain + mark + tail)
            elif (other := exceptions[pupil]).takes_part:
                made.append(f"{front};{lesson.day};{other.start};{other.end}{named}{other.offered};{mark}{tail}")
        self.outside += len(marks) - found
        return made

    def _untold(self, lesson: Lesson, marks: Mapping[str, str]) -> str:
        if self._only_deviations and any(mark is not UNREPORTED for mark in marks.values()):
            return f"{lesson.offered};0;0;0;ja"
        return UNREPORTED

    def _front(self, pupil: str) -> str:
        front = self._fronts[pupil] = f"{pupil};{self._code};{cell(self._classes.get(pupil, ''))}"
        return front


def registered(attendance: Iterable[Object], into: dict[str, str], marked: set[str]) -> int:
    """Adds each pupil's registration as the cells that it becomes; returns how many came twice. Of two, one that is
    reported counts, else the one told last. ``marked`` gets those whom a reference marks as protected. Raises
    WrongShape."""
    twice = 0
    try:
        for each in attendance:
            student, mark = each["student"], _marks(each)
            pupil = student["id"]
            if student.get("securityMarking") not in _UNMARKED:
                marked.add(pupil)
            if pupil in into:
                twice += 1
                if mark is UNREPORTED:
                    continue
            into[pupil] = mark
    except (KeyError, TypeError, AttributeError):
        raise WrongShape("student") from None
    return twice


def _marks(each: Object) -> str:
    """Minutes present, absent with and without a valid reason, elsewhere for school; and that it was reported."""
    if each.get("isReported") is not True:
        return UNREPORTED
    present, valid = each.get("attendanceMinutes"), each.get("validAbsenceMinutes", 0)
    invalid, other = each.get("invalidAbsenceMinutes", 0), each.get("otherAttendanceMinutes", 0)
    if type(present) is int and type(valid) is int and type(invalid) is int and type(other) is int:
        return f"{present};{valid};{invalid};{other};ja"
    return f"{_told(present)};{_told(valid)};{_told(invalid)};{_told(other)};ja"


def _told(minutes: Any) -> str:
    """What is no number is written so that the import rejects the row and counts it."""
    if minutes is None:
        return ""
    return str(minutes) if type(minutes) in (int, float) else _UNUSABLE


def cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ';"\n\r') else text
