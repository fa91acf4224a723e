"""Opening a case from a pupil's warnings: at the step that the plan points at, with what was decided at hand."""

from dataclasses import dataclass

from django.urls import reverse

from narvaro.contexts.case_page.forms import OpenForm
from narvaro.contexts.cases.api import Near, Opening, near_words, open_case
from narvaro.contexts.plan.api import plan_in_force, step_words
from narvaro.contexts.register.api import PupilCard, people_around
from narvaro.contexts.warnings.api import decisions_of, reasons, warnings_of
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """``step``: the highest that a warning points at, else the first. ``worry``: what was last decided, as a start."""

    plan: Plan
    step: int
    reasons: tuple[str, ...]
    worry: str
    people: tuple[Near, ...]

    @property
    def steps(self) -> list[tuple[str, str]]:
        return [(str(each.number), step_words(self.plan, each.number)) for each in self.plan.steps]

    @property
    def owners(self) -> list[tuple[str, str]]:
        return [(str(each.user_id), near_words(each)) for each in self.people]


def offered(actor: Actor, pupil: PupilCard) -> Offered:
    plan, found = plan_in_force(actor, today()), warnings_of(actor, pupil.pk)
    decided = decisions_of(actor, pupil.pk, with_rules=False) if found else ()
    first = min(each.number for each in plan.steps)
    return Offered(
        plan=plan,
        step=max((each.step for each in found), default=first),
        reasons=reasons(found, plan),
        worry=decided[0].reason if decided else "",
        people=people_around(pupil.pk, pupil.unit_pk) if pupil.unit_pk else (),
    )


def opened(*, by: Actor, pupil: PupilCard, form: OpenForm) -> str:
    """The address of the new case's page. Raises Refused when there is one already."""
    given = form.cleaned_data
    opening = Opening(
        pupil=pupil.pk, step=given["step"], origin="warning", worry=given["worry"].strip(), owner_id=given["owner"]
    )
    return reverse("case", args=[open_case(by=by, opening=opening).key])
