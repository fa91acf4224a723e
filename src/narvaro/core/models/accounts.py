"""Who can sign in, and in which role, where and when they act."""

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from narvaro.core.clock import now


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. What they may do is in their memberships alone."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="sv", choices=[("sv", "svenska"), ("en", "English")])
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now, editable=False)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    def get_full_name(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used; rights are in definitions/access.yaml."""
        return False


class Membership(models.Model):
    """A role within an authority, for one unit or all of it, between two days. History is kept, so a membership ends;
    it is never deleted. ``given_by`` is empty for those that came with a first load, or from the source of the school
    system whose key is ``source``."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    authority = models.ForeignKey("register.Authority", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("register.Unit", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    role = models.CharField(max_length=40)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    source = models.UUIDField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day=None) | models.Q(last_day__gte=models.F("first_day")),
                name="membership_ends_after_it_starts",
            )
        ]
        indexes = [models.Index(fields=["authority", "role"])]
