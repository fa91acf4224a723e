"""The pupil's charts: the year day by day and week by week, and absence by weekday and by subject."""

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction

from django.utils.translation import gettext as _

from narvaro.domain.plan import Plan
from narvaro.domain.pupil_year import Day, PupilYear, total
from narvaro.domain.rules import comparisons
from narvaro.domain.school_calendar import SchoolCalendar, is_public_holiday, monday_of, week_no
from narvaro.ui.charts import Bar, Chart, Mark, Week, day_map, profile_bars, week_series
from narvaro.ui.charts import Day as DayState
from narvaro.ui.formats import words

SCHOOL_WEEK = 5
MOST_WEEKS_A_BAND = 22


def day_state(day: Day) -> DayState:
    """How a day is drawn. A day of which less than half is reported, and nothing is missed, is not known."""
    minutes = day.minutes
    if day.absent_day:
        return "invalid" if minutes.invalid > minutes.valid else "valid"
    if minutes.absent > 0:
        return "late" if day.late_min >= minutes.absent else "part"
    if 2 * minutes.reported < minutes.offered:
        return "unknown"
    return "late" if day.late_count else "present"


def year_map(year: PupilYear, calendar: SchoolCalendar | None, *, title: str, weeks: int = 0) -> Chart:
    """The period day by day; ``weeks``: only so many, the latest."""
    days = _from_week(year.period, week_no(year.period[-1].date) - weeks + 1 if weeks else 0)
    states: dict[date, DayState] = {day.date: day_state(day) for day in days}
    taught = {week_no(day.date) for day in days}
    for empty in _without_lessons(days):
        if (state := _empty_state(empty, calendar, taught)) is not None:
            states[empty] = state
    return day_map(dict(sorted(states.items())), words=words(), title=title, weeks_a_band=_weeks_a_band(days))


def _weeks_a_band(days: Sequence[Day]) -> int:
    """Bands of about the same length."""
    weeks = week_no(days[-1].date) - week_no(days[0].date) + 1
    return -(-weeks // -(-weeks // MOST_WEEKS_A_BAND))


def year_series(
    year: PupilYear, calendar: SchoolCalendar | None, *, limits: Sequence[Fraction], decided: Iterable[date]
) -> Chart:
    """Weeks without lessons are holidays when the calendar says so, or knows nothing; else nobody has reported them."""
    first, last = min(year.weeks), max(year.weeks)
    weeks = []
    for week in range(first, last + 1):
        minutes = year.weeks.get(week)
        closed = minutes is None and not _open_days(monday_of(week), calendar)
        weeks.append(Week(monday_of(week), minutes.total_rate if minutes else None, closed))
    mondays = sorted({day - timedelta(days=day.weekday()) for day in decided})
    marks = [Mark(monday, _("Decision")) for monday in mondays]
    return week_series(weeks, words=words(), title=_("Absence week by week"), limits=limits, marks=marks)


def weekday_bars(year: PupilYear, *, judged: bool) -> Chart:
    """``judged``: whether a recurring weekday is drawn stronger than the others."""
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    bars = [
        Bar(
            names[each.dow - 1],
            each.minutes.total_rate,
            _of(each.absent_days, each.known_days),
            notable=judged and each.flagged,
        )
        for each in year.weekdays
    ]
    title, heading = _("Absence by weekday"), _("Weekday")
    return profile_bars(bars, words=words(), title=title, heading=heading, whole=total(year.period).total_rate)


def subject_bars(year: PupilYear, *, judged: bool) -> Chart | None:
    """Most absence first. None when no subject has enough lessons."""
    subjects = sorted(year.subjects, key=lambda each: -(each.minutes.total_rate or Fraction(-1)))
    bars = [
        Bar(each.subject, each.minutes.total_rate, _of(each.missed, each.reported), notable=judged and each.flagged)
        for each in subjects
    ]
    title, heading = _("Absence by subject"), _("Subject")
    whole = total(year.period).total_rate
    return profile_bars(bars, words=words(), title=title, heading=heading, whole=whole) if bars else None


def plan_limits(plan: Plan) -> tuple[Fraction, ...]:
    """The plan's limits for all absence of four weeks, lowest first."""
    found = (each for rule in plan.rules for each in comparisons(rule.when))
    return tuple(sorted({each.limit for each in found if each.measure == "total_rate" and each.sign in (">=", ">")}))


def _of(part: int, whole: int) -> str:
    return _("%(part)s of %(whole)s") % {"part": words().number(part), "whole": words().number(whole)}


def _from_week(days: Sequence[Day], week: int) -> list[Day]:
    return [day for day in days if week_no(day.date) >= week]


def _without_lessons(days: Sequence[Day]) -> Iterator[date]:
    """Mondays to Fridays between the first and the last day on which the pupil has no lesson."""
    taught = {day.date for day in days}
    first, last = days[0].date, days[-1].date
    for offset in range((last - first).days):
        day = first + timedelta(days=offset)
        if day.weekday() < SCHOOL_WEEK and day not in taught:
            yield day


def _empty_state(day: date, calendar: SchoolCalendar | None, taught: Container[int]) -> DayState | None:
    """No school; or, in a week of which nothing at all came (``taught``: the others), not known. A free day of an own
    timetable is blank."""
    if not _open(day, calendar):
        return "holiday"
    if week_no(day) in taught:
        return None
    return "unknown" if calendar else "holiday"


def _open(day: date, calendar: SchoolCalendar | None) -> bool:
    if calendar is not None and calendar.terms[0].first <= day <= calendar.terms[1].last:
        return calendar.is_school_day(day)
    return not is_public_holiday(day)


def _open_days(monday: date, calendar: SchoolCalendar | None) -> int:
    if calendar is None:
        return 0
    return sum(calendar.is_school_day(monday + timedelta(days=offset)) for offset in range(SCHOOL_WEEK))
