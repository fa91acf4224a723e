"""What the schools' offices do at six in the morning of a school day."""

from datetime import date

import duckdb

from narvaro.demo.cast import CAST_PUPILS
from narvaro.simulator.founding import set_variables, statement

# One kind of change a school day, in turn; each is a script of sql/life.
CHANGES = (
    "class_moves",
    "cancellations",
    "deletions",
    "school_moves",
    "returns",
    "protections",
    "mentors",
    "new_pupils",
    "leavers",
)
_SHARE = 0.0005  # of the pupils, at least one


def work_day(connection: duckdb.DuckDBPyConnection, *, today: date, place: int, days: int, is_living: bool) -> None:
    """``place`` of ``days``: which school day of the year it is. What homes tell comes always; the rest only when
    ``is_living``."""
    numbers = "SELECT coalesce(max(a.nr), 0), (SELECT coalesce(max(nr), 0) FROM tombstone) FROM absence AS a"
    last_absence, last_tombstone = connection.execute(numbers).fetchall()[0]
    (pupils,) = connection.execute("SELECT count(*) FROM pupil").fetchall()[0]
    set_variables(
        connection,
        today=today,
        days=days,
        cast_pupils=len(CAST_PUPILS),
        count=max(1, round(pupils * _SHARE)),
        last_absence=last_absence,
        last_tombstone=last_tombstone,
    )
    connection.execute(statement("daily"))
    if is_living:
        connection.execute(statement(f"life/{CHANGES[place % len(CHANGES)]}"))
