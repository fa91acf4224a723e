"""What we found ourselves when the roster met the register, beside what the client found."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from narvaro.contexts.register.api import Reject, RosterLoaded, search_form
from narvaro.core import jobs
from narvaro.core.crypto import matching_key
from narvaro.language import N_, Message
from narvaro.ss12000.told import Finding, Roster

NAMES = "source.left_out"
LEFT_OUT = "left_out"
# As counts after a colon, so that one and many are said the same way.
_OF_PUPILS = (
    ("protected", N_("Pupils protected from now on: {count}. Only those who are listed see them.")),
    (
        "without_mentor",
        N_(
            "Pupils whose mentor has no assignment as mentor here: {count}. Give it under Staff and roles, or let the "
            "school system give it."
        ),
    ),
    (
        "same_identity",
        N_(
            "Pupils with an identity number that another pupil has: {count}. They are kept apart and the number is "
            "left out; mend it in the school system."
        ),
    ),
)
PROTECTED_STAFF = N_(
    "Mentors with protected identity: {count}. They get no account by themselves; give it under Staff and roles, if "
    "they need it."
)


def own_findings(loaded: RosterLoaded) -> Iterator[Finding]:
    """Of LEFT_OUT, ``told`` is why the lines could not be used."""
    for name, text in _OF_PUPILS:
        if count := getattr(loaded.pupils, name):
            yield Finding(code=name, count=count, told=Message.of(text, count=count))
    if count := loaded.protected_staff:
        yield Finding(code="protected_staff", count=count, told=Message.of(PROTECTED_STAFF, count=count))
    for reason, count in Counter(each.reason for each in loaded.pupils.rejects).items():
        yield Finding(code=LEFT_OUT, count=count, told=reason)


def register_counts(loaded: RosterLoaded) -> dict[str, int]:
    """What changed in the register, by kind."""
    pupils, guardians = loaded.pupils, loaded.guardians
    return {
        "new": pupils.new,
        "changed": pupils.changed,
        "moved": pupils.moved,
        "ended": pupils.ended,
        "left_out": len(pupils.rejects),
        "guardians": guardians.new + guardians.changed,
        "mentors_begun": loaded.mentors.begun if loaded.mentors else 0,
        "mentors_ended": loaded.mentors.ended if loaded.mentors else 0,
    }


def name_key(name: str) -> str:
    return matching_key(search_form(name), use=NAMES)


def left_out_of(roster: Roster, rejects: Sequence[Reject]) -> Iterator[dict[str, Any]]:
    """By name, as a hash. A protected pupil is not among them: nobody is told that there is one."""
    lines = {line.line: line for line in roster.pupils}
    for each in rejects:
        line = lines[each.line]
        if not line.is_protected:
            yield {"name_key": name_key(f"{line.given_name} {line.family_name}"), "reason": jobs.kept(each.reason)}
