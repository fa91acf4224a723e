"""Mail to colleagues about a meeting: when it is and where to read more. A letter box is no place for anything else."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from narvaro.contexts.meetings.models import Participant
from narvaro.core.actor import Actor
from narvaro.core.mail_trouble import deliver
from narvaro.core.scope import acting
from narvaro.ui.formats import moment_text


@task()
def tell_staff(authority_id: int, participant: int, what: str, address: str, tries: int = 0) -> None:
    """``what``: planned, moved, cancelled, withdrawn. The queue holds keys; what is said is looked up on sending."""
    system = Actor.system(authority_id)
    with acting(system):
        rows = Participant.objects.filter(pk=participant, user__is_active=True)
        asked = rows.select_related("user", "meeting__case").first()
    if asked is None:
        return
    arguments = [asked.meeting.case.key, asked.meeting.key]
    link = (settings.ADDRESS or address) + reverse("meeting_show", args=arguments)
    with override(asked.user.language):
        subject, body = _said(what, moment_text(asked.meeting.planned_at), link)
    letter = EmailMessage(subject, body, to=[asked.user.email])
    again = {"authority_id": authority_id, "participant": participant, "what": what, "address": address}
    deliver(letter, by=system, task=tell_staff, tries=tries, arguments=again)


def _said(what: str, moment: str, link: str) -> tuple[str, str]:
    subjects = {
        "planned": _("You are asked to a meeting"),
        "moved": _("A meeting has been moved"),
        "cancelled": _("A meeting has been cancelled"),
        "withdrawn": _("You are no longer asked to a meeting"),
    }
    bodies = {
        "planned": _("You are asked to a meeting %(moment)s.\n\nRead more in Närvaro:\n%(link)s\n"),
        "moved": _(
            "A meeting that you are asked to has been moved to %(moment)s.\n\nRead more in Närvaro:\n%(link)s\n"
        ),
        "cancelled": _("The meeting %(moment)s has been cancelled.\n\nRead more in Närvaro:\n%(link)s\n"),
        "withdrawn": _("You no longer need to come to the meeting %(moment)s.\n\nRead more in Närvaro:\n%(link)s\n"),
    }
    return subjects[what], bodies[what] % {"moment": moment, "link": link}
