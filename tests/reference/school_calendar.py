"""The calendar as integers, worked out from ``datetime.date`` and nothing else."""

import datetime as dt

EPOCH = dt.date(1970, 1, 1)
FIRST_MONDAY = dt.date(1969, 12, 29)


def day_no(date: dt.date) -> int:
    return (date - EPOCH).days


def date_of(number: int) -> dt.date:
    return EPOCH + dt.timedelta(days=number)


def monday_of(date: dt.date) -> dt.date:
    return date - dt.timedelta(days=date.isoweekday() - 1)


def week_no(date: dt.date) -> int:
    return (monday_of(date) - FIRST_MONDAY).days // 7


def month_no(date: dt.date) -> int:
    return date.year * 12 + date.month - 1


def school_year(date: dt.date) -> int:
    return date.year if date.month >= 7 else date.year - 1


def term_no(date: dt.date) -> int:
    return school_year(date) * 2 + (0 if date.month >= 7 else 1)
