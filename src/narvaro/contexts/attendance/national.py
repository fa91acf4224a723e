"""The national format of a term, of the schools that an actor answers for (docs/reference/national-format.md)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

from narvaro.contexts.register.api import enrolled_between, facts_folder, identity_numbers, unit_names
from narvaro.core.actor import Actor
from narvaro.core.errors import Refused
from narvaro.domain.absence import NO_MINUTES, Minutes
from narvaro.domain.national import Enrolled, NationalRow, Place, days_of_term, national_rows
from narvaro.facts.store import Store
from narvaro.facts.terms import sums_of_term, terms_of
from narvaro.language import Message

READ, WITH_IDENTITY = "national.read", "national.identity"
LACKING = Message.of(
    "{count} pupils have no identity number in the register, so the file would be half. Send a list of pupils with"
    " their numbers first."
)
_MEMORY = "512MB"


@dataclass(frozen=True, slots=True)
class National:
    """One term. ``pks``: the pupils' keys in other tables, by the facts' keys."""

    term: int
    rows: tuple[NationalRow, ...]
    pks: dict[str, int]

    @property
    def pupils(self) -> list[int]:
        """Those in the rows."""
        return sorted({self.pks[row.pupil] for row in self.rows})


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolSums:
    name: str
    pupils: int
    minutes: Minutes


def terms_known(actor: Actor) -> tuple[int, ...]:
    """Terms that lessons are stored of, the latest first."""
    return terms_of(Store(facts_folder(actor.authority_id)).current())


def national_term(actor: Actor, action: str, term: int) -> National:
    """Raises Forbidden when the role lacks the right."""
    enrolled = enrolled_between(actor, action, *days_of_term(term))
    places: dict[Place, Enrolled] = {
        (each.pupil_id, each.unit_code): Enrolled(each.form, each.grade) for each in enrolled
    }
    root = facts_folder(actor.authority_id)
    sums = sums_of_term(root, Store(root).current(), term, memory=_MEMORY)
    return National(term, tuple(national_rows(sums, places)), {each.pupil_id: each.pk for each in enrolled})


def with_identity(actor: Actor, found: National) -> tuple[NationalRow, ...]:
    """The rows by identity number. Raises Refused when a pupil has none."""
    numbers = identity_numbers(actor, WITH_IDENTITY, found.pupils)
    lacking = len(found.pupils) - len(numbers)
    if lacking:
        raise Refused(Message.of(LACKING.text, count=lacking))
    return tuple(replace(row, pupil=numbers[found.pks[row.pupil]]) for row in found.rows)


def by_school(actor: Actor, rows: Iterable[NationalRow]) -> tuple[SchoolSums, ...]:
    """By name."""
    names = {unit.code: unit.name for unit in unit_names(actor.authority_id)}
    schools: defaultdict[str, list[NationalRow]] = defaultdict(list)
    for row in rows:
        schools[row.school_unit_id].append(row)
    found = [
        SchoolSums(
            name=names.get(code, code),
            pupils=len({row.pupil for row in held}),
            minutes=reduce(lambda total, row: total + row.minutes, held, NO_MINUTES),
        )
        for code, held in schools.items()
    ]
    return tuple(sorted(found, key=lambda each: each.name))
