"""The audit chain: one for each authority, and one (authority null) for signing in and other acts outside them all."""

from django.db import models


class AuditEntry(models.Model):
    """One act. ``hash`` binds it to the entry before. Triggers refuse every change and removal (migration 0002).

    Holds keys, never names: ``objects`` are ids of ``object_type``, ``details`` what kind of search or change it was.
    """

    chain = models.CharField(max_length=40)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40)
    membership_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60)
    objects_seen = models.JSONField(default=list)
    details = models.JSONField(default=dict)
    decision = models.CharField(max_length=10, choices=[("granted", "granted"), ("refused", "refused")])
    request_id = models.CharField(max_length=36)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_seq_once_a_chain")]
        ordering = ["chain", "seq"]


class AuditHead(models.Model):
    """Where a chain ends. Locked while an entry is added, so that the numbers have no gap."""

    chain = models.CharField(max_length=40, unique=True)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)


class AuditCheckpoint(models.Model):
    """A signed head. Kept outside too, it shows that the chain was not cut short or made anew."""

    chain = models.CharField(max_length=40)
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    signature = models.CharField(max_length=128)
