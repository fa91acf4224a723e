"""What every page shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.menu import MENU, Entry


def page(request: HttpRequest) -> dict[str, Any]:
    """Runs at rendering, outside ``acting``: nothing here may ask for personal data."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return {"actor": None, "menu": (), "notice": _notice()}
    here = request.resolver_match.view_name if request.resolver_match else ""
    menu = [
        {"url": reverse(each.route), "label": str(each.label), "about": str(each.about), "current": here in each.covers}
        for each in MENU
        if _allowed(actor, each)
    ]
    others = [_who(each) for each in request.actors if each is not actor]  # type: ignore[attr-defined]
    return {"actor": {**_who(actor), "others": others}, "menu": menu, "notice": _notice()}


def _notice() -> str:
    """So that nobody takes an invented municipality for a real one."""
    if settings.PRACTICE_DAY is None:
        return ""
    day = date_format(settings.PRACTICE_DAY, "j F Y")
    return _("For practice: everybody here is invented, and the day is set to %(day)s.") % {"day": day}


def _who(actor: Actor) -> dict[str, Any]:
    return {
        "name": actor.name,
        "role": access().roles[actor.role].say(get_language() or "sv"),
        "unit": ", ".join(actor.unit_names) or actor.authority_name,
        "id": actor.membership_id,
    }


def _allowed(actor: Actor, entry: Entry) -> bool:
    action = access().action_of(entry.route, "GET")
    return action is not None and access().decide(actor, action).allowed
