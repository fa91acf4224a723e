"""A school in memory behind SS 12000, as good or as bad a provider as a test wants. All persons are invented."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from narvaro.facts.engine import DuckDBEngine
from narvaro.facts.schema import FACTS, PUPILS
from narvaro.facts.store import Store
from narvaro.ss12000.connection import Connection, Wanted
from narvaro.ss12000.source import Source, opened
from narvaro.ss12000.wire import Limits
from tests.scripted_source import BASE, LOCAL, Asked, Scripted, Told, scripted

FOUNDED = datetime(2026, 8, 10, 12, tzinfo=UTC)
TUESDAY = datetime(2026, 10, 6, 14, tzinfo=UTC)
OLD = {"created": "2026-08-10T12:00:00Z", "modified": "2026-08-10T12:00:00Z"}
Values = dict[str, Any]
_LISTS = (
    "organisations",
    "persons",
    "groups",
    "duties",
    "activities",
    "calendarEvents",
    "attendances",
    "aggregatedAttendance",
    "absences",
)


def ref(id: str, marking: str | None = None) -> Values:
    return {"id": id} if marking is None else {"id": id, "securityMarking": marking}


def pupil(number: int, **more: Any) -> Values:
    return {
        "id": f"pupil-{number}",
        "meta": OLD,
        "givenName": f"Elev{number}",
        "familyName": "Öberg",
        "civicNo": {"value": f"2013022400{number:02d}"},
        "birthDate": "2013-02-24",
        "securityMarking": "Ingen",
        "emails": [{"value": f"elev{number}@elev.skola.example", "type": "Skola elev"}],
        "addresses": [{"type": "Folkbokföring", "streetAddress": "Hemgatan 1", "municipalityCode": 180}],
        "photo": "https://skola.example/foto",
        "enrolments": [enrolment("unit-1")],
        "responsibles": [{"person": ref("guardian-1", "Ingen"), "relationType": "Vårdnadshavare"}],
    } | more


def enrolment(unit: str, **more: Any) -> Values:
    return {"enroledAt": ref(unit), "schoolYear": 7, "schoolType": "GR", "startDate": "2026-08-17"} | more


def absence(id: str, pupil: str, by: str | None, first: str, last: str, **more: Any) -> Values:
    told = {"id": id, "meta": OLD, "student": ref(pupil), "type": "Anmäld frånvaro", "organisation": ref("unit-1")}
    registered = {} if by is None else {"registeredBy": ref(by)}
    return told | registered | {"startTime": f"{first}+02:00", "endTime": f"{last}+02:00"} | more


def event(id: str, start: str, end: str, activity: str = "activity-1", **more: Any) -> Values:
    return {
        "id": id,
        "meta": OLD,
        "activity": ref(activity),
        "startTime": f"{start}+02:00",
        "endTime": f"{start[:11]}{end}+02:00",
    } | more


def attendance(id: str, event: str, pupil: str, present: int, valid: int = 0, invalid: int = 0, **more: Any) -> Values:
    return {
        "id": id,
        "meta": OLD,
        "calendarEvent": ref(event),
        "student": ref(pupil, "Ingen"),
        "isReported": True,
        "attendanceMinutes": present,
        "validAbsenceMinutes": valid,
        "invalidAbsenceMinutes": invalid,
        "otherAttendanceMinutes": 0,
        "absenceReason": "Sjuk",
    } | more


def school() -> dict[str, list[Values]]:
    """Twelve pupils in 7A, one mentor, a guardian; two lessons on a Monday and one on the Tuesday after."""
    pupils = [pupil(number) for number in range(1, 13)]
    return {
        "organisations": [
            {"id": "unit-1", "meta": OLD, "displayName": "Bergskolan 7-9", "organisationType": "Skolenhet"}
            | {"schoolUnitCode": "99000001", "schoolTypes": ["GR"], "parentOrganisation": ref("school-1")},
            {"id": "top", "meta": OLD, "displayName": "Exempelkommun", "organisationType": "Huvudman"},
            {"id": "school-1", "meta": OLD, "displayName": "Bergskolan", "organisationType": "Skola"}
            | {"parentOrganisation": ref("top")},
        ],
        "persons": [
            *pupils,
            {"id": "teacher-1", "meta": OLD, "givenName": "Märta", "familyName": "Ek", "securityMarking": "Ingen"}
            | {"emails": [{"value": "marta.ek@skola.example", "type": "Skola personal"}]},
            {"id": "guardian-1", "meta": OLD, "givenName": "Siv", "familyName": "Öberg", "securityMarking": "Ingen"}
            | {"emails": [{"value": "siv@hem.example", "type": "Privat"}]},
        ],
        "groups": [
            {"id": "class-7a", "meta": OLD, "displayName": "7A", "groupType": "Klass", "startDate": "2026-08-17"}
            | {"organisation": ref("unit-1")}
            | {"groupMemberships": [{"person": ref(each["id"], "Ingen")} for each in pupils]},
        ],
        "duties": [
            {"id": "duty-1", "meta": OLD, "person": ref("teacher-1", "Ingen"), "dutyAt": ref("school-1")}
            | {"dutyRole": "Lärare", "startDate": "2026-08-10"}
            | {"assignmentRole": [{"group": ref("class-7a"), "assignmentRoleType": "Mentor"}]},
        ],
        "activities": [
            {"id": "activity-1", "meta": OLD, "displayName": "Matematik", "activityType": "Undervisning"}
            | {"groups": [ref("class-7a")], "organisation": ref("unit-1"), "startDate": "2026-08-17"},
        ],
        "calendarEvents": [
            event("lesson-1", "2026-09-28T08:20:00", "09:10:00", teachingLengthStudent=50),
            event("lesson-2", "2026-09-28T10:00:00", "11:00:00"),
            event("lesson-3", "2026-10-06T08:20:00", "09:10:00"),
        ],
        "attendances": [
            attendance("a-1", "lesson-1", "pupil-1", 50),
            attendance("a-2", "lesson-1", "pupil-2", 0, invalid=50),
            attendance("a-3", "lesson-2", "pupil-1", 40, valid=20),
            attendance("a-4", "lesson-3", "pupil-1", 0, valid=50),
        ],
        "aggregatedAttendance": [],
        "absences": [],
    }


@dataclass(slots=True)
class SmallSource:
    """``lacks``: paths that are answered with 404; ``deaf``: filters are not heeded; ``embeds``: lessons tell their
    attendance; ``hidden``: ids that no listing shows; ``size``: objects a page, whatever was asked for; ``deleted``:
    kind, id and when."""

    told: dict[str, list[Values]] = field(default_factory=school)
    lacks: set[str] = field(default_factory=set)
    deaf: bool = False
    embeds: bool = True
    size: int = 1000
    clock: datetime = TUESDAY
    deleted: list[tuple[str, str, datetime]] = field(default_factory=list)
    as_list: bool = False
    hidden: set[str] = field(default_factory=set)
    before_page: Any = None

    def __call__(self, asked: Asked) -> Told:
        path = asked.path.removeprefix(f"{BASE}/")
        if path in self.lacks:
            return Told(404, b"")
        if path == "deletedEntities":
            return Told(body=self._deletions(asked))
        name, _, looks_up = path.partition("/")
        if name not in _LISTS:
            return Told(404, b"")
        return Told(body=self._lookup(name, asked.json) if looks_up else self._list(name, asked))

    def change(self, kind: str, id: str, **values: Any) -> None:
        """Somebody changes it, a minute later than before."""
        self.clock += timedelta(minutes=1)
        (found,) = [each for each in self.told[kind] if each["id"] == id]
        found |= values | {"meta": OLD | {"modified": _text(self.clock)}}

    def add(self, kind: str, obj: Values) -> None:
        self.clock += timedelta(minutes=1)
        self.told[kind].append(obj | {"meta": OLD | {"modified": _text(self.clock)}})

    def remove(self, kind: str, id: str) -> None:
        self.clock += timedelta(minutes=1)
        self.told[kind] = [each for each in self.told[kind] if each["id"] != id]
        self.deleted.append((kind, id, self.clock))

    def _list(self, name: str, asked: Asked) -> Values:
        offset = int(asked.one("pageToken") or 0)
        if self.before_page:
            self.before_page(name, offset)
        there = [each for each in self.told[name] if self.deaf or each.get("id") not in self.hidden]
        kept = [each for each in there if self.deaf or self._fits(name, each, asked)]
        shown = [self._shown(name, each, asked) for each in kept[offset : offset + self.size]]
        more = offset + self.size < len(kept)
        return {"data": shown, "pageToken": f"{offset + self.size}" if more else None}

    def _fits(self, name: str, each: Values, asked: Asked) -> bool:
        unit = asked.one("relationship.organisation")
        here = any(stay["enroledAt"]["id"] == unit for stay in each.get("enrolments", ()))
        of_kind = {"enrolment": here, "duty": each["id"].startswith("teacher") if "id" in each else False}
        starts = each.get("startTime", "")
        first, last = asked.one("startTime.onOrAfter"), asked.one("startTime.onOrBefore")
        return (
            (unit is None or of_kind.get(str(asked.one("relationship.entity.type")), "guardian" in each["id"]))
            and (not (since := asked.one("meta.modified.after")) or each.get("meta", OLD)["modified"] > since)
            and (not first or not starts or first <= _text(datetime.fromisoformat(starts)) <= str(last))
            and self._of_week(each, asked)
        )

    def _of_week(self, each: Values, asked: Asked) -> bool:
        first, last = asked.one("startDate"), asked.one("endDate")
        return not first or "attendanceSum" not in each or (each["startDate"], each["endDate"]) == (first, last)

    def _shown(self, name: str, each: Values, asked: Asked) -> Values:
        if name != "calendarEvents" or not self.embeds or asked.one("expand") != "attendance":
            return each
        own = [other for other in self.told["attendances"] if other["calendarEvent"]["id"] == each["id"]]
        return each | {"_embedded": {"attendance": own}}

    def _lookup(self, name: str, wanted: dict[str, list[str]]) -> list[Values]:
        if "calendareEvents" in wanted:
            return [each for each in self.told[name] if each["calendarEvent"]["id"] in wanted["calendareEvents"]]
        return [each for each in self.told[name] if each["id"] in wanted["ids"]]

    def _deletions(self, asked: Asked) -> Any:
        found = [(kind, id) for kind, id, when in self.deleted if _text(when) > str(asked.one("after"))]
        if self.as_list:
            kinds = {"persons": "Person", "calendarEvents": "CalendarEvent", "attendances": "Attendance"}
            return {"data": [{"entityType": kinds.get(kind, kind), "id": id} for kind, id in found]}
        names = {"activities": "activitites"}
        data: dict[str, list[str]] = {}
        for kind, id in found:
            data.setdefault(names.get(kind, kind), []).append(id)
        return {"data": data}


class Reader:
    """Reads the same source again and again into one folder, as the worker does."""

    def __init__(self, source: SmallSource, at: Scripted, folder: Any) -> None:
        self.source, self.at, self.folder = source, at, folder
        self.store = Store(folder / "store")
        self.with_lessons = True
        self.roster: Any = None
        self.lessons: Any = None
        self.absences: Any = None

    @contextmanager
    def opened(self, **wanted: Any) -> Iterator[Source]:
        connection = Connection(base_url=self.at.address, auth="none", trusted_hosts=LOCAL)
        self.at.asked.clear()
        # The source's clock and ours are one, and it is a little later than the last change.
        now = self.source.clock + timedelta(seconds=30)
        with opened(
            connection, Wanted(**wanted), self.folder / "source", now=lambda: now, limits=Limits(tries=1)
        ) as source:
            yield source
        self.source.clock += timedelta(hours=1)

    def read(self, *, full: bool = False, confirmed: bool = False, **wanted: Any) -> Any:
        with self.opened(**wanted) as source:
            self.roster = source.read_roster(full=full, confirmed=confirmed)
            today = self.source.clock.date()
            self.absences = source.read_absences()
            if self.with_lessons:
                self.lessons = source.read_lessons(self.store, register=None, today=today, confirmed=confirmed)
            return source.commit()

    def paths(self) -> list[str]:
        return [each.path.removeprefix(f"{BASE}/") for each in self.at.asked]


@contextmanager
def small_source(folder: Any, **changes: Any) -> Iterator[Reader]:
    source = SmallSource(**changes)
    with scripted(source) as at:
        yield Reader(source, at, folder)


def stored(store: Store) -> list[tuple[Any, ...]]:
    """The lessons in the store as rows of our own form: pupil, unit, class, day, start, end, subject, minutes offered,
    present, absent with and without a valid reason and elsewhere (None where unreported), reported, lesson."""
    minutes = ", ".join(
        f"case when reported = 1 then {part}_min end" for part in ("present", "valid", "invalid", "other")
    )
    clock = "strftime(timestamp '2000-01-01' + to_minutes({}), '%H:%M')"
    with DuckDBEngine(folders=[store.root]) as engine:
        manifest = store.current()
        engine.register("fact", manifest.paths("facts", store.root), FACTS)
        engine.register("pupil", manifest.paths("pupils", store.root), PUPILS)
        return engine.query(
            f"""select pupil_id, school_unit_id, coalesce(group_id, ''), date '1970-01-01' + day_no,
            {clock.format("start_min")}, {clock.format("end_min")}, subject, offered_min, {minutes}, reported = 1,
            lesson_id from fact join pupil using (pupil_no) order by all"""
        )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
