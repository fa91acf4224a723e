"""The register's tables. Days are Swedish days; a row that ends keeps its place in history."""

import uuid

from django.db import models
from django.db.models import F, Q

from narvaro.core.guarded import Guarded

IDENTITY = "identity"  # the use that keys for identity numbers are made for
ENDS_AFTER_START = Q(last_day=None) | Q(last_day__gte=F("first_day"))


class Authority(models.Model):
    """An island of secrecy (OSL 8 kap.): what is inside leaves only on a named ground."""

    class Kind(models.TextChoices):
        MUNICIPAL_ORGANISER = "municipal_organiser"
        INDEPENDENT_ORGANISER = "independent_organiser"
        SOCIAL_SERVICES = "social_services"
        REGION = "region"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=30, choices=Kind)
    code = models.CharField(max_length=20, blank=True)


class Unit(models.Model):
    """A school unit, or a workplace of another authority. No personal data, so not guarded."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="units")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    area = models.CharField(max_length=80, blank=True)
    school_forms = models.JSONField(default=list)
    grades = models.CharField(max_length=20, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "code"], name="unit_code_once_an_authority")]
        ordering = ["name"]


class Pupil(Guarded):
    """``pupil_id`` is the key of the attendance facts. ``search_text`` is the name in one case and one Unicode form."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pupil_id = models.CharField(max_length=80)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    search_text = models.CharField(max_length=200, editable=False)
    home_municipality = models.CharField(max_length=80, blank=True)
    identity_encrypted = models.BinaryField(null=True)
    identity_hash = models.CharField(max_length=64, null=True, blank=True)
    user = models.ForeignKey("core.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["authority", "pupil_id"], name="pupil_id_once_an_authority"),
            models.UniqueConstraint(fields=["authority", "identity_hash"], name="identity_once_an_authority"),
        ]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class ProtectedIdentity(Guarded):
    """Its own table, so that a query that forgets it finds nobody rather than somebody. Who may see the pupil is listed
    person by person (folkbokföringslagen 16 §; OSL 21 kap. 3 §)."""

    pupil = models.OneToOneField(Pupil, on_delete=models.CASCADE, related_name="protection")
    since = models.DateField()


class ProtectedAccess(Guarded):
    """A person on the list of those who may see a protected pupil."""

    protection = models.ForeignKey(ProtectedIdentity, on_delete=models.CASCADE, related_name="listed")
    user = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=ENDS_AFTER_START, name="protected_access_ends_after_it_starts")]


class Group(Guarded):
    """A class."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="group_name_once_a_unit")]


class Enrolment(Guarded):
    """A pupil at a school unit between two days, in a form, a grade and a class."""

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="enrolments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    school_form = models.CharField(max_length=10)
    grade = models.CharField(max_length=4)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="enrolment_ends_after_it_starts"),
            models.UniqueConstraint(fields=["pupil", "unit", "first_day"], name="enrolment_once_a_day"),
        ]
        indexes = [models.Index(fields=["unit", "last_day"])]


class Mentorship(Guarded):
    """Who follows the pupil, and carries the contact with home."""

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="mentorships")
    user = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=ENDS_AFTER_START, name="mentorship_ends_after_it_starts")]
        indexes = [models.Index(fields=["user", "last_day"])]


class CircleMember(Guarded):
    """Somebody who works around the pupil at a school, beside the mentor and the principal, and by that reads what that
    school writes in the pupil's case. Given person by person, and ended when the work ends."""

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="circle")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="circle_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["pupil", "unit", "user"], condition=Q(last_day=None), name="once_in_a_circle"
            ),
        ]
        indexes = [models.Index(fields=["user", "last_day"])]


class Guardian(Guarded):
    """A legal guardian. Contact data are for the school's talk with home. ``source_id`` is the person's id at the
    source that told of the guardian; empty for one whom a person wrote in."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source_id = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey("core.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "source_id"], condition=~Q(source_id=""), name="guardian_once_a_source_id"
            )
        ]


class Custody(Guarded):
    """Guardian of a pupil between two days (föräldrabalken 6 kap.). ``may_see`` is off where a decision keeps this
    guardian from the pupil's data."""

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="custodies")
    guardian = models.ForeignKey(Guardian, on_delete=models.CASCADE, related_name="custodies")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    may_see = models.BooleanField(default=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="custody_ends_after_it_starts"),
            models.UniqueConstraint(fields=["pupil", "guardian", "first_day"], name="custody_once_a_day"),
        ]


class SchoolYear(models.Model):
    """A school year as the authority, or one unit that differs, has decided it; ``dates`` as domain.SchoolCalendar."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    school_year = models.PositiveSmallIntegerField()
    dates = models.JSONField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "school_year"], condition=Q(unit=None), name="one_calendar_a_year"
            ),
            models.UniqueConstraint(
                fields=["unit", "school_year"], condition=Q(unit__isnull=False), name="one_calendar_a_unit_and_year"
            ),
        ]
