"""Lessons, registers, what homes have told, and sums."""

from narvaro.simulator.parameters import Filter, meta_filters
from narvaro.simulator.resource import (
    BY_ID,
    BY_MODIFIED,
    OF_MEMBER,
    OF_MEMBERS,
    Embedded,
    Resource,
    any_of,
    row_of,
    rows_of,
    time_filters,
    within,
)
from narvaro.simulator.words import ABSENCE_TYPES, SCHOOL_TYPES

_OF_ACTIVITY = "t.activity IN (SELECT a.nr FROM activity AS a JOIN {table} AS o ON o.nr = a.{column} WHERE o.id {is_})"
_ONE, _MANY = "= ?::UUID", "IN (SELECT unnest(?::UUID[]))"
EVENTS = Resource(
    table="calendar_event",
    opened="event_open(t)",
    filters={
        **time_filters("starts", is_exclusive=False),
        **time_filters("ends", is_exclusive=False),
        "activity": row_of("activity", "t.activity"),
        "student": Filter(OF_MEMBER, "uuid"),
        "teacher": Filter(_OF_ACTIVITY.format(table="duty", column="duty", is_=_ONE), "uuid"),
        "organisation": within(),
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
        "ids": BY_ID,
        "activities": rows_of("activity", "t.activity"),
        "student": Filter(OF_MEMBERS, "uuid", many=True),
        "teacher": Filter(_OF_ACTIVITY.format(table="duty", column="duty", is_=_MANY), "uuid", many=True),
    },
    required=("startTime.onOrAfter", "startTime.onOrBefore"),
)
_OF_EVENT = "t.event IN (SELECT e.nr FROM calendar_event AS e WHERE e.{column} IN ({chosen}))"
ATTENDANCES = Resource(
    table="attendance",
    opened="attendance_open(t, e.id, p, reporter_of(e.activity))",
    keys=("t.event", "t.person"),
    joined="JOIN calendar_event AS e ON e.nr = t.event JOIN person AS p ON p.nr = t.person",
    filters={
        "student": row_of("person", "t.person"),
        "organisation": Filter(
            _OF_EVENT.format(
                column="organisation", chosen="SELECT organisation FROM below WHERE ancestor_id = ?::UUID"
            ),
            "uuid",
        ),
        "calendarEvent": row_of("calendar_event", "t.event"),
        **meta_filters(),
    },
    lookups={
        "ids": BY_ID,
        "activities": Filter(
            _OF_EVENT.format(
                column="activity", chosen="SELECT nr FROM activity WHERE id IN (SELECT unnest(?::UUID[]))"
            ),
            "uuid",
            many=True,
        ),
        "students": rows_of("person", "t.person"),
        "calendareEvents": rows_of("calendar_event", "t.event"),  # the standard's spelling
    },
)
ABSENCES = Resource(
    table="absence",
    opened="absence_open(t)",
    filters={
        "organisation": within(),
        "student": row_of("person", "t.person"),
        "registeredBy": row_of("person", "t.registered_by"),
        "type": Filter("t.type = ?", "word", words=frozenset(ABSENCE_TYPES)),
        **time_filters("starts", is_exclusive=True),
        **time_filters("ends", is_exclusive=True),
        **meta_filters(),
    },
    sorts={
        "StartTimeAsc": ("epoch_us(t.starts)", False),
        "StartTimeDesc": ("epoch_us(t.starts)", True),
        **BY_MODIFIED,
    },
    lookups={"ids": BY_ID},
)
SUMS = Resource(
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
        "schoolType": any_of("g.school_type", SCHOOL_TYPES),
        "student": Filter("p.id IN (SELECT unnest(?::UUID[]))", "uuid", many=True),
    },
    expands={
        "activity": Embedded("activity_of(t.activity)", "null"),
        "student": Embedded("person_of(t.person)", "null"),
    },
    required=("startDate", "endDate"),
    has_one=False,
)
