"""Who was enrolled where between two days, for what a school hands in about its pupils of that time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from narvaro.contexts.register.models import IDENTITY, Enrolment, ProtectedIdentity, Pupil
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.crypto import decrypt

_AT_A_TIME = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledPupil:
    """``pupil_id`` and ``unit_code`` are the facts' keys; ``pk`` is the pupil's for other tables. Form and grade are of
    the latest of the days."""

    pk: int
    pupil_id: str
    unit_code: str
    form: str
    grade: str


def enrolled_between(actor: Actor, action: str, first: date, last: date) -> tuple[EnrolledPupil, ...]:
    """At the units of the actor's assignment, also pupils who have left since. Pupils with protected identity are left
    out whoever asks, as what is made of this goes out of the house. Raises Forbidden when the role lacks the right."""
    access().relations_for(actor, action)
    rows = Enrolment.objects.filter(Q(last_day=None) | Q(last_day__gte=first), first_day__lte=last)
    if actor.unit_ids is not None:
        rows = rows.filter(unit_id__in=actor.unit_ids)
    rows = rows.exclude(pupil__in=ProtectedIdentity.objects.values("pupil")).order_by("first_day", "pk")
    names = ("pupil_id", "pupil__pupil_id", "unit__code", "school_form", "grade")
    latest = {(key, unit): (pk, key, unit, form, grade) for pk, key, unit, form, grade in rows.values_list(*names)}
    return tuple(
        EnrolledPupil(pk=pk, pupil_id=key, unit_code=unit, form=form, grade=grade)
        for pk, key, unit, form, grade in latest.values()
    )


def identity_numbers(actor: Actor, action: str, pupils: Iterable[int]) -> dict[int, str]:
    """In clear text, twelve characters, by the pupil's pk; those without one are left out (ADR 0017: on its own request
    only). ``pupils`` come from ``enrolled_between`` of the same action."""
    access().relations_for(actor, action)
    wanted = sorted(set(pupils))
    found: dict[int, str] = {}
    for start in range(0, len(wanted), _AT_A_TIME):
        rows = Pupil.objects.filter(pk__in=wanted[start : start + _AT_A_TIME], identity_encrypted__isnull=False)
        found |= {pk: decrypt(content, use=IDENTITY) for pk, content in rows.values_list("pk", "identity_encrypted")}
    return found
