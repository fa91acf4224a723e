"""A case, the steps it has been at, what happened and what is to be done. What is written is never changed; a later row
follows it."""

import uuid

from django.db import models
from django.db.models import F, Q

from narvaro.core.guarded import Guarded
from narvaro.domain.case_states import OPEN, CaseState


class Case(Guarded):
    """The work around one pupil at one school. ``plan_version`` is the plan it follows until it is moved on purpose;
    ``version`` counts changes, so that two people never overwrite each other. ``handed_to``: the school that is asked
    to take over, or did; ``outcome``: a code, when it is closed."""

    class Origin(models.TextChoices):
        WARNING = "warning"
        GUARDIAN = "guardian"
        PUPIL = "pupil"
        COLLEAGUE = "colleague"
        OUTSIDE = "outside"
        HANDOVER = "handover"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pupil = models.ForeignKey("register.Pupil", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("register.Unit", on_delete=models.PROTECT, related_name="+")
    plan_version = models.ForeignKey("plan.PlanVersion", on_delete=models.PROTECT, related_name="+")
    school_year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=14, choices=[(each.value, each.value) for each in CaseState])
    step = models.PositiveSmallIntegerField()
    owner = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    owner_role = models.CharField(max_length=40)
    origin = models.CharField(max_length=10, choices=Origin)
    worry = models.TextField(blank=True)
    opened_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    follow_up_on = models.DateField(null=True, blank=True)
    parked_until = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    handed_to = models.ForeignKey("register.Unit", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    continues = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "unit"],
                condition=Q(state__in=sorted(OPEN)),
                name="one_open_case_a_pupil_and_unit",
            ),
            models.CheckConstraint(
                condition=~Q(state="parked") | Q(parked_until__isnull=False), name="a_parked_case_has_a_day"
            ),
        ]
        indexes = [models.Index(fields=["authority", "unit", "state"])]


class CaseStep(Guarded):
    """A stay at a step: what time in each step, jumps and stops are counted from. ``ended_by`` is the event."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="stays")
    step = models.PositiveSmallIntegerField()
    began = models.DateField()
    ended = models.DateField(null=True, blank=True)
    ended_by = models.CharField(max_length=14, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended=None), name="one_step_at_a_time"),
        ]


class Entry(Guarded):
    """Something that happened, in the chronology: ``kind`` and ``title`` tell that it did, ``text`` what was written.

    ``about`` points at the row that it tells of ("meetings.Meeting", its key); empty for the case's own. ``contact``:
    the pupil or a guardian was spoken with; the next follow-up is counted from there."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=30)
    day = models.DateField()
    step = models.PositiveSmallIntegerField()
    title = models.JSONField()
    text = models.TextField(blank=True)
    contact = models.BooleanField(default=False)
    about_type = models.CharField(max_length=40, blank=True)
    about_key = models.UUIDField(null=True, blank=True)
    by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    by_role = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["case", "-day", "-id"])]


class Task(Guarded):
    """Something to do around a pupil, also what was agreed at a meeting. ``owner_role`` is a role of the access file;
    ``owner`` the person where one is named. ``due`` was counted in school days when it was set.
    ``what_en`` is empty where nobody wrote it in English. ``source``: "step" with the must-do's id, "meeting", "duty",
    "handover" or "own". ``escalated_to``: the role in line that it went to when it was late."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    step = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10)
    source_id = models.CharField(max_length=60, blank=True)
    what = models.TextField()
    what_en = models.TextField(blank=True)
    owner_role = models.CharField(max_length=40)
    owner = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    due = models.DateField()
    reminded_on = models.DateField(null=True, blank=True)
    escalated_on = models.DateField(null=True, blank=True)
    escalated_to = models.CharField(max_length=40, blank=True)
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    outcome = models.TextField(blank=True)
    not_needed = models.BooleanField(default=False)
    created_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["authority", "due"], condition=Q(done_on=None), name="open_tasks")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "step", "source", "source_id"],
                condition=Q(source__in=["step", "duty", "handover"], done_on=None),
                name="one_open_task_a_must_do",
            )
        ]


class Substitute(Guarded):
    """Who does another's tasks between two days. What they may read by it is in the pupils' circles."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    substitute = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    made_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="substitute_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(user=F("substitute")), name="nobody_is_their_own_substitute"),
        ]
        indexes = [models.Index(fields=["substitute", "last_day"])]


class Digest(Guarded):
    """That a person has had the day's mail: written before it is sent, so that nobody gets two."""

    user = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="one_mail_a_person_and_day")]
