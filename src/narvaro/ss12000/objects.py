"""What is kept of the standard's objects: no addresses, identity numbers, pictures, comments or reasons.

Days are ISO texts, which order as days do; "" is an end that is open. Times with a place of their own are elsewhere.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Enrolment(NamedTuple):
    unit_id: str
    form: str
    grade: str
    first_day: str
    last_day: str


class Responsible(NamedTuple):
    """``kind``: the standard's word, "" where there is none. ``marked``: the reference says the person is protected."""

    person_id: str
    kind: str
    marked: bool


class Member(NamedTuple):
    person_id: str
    first_day: str
    last_day: str
    marked: bool


class Role(NamedTuple):
    group_id: str
    kind: str
    first_day: str
    last_day: str


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation: a school unit, or something above."""

    id: str
    name: str
    kind: str
    unit_code: str
    parent_id: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """``marked``: protected, by the person's own marking; None where there is no marking at all. ``birth`` and the rest
    are "" where they are not told."""

    id: str
    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    birth: str = field(repr=False)
    marked: bool | None
    municipality: str
    work_email: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)
    login_names: tuple[str, ...] = field(repr=False)
    is_deceased: bool
    enrolments: tuple[Enrolment, ...] = field(repr=False)
    responsibles: tuple[Responsible, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    name: str
    kind: str
    place_id: str
    first_day: str
    last_day: str
    members: tuple[Member, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """``marked``: the reference to the person says protected."""

    id: str
    person_id: str
    place_id: str
    first_day: str
    last_day: str
    marked: bool
    roles: tuple[Role, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Activity:
    """``subject``: the subject's name, "" where only the activity has a name."""

    id: str
    name: str
    subject: str
    kind: str
    place_id: str
    group_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absence:
    """Announced or granted. ``by_id``: who registered it, "" where that is not told. ``modified``: when it was last
    told so, None where the source does not say. Never in the mirror."""

    id: str
    kind: str
    pupil_id: str
    by_id: str
    starts: datetime
    ends: datetime
    modified: datetime | None


def holds(first_day: str, last_day: str, day: str) -> bool:
    """Whether the day is within; both ends are part of it."""
    return (not first_day or first_day <= day) and (not last_day or day <= last_day)
