"""Rows of a pupil list, judged: what can be used, and what cannot and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from narvaro.contexts.register.models import Enrolment, Group, Pupil
from narvaro.domain.identity import Identity, InvalidIdentity, normalise
from narvaro.facts.readers.pupil_list import PupilLine
from narvaro.language import N_, Message

NO_NAME = N_("The pupil has no name.")
TOO_LONG = N_("A value is longer than it can be ({most} characters).")
UNKNOWN_UNIT = N_("No school unit has this code. Add the unit first.")
NO_DATE = N_("A date is not written as year-month-day.")
ENDS_BEFORE_START = N_("The last day is before the first.")

_LIMITS = {
    name: int(vars(model._meta.get_field(column))["max_length"])
    for name, model, column in (
        ("pupil_id", Pupil, "pupil_id"),
        ("given_name", Pupil, "given_name"),
        ("family_name", Pupil, "family_name"),
        ("home_municipality", Pupil, "home_municipality"),
        ("school_form", Enrolment, "school_form"),
        ("grade", Enrolment, "grade"),
        ("group_name", Group, "name"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilRow:
    """A pupil at a unit between two days. ``first_day`` None: since before, or from the day of the list.

    ``mentor`` and ``is_protected`` None: the list does not say. ``identity`` None: not known.
    """

    line: int
    pupil_id: str
    unit_code: str
    given_name: str
    family_name: str
    school_form: str = ""
    grade: str = ""
    group_name: str = ""
    home_municipality: str = ""
    mentor: str | None = None
    is_protected: bool | None = None
    first_day: date | None = None
    last_day: date | None = None
    identity: Identity | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reject:
    """Line, our name of the column, and why; never the value."""

    line: int
    column: str
    reason: Message


def judged(
    lines: Iterable[PupilLine], *, unit_codes: frozenset[str], today: date
) -> tuple[list[PupilRow], list[Reject]]:
    rows: list[PupilRow] = []
    rejects: list[Reject] = []
    for line in lines:
        try:
            rows.append(_row(line, unit_codes, today))
        except _Unusable as unusable:
            rejects.append(Reject(line.line, unusable.column, unusable.reason))
    return rows, rejects


class _Unusable(Exception):
    def __init__(self, column: str, reason: Message) -> None:
        super().__init__(column)
        self.column, self.reason = column, reason


def _row(line: PupilLine, unit_codes: frozenset[str], today: date) -> PupilRow:
    for name, most in _LIMITS.items():
        if len(getattr(line, name)) > most:
            raise _Unusable(name, Message.of(TOO_LONG, most=most))
    if not (line.given_name or line.family_name):
        raise _Unusable("given_name", Message.of(NO_NAME))
    if line.unit_code not in unit_codes:
        raise _Unusable("unit_code", Message.of(UNKNOWN_UNIT))
    first, last = _day(line.first_day, "first_day"), _day(line.last_day, "last_day")
    if first and last and last < first:
        raise _Unusable("last_day", Message.of(ENDS_BEFORE_START))
    return PupilRow(
        line=line.line,
        pupil_id=line.pupil_id,
        unit_code=line.unit_code,
        given_name=line.given_name,
        family_name=line.family_name,
        school_form=line.school_form,
        grade=line.grade,
        group_name=line.group_name,
        home_municipality=line.home_municipality,
        mentor=line.mentor,
        is_protected=line.is_protected,
        first_day=first,
        last_day=last,
        identity=_identity(line.identity_number, today),
    )


def _day(text: str, column: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _Unusable(column, Message.of(NO_DATE)) from None


def _identity(text: str, today: date) -> Identity | None:
    """A number that cannot be right is left out; the pupil is known by the source's id all the same."""
    try:
        return normalise(text, today=today) if text else None
    except InvalidIdentity:
        return None
