"""PostgreSQL's own wall: SQL by the login of the application, without our help, where every guarded table has rows of
several authorities."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from narvaro.core.row_security import guarded_tables
from tests.permissions.asking import Asker
from tests.permissions.people import INDEPENDENT, ORGANISER

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL")


@contextmanager
def telling(authority: int | None) -> Iterator[Any]:
    """As scope.acting tells PostgreSQL at the start of a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('narvaro.authority', %s, true)", [str(authority or "")])
        yield cursor
        transaction.set_rollback(True)


def authorities_in(cursor: Any, table: str) -> set[int]:
    cursor.execute(f"select distinct authority_id from {table}")
    return {authority for (authority,) in cursor.fetchall()}


@pytest.mark.parametrize("table", guarded_tables())
def test_only_rows_of_the_authority_are_there(asker: Asker, table: str) -> None:
    for key in (ORGANISER, INDEPENDENT):
        own = asker.world.authorities[key].pk
        with telling(own) as cursor:
            assert authorities_in(cursor, table) == {own}


@pytest.mark.parametrize("table", guarded_tables())
@pytest.mark.parametrize("said", [None, 0])
def test_without_an_authority_there_is_nothing(asker: Asker, table: str, said: int | None) -> None:
    with telling(said) as cursor:
        assert authorities_in(cursor, table) == set()


@pytest.mark.parametrize("table", guarded_tables())
def test_another_authoritys_rows_are_neither_changed_nor_made(asker: Asker, table: str) -> None:
    own, other = (asker.world.authorities[key].pk for key in (ORGANISER, INDEPENDENT))
    with telling(own) as cursor:
        cursor.execute(f"update {table} set authority_id = authority_id where authority_id = %s", [own])
        assert cursor.rowcount > 0
        cursor.execute(f"update {table} set authority_id = authority_id where authority_id = %s", [other])
        assert cursor.rowcount == 0
        cursor.execute(f"delete from {table} where authority_id = %s", [other])
        assert cursor.rowcount == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(f"update {table} set authority_id = %s", [other])


def test_a_word_that_is_no_number_stops_the_query(asker: Asker) -> None:
    with telling(None) as cursor:
        cursor.execute("select set_config('narvaro.authority', '1 or true', true)")
        with pytest.raises(DatabaseError, match="invalid input syntax"), transaction.atomic():
            authorities_in(cursor, "register_pupil")
