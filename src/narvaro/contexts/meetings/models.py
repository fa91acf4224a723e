"""Meetings and conversations in a case. What was said is never changed once it stands; a correction stands beside it.

What was agreed are tasks of the case (cases.Task, source "meeting"): there is no second table of them.
"""

import uuid

from django.db import models
from django.db.models import Q

from narvaro.core.guarded import Guarded


class Meeting(Guarded):
    """Planned, held or cancelled. ``call`` is whom to ring who cannot come. ``version`` counts changes: the file for
    calendars goes by it, and two people never write over each other."""

    class Kind(models.TextChoices):
        CONVERSATION = "conversation"
        MEETING = "meeting"
        PUPIL_HEALTH_TEAM = "pupil_health_team"
        FOLLOW_UP = "follow_up"

    class Means(models.TextChoices):
        PHONE = "phone"
        IN_PERSON = "in_person"
        VIDEO = "video"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    step = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    means = models.CharField(max_length=10, choices=Means)
    planned_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=45)
    place = models.CharField(max_length=120, blank=True)
    purpose = models.TextField(blank=True)
    call = models.CharField(max_length=160, blank=True)
    led_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField()
    held_on = models.DateField(null=True, blank=True)
    said = models.TextField(blank=True)
    came_to = models.TextField(blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    cancelled_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_at__isnull=False) | Q(held_on__isnull=False), name="a_meeting_has_a_day"
            ),
            models.CheckConstraint(
                condition=Q(held_on=None) | Q(cancelled_on=None), name="a_meeting_is_held_or_cancelled"
            ),
        ]
        indexes = [models.Index(fields=["case", "-created_at"])]


class Participant(Guarded):
    """Somebody who is asked to come, or came. ``role`` is a role of the access file, or "other" with ``function``.
    ``name`` is as it was then; the pupil's is not kept here. ``withdrawn_on``: from then on no longer asked."""

    class Invited(models.TextChoices):
        LETTER = "letter"
        PHONE = "phone"
        MAIL = "mail"
        IN_PERSON = "in_person"
        PROGRAM = "program"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    role = models.CharField(max_length=40)
    user = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    guardian = models.ForeignKey("register.Guardian", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=120, blank=True)
    function = models.CharField(max_length=80, blank=True)
    invited = models.CharField(max_length=10, choices=Invited, blank=True)
    invited_on = models.DateField(null=True, blank=True)
    came = models.BooleanField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="a_colleague_once_a_meeting"),
            models.UniqueConstraint(fields=["meeting", "guardian"], name="a_guardian_once_a_meeting"),
            models.UniqueConstraint(fields=["meeting"], condition=Q(role="pupil"), name="the_pupil_once_a_meeting"),
        ]
        indexes = [models.Index(fields=["user", "meeting"])]


class Voice(Guarded):
    """The pupil's or a guardian's own words, or that the school tried to reach them, when and how (skollagen 7 kap.
    19 a §). ``guardian`` empty with ``whose`` guardian: one whom the register does not know."""

    class Whose(models.TextChoices):
        PUPIL = "pupil"
        GUARDIAN = "guardian"

    class Tried(models.TextChoices):
        PHONE = "phone"
        IN_PERSON = "in_person"
        VIDEO = "video"
        INVITATION = "invitation"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="voices")
    whose = models.CharField(max_length=10, choices=Whose)
    guardian = models.ForeignKey("register.Guardian", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    words = models.TextField(blank=True)
    tried_on = models.DateField(null=True, blank=True)
    tried_how = models.CharField(max_length=10, choices=Tried, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=(Q(tried_on=None) & ~Q(words="")) | (Q(tried_on__isnull=False) & Q(words="")),
                name="a_voice_is_heard_or_was_looked_for",
            )
        ]


class Correction(Guarded):
    """What somebody wrote afterwards, beside what stands."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="corrections")
    text = models.TextField()
    by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    by_role = models.CharField(max_length=40)
    at = models.DateTimeField()
