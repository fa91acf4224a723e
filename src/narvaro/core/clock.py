"""The only place that reads the clock. Days and deadlines are Swedish days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def now() -> datetime:
    return timezone.now()


def today() -> date:
    return now().astimezone(STOCKHOLM).date()
