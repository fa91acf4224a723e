"""Mail that could not be sent."""

from django.db import models

from narvaro.core.guarded import Guarded


class MailTrouble(Guarded):
    """The mail server has not taken an authority's mail since a moment; gone when it takes some again. ``tries``
    failed, and nothing is tried before ``next_try_at``."""

    since = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["authority"], name="one_mail_trouble_an_authority")]
