"""The forms by which a conversation or a meeting is written up: one page, sent together, saved together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from narvaro.contexts.meetings.around import Around, key_of, name_and_role
from narvaro.contexts.meetings.forms import (
    AgreementForm,
    ConversationForm,
    HoldForm,
    PartForm,
    RecordForm,
    others_in,
)
from narvaro.contexts.meetings.given import Held
from narvaro.contexts.meetings.queries import MeetingTold
from narvaro.contexts.register.api import guardians_of
from narvaro.core.actor import Actor
from narvaro.core.clock import today

AGREED_IN_CONVERSATION, AGREED_IN_MEETING = 2, 5
_TALKED = (("came", _("We talked")), ("tried", _("Tried, no answer")), ("", _("Not this time")))
_MET = (("came", _("Came")), ("tried", _("Was asked, did not come")), ("", _("Was not asked")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Everything that is sent together."""

    main: RecordForm
    parts: tuple[PartForm, ...]
    agreed: tuple[AgreementForm, ...]

    @property
    def forms(self) -> tuple[Any, ...]:
        return (self.main, *self.parts, *self.agreed)

    @property
    def agreed_more(self) -> tuple[AgreementForm, ...]:
        """The lines that most meetings do not need: folded away."""
        return self.agreed[AGREED_IN_CONVERSATION:]

    @property
    def agreed_few(self) -> tuple[AgreementForm, ...]:
        return self.agreed[:AGREED_IN_CONVERSATION]

    @property
    def more_is_open(self) -> bool:
        return any(form.errors or form["what"].value() for form in self.agreed_more)

    @property
    def errors(self) -> int:
        return sum(len(form.errors) for form in self.forms)

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.forms]  # every form, so that all faults are told at once
        return all(valid) and self._says_something()

    def held(self) -> Held:
        given = self.main.cleaned_data
        is_meeting = isinstance(self.main, HoldForm)
        return Held(
            day=given["day"],
            said=given["said"],
            came_to=given.get("came_to", ""),
            follow_up_on=given["follow_up_on"],
            told=tuple(part.told for part in self.parts),
            came=self.main.came if isinstance(self.main, HoldForm) else frozenset(),
            also=others_in(given["also"]) if is_meeting else (),
            agreed=tuple(agreed for form in self.agreed if (agreed := form.agreed) is not None),
            version=given.get("version", 0),
        )

    def _says_something(self) -> bool:
        """A conversation was with somebody, or somebody was looked for; and who talked said something."""
        if isinstance(self.main, HoldForm):
            return True
        outcomes = {part.told.outcome for part in self.parts}
        if outcomes <= {""}:
            self.main.add_error(None, _("Say whom you talked with, or tried to reach."))
        elif "came" in outcomes and not self.main.cleaned_data["said"].strip():
            self.main.add_error("said", _("Write a line about what was said, so that it can be understood later."))
        return not self.main.errors


def conversation(actor: Actor, found: Around, sent: Any, draft: Mapping[str, str], follow_up: date | None) -> Recording:
    """With the guardians' numbers at hand."""
    initial = {"day": today(), "follow_up_on": follow_up, **draft}
    numbers = {each.pk: each.phone for each in guardians_of(actor, [found.case.pupil]).get(found.case.pupil, ())}
    return Recording(
        main=ConversationForm(sent, initial=initial),
        parts=_parts(found, sent, draft, _TALKED, {}, numbers),
        agreed=_agreed(found, sent, draft, AGREED_IN_CONVERSATION),
    )


def of_meeting(
    found: Around, told: MeetingTold, sent: Any, draft: Mapping[str, str], follow_up: date | None, day: date
) -> Recording:
    asked = {each.pk: _name(each) for each in told.people if each.is_staff or each.role == "other"}
    came = {f"came-{pk}": not draft or f"came-{pk}" in draft for pk in asked}
    initial = {"day": day, "follow_up_on": follow_up, **draft, **came, "version": told.version}
    expected = {key_of_told(each): "came" for each in told.people}
    return Recording(
        main=HoldForm(sent, staff=asked, initial=initial),
        parts=_parts(found, sent, draft, _MET, expected),
        agreed=_agreed(found, sent, draft, AGREED_IN_MEETING),
    )


def key_of_told(each: Any) -> str:
    """As ``around.key_of``, of a participant."""
    if each.user_id is not None:
        return f"user-{each.user_id}"
    return f"guardian-{each.guardian}" if each.guardian is not None else str(each.role)


def _name(each: Any) -> str:
    return name_and_role(each, "")


def _parts(
    found: Around,
    sent: Any,
    draft: Mapping[str, str],
    outcomes: Sequence[tuple[str, Any]],
    expected: Mapping[str, str],
    numbers: Mapping[int, str] | None = None,
) -> tuple[PartForm, ...]:
    parts = []
    for who in found.home:
        prefix, title = key_of(who), name_and_role(who, found.pupil.name)
        initial = {"outcome": expected.get(prefix, ""), **_of_prefix(draft, prefix)}
        phone = (numbers or {}).get(who.guardian or 0, "")
        form = PartForm(sent, prefix=prefix, initial=initial, who=who, title=title, outcomes=outcomes, phone=phone)
        parts.append(form)
    return tuple(parts)


def _agreed(found: Around, sent: Any, draft: Mapping[str, str], rows: int) -> tuple[AgreementForm, ...]:
    prefixes = [f"agreed-{row}" for row in range(1, rows + 1)]
    return tuple(
        AgreementForm(sent, prefix=prefix, found=found, initial=_of_prefix(draft, prefix)) for prefix in prefixes
    )


def _of_prefix(draft: Mapping[str, str], prefix: str) -> dict[str, str]:
    start = f"{prefix}-"
    return {name.removeprefix(start): text for name, text in draft.items() if name.startswith(start)}
