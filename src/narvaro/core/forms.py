"""Forms that are saved once, however often they are sent: a double click, a reload, a nervous network."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect

from narvaro.core.clock import now
from narvaro.core.models import SpentToken

REMEMBERED = timedelta(days=7)


def day_field(**options: Any) -> forms.DateField:
    """A day as browsers send it, whatever the language."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, input_formats=["%Y-%m-%d"], **options)


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SentOnce(forms.Form):
    """A form with a token of its own, new each time that the page is shown. Show it with ``{% form_fields form %}``,
    and let the view answer with ``once``."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


def once(request: Any, act: Callable[[], str]) -> HttpResponseRedirect:
    """Does ``act`` and goes to the address it returns; the same form again only goes there.

    Call it when the form is valid, inside ``acting``: the token and what ``act`` writes are saved together or not at
    all, and of two at the same time the second waits for the first.
    """
    spent, is_first = _claim(request)
    if is_first:
        spent.led_to = act()
        spent.save(update_fields=["led_to"])
    else:
        request.audit.saw("core.SpentToken", [], repeated=True)
    return HttpResponseRedirect(spent.led_to)


def _claim(request: Any) -> tuple[SpentToken, bool]:
    token, user_id = _token(request), request.actor.user_id
    SpentToken.objects.filter(user_id=user_id, spent_at__lt=now() - REMEMBERED).delete()
    try:
        with transaction.atomic():
            return SpentToken.objects.create(token=token, user_id=user_id, led_to="", spent_at=now()), True
    except IntegrityError:
        spent = SpentToken.objects.filter(token=token, user_id=user_id).first()
        if spent is None:
            raise SuspiciousOperation("another person's token") from None
        return spent, False


def _token(request: Any) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        raise SuspiciousOperation("a form without a token") from None
