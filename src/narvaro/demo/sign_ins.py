"""The invented people who can sign in, in a file of the data directory that its owner alone can read."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from narvaro.core.accounts import actors_of, people_by_email
from narvaro.core.actor import Actor
from narvaro.core.errors import Refused
from narvaro.language import Message

FILE = "demo-sign-ins.json"


@dataclass(frozen=True, slots=True)
class SignIns:
    """``password`` is shared by all. ``ready``: the load that made them came to its end."""

    pupils: int
    password: str
    emails: tuple[str, ...]
    ready: bool = False


def read_sign_ins(data: Path) -> SignIns | None:
    try:
        kept = json.loads((data / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return SignIns(**{**kept, "emails": tuple(kept["emails"])})


def write_sign_ins(data: Path, sign_ins: SignIns) -> None:
    unfinished = data / f".{FILE}"
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(sign_ins), file, indent=1)
    unfinished.replace(data / FILE)


@dataclass(frozen=True, slots=True)
class SignIn:
    """One invented person in one role. ``role`` is the code of definitions/access.yaml."""

    email: str
    password: str
    name: str
    role: str
    authority: str
    workplace: str


def sign_ins(data: Path) -> tuple[SignIn, ...]:
    """In the order of the cast. Raises Refused where no demo is loaded."""
    kept = read_sign_ins(data)
    if kept is None or not kept.ready:
        raise Refused(Message.of("No demo is loaded here. Run narvaro demo --load first."))
    people = people_by_email(kept.emails)
    actors = [(email, actor) for email in kept.emails for actor in actors_of(people[email])]
    return tuple(_sign_in(email, kept.password, actor) for email, actor in actors)


def _sign_in(email: str, password: str, actor: Actor) -> SignIn:
    workplace = ", ".join(actor.unit_names) or actor.authority_name
    return SignIn(email, password, actor.name, actor.role, actor.authority_name, workplace)
