"""The authority that queries are bound to. Outside of it, guarded tables answer nobody (fails closed)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.errors import NoActor

_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)
WORDS_KEPT = 200  # of each function; a query takes up to 70 kB
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


def put_once(words: Question) -> Question:
    """For functions that only say what will be asked: a query that nobody has run, or a condition. It is worked out
    once for an actor and a day, as that takes longer than to ask; each caller has a copy, so that no answer is kept.
    Whoever has lost a right is another actor at the next request, and what raises is never kept."""
    kept = lru_cache(maxsize=WORDS_KEPT)(lambda _authority, _day, *args, **more: words(*args, **more))

    @wraps(words)
    def put(*args: Any, **more: Any) -> Any:
        found = kept(current_actor().authority_id, today(), *args, **more)
        return found.all() if isinstance(found, QuerySet) else found

    return put  # type: ignore[return-value]


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
