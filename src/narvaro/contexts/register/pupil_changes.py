"""What a list of pupils changes. Compared first, written afterwards, so that a list can be held before anything is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from narvaro.contexts.register.known import Known, known_on
from narvaro.contexts.register.models import (
    IDENTITY,
    Enrolment,
    Group,
    Mentorship,
    ProtectedAccess,
    ProtectedIdentity,
    Pupil,
)
from narvaro.contexts.register.names import search_form
from narvaro.contexts.register.pupil_rows import PupilRow
from narvaro.core.crypto import encrypt, matching_key

_ONE_DAY = timedelta(days=1)
_PUPIL_FIELDS = ("given_name", "family_name", "search_text", "home_municipality", "identity_encrypted", "identity_hash")
_ENROLMENT_FIELDS = ("group", "school_form", "grade", "first_day", "last_day")


@dataclass(slots=True)
class Writes:
    """Rows of one table: to add, to change, to remove."""

    new: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    gone: list[Any] = field(default_factory=list)

    def end(self, row: Any, last_day: date) -> None:
        """A row that would end before it began never was."""
        if last_day < row.first_day:
            self.gone.append(row)
        else:
            row.last_day = last_day
            self.changed.append(row)

    def write(self, model: type[Any], fields: Sequence[str]) -> None:
        model.objects.filter(pk__in=[row.pk for row in self.gone]).delete()
        # An upsert by primary key: many times faster than bulk_update's CASE for each row.
        model.objects.bulk_create(
            self.changed, update_conflicts=True, unique_fields=["id"], update_fields=list(fields), batch_size=500
        )
        model.objects.bulk_create(self.new, batch_size=500)


class Changes:
    """Sets of pupil ids (the source's) say what happens to whom. ``about``: the units whose stays a list may end; None
    where it tells all of the pupils in it, and of the units that have a pupil there now."""

    def __init__(self, known: Known, day: date, about: frozenset[int] | None = None) -> None:
        self.known, self.day, self.about = known, day, about
        self.listed: set[str] = set()
        self.new: set[str] = set()
        self.changed: set[str] = set()
        self.moved: set[str] = set()
        self.ended: set[str] = set()
        self.protected: set[str] = set()
        self.without_mentor: set[str] = set()
        self.same_identity: set[str] = set()
        self.enrolled_before = self.enrolled_after = 0
        self.pupils, self.enrolments, self.mentorships = Writes(), Writes(), Writes()
        self.groups: list[Group] = []
        self.protections: list[ProtectedIdentity] = []
        self.listings: list[ProtectedAccess] = []
        self._new_groups: dict[tuple[int, str], Group] = {}

    @property
    def touched(self) -> list[int]:
        everybody = self.known.pupils | {each.pupil_id: each for each in self.pupils.new}
        named = self.new | self.changed | self.moved | self.ended
        return [everybody[pupil_id].pk for pupil_id in sorted(named)]

    def write(self) -> None:
        Group.objects.bulk_create(self.groups)
        self.pupils.write(Pupil, _PUPIL_FIELDS)
        self.enrolments.write(Enrolment, _ENROLMENT_FIELDS)
        ProtectedIdentity.objects.bulk_create(self.protections)
        ProtectedAccess.objects.bulk_create(self.listings)
        self.mentorships.write(Mentorship, ("last_day",))

    def group(self, unit_id: int, name: str) -> Group | None:
        if not name:
            return None
        key = (unit_id, name)
        found = self.known.groups.get(key) or self._new_groups.get(key)
        if found is None:
            found = self._new_groups[key] = Group.of(unit_id=unit_id, name=name)
            self.groups.append(found)
        return found


def changes_of(rows: Iterable[PupilRow], day: date, units: frozenset[str] | None = None) -> Changes:
    """The same rows in any order give the same changes; of two rows for one stay the later line counts. ``units``: the
    codes of those that the list tells all about, and of no other."""
    ordered = sorted(rows, key=lambda row: (row.pupil_id, row.first_day or date.min, row.unit_code, row.line))
    known = known_on(day)
    changes = Changes(known, day, None if units is None else frozenset(known.units[code] for code in units))
    for pupil_id, of_pupil in groupby(ordered, key=lambda row: row.pupil_id):
        _one_pupil(changes, pupil_id, list(of_pupil))
    now_at = {known.units[row.unit_code] for row in ordered if (row.last_day or day) >= day}
    _those_not_listed(changes, now_at if changes.about is None else changes.about)
    return changes


def _one_pupil(changes: Changes, pupil_id: str, rows: list[PupilRow]) -> None:
    changes.listed.add(pupil_id)
    pupil = changes.known.pupils.get(pupil_id)
    is_new = pupil is None
    if pupil is None:
        pupil = Pupil.of(pupil_id=pupil_id)
        changes.new.add(pupil_id)
        changes.pupils.new.append(pupil)
    if _describe(changes, pupil, rows) and not is_new:
        changes.pupils.changed.append(pupil)
        changes.changed.add(pupil_id)
    protection = _protection(changes, pupil, rows)
    stays = changes.known.enrolments.get(pupil.pk, []) if not is_new else []
    _stays(changes, pupil, rows, stays)
    if protection and (protection.pk is None or pupil_id in changes.moved):
        _list_principals(changes, pupil, protection, changes.known.units[_latest(rows, changes.day).unit_code])
    _mentors(changes, pupil, _latest(rows, changes.day))


def _latest(rows: list[PupilRow], day: date) -> PupilRow:
    """The row in force, else the last."""
    in_force = [row for row in rows if (row.first_day or day) <= day <= (row.last_day or day)]
    return (in_force or rows)[-1]


def _describe(changes: Changes, pupil: Pupil, rows: list[PupilRow]) -> bool:
    row = _latest(rows, changes.day)
    is_protected = any(each.is_protected for each in rows) or pupil.pk in changes.known.protected
    wanted: dict[str, Any] = {
        "given_name": row.given_name,
        "family_name": row.family_name,
        "search_text": search_form(f"{row.given_name} {row.family_name}"),
        "home_municipality": "" if is_protected else row.home_municipality,
    }
    differs = {name: value for name, value in wanted.items() if getattr(pupil, name) != value}
    for name, value in differs.items():
        setattr(pupil, name, value)
    return _identify(changes, pupil, row) or bool(differs)


def _identify(changes: Changes, pupil: Pupil, row: PupilRow) -> bool:
    if row.identity is None:
        return False
    found = matching_key(row.identity.canonical, use=IDENTITY)
    if found == pupil.identity_hash:
        return False
    if changes.known.identities.setdefault(found, pupil.pupil_id) != pupil.pupil_id:
        changes.same_identity.add(pupil.pupil_id)
        return False
    pupil.identity_hash = found
    pupil.identity_encrypted = encrypt(row.identity.canonical, use=IDENTITY)
    return True


def _protection(changes: Changes, pupil: Pupil, rows: list[PupilRow]) -> ProtectedIdentity | None:
    """At once. A list never lifts a protection: a file without the mark must not show somebody who hides."""
    known = changes.known.protected.get(pupil.pk) if pupil.pk else None
    if known or not any(row.is_protected for row in rows):
        return known
    changes.protected.add(pupil.pupil_id)
    made = ProtectedIdentity.of(pupil=pupil, since=changes.day)
    changes.protections.append(made)
    return made


def _list_principals(changes: Changes, pupil: Pupil, protection: ProtectedIdentity, unit_id: int) -> None:
    """Somebody at the school must be able to see the pupil and to say who else does."""
    for user in sorted(changes.known.principals.get(unit_id, ())):
        if (pupil.pk, user) not in changes.known.listed:
            changes.listings.append(ProtectedAccess.of(protection=protection, user_id=user, first_day=changes.day))


def _stays(changes: Changes, pupil: Pupil, rows: list[PupilRow], stays: list[Enrolment]) -> None:
    before = {stay.unit_id for stay in stays if _in_force(stay, changes.day)}
    left, kept = list(stays), []
    for row in _once_a_stay(rows):
        stay = _match(row, changes, left)
        if stay is not None:
            left.remove(stay)
        kept.append(_put(changes, pupil, row, stay))
    for stay in left:
        if changes.about is not None and stay.unit_id not in changes.about:
            kept.append(stay)
        elif stay.last_day is None or stay.last_day >= changes.day:
            _end(changes, pupil, stay, kept)
    after = {stay.unit_id for stay in kept if _in_force(stay, changes.day)}
    changes.enrolled_before += bool(before)
    changes.enrolled_after += bool(after)
    if before and after and not after & before:
        changes.moved.add(pupil.pupil_id)
    elif before and not after:
        changes.ended.add(pupil.pupil_id)


def _once_a_stay(rows: list[PupilRow]) -> list[PupilRow]:
    return list({(row.unit_code, row.first_day): row for row in rows}.values())


def _in_force(stay: Enrolment, day: date) -> bool:
    return bool(stay.first_day <= day and (stay.last_day is None or stay.last_day >= day))


def _match(row: PupilRow, changes: Changes, stays: list[Enrolment]) -> Enrolment | None:
    """The stay that the row is about: the same first day, or the one in force when the row names none or an earlier
    one. A later first day is a new stay, and the one before it ends."""
    at_unit = [stay for stay in stays if stay.unit_id == changes.known.units[row.unit_code]]
    for stay in at_unit:
        if stay.first_day == row.first_day:
            return stay
    open_ones = [stay for stay in at_unit if _in_force(stay, changes.day)]
    return next((stay for stay in open_ones if row.first_day is None or row.first_day < stay.first_day), None)


def _put(changes: Changes, pupil: Pupil, row: PupilRow, stay: Enrolment | None) -> Enrolment:
    unit_id = changes.known.units[row.unit_code]
    group = changes.group(unit_id, row.group_name)
    first_day = row.first_day or (stay.first_day if stay else changes.day)
    wanted = {"school_form": row.school_form, "grade": row.grade, "first_day": first_day, "last_day": row.last_day}
    if stay is None:
        stay = Enrolment.of(pupil=pupil, unit_id=unit_id, group=group, **wanted)
        changes.enrolments.new.append(stay)
        changes.changed.add(pupil.pupil_id)
    elif stay.group != group or any(getattr(stay, name) != wanted[name] for name in wanted):
        stay.group = group
        for name, value in wanted.items():
            setattr(stay, name, value)
        changes.enrolments.changed.append(stay)
        changes.changed.add(pupil.pupil_id)
    return stay


def _end(changes: Changes, pupil: Pupil, stay: Enrolment, kept: list[Enrolment]) -> None:
    """The day before the next stay began, else yesterday."""
    later = [each.first_day for each in kept if each.first_day > stay.first_day]
    changes.enrolments.end(stay, min([*later, changes.day]) - _ONE_DAY)
    changes.changed.add(pupil.pupil_id)


def _those_not_listed(changes: Changes, units: Collection[int]) -> None:
    """Pupils who are not in the list though it tells who goes to their school now."""
    for pupil_id, pupil in sorted(changes.known.pupils.items()):
        if pupil_id in changes.listed:
            continue
        stays = [stay for stay in changes.known.enrolments.get(pupil.pk, []) if stay.unit_id in units]
        here = [stay for stay in stays if stay.last_day is None or stay.last_day >= changes.day]
        for stay in here:
            _end(changes, pupil, stay, [])
        if any(stay.first_day <= changes.day for stay in here):
            changes.enrolled_before += 1
            changes.ended.add(pupil_id)


def _mentors(changes: Changes, pupil: Pupil, row: PupilRow) -> None:
    if row.mentor is None:
        return
    names = [name for name in row.mentor.replace("/", ",").split(",") if name.strip()]
    wanted = _users(changes, row, names)
    if len(wanted) < len(names):
        changes.without_mentor.add(pupil.pupil_id)
    current = changes.known.mentorships.get(pupil.pk, []) if pupil.pk else []
    begins = changes.day if current else min(row.first_day or changes.day, changes.day)
    for mentorship in current:
        if mentorship.user_id not in wanted:
            changes.mentorships.end(mentorship, changes.day - _ONE_DAY)
    already = {mentorship.user_id for mentorship in current}
    fresh = sorted(wanted - already)
    changes.mentorships.new += [Mentorship.of(pupil=pupil, user_id=user, first_day=begins) for user in fresh]
    if fresh or already - wanted:
        changes.changed.add(pupil.pupil_id)


def _users(changes: Changes, row: PupilRow, names: list[str]) -> set[int]:
    """Exactly one account for each name, or none: two people of one name must not both see the pupil."""
    unit = changes.known.units[row.unit_code]
    found = [changes.known.mentors.get((unit, search_form(name)), set()) for name in names]
    return {user for users in found if len(users) == 1 for user in users}
