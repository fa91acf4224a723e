"""The small pages that change a case: what each asks, in which words, and what it does."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy

from narvaro.contexts.cases.cards import CaseCard, plan_of
from narvaro.contexts.cases.forms import Choices, MoveForm
from narvaro.contexts.cases.handed_in import answered_of
from narvaro.contexts.cases.models import Case
from narvaro.contexts.cases.moving import (
    JUMP_REASONS,
    LAST_STEP,
    NEEDS,
    OUTCOMES,
    Move,
    lacks_to_close,
    missing_to_close,
    move,
    watched,
)
from narvaro.contexts.cases.opening import Opening, open_case
from narvaro.contexts.cases.stepping import next_step
from narvaro.contexts.plan.api import step_words
from narvaro.contexts.register.api import PupilCard, unit_names
from narvaro.core.actor import Actor
from narvaro.core.errors import Refused
from narvaro.domain.case_states import CaseEvent, CaseState
from narvaro.domain.plan import Plan
from narvaro.language import Message
from narvaro.ui.formats import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """``what`` says in a clear sentence what will happen. ``missing``: what must be there first."""

    heading: str
    what: str
    button: str
    missing: tuple[str, ...] = ()


def act_of(actor: Actor, card: CaseCard, pupil: PupilCard, event: CaseEvent) -> Act:
    plan = plan_of(actor, card)
    following = next_step(plan, card.step)
    if event is CaseEvent.NEXT_STEP and following is None:
        raise Refused(LAST_STEP)
    heading, what, button = _WORDS[event]
    named = {
        "name": pupil.name,
        "step": step_words(plan, card.step),
        "next": step_words(plan, following.number) if following else "",
    }
    return Act(
        heading=heading % named, what=what % named, button=str(button), missing=_missing(actor, card, plan, event)
    )


def choices_of(actor: Actor, card: CaseCard, event: CaseEvent) -> dict[str, Choices]:
    plan = plan_of(actor, card)
    codes = {CaseEvent.JUMP: JUMP_REASONS, CaseEvent.CLOSE: OUTCOMES}.get(event, {})
    return {
        "to_step": [(str(each), step_words(plan, each)) for each in _steps(card, plan, event)],
        "code": [(code, _said(message)) for code, message in codes.items()],
        "to_unit": [(str(each.pk), each.name) for each in unit_names(actor.authority_id) if each.pk != card.unit_pk],
    }


def refusal_of(actor: Actor, card: CaseCard, outcome: str) -> str:
    """Why the case cannot be closed with that outcome now; empty when it can."""
    step = plan_of(actor, card).step(card.step)
    if step is None:
        return ""
    lacks = lacks_to_close(step, answered_of(actor, card) | watched(card.state), outcome)
    return lacks.say(words().language) if lacks else ""


def do(*, by: Actor, card: CaseCard, form: MoveForm) -> CaseCard:
    if form.event is CaseEvent.REOPEN:
        given = form.cleaned_data
        opening = Opening(
            pupil=card.pupil, step=given["to_step"], origin=Case.Origin.COLLEAGUE, worry=given["reason"].strip()
        )
        return open_case(by=by, opening=opening)
    asked = form.move
    if form.event is CaseEvent.CLOSE:
        asked = _with_answers(by, card, form)
    return move(by=by, case=card.pk, move=asked)


def _with_answers(by: Actor, card: CaseCard, form: MoveForm) -> Move:
    return replace(form.move, answered=answered_of(by, card))


def _said(message: Message) -> str:
    """As the beginning of a line."""
    text = message.say(words().language)
    return text[:1].upper() + text[1:]


def _steps(card: CaseCard, plan: Plan, event: CaseEvent) -> list[int]:
    numbers = sorted(each.number for each in plan.steps)
    following = next_step(plan, card.step)
    if event is CaseEvent.JUMP:
        return [each for each in numbers if following is not None and each > following.number]
    if event is CaseEvent.GO_BACK:
        last = card.step if card.state is CaseState.RETURNING else card.step - 1
        return [each for each in numbers if each <= last]
    return numbers


def _missing(actor: Actor, card: CaseCard, plan: Plan, event: CaseEvent) -> tuple[str, ...]:
    step = plan.step(card.step)
    if event is not CaseEvent.CLOSE or step is None:
        return ()
    return tuple(
        NEEDS[need].say(words().language)
        for need in missing_to_close(step, answered_of(actor, card) | watched(card.state))
    )


# The question, what will happen, and the button.
_WORDS = {
    CaseEvent.NEXT_STEP: (
        gettext_lazy("Move on to the next step with %(name)s?"),
        gettext_lazy(
            "The case moves on to step %(next)s. What the plan says is always done there becomes tasks, each with "
            "somebody who does it and a day. What is left of this step stays, unless you say otherwise."
        ),
        gettext_lazy("Move on"),
    ),
    CaseEvent.JUMP: (
        gettext_lazy("Jump ahead with %(name)s?"),
        gettext_lazy(
            "At least one step of the plan is left out. The reason stays in the case, and the jump is counted when the "
            "plan is evaluated."
        ),
        gettext_lazy("Jump ahead"),
    ),
    CaseEvent.GO_BACK: (
        gettext_lazy("Go back to an earlier step with %(name)s?"),
        gettext_lazy("Going back is a decision at a follow-up. The step begins anew, with its tasks and days."),
        gettext_lazy("Go back"),
    ),
    CaseEvent.PARK: (
        gettext_lazy("Let the case of %(name)s rest?"),
        gettext_lazy(
            "No deadline runs and nobody is reminded until the day. Then it comes back on the list, and the deadlines "
            "are moved by the school days that it rested."
        ),
        gettext_lazy("Let it rest"),
    ),
    CaseEvent.RESUME: (
        gettext_lazy("Take up the case of %(name)s again?"),
        gettext_lazy("The work goes on at step %(step)s. Deadlines run again from today."),
        gettext_lazy("Take it up"),
    ),
    CaseEvent.BEGIN_RETURN: (
        gettext_lazy("Have the goals been reached for %(name)s?"),
        gettext_lazy(
            "The case stays open and the return is watched, with a day to follow up. If it holds the case can be "
            "closed; if not it goes back to a step."
        ),
        gettext_lazy("Begin the return"),
    ),
    CaseEvent.CLOSE: (
        gettext_lazy("Close the case of %(name)s?"),
        gettext_lazy(
            "Nothing more can be written in it, and what is left to do is taken away. If it is needed again this "
            "school year the same case goes on."
        ),
        gettext_lazy("Close the case"),
    ),
    CaseEvent.REOPEN: (
        gettext_lazy("Open the case of %(name)s again?"),
        gettext_lazy(
            "In the same school year the same case goes on, with all that is in it. The step you choose begins, with "
            "its tasks and days."
        ),
        gettext_lazy("Open again"),
    ),
    CaseEvent.HAND_OVER: (
        gettext_lazy("Hand over the case of %(name)s?"),
        gettext_lazy(
            "The case stands still until the other school has answered. Its principal reads what you write here and "
            "nothing else; your notes stay at your school (skollagen 3 kap. 12 j §)."
        ),
        gettext_lazy("Hand over"),
    ),
}
# The receiving school answers on a page of its own.
BY_US = frozenset(_WORDS)
