"""Guardians as a source of the school system tells of them, and whose custody begins and ends (föräldrabalken 6 kap.).

``may_see`` is a decision of people: no source changes it, and a custody that comes back keeps it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from narvaro.contexts.register.models import Custody, Guardian, Pupil
from narvaro.contexts.register.names import search_form
from narvaro.contexts.register.pupil_changes import Writes
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.scope import acting
from narvaro.ss12000.told import GuardianLine

_LIMITS = {name: int(vars(Guardian._meta.get_field(name))["max_length"]) for name in ("name", "email", "phone")}
Pair = tuple[int, str]  # a pupil, and a guardian's id at the source


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardiansLoaded:
    """``new`` and ``changed`` of guardians, ``begun`` and ``ended`` of custodies."""

    new: int
    changed: int
    begun: int
    ended: int


def load_guardians(*, by: Actor, lines: Iterable[GuardianLine], pupil_ids: frozenset[str]) -> GuardiansLoaded:
    """Makes the guardians of the pupils as the source says, from today. Those whom a person wrote in stay; one of the
    same name with the same child is the same guardian. A protected guardian's contact data are not kept."""
    with acting(by):
        pupils = {pupil_id: pk for pupil_id, pk in Pupil.objects.values_list("pupil_id", "pk") if pupil_id in pupil_ids}
        told = {each.source_id: each for each in lines if each.name and not pupils.keys().isdisjoint(each.pupil_ids)}
        guardians = _Guardians(set(pupils.values()))
        for source_id, line in sorted(told.items()):
            guardians.describe(source_id, line, [pupils[each] for each in line.pupil_ids if each in pupils])
        wanted = {(pupils[each], source) for source, line in told.items() for each in line.pupil_ids if each in pupils}
        guardians.hold(wanted)
        guardians.write()
        loaded = guardians.loaded()
        touched = audit.Touched()
        touched.saw("register.Pupil", sorted(guardians.touched), begun=loaded.begun, ended=loaded.ended)
        audit.append(by=by, action="register.load_guardians", touched=touched)
    return loaded


class _Guardians:
    """Compared with what is known, then written in a handful of statements."""

    def __init__(self, pupils: set[int]) -> None:
        self.day = today()
        self.rows, self.custodies = Writes(), Writes()
        self.touched: set[int] = set()
        found = Custody.objects.select_related("guardian").order_by("pk")
        of_pupils = [each for each in found if each.pupil_id in pupils]
        self.in_force = [each for each in of_pupils if each.last_day is None or each.last_day >= self.day]
        self.unseeing = {(each.pupil_id, each.guardian_id) for each in of_pupils if not each.may_see}
        self.known = {each.source_id: each for each in Guardian.objects.exclude(source_id="")}
        self.written_in = {
            (search_form(each.guardian.name), each.pupil_id): each.guardian
            for each in self.in_force
            if not each.guardian.source_id
        }

    def describe(self, source_id: str, line: GuardianLine, pupils: list[int]) -> None:
        guardian = self.known.get(source_id) or self._written_in(line, pupils)
        hidden = {"email": "", "phone": ""} if line.is_protected else {}
        wanted = {"source_id": source_id, "name": line.name, "email": line.email, "phone": line.phone, **hidden}
        wanted = {name: value[: _LIMITS.get(name)] for name, value in wanted.items()}
        if guardian is None:
            self.rows.new.append(Guardian.of(**wanted))
            self.known[source_id] = self.rows.new[-1]
        elif any(getattr(guardian, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(guardian, name, value)
            self.known[source_id] = guardian
            self.rows.changed.append(guardian)
            self.touched.update(pupils)

    def _written_in(self, line: GuardianLine, pupils: list[int]) -> Guardian | None:
        name = search_form(line.name)
        return next((found for pupil in pupils if (found := self.written_in.get((name, pupil)))), None)

    def hold(self, wanted: set[Pair]) -> None:
        held = {(each.pupil_id, each.guardian.source_id): each for each in self.in_force if each.guardian.source_id}
        adopted = {each.pk: each.source_id for each in self.rows.changed}
        held |= {(each.pupil_id, adopted[pk]): each for each in self.in_force if (pk := each.guardian_id) in adopted}
        for pupil, source_id in sorted(wanted - held.keys()):
            guardian = self.known[source_id]
            may_see = (pupil, guardian.pk) not in self.unseeing
            self.custodies.new.append(
                Custody.of(pupil_id=pupil, guardian=guardian, first_day=self.day, may_see=may_see)
            )
        for pair in sorted(held.keys() - wanted):
            self.custodies.end(held[pair], self.day - timedelta(days=1))
        self.touched.update(pupil for pupil, _source_id in wanted ^ held.keys())

    def write(self) -> None:
        self.rows.write(Guardian, ("source_id", *_LIMITS))
        self.custodies.write(Custody, ("last_day",))

    def loaded(self) -> GuardiansLoaded:
        ended = len(self.custodies.changed) + len(self.custodies.gone)
        return GuardiansLoaded(
            new=len(self.rows.new), changed=len(self.rows.changed), begun=len(self.custodies.new), ended=ended
        )
