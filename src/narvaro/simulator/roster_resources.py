"""Organisations, people, groups, duties and what is taught."""

from narvaro.simulator.parameters import Filter, date_filters, meta_filters
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
    within,
)
from narvaro.simulator.words import DUTY_ROLES, GROUP_TYPES, ORGANISATION_TYPES, SCHOOL_TYPES

ORGANISATIONS = Resource(
    table="organisation",
    opened="organisation_open(t)",
    filters={
        "parent": rows_of("organisation", "t.parent"),
        "schoolUnitCode": Filter("t.unit_code IN (SELECT unnest(?::VARCHAR[]))", many=True),
        "organisationCode": Filter("t.code IN (SELECT unnest(?::VARCHAR[]))", many=True),
        "municipalityCode": Filter("t.municipality_code = ?"),
        "type": any_of("t.type", ORGANISATION_TYPES),
        "schoolTypes": Filter(
            "list_has_any(string_split(t.school_types, ','), ?::VARCHAR[])", many=True, words=frozenset(SCHOOL_TYPES)
        ),
        **date_filters("NULL::DATE", "NULL::DATE"),
        **meta_filters(),
    },
    sorts={"DisplayNameAsc": ("t.name", False), **BY_MODIFIED},
    lookups={
        "ids": BY_ID,
        "schoolUnitCodes": Filter("t.unit_code IN (SELECT unnest(?::VARCHAR[]))", many=True),
        "organisationCodes": Filter("t.code IN (SELECT unnest(?::VARCHAR[]))", many=True),
    },
)
PERSONS = Resource(
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
    lookups={"ids": BY_ID, "civicNos": Filter("t.civic_no IN (SELECT unnest(?::VARCHAR[]))", many=True)},
)
_BY_START = {
    "StartDateAsc": ("strftime(t.start_date, '%Y-%m-%d')", False),
    "StartDateDesc": ("strftime(t.start_date, '%Y-%m-%d')", True),
}
DUTIES = Resource(
    table="duty",
    opened="duty_open(t)",
    filters={
        "organisation": within(),
        "dutyRole": Filter("role_told(t.role) = ?", "word", words=frozenset(DUTY_ROLES)),
        "person": row_of("person", "t.person"),
        **date_filters(),
        **meta_filters(),
    },
    sorts={**_BY_START, **BY_MODIFIED},
    expands={"person": Embedded("person_of(t.person)", "null")},
    lookups={"ids": BY_ID},
)
_NO_END = ("0 * t.nr", False)  # no group ends, so all are alike
GROUPS = Resource(
    table="team",
    opened="team_open(t)",
    filters={
        "groupType": any_of("t.type", GROUP_TYPES),
        "schoolTypes": any_of("t.school_type", SCHOOL_TYPES),
        "organisation": rows_of("organisation", "t.organisation"),
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
    lookups={"ids": BY_ID},
)
ACTIVITIES = Resource(
    table="activity",
    opened="activity_open(t)",
    filters={
        "member": Filter(OF_MEMBER, "uuid"),
        "teacher": row_of("duty", "t.duty"),
        "organisation": within(),
        "group": row_of("team", "t.team"),
        **date_filters(end="NULL::DATE"),
        **meta_filters(),
    },
    sorts={"DisplayNameAsc": ("t.name", False), **BY_MODIFIED},
    expands={
        "groups": Embedded("'[' || team_of(t.team) || ']'"),
        "teachers": Embedded("'[' || duty_of(t.duty) || ']'"),
        "syllabus": Embedded("syllabus_of(t.syllabus)", ""),
    },
    lookups={"ids": BY_ID, "teachers": rows_of("duty", "t.duty"), "members": Filter(OF_MEMBERS, "uuid", many=True)},
)
SYLLABUSES = Resource(
    table="syllabus",
    opened="syllabus_open(t)",
    filters=meta_filters(),
    sorts={
        "SubjectNameAsc": ("t.name", False),
        "SubjectNameDesc": ("t.name", True),
        **BY_MODIFIED,
    },
    lookups={"ids": BY_ID},
)
