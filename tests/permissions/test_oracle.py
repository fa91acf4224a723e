"""The oracle itself, against rows that a person wrote down."""

import pytest

from tests.permissions.oracle import Expected, judge, law, sees
from tests.permissions.people import CHILDREN, people

RULES = {
    "routes": {"page": {"GET": "page.read"}, "form": {"GET": "page.read", "POST": "form.send"}},
    "actions": {
        "page.read": {"allow": {"mentor": ["mentored"], "principal": ["own_unit"], "legal_guardian": ["own_child"]}},
        "form.send": {"personal": False, "allow": {"everyone": ["own_authority"]}},
    },
}
PEOPLE = {each.key: each for each in people(tuple(law()["roles"]))}
BY_NAME = {each.key: each for each in CHILDREN}


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        ("mentor", {"near", "last_day", "gone"}),
        ("mentor_elsewhere", {"elsewhere"}),
        ("other_mentor", set()),
        ("listed_mentor", {"near", "protected"}),
        ("principal", {"near", "apart", "past", "to_come", "last_day", "not_to_see"}),
        ("listed_principal", {"near", "apart", "past", "to_come", "last_day", "not_to_see", "protected"}),
        ("principal_elsewhere", {"elsewhere", "moved", "moving"}),
        ("listed_elsewhere", {"elsewhere", "moved", "moving"}),
        ("principal_of_independent", {"foreign", "foreign_protected"}),
        ("principal_of_social_services", set()),
        ("legal_guardian", {"near", "last_day"}),
        ("other_guardian", {"not_to_see"}),
        ("evaluator", set()),
    ],
)
def test_whom_one_sees(who: str, whom: set[str]) -> None:
    assert {child.key for child in CHILDREN if sees(RULES, PEOPLE[who], "page.read", child)} == whom


@pytest.mark.parametrize(
    ("who", "route", "method", "whom", "expected"),
    [
        ("mentor", "page", "GET", "near", Expected(200, "page.read", True)),
        ("mentor", "page", "HEAD", "near", Expected(200, "page.read", True)),
        ("mentor", "page", "GET", "apart", Expected(404, "page.read", True)),
        ("mentor", "page", "GET", "foreign", Expected(404, "page.read", True)),
        ("mentor", "page", "POST", "near", Expected(405)),
        ("mentor_ended", "page", "GET", "near", Expected(403, "page.read", True)),
        ("mentor_coming", "page", "GET", "near", Expected(403, "page.read", True)),
        ("mentor_closed", "page", "GET", "near", Expected(302)),
        ("evaluator", "page", "GET", "near", Expected(403, "page.read", True)),
        ("evaluator", "form", "POST", "near", Expected(200, "form.send", False)),
        ("evaluator", "form", "POST", "protected", Expected(404, "form.send", False)),
        ("listed_nobody", "form", "POST", "protected", Expected(200, "form.send", False)),
    ],
)
def test_what_one_gets(who: str, route: str, method: str, whom: str, expected: Expected) -> None:
    assert judge(RULES, PEOPLE[who], route, method, BY_NAME[whom]) == expected


def test_every_role_and_relation_is_somebody() -> None:
    assert {person.role for person in PEOPLE.values()} == set(law()["roles"])
    assert all(tie.person in PEOPLE for child in CHILDREN for tie in (*child.mentors, *child.guardians, *child.listed))
