"""Asking a source to say when something has changed: a subscription, and its renewal before it ends.

What comes is a notice without content; the reading that follows asks for what has changed as any other does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from narvaro.ss12000.asking import Asker, Json
from narvaro.ss12000.errors import NotAllowed, NotOffered, QueryRefused, malformed

PATH = "/subscriptions"
NAME = "Närvaro"
RESOURCES = ("Organisation", "Person", "Group", "Duty", "Activity", "CalendarEvent", "Attendance", "Absence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """``ends``: from then on nothing is told, unless it is renewed."""

    id: str
    ends: datetime


def subscribed(asker: Asker, target: str, *, known: str = "") -> Subscription | None:
    """``known`` renewed, or a new one to ``target`` where there is none. None where the source has no such thing, or
    does not let us. Raises SourceRefused."""
    if known:
        try:
            return _told(asker.patch(f"{PATH}/{known}"))
        except (NotOffered, QueryRefused):
            pass  # it has ended, or was taken away
    try:
        return _told(_made(asker, target))
    except (NotOffered, NotAllowed, QueryRefused):
        return None


def _made(asker: Asker, target: str) -> Json:
    """The standard's shape of kinds is an object each; its own example, and so some sources, have plain words."""
    objects: Sequence[Json] = [{"resource": each} for each in RESOURCES]
    try:
        return _asked(asker, target, objects)
    except QueryRefused:
        return _asked(asker, target, RESOURCES)


def _asked(asker: Asker, target: str, kinds: Sequence[Json]) -> Json:
    body = {"name": NAME, "target": target, "resourceTypes": list(kinds)}
    return asker.post(PATH, body, params={}, may_be_halved=False)


def _told(answer: Json) -> Subscription:
    try:
        ends = datetime.fromisoformat(answer["expires"])
        return Subscription(id=str(answer["id"]), ends=ends if ends.tzinfo else ends.replace(tzinfo=UTC))
    except (TypeError, KeyError, ValueError):
        raise malformed(PATH) from None
