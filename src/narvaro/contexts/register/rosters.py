"""What a source of the school system tells, taken over whole: units, mentors, pupils and guardians in one transaction.

A source speaks for its own units: it ends no stay at another, and no assignment or custody that it did not give.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from narvaro.contexts.register.models import Authority, Unit
from narvaro.contexts.register.services import PupilsLoaded, UnitsLoaded, load_pupil_list, load_units
from narvaro.contexts.register.source_guardians import GuardiansLoaded, load_guardians
from narvaro.core.accounts import Kept, NewAccount, keep_memberships
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.models import User
from narvaro.core.scope import acting
from narvaro.facts.readers.pupil_list import UnitLine
from narvaro.ss12000.told import Roster, StaffLine

MENTOR = "mentor"
_LONGEST_CODE, _LONGEST_NAME = (int(vars(Unit._meta.get_field(name))["max_length"]) for name in ("code", "name"))
_LONGEST_EMAIL, _LONGEST_USER = (int(vars(User._meta.get_field(name))["max_length"]) for name in ("email", "name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLoaded:
    """``mentors`` None: the source is not set to give assignments. ``protected_staff``: mentors with protected
    identity, who get an account from a person only."""

    units: UnitsLoaded
    pupils: PupilsLoaded
    guardians: GuardiansLoaded
    mentors: Kept | None
    protected_staff: int

    @property
    def changed(self) -> bool:
        pupils, units = self.pupils, self.units
        return bool(units.new + units.changed + pupils.new + pupils.changed + pupils.moved + pupils.ended)


def load_roster(*, by: Actor, roster: Roster, source: UUID, give_assignments: bool, confirmed: bool) -> RosterLoaded:
    """All or nothing. ``source``: the key under which the assignments are remembered. Raises HeldForConfirmation when
    many pupils would end."""
    lines = _usable(roster.units)
    codes = frozenset(line.code for line in lines)
    with acting(by):
        Authority.objects.select_for_update().get(pk=by.authority_id)  # one list at a time
        units = load_units(by=by, lines=_as_edited_here(by, lines))
        mentors = _mentors(by, roster.staff, source) if give_assignments else None
        pupils = load_pupil_list(by=by, lines=roster.pupils, confirmed=confirmed, units=codes)
        told = frozenset(line.pupil_id for line in roster.pupils)
        guardians = load_guardians(by=by, lines=roster.guardians, pupil_ids=told)
    hidden = sum(each.is_protected and bool(each.mentor_at) for each in roster.staff)
    return RosterLoaded(
        units=units, pupils=pupils, guardians=guardians, mentors=mentors, protected_staff=hidden if mentors else 0
    )


def _usable(lines: Iterable[UnitLine]) -> list[UnitLine]:
    """A unit's code is its key in the facts, so it is never cut; a name may be."""
    return [replace(line, name=line.name[:_LONGEST_NAME]) for line in lines if len(line.code) <= _LONGEST_CODE]


def _as_edited_here(by: Actor, lines: Sequence[UnitLine]) -> list[UnitLine]:
    """What the source does not tell stays as a person wrote it."""
    known = {unit.code: unit for unit in Unit.objects.filter(authority_id=by.authority_id)}
    return [_kept(line, known[line.code]) if line.code in known else line for line in lines]


def _kept(line: UnitLine, unit: Unit) -> UnitLine:
    return replace(
        line,
        area=line.area or unit.area,
        grades=line.grades or unit.grades,
        school_forms=line.school_forms or tuple(unit.school_forms),
    )


def _mentors(by: Actor, staff: Iterable[StaffLine], source: UUID) -> Kept:
    day = today()
    ids = dict(Unit.objects.filter(authority_id=by.authority_id).values_list("code", "pk"))
    people = [account for line in staff if not line.is_protected for account in _accounts(line, ids, day)]
    return keep_memberships(by=by, source=source, role=MENTOR, people=people)


def _accounts(line: StaffLine, unit_ids: dict[str, int], day: date) -> list[NewAccount]:
    email = sign_in_of(line)
    if not email or len(email) > _LONGEST_EMAIL:
        return []
    name = line.name[:_LONGEST_USER] or email
    units = [unit_ids[code] for code in line.mentor_at if code in unit_ids]
    return [NewAccount(email=email, name=name, role=MENTOR, unit_id=unit, first_day=day) for unit in units]


def sign_in_of(line: StaffLine) -> str:
    """The address of work, else a login name that is one; "" where nobody can be known by either."""
    names = (line.email, *line.login_names)
    return next((each.strip().casefold() for each in names if "@" in each), "")
