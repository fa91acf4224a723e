"""What is written in the register by machine: school units and whole lists of pupils.

A list says how things are. What it no longer holds has ended, but only for the pupils and the school units that it is
about: one school's list ends nobody at another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from narvaro.contexts.register.models import Authority, Unit
from narvaro.contexts.register.pupil_changes import Changes, changes_of
from narvaro.contexts.register.pupil_rows import PupilRow, Reject, judged
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.errors import Refused
from narvaro.core.scope import acting
from narvaro.facts.errors import HeldForConfirmation
from narvaro.facts.readers.pupil_list import PupilLine, UnitLine
from narvaro.language import Message

FEWEST_SHARE = 0.6  # of those enrolled; a list with fewer waits for a person's yes
FEWEST_TO_COMPARE = 10
MOST_ENDED, MOST_ENDED_SHARE = 5, 0.1  # what a source may end unasked, whichever is more


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsLoaded:
    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilsLoaded:
    """Counts of pupils. ``protected`` are those whose identity became protected with this list; ``without_mentor``
    those whose named mentor has no account here, ``same_identity`` those whose identity number is another pupil's."""

    new: int
    changed: int
    moved: int
    ended: int
    unchanged: int
    protected: int
    without_mentor: int
    same_identity: int
    rejects: tuple[Reject, ...] = ()


def found_authority(*, name: str, kind: str) -> Actor:
    """The authority of this name, made when there is none; returns the program's own actor in it."""
    authority, is_new = Authority.objects.get_or_create(name=name, defaults={"kind": kind})
    by = Actor.system(authority.pk)
    if is_new:
        with acting(by):
            touched = audit.Touched()
            touched.saw("register.Authority", [authority.pk])
            audit.append(by=by, action="authority.found", touched=touched)
    return by


def load_units(*, by: Actor, lines: Iterable[UnitLine]) -> UnitsLoaded:
    """New units and changed names, areas, forms and grades. A unit is never removed by a list."""
    with acting(by):
        known = {unit.code: unit for unit in Unit.objects.filter(authority_id=by.authority_id)}
        wanted = {line.code: line for line in lines}
        new = [
            Unit(authority_id=by.authority_id, code=code, **_unit(wanted[code]))
            for code in wanted.keys() - known.keys()
        ]
        changed = [known[code] for code in wanted.keys() & known.keys() if _take_over(known[code], wanted[code])]
        Unit.objects.bulk_create(sorted(new, key=lambda unit: unit.code))
        Unit.objects.bulk_update(changed, ["name", "area", "school_forms", "grades"])
        touched = audit.Touched()
        touched.saw("register.Unit", [each.pk for each in changed], new=len(new), changed=len(changed))
        audit.append(by=by, action="register.load_units", touched=touched)
    return UnitsLoaded(new=len(new), changed=len(changed), unchanged=len(wanted) - len(new) - len(changed))


def _unit(line: UnitLine) -> dict[str, object]:
    return {"name": line.name, "area": line.area, "school_forms": list(line.school_forms), "grades": line.grades}


def _take_over(unit: Unit, line: UnitLine) -> bool:
    before = {name: getattr(unit, name) for name in _unit(line)}
    for name, value in _unit(line).items():
        setattr(unit, name, value)
    return before != _unit(line)


def load_pupil_list(
    *, by: Actor, lines: Iterable[PupilLine], confirmed: bool = False, units: frozenset[str] | None = None
) -> PupilsLoaded:
    """Judges the rows of a list and loads those that can be used. Raises as ``load_pupils``."""
    codes = frozenset(Unit.objects.filter(authority_id=by.authority_id).values_list("code", flat=True))
    rows, rejects = judged(lines, unit_codes=codes, today=today())
    return load_pupils(by=by, rows=rows, rejects=tuple(rejects), confirmed=confirmed, units=units)


def load_pupils(
    *,
    by: Actor,
    rows: Sequence[PupilRow],
    rejects: tuple[Reject, ...] = (),
    confirmed: bool = False,
    units: frozenset[str] | None = None,
) -> PupilsLoaded:
    """Makes the register as the list says, from today. ``units``: those that a source tells all about; no stay at
    another is ended. Raises Refused when a file holds far fewer than are enrolled now, HeldForConfirmation when a
    source would end many; neither when a person has ``confirmed`` it."""
    day = today()
    with acting(by):
        Authority.objects.select_for_update().get(pk=by.authority_id)  # one list at a time
        changes = changes_of(rows, day, units)
        if not confirmed:
            _hold_mass_endings(changes)
        changes.write()
        loaded = _summary(changes, rejects)
        touched = audit.Touched()
        counts = {"new": loaded.new, "changed": loaded.changed, "moved": loaded.moved, "ended": loaded.ended}
        touched.saw("register.Pupil", changes.touched, **counts)
        audit.append(by=by, action="register.load_pupils", touched=touched)
    return loaded


def _hold_mass_endings(changes: Changes) -> None:
    before, after = changes.enrolled_before, changes.enrolled_after
    ended = len(changes.ended - changes.moved)
    if changes.about is not None and ended > max(MOST_ENDED, int(MOST_ENDED_SHARE * before)):
        raise HeldForConfirmation(
            Message.of(
                "{ended} of {before} pupils would no longer be enrolled. Nothing was changed in the register. "
                "If so many have left, say yes to it.",
                ended=ended,
                before=before,
            )
        )
    if before >= FEWEST_TO_COMPARE and after < FEWEST_SHARE * before:
        raise Refused(
            Message.of(
                "The list holds {after} pupils where {before} are enrolled today. Nothing was changed. "
                "If the list is right, confirm that so many have left.",
                after=after,
                before=before,
            )
        )


def _summary(changes: Changes, rejects: tuple[Reject, ...]) -> PupilsLoaded:
    ended = changes.ended - changes.moved
    changed = changes.changed - changes.moved - ended - changes.new
    return PupilsLoaded(
        new=len(changes.new),
        changed=len(changed),
        moved=len(changes.moved),
        ended=len(ended),
        unchanged=len(changes.listed - changes.new - changed - changes.moved - ended),
        protected=len(changes.protected),
        without_mentor=len(changes.without_mentor),
        same_identity=len(changes.same_identity),
        rejects=rejects,
    )
