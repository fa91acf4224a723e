"""What was decided, asked and told because the law asks for it. A row that was decided or sent is not changed."""

import uuid

from django.db import models
from django.db.models import F, Q

from narvaro.core.guarded import Guarded


class Investigation(Guarded):
    """Whether a pupil's absence is investigated, decided by the principal (skollagen 7 kap. 19 a §), and what was
    found. ``version`` counts saves, so that two people never write over each other."""

    class Decision(models.TextChoices):
        START = "start"
        UNNECESSARY = "unnecessary"

    class SpecialSupport(models.TextChoices):
        STARTED = "started"
        NOT_INDICATED = "not_indicated"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=12, choices=Decision)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    decided_as = models.CharField(max_length=40)
    decided_on = models.DateField()
    decided_at = models.DateTimeField()
    leader = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    planned_end = models.DateField(null=True, blank=True)
    question = models.TextField(blank=True)
    sources = models.TextField(blank=True)
    causes = models.TextField(blank=True)
    conclusions = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    special_support = models.CharField(max_length=14, choices=SpecialSupport, blank=True)
    special_support_reason = models.TextField(blank=True)
    special_support_on = models.DateField(null=True, blank=True)
    needs_coordination = models.BooleanField(default=False)
    ended_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(decision="start", ended_on=None),
                name="one_investigation_at_a_time",
            ),
            models.CheckConstraint(condition=Q(decision="start") | ~Q(reason=""), name="unnecessary_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | ~Q(special_support=""), name="ended_with_special_support_answered"
            ),
        ]
        indexes = [models.Index(fields=["case", "-decided_at"])]


class Consultation(Guarded):
    """Somebody was heard in an investigation, or it was tried, beside what meetings tell. ``note`` is short."""

    class Party(models.TextChoices):
        PUPIL = "pupil"
        GUARDIAN = "guardian"
        PUPIL_HEALTH = "pupil_health"

    class Outcome(models.TextChoices):
        HEARD = "heard"
        TRIED = "tried"

    investigation = models.ForeignKey(Investigation, on_delete=models.CASCADE, related_name="consultations")
    party = models.CharField(max_length=12, choices=Party)
    guardian = models.ForeignKey("register.Guardian", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    outcome = models.CharField(max_length=5, choices=Outcome)
    day = models.DateField()
    note = models.TextField(blank=True)
    by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(party="guardian") | Q(guardian=None), name="only_a_guardian_is_a_guardian"
            )
        ]


class Notice(Guarded):
    """What is told outside the school: the few facts that are stored here and nothing else. ``pupil_name`` is empty for
    a protected pupil, whose notice goes by hand. ``rule_id`` is of the law table. Minutes are of the days from
    ``starts_on`` to ``ends_on`` for a month, and of the latest 20 school days where there is no end. WITHHELD: the
    school decided not to report to CSN, and ``withheld_reason`` says why."""

    class Receiver(models.TextChoices):
        ORGANISER = "organiser"
        HOME_MUNICIPALITY = "home_municipality"
        CSN = "csn"
        KAA = "kaa"

    class State(models.TextChoices):
        PREPARED = "prepared"
        SENT = "sent"
        RECEIVED = "received"
        FAILED = "failed"
        WITHHELD = "withheld"

    class Way(models.TextChoices):
        LETTER = "letter"
        SECURE_MAIL = "secure_mail"
        E_SERVICE = "e_service"
        PHONE = "phone"
        BY_HAND = "by_hand"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pupil = models.ForeignKey("register.Pupil", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("register.Unit", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    investigation = models.ForeignKey(
        Investigation, on_delete=models.PROTECT, related_name="notices", null=True, blank=True
    )
    rule_id = models.CharField(max_length=6)
    to = models.CharField(max_length=18, choices=Receiver)
    pupil_ref = models.CharField(max_length=80)
    pupil_name = models.CharField(max_length=170, blank=True)
    unit_name = models.CharField(max_length=120)
    grade = models.CharField(max_length=4, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    absent_min = models.PositiveIntegerField(null=True, blank=True)
    invalid_min = models.PositiveIntegerField(null=True, blank=True)
    reported_min = models.PositiveIntegerField(null=True, blank=True)
    planned_end = models.DateField(null=True, blank=True)
    needs_coordination = models.BooleanField(default=False)
    receiver_function = models.CharField(max_length=120)
    made_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.PREPARED)
    way = models.CharField(max_length=12, choices=Way, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    sent_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    received_by = models.CharField(max_length=120, blank=True)
    failed_on = models.DateField(null=True, blank=True)
    withheld_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state="prepared")
                | Q(sent_on__isnull=False)
                | (Q(state="withheld") & ~Q(withheld_reason="")),
                name="what_is_sent_has_a_day",
            )
        ]
        indexes = [models.Index(fields=["authority", "pupil", "rule_id"]), models.Index(fields=["case"])]


