"""A pupil as the checks see one: where the pupil belongs in law, and who may know."""

from collections.abc import Iterable
from dataclasses import dataclass

from narvaro.contexts.register.api import Origin, guardians_of, origins_of
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.duties import GuardianFacts, PupilFacts, age_on

UNKNOWN = 0  # the guardian whom the register does not know, among the keys of those whom it does
_OF_AGE = 18
_MAY_BE_OF_AGE = ("GY", "GYS")


@dataclass(frozen=True, slots=True)
class Person:
    """``guardians``: those who may see."""

    origin: Origin
    guardians: tuple[int, ...]

    def facts(self, form: str, grade: str = "") -> PupilFacts:
        guardians = self.guardians or ((UNKNOWN,) if self._has_unknown_guardian(form) else ())
        return PupilFacts(
            form=form,
            birth=self.origin.birth,
            grade=grade,
            foreign=self.origin.foreign,
            guardians=tuple(GuardianFacts(each) for each in guardians),
        )

    def _has_unknown_guardian(self, form: str) -> bool:
        """A child has a guardian whom the register does not know; a grown-up has none."""
        if self.origin.has_guardian:
            return False
        if self.origin.birth is None:
            return form not in _MAY_BE_OF_AGE
        return age_on(self.origin.birth, today()) < _OF_AGE


def people_known(actor: Actor, pupils: Iterable[int]) -> dict[int, Person]:
    ids = list(pupils)
    origins, guardians = origins_of(actor, ids), guardians_of(actor, ids)
    return {
        pupil: Person(origin, tuple(each.pk for each in guardians.get(pupil, ()))) for pupil, origin in origins.items()
    }
