"""Sums a week (AggregatedAttendance), where a source tells no lessons: each pupil's minutes at a unit, over all
activities that count."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from narvaro.ss12000.asking import Asker
from narvaro.ss12000.errors import malformed
from narvaro.ss12000.findings import Findings
from narvaro.ss12000.lesson_reading import Spooled, UnitWeek
from narvaro.ss12000.lesson_routes import SUMS
from narvaro.ss12000.lessons import cell
from narvaro.ss12000.paging import Object, pages
from narvaro.ss12000.parsing import WrongShape, reference
from narvaro.ss12000.school_weeks import sunday_of
from narvaro.ss12000.taught import Taught

_PARTS = ("reportedSum", "attendanceSum", "validAbsenceSum", "invalidAbsenceSum", "otherAttendanceSum")
HEADER = (
    "elev_id;skolenhetskod;klass;fran;till;erbjuden_min;rapporterad_min;narvaro_min;giltig_min;ogiltig_min;annan_min\n"
)


class SumsReader:
    """As LessonReader, for sums."""

    def __init__(self, asker: Asker, taught: Taught, findings: Findings) -> None:
        self._asker, self._taught, self._findings = asker, taught, findings
        self._places = taught.places()

    def spool(self, weeks: Sequence[UnitWeek], path: Path, tell: Callable[[float], None]) -> Spooled:
        """Raises SourceRefused; the file is then to be left unused."""
        spooled = Spooled()
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(HEADER)
            for number, (code, monday) in enumerate(sorted(weeks), 1):
                rows = self._rows(code, monday, spooled)
                file.writelines(rows)
                spooled.rows += len(rows)
                spooled.lessons[code, monday] = len(rows)
                tell(number / len(weeks))
        return spooled

    def _rows(self, code: str, monday: date, spooled: Spooled) -> list[str]:
        last = sunday_of(monday)
        totals: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for each in self._sums(code, monday, last).values():
            spooled.registrations += 1
            totals[reference(each, "student")].update(self._minutes(each))
        classes = self._taught.classes_at(code, last.isoformat())
        return [
            f"{pupil};{cell(code)};{cell(classes.get(pupil, ''))};{monday};{last};{total['offered']};"
            f"{';'.join(str(total[part]) for part in _PARTS)}\n"
            for pupil, total in sorted(totals.items())
            if total["offered"]
        ]

    def _sums(self, code: str, monday: date, last: date) -> dict[tuple[str, str], Object]:
        """By pupil and activity: a listing may tell a sum again."""
        found: dict[tuple[str, str], Object] = {}
        days = {"startDate": monday.isoformat(), "endDate": last.isoformat()}
        for place in sorted(self._places[code]):
            for page in pages(self._asker, SUMS, {"organisation": place, **days}):
                try:
                    keyed = {(reference(each, "student"), reference(each, "activity")): each for each in page}
                except WrongShape as wrong:
                    raise malformed(SUMS, wrong) from None
                found |= {
                    (pupil, activity): each for (pupil, activity), each in keyed.items() if self._counts(activity, code)
                }
        return found

    def _counts(self, activity: str, code: str) -> bool:
        return activity in self._taught.courses and self._taught.courses[activity].code == code

    def _minutes(self, each: Object) -> dict[str, int]:
        """What is not told counts as nothing, but for what was offered: then what was registered stands for it."""
        told = {part: each.get(part) for part in ("offeredSum", *_PARTS)}
        if not all(value is None or type(value) is int for value in told.values()):
            raise malformed(SUMS)
        minutes = {part: value or 0 for part, value in told.items()}
        registered = sum(minutes[part] for part in _PARTS[1:])
        if told["reportedSum"] is None:
            minutes["reportedSum"] = registered
        if told["offeredSum"] is None:
            self._findings.note("sums_without_offered")
            minutes["offeredSum"] = max(minutes["reportedSum"], registered)
        return {**minutes, "offered": minutes["offeredSum"]}
