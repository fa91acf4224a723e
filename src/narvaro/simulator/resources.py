"""The resources of the standard that have something in them: where it lies, how it is asked for and what can be
embedded. ``t`` is the alias of a row; how a row becomes JSON is in sql/answers.sql."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from narvaro.simulator.parameters import Filter, date_filters, meta_filters
from narvaro.simulator.words import (
    ABSENCE_TYPES,
    DUTY_ROLES,
    GROUP_TYPES,
    ORGANISATION_TYPES,
    SCHOOL_TYPES,
)

BY_MODIFIED = {"ModifiedDesc": ("epoch_us(t.modified)", True)}
_ID = Filter("t.id IN (SELECT unnest(?::UUID[]))", "uuid", many=True)


@dataclass(frozen=True, slots=True)
class Embedded:
    sql: str
    otherwise: str = "[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """``opened`` is an object without its closing brace. ``keys`` order the pages and are unique together. A ``table``
    with ``{where}`` is filtered there. ``joined`` is what the text of a row needs besides the row."""

    table: str
    opened: str
    keys: tuple[str, ...] = ("t.nr",)
    joined: str = ""
    filters: Mapping[str, Filter] = field(default_factory=dict)
    sorts: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    expands: Mapping[str, Embedded] = field(default_factory=dict)
    lookups: Mapping[str, Filter] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    has_one: bool = True


def _within(column: str = "t.organisation") -> Filter:
    """An organisation and those under it."""
    return Filter(f"{column} IN (SELECT organisation FROM below WHERE ancestor_id = ?::UUID)", "uuid")


def _row_of(table: str, column: str) -> Filter:
    return Filter(f"{column} = (SELECT nr FROM {table} WHERE id = ?::UUID)", "uuid")


def _rows_of(table: str, column: str) -> Filter:
    return Filter(f"{column} IN (SELECT nr FROM {table} WHERE id IN (SELECT unnest(?::UUID[])))", "uuid", many=True)


def _any_of(column: str, words: tuple[str, ...] | list[str]) -> Filter:
    return Filter(f"{column} IN (SELECT unnest(?::VARCHAR[]))", "word", many=True, words=frozenset(words))


def _times(column: str, *, is_exclusive: bool) -> dict[str, Filter]:
    name = {"starts": "startTime", "ends": "endTime"}[column]
    return {
        f"{name}.onOrBefore": Filter(f"t.{column} <= ?", "moment"),
        f"{name}.onOrAfter": Filter(f"t.{column} {'>' if is_exclusive else '>='} ?", "moment"),
    }


_ORGANISATIONS = Resource(
    table="organisation",
    opened="organisation_open(t)",
    filters={
        "parent": _rows_of("organisation", "t.parent"),
        "schoolUnitCode": Filter("t.unit_code IN (SELECT unnest(?::VARCHAR[]))", many=True),
        "organisationCode": Filter("t.code IN (SELECT unnest(?::VARCHAR[]))", many=True),
        "municipalityCode": Filter("t.municipality_code = ?"),
        "type": _any_of("t.type", ORGANISATION_TYPES),
        "schoolTypes": Filter(
            "list_has_any(string_split(t.school_types, ','), ?::VARCHAR[])", many=True, words=frozenset(SCHOOL_TYPES)
        ),
        **date_filters("NULL::DATE", "NULL::DATE"),
        **meta_filters(),
    },
    sorts={"DisplayNameAsc": ("t.name", False), **BY_MODIFIED},
    lookups={
        "ids": _ID,
        "schoolUnitCodes": Filter("t.unit_code IN (SELECT unnest(?::VARCHAR[]))", many=True),
        "organisationCodes": Filter("t.code IN (SELECT unnest(?::VARCHAR[]))", many=True),
    },
)
_PERSONS = Resource(
    table="person",
    opened="person_open(t)",
    filters={
        "nameContains": Filter(
            "list_bool_and([contains(lower(concat_ws(chr(10), t.given_name, t.family_name)), lower(x)) "
            "FOR x IN ?::VARCHAR[]])",
            many=True,
        ),
        "civicNo": Filter("t.civic_no = ?"),
        "eduPersonPrincipalName": Filter("t.login = ?"),
        "identifier.value": Filter("t.source_key = ?"),
        "identifier.context": Filter("t.source_key IS NOT NULL AND ? = 'https://elevregister.exempelkommun.example'"),
        **meta_filters(),
    },
    sorts={
        "DisplayNameAsc": ("concat(t.given_name, ' ', t.family_name)", False),
        "GivenNameAsc": ("t.given_name", False),
        "GivenNameDesc": ("t.given_name", True),
        "FamilyNameAsc": ("t.family_name", False),
        "FamilyNameDesc": ("t.family_name", True),
        "CivicNoAsc": ("coalesce(t.civic_no, '')", False),
        "CivicNoDesc": ("coalesce(t.civic_no, '')", True),
        **BY_MODIFIED,
    },
    expands={
        "duties": Embedded("duties_of(t.nr)"),
        "responsibleFor": Embedded("responsible_for(t.nr)"),
        "placements": Embedded("NULL"),
        "ownedPlacements": Embedded("NULL"),
        "groupMemberships": Embedded("memberships_of(t.nr)"),
    },
    lookups={"ids": _ID, "civicNos": Filter("t.civic_no IN (SELECT unnest(?::VARCHAR[]))", many=True)},
)
_BY_START = {
    "StartDateAsc": ("strftime(t.start_date, '%Y-%m-%d')", False),
    "StartDateDesc": ("strftime(t.start_date, '%Y-%m-%d')", True),
}
_DUTIES = Resource(
    table="duty",
    opened="duty_open(t)",
    filters={
        "organisation": _within(),
        "dutyRole": Filter("role_told(t.role) = ?", "word", words=frozenset(DUTY_ROLES)),
        "person": _row_of("person", "t.person"),
        **date_filters(),
        **meta_filters(),
    },
    sorts={**_BY_START, **BY_MODIFIED},
    expands={"person": Embedded("person_of(t.person)", "null")},
    lookups={"ids": _ID},
)
_NO_END = ("0 * t.nr", False)  # no group ends, so all are alike
_GROUPS = Resource(
    table="team",
    opened="team_open(t)",
    filters={
        "groupType": _any_of("t.type", GROUP_TYPES),
        "schoolTypes": _any_of("t.school_type", SCHOOL_TYPES),
        "organisation": _rows_of("organisation", "t.organisation"),
        **date_filters(end="NULL::DATE"),
        **meta_filters(),
    },
    sorts={
        "DisplayNameAsc": ("t.name", False),
        "EndDateAsc": _NO_END,
        "EndDateDesc": _NO_END,
        **_BY_START,
        **BY_MODIFIED,
    },
    expands={"assignmentRoles": Embedded("roles_in(t.nr)")},
    lookups={"ids": _ID},
)
_MEMBER = "t.grp IN (SELECT m.grp FROM membership AS m JOIN person AS p ON p.nr = m.pupil WHERE p.id = ?::UUID)"
_MEMBERS = (
    "t.grp IN (SELECT m.grp FROM membership AS m JOIN person AS p ON p.nr = m.pupil "
    "WHERE p.id IN (SELECT unnest(?::UUID[])))"
)
_ACTIVITIES = Resource(
    table="activity",
    opened="activity_open(t)",
    filters={
        "member": Filter(_MEMBER, "uuid"),
        "teacher": _row_of("duty", "t.duty"),
        "organisation": _within(),
        "group": _row_of("team", "t.team"),
        **date_filters(end="NULL::DATE"),
        **meta_filters(),
    },
    sorts={"DisplayNameAsc": ("t.name", False), **BY_MODIFIED},
    expands={
        "groups": Embedded("'[' || team_of(t.team) || ']'"),
        "teachers": Embedded("'[' || duty_of(t.duty) || ']'"),
        "syllabus": Embedded("syllabus_of(t.syllabus)", ""),
    },
    lookups={"ids": _ID, "teachers": _rows_of("duty", "t.duty"), "members": Filter(_MEMBERS, "uuid", many=True)},
)
_OF_ACTIVITY = "t.activity IN (SELECT a.nr FROM activity AS a JOIN {table} AS o ON o.nr = a.{column} WHERE o.id {is_})"
_ONE, _MANY = "= ?::UUID", "IN (SELECT unnest(?::UUID[]))"
_EVENTS = Resource(
    table="calendar_event",
    opened="event_open(t)",
    filters={
        **_times("starts", is_exclusive=False),
        **_times("ends", is_exclusive=False),
        "activity": _row_of("activity", "t.activity"),
        "student": Filter(_MEMBER, "uuid"),
        "teacher": Filter(_OF_ACTIVITY.format(table="duty", column="duty", is_=_ONE), "uuid"),
        "organisation": _within(),
        "group": Filter(_OF_ACTIVITY.format(table="team", column="team", is_=_ONE), "uuid"),
        **meta_filters(),
    },
    sorts={
        "StartTimeAsc": ("epoch_us(t.starts)", False),
        "StartTimeDesc": ("epoch_us(t.starts)", True),
        **BY_MODIFIED,
    },
    expands={
        "activity": Embedded("activity_of(t.activity)", "null"),
        "attendance": Embedded("attendance_of(t.nr, t.id, reporter_of(t.activity))"),
    },
    lookups={
        "ids": _ID,
        "activities": _rows_of("activity", "t.activity"),
        "student": Filter(_MEMBERS, "uuid", many=True),
        "teacher": Filter(_OF_ACTIVITY.format(table="duty", column="duty", is_=_MANY), "uuid", many=True),
    },
    required=("startTime.onOrAfter", "startTime.onOrBefore"),
)
_OF_EVENT = "t.event IN (SELECT e.nr FROM calendar_event AS e WHERE e.{column} IN ({chosen}))"
_ATTENDANCES = Resource(
    table="attendance",
    opened="attendance_open(t, e.id, p, reporter_of(e.activity))",
    keys=("t.event", "t.person"),
    joined="JOIN calendar_event AS e ON e.nr = t.event JOIN person AS p ON p.nr = t.person",
    filters={
        "student": _row_of("person", "t.person"),
        "organisation": Filter(
            _OF_EVENT.format(
                column="organisation", chosen="SELECT organisation FROM below WHERE ancestor_id = ?::UUID"
            ),
            "uuid",
        ),
        "calendarEvent": _row_of("calendar_event", "t.event"),
        **meta_filters(),
    },
    lookups={
        "ids": _ID,
        "activities": Filter(
            _OF_EVENT.format(
                column="activity", chosen="SELECT nr FROM activity WHERE id IN (SELECT unnest(?::UUID[]))"
            ),
            "uuid",
            many=True,
        ),
        "students": _rows_of("person", "t.person"),
        "calendareEvents": _rows_of("calendar_event", "t.event"),  # the standard's spelling
    },
)
_ABSENCES = Resource(
    table="absence",
    opened="absence_open(t)",
    filters={
        "organisation": _within(),
        "student": _row_of("person", "t.person"),
        "registeredBy": _row_of("person", "t.registered_by"),
        "type": Filter("t.type = ?", "word", words=frozenset(ABSENCE_TYPES)),
        **_times("starts", is_exclusive=True),
        **_times("ends", is_exclusive=True),
        **meta_filters(),
    },
    sorts={
        "StartTimeAsc": ("epoch_us(t.starts)", False),
        "StartTimeDesc": ("epoch_us(t.starts)", True),
        **BY_MODIFIED,
    },
    lookups={"ids": _ID},
)
_SUMS = Resource(
    table="""(
        SELECT e.activity, s.person, min(d.date) AS first, max(d.date) AS last,
            sum(s.present_min) FILTER (s.is_reported) AS present, sum(s.valid_min) FILTER (s.is_reported) AS valid,
            sum(s.invalid_min) FILTER (s.is_reported) AS invalid, sum(s.other_min) FILTER (s.is_reported) AS other,
            sum(s.present_min + s.valid_min + s.invalid_min + s.other_min) FILTER (s.is_reported) AS reported,
            sum(s.present_min + s.valid_min + s.invalid_min + s.other_min) AS offered
        FROM attendance AS s
        JOIN calendar_event AS e ON e.nr = s.event
        JOIN day AS d ON d.day = e.day
        JOIN activity AS a ON a.nr = e.activity
        JOIN team AS g ON g.nr = a.team
        JOIN person AS p ON p.nr = s.person
        WHERE NOT e.cancelled AND {where}
        GROUP BY e.activity, s.person
    )""",
    opened="""concat(
        '{"activity":', activity_ref(t.activity), ',"student":', person_ref_of(t.person),
        ',"startDate":"', t.first, '","endDate":"', t.last, '","attendanceSum":', coalesce(t.present, 0),
        ',"validAbsenceSum":', coalesce(t.valid, 0), ',"invalidAbsenceSum":', coalesce(t.invalid, 0),
        ',"otherAttendanceSum":', coalesce(t.other, 0), ',"reportedSum":', coalesce(t.reported, 0),
        ',"offeredSum":', t.offered
    )""",
    keys=("t.activity", "t.person"),
    filters={
        "startDate": Filter("d.date >= ?", "day"),
        "endDate": Filter("d.date <= ?", "day"),
        "organisation": Filter("e.organisation = (SELECT nr FROM organisation WHERE id = ?::UUID)", "uuid"),
        "schoolType": _any_of("g.school_type", SCHOOL_TYPES),
        "student": Filter("p.id IN (SELECT unnest(?::UUID[]))", "uuid", many=True),
    },
    expands={
        "activity": Embedded("activity_of(t.activity)", "null"),
        "student": Embedded("person_of(t.person)", "null"),
    },
    required=("startDate", "endDate"),
    has_one=False,
)
_SYLLABUSES = Resource(
    table="syllabus",
    opened="syllabus_open(t)",
    filters=meta_filters(),
    sorts={
        "SubjectNameAsc": ("t.name", False),
        "SubjectNameDesc": ("t.name", True),
        **BY_MODIFIED,
    },
    lookups={"ids": _ID},
)

RESOURCES: Mapping[str, Resource] = {
    "organisations": _ORGANISATIONS,
    "persons": _PERSONS,
    "duties": _DUTIES,
    "groups": _GROUPS,
    "activities": _ACTIVITIES,
    "calendarEvents": _EVENTS,
    "attendances": _ATTENDANCES,
    "absences": _ABSENCES,
    "aggregatedAttendance": _SUMS,
    "syllabuses": _SYLLABUSES,
}
