"""What a reading of the provider must come to, told from its tables and not from its JSON."""

from datetime import date
from typing import NamedTuple


class TrueLesson(NamedTuple):
    """One pupil in one lesson, as a row of Närvaro's own table of lessons (docs/reference/import-formats.md). The
    pupil and the lesson are told by their ids at the source, the minutes of a register that was not taken by None;
    ``group_name`` is the pupil's class that day."""

    pupil_id: str
    unit_code: str
    group_name: str
    date: date
    start: str
    end: str
    subject: str
    offered: int
    present: int | None
    valid: int | None
    invalid: int | None
    other: int | None
    is_reported: bool
    lesson_id: str


class TruePupil(NamedTuple):
    """One enrolment. ``group_name`` is the class and ``mentors`` the addresses of its mentors at the enrolment's end,
    or now; both empty at a school where the pupil has no class any more."""

    pupil_id: str
    unit_code: str
    given_name: str
    family_name: str
    school_form: str
    school_year: int
    group_name: str
    mentors: tuple[str, ...]
    marking: str
    first_day: date
    last_day: date | None
    is_cancelled: bool
    civic_no: str | None


class TrueGuardian(NamedTuple):
    person_id: str
    name: str
    email: str | None
    phone: str | None
    pupil_ids: tuple[str, ...]
    marking: str


class TrueStaff(NamedTuple):
    """``units``: codes of the school units where a duty is now, of a duty at a whole school those under it."""

    person_id: str
    name: str
    email: str | None
    units: tuple[str, ...]
    mentor_at: tuple[str, ...]


class TrueUnit(NamedTuple):
    code: str
    name: str
    school_forms: tuple[str, ...]
    organiser: str


class TrueRoster(NamedTuple):
    units: tuple[TrueUnit, ...]
    pupils: tuple[TruePupil, ...]
    guardians: tuple[TrueGuardian, ...]
    staff: tuple[TrueStaff, ...]


# A class that the pupil has been in at the same unit, the latest; its mentors by a role in any group of those members.
PUPILS = """
WITH class AS (
    SELECT m.person, t.organisation, max_by(t.grp, m.start_date) AS grp
    FROM team_member AS m JOIN team AS t ON t.nr = m.team
    WHERE t.type = 'Klass' AND m.start_date <= $day
    GROUP BY ALL
),
mentor AS (
    SELECT t.grp, list_sort(list(DISTINCT p.email)) AS emails
    FROM assignment AS a
    JOIN team AS t ON t.nr = a.team
    JOIN duty AS d ON d.nr = a.duty
    JOIN person AS p ON p.nr = d.person
    WHERE a.role = 'Mentor' AND coalesce(a.start_date <= $day, true) AND coalesce(a.end_date >= $day, true)
        AND coalesce(d.end_date >= $day, true)
    GROUP BY t.grp
)
SELECT
    p.id::VARCHAR, o.unit_code, p.given_name, p.family_name, e.school_type, e.school_year, coalesce(g.name, ''),
    coalesce(m.emails, []), p.marking, e.start_date, e.end_date, e.cancelled, p.civic_no
FROM enrolment AS e
JOIN person AS p ON p.nr = e.person
JOIN organisation AS o ON o.nr = e.organisation
LEFT JOIN class AS c ON c.person = e.person AND c.organisation = e.organisation
LEFT JOIN team AS g ON g.grp = c.grp AND g.type = 'Klass'
LEFT JOIN mentor AS m ON m.grp = c.grp
ORDER BY ALL
"""
GUARDIANS = """
SELECT a.id::VARCHAR, person_name(a), a.email, a.phone, list_sort(list(c.id::VARCHAR)), a.marking
FROM responsible AS r JOIN person AS a ON a.nr = r.adult JOIN person AS c ON c.nr = r.person
GROUP BY ALL
ORDER BY ALL
"""
STAFF = """
WITH mentor AS (
    SELECT DISTINCT duty FROM assignment WHERE role = 'Mentor' AND coalesce(end_date >= $day, true)
)
SELECT p.id::VARCHAR, person_name(p), p.email, list_sort(list(DISTINCT o.unit_code)),
    coalesce(list_sort(list(DISTINCT o.unit_code) FILTER (m.duty IS NOT NULL)), [])
FROM duty AS d
JOIN person AS p ON p.nr = d.person
JOIN below AS b ON b.ancestor = d.organisation
JOIN organisation AS o ON o.nr = b.organisation AND o.unit_code IS NOT NULL
LEFT JOIN mentor AS m ON m.duty = d.nr
WHERE coalesce(d.end_date >= $day, true)
GROUP BY ALL
ORDER BY ALL
"""
UNITS = """
SELECT o.unit_code, o.name, string_split(o.school_types, ','), h.name
FROM organisation AS o
JOIN below AS b ON b.organisation = o.nr
JOIN organisation AS h ON h.nr = b.ancestor AND h.type = 'Huvudman'
WHERE o.unit_code IS NOT NULL
ORDER BY ALL
"""
