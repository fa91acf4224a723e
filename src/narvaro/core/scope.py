"""The authority that queries are bound to. Outside of it, guarded tables answer nobody (fails closed)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from narvaro.core.actor import Actor
from narvaro.core.errors import NoActor

_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


def current_actor() -> Actor:
    actor = _acting.get()
    if actor is None:
        raise NoActor("personal data was asked for outside acting()")
    return actor


def is_acting() -> bool:
    return _acting.get() is not None


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
