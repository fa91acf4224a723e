"""How a duty stands, and the one way in which a deadline is read."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.law import Basis, LawRule, LawTable
from narvaro.language import N_, Message


class State(StrEnum):
    """In the order in which they need somebody."""

    LATE = "late"
    DUE = "due"
    MET = "met"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``required``: whether the law's text asks for it, or only our default does; the latter is never late.
    ``late`` are school days: over time when the state is LATE, how much too late it was done when MET.
    ``missing``: parts that are still to be answered, by their names."""

    rule: str
    state: State
    why: Message
    required: Basis = "law"
    due: date | None = None
    done: date | None = None
    late: int = 0
    missing: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in (State.DUE, State.LATE)


@dataclass(frozen=True, slots=True)
class Asked:
    """The table, the day and the calendar by which checks are made."""

    law: LawTable
    today: date
    days: SchoolDays


@dataclass(frozen=True, slots=True)
class Said:
    """What is said when it is done, and while it waits; over time the same with the days."""

    done: str
    waits: str


NOT_IN_FORCE = Message(N_("The law table has no such duty on this day."))
NOT_THIS_FORM = Message(N_("The duty is not about this school form."))
ONLY_OURS = Message(N_("The law does not ask for it in this school form. Our default is to do it."))


def covering(asked: Asked, rule_id: str, form: str) -> LawRule | Standing:
    """The rule, when it is in force and about the form; else why it is not."""
    rule = asked.law.rule(rule_id, asked.today)
    if rule is None:
        return not_applicable(rule_id, NOT_IN_FORCE)
    return not_applicable(rule_id, NOT_THIS_FORM) if rule.basis(form) is None else rule


def not_applicable(rule_id: str, why: Message) -> Standing:
    return Standing(rule=rule_id, state=State.NOT_APPLICABLE, why=why)


def by_deadline(
    asked: Asked, rule: LawRule, form: str, *, began: date, within: str, done: date | None, said: Said
) -> Standing:
    """Over time from the day after the deadline. What only our default asks for is never late."""
    rule_id, required = rule.id, rule.basis(form) or "own"
    due = asked.days.after(began, rule.number(within))
    if done is not None:
        late = asked.days.between(due, done)
        return Standing(
            rule=rule_id,
            state=State.MET,
            why=Message.of(said.done, day=done),
            required=required,
            due=due,
            done=done,
            late=late,
        )
    is_late = required == "law" and asked.today > due
    return Standing(
        rule=rule_id,
        state=State.LATE if is_late else State.DUE,
        why=Message.of(said.waits) if required == "law" else ONLY_OURS,
        required=required,
        due=due,
        late=max(asked.days.between(due, asked.today), 1) if is_late else 0,
    )


def age_on(birth: date, day: date) -> int:
    """Years that are full on the day; somebody born on 29 February turns on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_at_least(years: int, birth: date | None, day: date) -> bool | None:
    """None where the birth date is not known."""
    return None if birth is None else age_on(birth, day) >= years
