"""By which way a source tells attendance. Tried in an order, since most sources have some of the standard only."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import get_args

from narvaro.language import N_, Message
from narvaro.ss12000.asking import Asker, Json, Params
from narvaro.ss12000.errors import QueryRefused, SourceRefused, malformed
from narvaro.ss12000.listings import Capabilities, has_of, utc
from narvaro.ss12000.paging import Object, checked, data_of
from narvaro.ss12000.parsing import WrongShape, id_of, part, parts
from narvaro.ss12000.school_weeks import bounds, monday_of, sunday_of
from narvaro.ss12000.told import Has, Route

EVENTS, EVENT_LOOKUP = "/calendarEvents", "/calendarEvents/lookup"
ATTENDANCES, LOOKUP, SUMS = "/attendances", "/attendances/lookup", "/aggregatedAttendance"
EXPANDED = "expand=attendance"
LOOKUP_KEY = "calendareEvents"  # the standard's own spelling
_SHOWS: dict[Route, str] = {"events": EXPANDED, "event_lookup": LOOKUP, "attendances": ATTENDANCES, "sums": SUMS}
# Weeks back that are looked at: holidays are empty, also long ones.
_BACK = (1, 0, 2, 4, 6, 9, 12)
_FEW = 20
_INSTEAD = N_("Attendance is not told with the lessons.")


class Prober:
    """Asks a little of each, at a few school units, and notes what came."""

    def __init__(self, asker: Asker, capabilities: Capabilities, units: Sequence[str], today: date) -> None:
        self._asker, self._capabilities, self._units, self._today = asker, capabilities, units, today

    def route(self, before: Route) -> Route:
        """The one used before while it is there; else the first that tells something of lessons that are there, then
        the first that may later."""
        unit, monday, events = self._some_lessons()
        if events:
            self._look_up([id_of(each) for each in events])
        self._listing(ATTENDANCES, {"organisation": unit})
        days = {"startDate": monday.isoformat(), "endDate": sunday_of(monday).isoformat()}
        self._listing(SUMS, {"organisation": unit, **days})
        there = [route for route in get_args(Route) if route in _SHOWS and self._is_there(route)]
        if before in there:
            return before
        telling = [route for route in there if events and self._capabilities.has(_SHOWS[route]) == "yes"]
        return next(iter([*telling, *there]), "file")

    def roster(self) -> None:
        """Whether the roster's other parts are there."""
        for path in ("/persons", "/groups", "/duties", "/activities", "/absences"):
            self._listing(path, {})

    def _is_there(self, route: Route) -> bool:
        needs = (_SHOWS[route],) if route == "sums" else (_SHOWS[route], EVENTS)
        return all(self._capabilities.has(name) in ("yes", "empty") for name in needs)

    def _some_lessons(self) -> tuple[str, date, list[Object]]:
        """A unit and a week with lessons, and some of those."""
        unit, monday = "", monday_of(self._today)
        for back in _BACK:
            for unit in self._units:
                monday = monday_of(self._today) - timedelta(weeks=back)
                try:
                    events = self._events(unit, monday)
                except SourceRefused as error:
                    self._capabilities.note(EVENTS, has_of(error))
                    return unit, monday, []
                self._capabilities.note(EVENTS, "yes" if events else "empty")
                if events:
                    return unit, monday, events
        return unit, monday, []

    def _events(self, unit: str, monday: date) -> list[Object]:
        asked: dict[str, str | int] = {"organisation": unit, "limit": _FEW, **within(monday, sunday_of(monday))}
        try:
            events = data_of(self._asker.get(EVENTS, {**asked, "expand": "attendance"}), EVENTS)
        except QueryRefused:
            self._capabilities.note(EXPANDED, "refused")
            return data_of(self._asker.get(EVENTS, asked), EVENTS)
        note = Message.of(_INSTEAD) if (has := _embedded(events)) == "no" else None
        self._capabilities.note(EXPANDED, has, note)
        return events

    def _look_up(self, ids: list[str]) -> None:
        def ask() -> Json:
            answer = self._asker.post(LOOKUP, {LOOKUP_KEY: ids[:_FEW]}, params={}, may_be_halved=False)
            return answer.get("data") if isinstance(answer, dict) else answer

        self._note(LOOKUP, lambda: checked(ask(), LOOKUP))

    def _listing(self, path: str, asked: Params) -> None:
        self._note(path, lambda: data_of(self._asker.get(path, {**asked, "limit": 1}), path))

    def _note(self, name: str, ask: Callable[[], list[Object]]) -> None:
        try:
            self._capabilities.note(name, "yes" if ask() else "empty")
        except SourceRefused as error:
            self._capabilities.note(name, has_of(error))


def within(first: date, last: date) -> dict[str, str]:
    """The filter for lessons that begin on these days."""
    starts, ends = bounds(first, last)
    return {"startTime.onOrAfter": utc(starts), "startTime.onOrBefore": utc(ends)}


def embedded(event: Object) -> list[Object] | None:
    """The registrations that came with a lesson; None where there is no place for them. Raises WrongShape."""
    within_it = part(event, "_embedded")
    return parts(within_it, "attendance") if "attendance" in within_it else None


def _embedded(events: list[Object]) -> Has:
    try:
        found = [embedded(each) for each in events]
    except WrongShape as wrong:
        raise malformed(EVENTS, wrong) from None
    if any(found):
        return "yes"
    return "no" if events and all(each is None for each in found) else "empty"
