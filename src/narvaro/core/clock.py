"""The only place that reads the clock. Days and deadlines are Swedish days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def now() -> datetime:
    """In an installation for practice always the practice day; the time of day goes on."""
    moment = true_now()
    if settings.PRACTICE_DAY is None:
        return moment
    return datetime.combine(settings.PRACTICE_DAY, moment.astimezone(STOCKHOLM).time(), STOCKHOLM)


def today() -> date:
    return now().astimezone(STOCKHOLM).date()


def true_now() -> datetime:
    """For what must never go backwards: the audit, and the age of sessions."""
    return timezone.now()
