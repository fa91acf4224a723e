"""Pages that belong to no context."""

from typing import Any

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from narvaro.core import own_account
from narvaro.core.account_forms import AboutMe
from narvaro.core.clock import now
from narvaro.core.drafts import save_draft
from narvaro.core.middleware.acting import ROLE
from narvaro.core.signing_in import remember_language
from narvaro.core.turned_away import CANCELLED, turned_away


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


@require_POST
def draft(request: Any) -> HttpResponse:
    """Saves what is being written, and says when."""
    given = {name: request.POST[name] for name in request.POST if name not in ("csrfmiddlewaretoken", "place", "token")}
    save_draft(by=request.actor, place=request.POST.get("place", ""), fields=given)
    request.audit.saw("core.Draft", [])
    time = localtime(now()).strftime("%H.%M")
    return HttpResponse(_("Draft saved %(time)s") % {"time": time}, content_type="text/plain; charset=utf-8")


def sign_out(request: HttpRequest) -> HttpResponse:
    """Nothing of it is left in the browser."""
    response: HttpResponse = allauth_views.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@require_safe
def signed_out_elsewhere(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """An identity provider's sign-out leads to ours, where the person decides: its request alone ends no session."""
    return HttpResponseRedirect(reverse("account_logout"))


@require_safe
def cancelled(request: HttpRequest) -> HttpResponse:
    return turned_away(request, CANCELLED, status=200)


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = AboutMe(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        return _saved(request, **form.cleaned_data)
    told = {
        "form": form,
        "email": user.email,
        "has_password": user.has_usable_password(),
        "has_second_factor": own_account.has_second_factor(user.pk),
        "second_factor_required": settings.SECOND_FACTOR == "required",
    }
    return TemplateResponse(request, "account/account.html", told)


def _saved(request: HttpRequest, name: str, language: str) -> HttpResponse:
    own_account.save_about_me(request, name=name, language=language)
    with override(language):
        messages.success(request, _("Your details are saved."))
    response = HttpResponseRedirect(reverse("account"))
    remember_language(response, language)
    return response
