"""Pages that belong to no context."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from narvaro.core.middleware.acting import ROLE


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Tells nothing but that it answers."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_POST
def switch_role(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("assignment", "")
    if any(str(each.membership_id) == chosen for each in request.actors):  # type: ignore[attr-defined]
        request.session[ROLE] = int(chosen)
    return HttpResponseRedirect(reverse("today"))
