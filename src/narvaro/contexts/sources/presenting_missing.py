"""The answer to why a pupil is missing, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.register.api import Stay
from narvaro.contexts.sources.missing import Answer
from narvaro.contexts.sources.presenters import said
from narvaro.contexts.sources.shown import KnownPupil, MissingView
from narvaro.ui.formats import words


def missing_view(answer: Answer) -> MissingView:
    return MissingView(
        heading=_heading(answer),
        known=tuple(
            KnownPupil(each.name, tuple(_stay(stay, answer) for stay in each.stays) or (_("No enrolment is known."),))
            for each in answer.known
        ),
        reasons=tuple(map(said, answer.reasons)),
        others=() if answer.known else _others(answer),
    )


def _heading(answer: Answer) -> str:
    if answer.known:
        text = ngettext("%(count)s pupil has this name", "%(count)s pupils have this name", len(answer.known))
        return text % {"count": len(answer.known)}
    if answer.reasons:
        return _("The pupil is in the school system, but could not be taken in")
    return _("No pupil of this name has come from the school system")


def _stay(stay: Stay, answer: Answer) -> str:
    where = f"{stay.unit}, {stay.group}" if stay.group else stay.unit
    first = words().day_and_year(stay.first_day)
    if stay.first_day > answer.day:
        return _("%(where)s: begins %(first)s, so the pupil is not in lists before that.") % {
            "where": where,
            "first": first,
        }
    if stay.last_day is None or stay.last_day >= answer.day:
        return _("%(where)s: goes there since %(first)s.") % {"where": where, "first": first}
    last = words().day_and_year(stay.last_day)
    return _("%(where)s: the enrolment ended %(last)s, or was cancelled in the school system.") % {
        "where": where,
        "last": last,
    }


def _others(answer: Answer) -> tuple[str, ...]:
    found = [
        _("The name is written in another way in the school system."),
        _("The pupil is not in the school system, or has no enrolment there that has begun or is coming."),
        _("The pupil's identity is protected and you are not on the list of those who may see the pupil."),
    ]
    if answer.not_chosen:
        schools = ", ".join(answer.not_chosen)
        found.insert(1, _("The pupil goes to a school that is not read: %(schools)s.") % {"schools": schools})
    return tuple(found)
