from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def today(request: HttpRequest) -> HttpResponse:
    request.audit.saw("core.User", [request.actor.user_id])
    return TemplateResponse(request, "ui/base.html", {})
