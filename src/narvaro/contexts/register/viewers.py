"""Who can see a pupil, and why: the same relations of the access file, asked from the pupil's side."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from narvaro.contexts.register.models import CircleMember, Custody, Enrolment, Mentorship, ProtectedAccess, Pupil
from narvaro.contexts.register.permissions import between, left_since
from narvaro.contexts.register.queries import PupilCard
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.models import Membership

ACTION = "attendance.read"


@dataclass(frozen=True, slots=True, order=True)
class Viewer:
    """In words of the reader's language."""

    name: str
    role: str
    reason: str


def who_can_see(actor: Actor, pupil: PupilCard, *, action: str = ACTION) -> tuple[Viewer, ...]:
    """Everybody who may do ``action`` on the pupil today, by name. For a protected pupil, those on the list only."""
    day = today()
    rows = _memberships(actor, action, day)
    asked = _Asked(pupil, day)
    listed = _listed(pupil, day) if pupil.protected else None
    viewers = set()
    for row in rows:
        if listed is not None and row.user_id not in listed and row.user_id != asked.own_user:
            continue
        viewers |= {_viewer(row, reason) for reason in _reasons(row, action, asked)}
    return tuple(sorted(viewers))


class _Asked:
    """What the relations ask of a pupil, fetched once."""

    def __init__(self, pupil: PupilCard, day: date) -> None:
        of_pupil = Q(pupil_id=pupil.pk) & between(day)
        self.units = set(Enrolment.objects.filter(of_pupil).values_list("unit_id", flat=True))
        self.left = self._left(pupil, day)
        self.mentors = set(Mentorship.objects.filter(of_pupil).values_list("user_id", flat=True))
        self.circle = set(CircleMember.objects.filter(of_pupil).values_list("user_id", flat=True))
        guardians = Custody.objects.filter(of_pupil, may_see=True, guardian__user__isnull=False)
        self.guardians = set(guardians.values_list("guardian__user_id", flat=True))
        self.own_user = Pupil.objects.values_list("user_id", flat=True).get(pk=pupil.pk)

    def _left(self, pupil: PupilCard, day: date) -> set[int]:
        """The school that the pupil went to last, where there is none any more."""
        rows = Enrolment.objects.filter(pupil_id=pupil.pk).order_by(F("last_day").desc(nulls_first=True))
        last = rows.values_list("unit_id", "last_day").first()
        return {last[0]} if last and last[1] is not None and left_since(day) <= last[1] < day else set()


# Each relation of permissions.RELATIONS again; a test holds the two together.
HOLDS: dict[str, Callable[[Membership, _Asked], bool]] = {
    "own_authority": lambda row, asked: True,
    "own_unit": lambda row, asked: bool(asked.units) if row.unit_id is None else row.unit_id in asked.units,
    "left_unit": lambda row, asked: bool(asked.left) if row.unit_id is None else row.unit_id in asked.left,
    "circle": lambda row, asked: row.user_id in asked.circle,
    "mentored": lambda row, asked: row.user_id in asked.mentors,
    "own_child": lambda row, asked: row.user_id in asked.guardians,
    "self": lambda row, asked: row.user_id == asked.own_user,
}


def _reasons(row: Membership, action: str, asked: _Asked) -> Iterator[str]:
    words = {
        "own_authority": _("has an assignment for the whole organisation"),
        "own_unit": _("has an assignment at the pupil's school"),
        "left_unit": _("has an assignment at the school that the pupil left"),
        "circle": _("is in the circle around the pupil"),
        "mentored": _("is the pupil's mentor"),
        "own_child": _("is the pupil's guardian"),
        "self": _("is the pupil"),
    }
    for relation in access().actions[action].allow.get(row.role, ()):
        if HOLDS[relation](row, asked):
            yield words[relation]


def _viewer(row: Membership, reason: str) -> Viewer:
    return Viewer(row.user.name, access().roles[row.role].say(get_language() or "sv"), reason)


def _memberships(actor: Actor, action: str, day: date) -> Iterable[Membership]:
    allowed = [role for role, relations in access().actions[action].allow.items() if relations]
    found = Membership.objects.filter(between(day), authority_id=actor.authority_id, role__in=allowed)
    return found.filter(user__is_active=True).select_related("user")


def _listed(pupil: PupilCard, day: date) -> set[int]:
    found = ProtectedAccess.objects.filter(between(day), protection__pupil_id=pupil.pk)
    return set(found.values_list("user_id", flat=True))