class SameDayInformation(Guarded):
    """The home was told of a pupil's absence on a day, or why it had to wait (skollagen 7 kap. 17 §)."""

    class Channel(models.TextChoices):
        PHONE = "phone"
        TEXT_MESSAGE = "text_message"
        SCHOOL_SYSTEM = "school_system"
        IN_PERSON = "in_person"
        LETTER = "letter"

    pupil = models.ForeignKey("register.Pupil", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    told_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=14, choices=Channel, blank=True)
    deferral_reason = models.TextField(blank=True)
    by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["pupil", "day"], name="a_day_once_a_pupil"),
            models.CheckConstraint(
                condition=Q(told_at__isnull=False) | ~Q(deferral_reason=""), name="told_or_a_reason_to_wait"
            ),
        ]
        indexes = [models.Index(fields=["authority", "day"])]


class InformedGuardian(Guarded):
    """To whom word went."""

    information = models.ForeignKey(SameDayInformation, on_delete=models.CASCADE, related_name="guardians")
    guardian = models.ForeignKey("register.Guardian", on_delete=models.PROTECT, related_name="+")

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["information", "guardian"], name="a_guardian_once_a_day")]


class AnnouncedAbsence(Guarded):
    """A guardian has announced absence, as a school system told it: from when to when, and since when it is told so;
    never why (ADR 0035). ``source`` and ``source_id``: the system's key here, and the announcement's id there."""

    source = models.UUIDField()
    source_id = models.CharField(max_length=80)
    pupil = models.ForeignKey("register.Pupil", on_delete=models.CASCADE, related_name="+")
    guardian = models.ForeignKey("register.Guardian", on_delete=models.CASCADE, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    announced_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["authority", "source", "source_id"], name="announced_once"),
            models.CheckConstraint(condition=Q(starts__lt=F("ends")), name="announced_from_before_to"),
        ]
        indexes = [models.Index(fields=["authority", "starts", "ends"])]


class Leave(Guarded):
    """An application for leave, or to be exempted from parts of the teaching, and the decision."""

    class Kind(models.TextChoices):
        LEAVE = "leave"
        EXEMPTION = "exemption"

    class Decision(models.TextChoices):
        GRANTED = "granted"
        REFUSED = "refused"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pupil = models.ForeignKey("register.Pupil", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.LEAVE)
    first_day = models.DateField()
    last_day = models.DateField()
    school_days = models.PositiveSmallIntegerField()
    applicant = models.CharField(max_length=120)
    applied_on = models.DateField()
    reason = models.TextField()
    entered_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=7, choices=Decision, blank=True)
    decision_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_as = models.CharField(max_length=40, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")), name="a_leave_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(decision="") | (Q(decided_on__isnull=False) & ~Q(decision_reason="")),
                name="a_leave_is_decided_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["authority", "first_day"])]


class ReceivedNotice(Guarded):
    """What another organiser told this home municipality of one of its children (skollagen 7 kap. 21-22 §§): the few
    facts that the notice holds, who handles it, and whether measures need to be coordinated. ``pupil`` is set where the
    child is known to the register. ``pupil_name`` is empty for a child whose identity is protected; ``reference`` is
    the sender's own."""

    class Subject(models.TextChoices):
        INVESTIGATION = "investigation"
        STARTED = "started"
        LEFT = "left"
        ABSENCE = "absence"

    class Decision(models.TextChoices):
        COORDINATE = "coordinate"
        NOT_NEEDED = "not_needed"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.CharField(max_length=13, choices=Subject)
    about_day = models.DateField(null=True, blank=True)
    pupil = models.ForeignKey("register.Pupil", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    pupil_name = models.CharField(max_length=170, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    school_name = models.CharField(max_length=120)
    school_form = models.CharField(max_length=10)
    grade = models.CharField(max_length=4, blank=True)
    needs_coordination = models.BooleanField(default=False)
    sender = models.CharField(max_length=120)
    received_on = models.DateField()
    way = models.CharField(max_length=12, choices=Notice.Way)
    entered_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    handler = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decision_reason = models.TextField(blank=True)
    contact = models.CharField(max_length=120, blank=True)
    decided_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(pupil_name="") | ~Q(reference=""), name="received_about_somebody"),
            models.CheckConstraint(
                condition=Q(decision="") | (Q(decided_on__isnull=False) & ~Q(decision_reason="")),
                name="received_is_assessed_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["authority", "decided_on", "received_on"])]
