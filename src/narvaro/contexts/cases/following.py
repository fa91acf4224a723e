"""A running case keeps the version of the plan that it was opened by, until somebody moves it on purpose (M13)."""

from narvaro.contexts.cases.cards import CaseCard, card_of
from narvaro.contexts.cases.chronology import NewEntry, check_writable, put, tell
from narvaro.contexts.cases.moving import check_version
from narvaro.contexts.cases.permissions import STEP, held, visible_cases
from narvaro.contexts.plan.api import plan_of_version, version_in_force
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.errors import Refused
from narvaro.core.locking import save_if_unchanged
from narvaro.core.scope import acting
from narvaro.language import Message


def follow_plan_in_force(*, by: Actor, case: int, version: int) -> CaseCard:
    """The step and what is to be done there stay; new tasks and days come with the next step. Raises Http404, Conflict,
    and Refused where the case follows it already or the plan has no such step."""
    with acting(by):
        row = held(visible_cases(by, STEP), case)
        check_version(row, version, "")
        check_writable(row)
        new = version_in_force(by, today())
        if new.pk == row.plan_version_id:
            raise Refused(Message.of("The case follows the plan in force already."))
        if plan_of_version(by, new.pk).step(row.step) is None:
            raise Refused(Message.of("The plan in force has no step {number}. Move the case first.", number=row.step))
        save_if_unchanged(row, version, {"plan_version_id": new.pk})
        title = Message.of("Follows the plan “{title}” from now on", title=new.title)
        put(by, row, NewEntry(kind="plan", title=title))
        tell(by, "case.plan", row, plan_version=new.pk)
        return card_of(row.pk)
