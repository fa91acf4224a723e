"""The municipality that attendance is invented for: units, groups, pupils and who has which lessons."""

from dataclasses import dataclass

from narvaro.demo.cast import CAST_PUPILS
from narvaro.demo.draws import Draws
from narvaro.demo.groups import Group, build_classes, share_out
from narvaro.demo.memberships import Membership, class_memberships, side_memberships
from narvaro.demo.people import Pupil, build_people, wanted_by_grade
from narvaro.demo.units import Unit, units_for, with_cast_units
from narvaro.domain.school_calendar import SchoolCalendar


@dataclass(frozen=True, slots=True)
class Roster:
    units: tuple[Unit, ...]
    groups: tuple[Group, ...]
    pupils: tuple[Pupil, ...]
    memberships: tuple[Membership, ...]


def build_roster(draws: Draws, pupils: int, calendar: SchoolCalendar) -> Roster:
    """``pupils`` counts the cast, who are always there."""
    if pupils < len(CAST_PUPILS):
        raise ValueError(f"at least {len(CAST_PUPILS)} pupils, the named cast")
    units = units_for(pupils)
    shares = share_out(wanted_by_grade(pupils), units)
    classes = build_classes(draws, shares)
    people = build_people(draws, shares, classes)
    memberships = class_memberships(draws, people, classes, calendar)
    memberships += side_memberships(draws, people, classes, units, len(calendar.school_days()))
    groups = {each.group.number: each.group for each in memberships}
    return Roster(
        with_cast_units(units), tuple(groups[number] for number in sorted(groups)), people, tuple(memberships)
    )
