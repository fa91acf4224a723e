"""Rights as one reviewed file, definitions/access.yaml: what each role may do, and how it must stand to the pupil.

Three questions are kept apart: does the role have the right at all (here, 403), is the object within reach (a query
filter, 404), does its state allow it (the services, 409).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from narvaro.core.actor import Actor
from narvaro.core.errors import Forbidden
from narvaro.language import Message

FILE = Path(__file__).resolve().parents[3] / "definitions" / "access.yaml"
METHODS = ("GET", "POST")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """The same in both languages, said to users and in the rendered table of rights."""

    sv: str
    en: str

    def say(self, language: str) -> str:
        return self.en if language == "en" else self.sv


class Action(_Part):
    """``personal`` acts touch data about a pupil or guardian, and leave an audit row each. ``shows``: the categories of
    data that its pages may hold; ``key`` and ``operational`` go without saying. ``includes``: acts whose data they
    hold too, for those who may do them. ``allow``: by role, the relations of which one must hold."""

    words: Words
    personal: bool = True
    shows: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    allow: Mapping[str, tuple[str, ...]]


class Access(_Part):
    """Everything the file says. ``everyone`` in ``allow`` is each role but the system."""

    roles: Mapping[str, Words]
    relations: Mapping[str, Words]
    categories: Mapping[str, Words]
    actions: Mapping[str, Action]
    public: tuple[str, ...]
    own_account: tuple[str, ...]
    routes: Mapping[str, Mapping[str, str]]
    fields: Mapping[str, Mapping[str, tuple[str, ...]]] = Field(description="of each model, by category")
    forms: Mapping[str, Mapping[str, tuple[str, ...]]] = Field(description="what a person can send, by category")

    def model_post_init(self, context: Any, /) -> None:
        for name, action in self.actions.items():
            _known(name, set(action.allow) - {"everyone"}, self.roles)
            _known(name, {each for relations in action.allow.values() for each in relations}, self.relations)
            _known(name, action.shows, self.categories)
            _known(name, action.includes, self.actions)
        for route, methods in self.routes.items():
            _known(route, methods, METHODS)
            _known(route, methods.values(), self.actions)
        for name, categories in (*self.fields.items(), *self.forms.items()):
            _known(name, categories, self.categories)

    def relations_for(self, actor: Actor, action: str) -> tuple[str, ...]:
        """How the actor may stand to the object; at least one. Raises Forbidden when the role lacks the right."""
        decision = self.decide(actor, action)
        if not decision.allowed:
            raise Forbidden(decision.reason)
        return decision.relations

    def decide(self, actor: Actor, action: str) -> "Decision":
        """The same answer shows the button, refuses the request and goes into the audit. Unknown actions raise."""
        allow = self.actions[action].allow
        relations = allow.get(actor.role, allow.get("everyone", ()))
        if relations:
            return Decision(allowed=True, reason=Message.of("Your role allows this."), relations=relations)
        return Decision(
            allowed=False,
            reason=Message.of("Your role does not include this. Ask your principal or administrator if you need it."),
            relations=(),
        )

    def action_of(self, route: str, method: str) -> str | None:
        """HEAD asks like GET. None when the route does not take the method."""
        return self.routes.get(route, {}).get("GET" if method == "HEAD" else method)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    allowed: bool
    reason: Message
    relations: tuple[str, ...]


def _known(where: str, used: Any, known: Any) -> None:
    if unknown := sorted(set(used) - set(known)):
        raise ValueError(f"access.yaml, {where}: unknown {', '.join(unknown)}")


@cache
def access() -> Access:
    return Access.model_validate(yaml.safe_load(FILE.read_text("utf-8")))
