"""The authority that queries are bound to. Outside of it, guarded tables answer nobody (fails closed)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from django.db import connection, transaction

from narvaro.core.actor import Actor
from narvaro.core.errors import NoActor

_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)
Question = TypeVar("Question", bound=Callable[..., Any])


def current_actor() -> Actor:
    actor = _acting.get()
    if actor is None:
        raise NoActor("personal data was asked for outside acting()")
    return actor


def is_acting() -> bool:
    return _acting.get() is not None


def asked_once(question: Question) -> Question:
    """For questions that several contexts put on one page: within ``reading`` the same actor gets the same answer
    again, and nobody changes it. What it is asked with can be hashed."""

    @wraps(question)
    def ask(*args: Any) -> Any:
        answers = _answers.get()
        if answers is None:
            return question(*args)
        asked = (question, *args)
        if asked not in answers:
            answers[asked] = question(*args)
        return answers[asked]

    return ask  # type: ignore[return-value]


@contextmanager
def reading(actor: Actor) -> Iterator[None]:
    """``acting`` for a request that changes nothing of what it asks."""
    token = _answers.set({})
    try:
        with acting(actor):
            yield
    finally:
        _answers.reset(token)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """One transaction in which ``actor`` reads and writes within one authority. PostgreSQL is told too, for its
    row-level security. Inside another ``acting`` it must be the same authority."""
    outer = _acting.get()
    if outer is not None and outer.authority_id != actor.authority_id:
        raise NoActor("one authority at a time")
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("select set_config('narvaro.authority', %s, true)", [str(actor.authority_id)])
        token = _acting.set(actor)
        try:
            yield
        finally:
            _acting.reset(token)
