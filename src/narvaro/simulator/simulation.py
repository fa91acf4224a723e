"""The provider's world: who is there, what has happened, and time that moves when it is told to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock
from types import TracebackType
from typing import Any, Literal, Self

import duckdb

from narvaro.demo.draws import Draws
from narvaro.demo.lessons import invent_absence
from narvaro.demo.school_year import demo_calendar
from narvaro.domain.school_calendar import school_year_of
from narvaro.simulator import truth
from narvaro.simulator.founding import SWEDEN, found, set_variables, statement, utc_of
from narvaro.simulator.life import work_day
from narvaro.simulator.truth import TrueLesson, TrueRoster

Version = Literal["2.1", "2.0"]
_MEMORY = "1GB"  # of the store; the rest waits in its file
_AHEAD = timedelta(weeks=2)  # so far ahead the timetable is published
_WEEK = timedelta(weeks=1)
_OFFICE_HOUR = 6


class Simulation:
    """``day``: where the clock starts, at midnight. ``weeks``: how many weeks of lessons lie behind it; by default as
    many as the school year has had. ``organiser``: only that one's schools. ``folder``: where the tables lie as a
    file, for more than memory holds.

    The same arguments and steps give the same answers.
    """

    def __init__(
        self,
        *,
        pupils: int,
        seed: int = 1,
        day: date,
        weeks: int | None = None,
        organiser: str | None = None,
        version: Version = "2.1",
        folder: Path | None = None,
        threads: int = 2,
    ) -> None:
        self.version = version
        self.draws = Draws(seed)
        self.calendar = demo_calendar(school_year_of(day))
        self.lock = RLock()
        self.listeners: list[Callable[[], None]] = []  # told when time has moved
        self.connection = _open(folder, threads)
        with TemporaryDirectory() as name:
            found(
                self.connection,
                draws=self.draws,
                pupils=pupils,
                calendar=self.calendar,
                organiser=organiser,
                folder=Path(name),
            )
        first = _monday(self.calendar.autumn.first)
        if weeks is not None:
            first = max(first, _monday(day) - weeks * _WEEK)
        self._published = first
        self._has_absence = False
        self._now = utc_of(first, 0)
        self._live_through(utc_of(day, 0), is_living=False)

    @property
    def now(self) -> datetime:
        return self._now.replace(tzinfo=UTC)

    @property
    def today(self) -> date:
        """The day by the Swedish calendar."""
        return self.now.astimezone(SWEDEN).date()

    def step(self, *, hours: int = 0, days: int = 0) -> None:
        """Time goes on: lessons begin and end, registers are taken, the office changes things at six in the morning."""
        with self.lock:
            self._live_through(self._now + timedelta(hours=hours, days=days))
            for told in self.listeners:
                told()

    def _live_through(self, end: datetime, *, is_living: bool = True) -> None:
        self._publish()
        for moment in self._moments(end):
            self._advance(moment)
            self._publish()
            if self.today in self.calendar.school_days() and moment == utc_of(self.today, _OFFICE_HOUR):
                self._work_day(is_living)

    def _work_day(self, is_living: bool) -> None:
        if not self._has_absence:  # not before somebody can be away: it takes longer than all else
            invent_absence(self.connection)
            self._has_absence = True
        days = self.calendar.school_days()
        place = days.index(self.today)
        with self.transaction(self._now) as connection:
            work_day(connection, today=self.today, place=place, days=len(days), is_living=is_living)

    def _moments(self, end: datetime) -> Iterator[datetime]:
        """Where something else than lessons happens on the way to ``end``, and ``end``."""
        day = self._now.date()
        while (morning := utc_of(day, _OFFICE_HOUR)) <= end:
            if morning > self._now:
                yield morning
            day += timedelta(days=1)
        if end > self._now:
            yield end

    def _advance(self, moment: datetime) -> None:
        """From now to ``moment``: what happens in lessons."""
        with self.transaction(moment) as connection:
            connection.execute(statement("registers"))
        self._now = moment

    def _publish(self) -> None:
        while self._published <= self._now.date() + _AHEAD:
            first, self._published = self._published, self._published + _WEEK
            with self.transaction(self._now, first, self._published - timedelta(days=1)) as connection:
                connection.execute(statement("publishing"))

    @contextmanager
    def transaction(
        self, moment: datetime, first: date | None = None, last: date | None = None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """One change of the world at ``moment``; ``first`` and ``last`` are the days that it is about."""
        connection = self.connection
        connection.execute("BEGIN")
        set_variables(
            connection,
            since=self._now,
            moment=moment,
            last_event=connection.execute("SELECT coalesce(max(nr), 0) FROM calendar_event").fetchall()[0][0],
            first_day=self._place(first or self._now.date()),
            last_day=self._place(last or moment.date(), is_last=True),
        )
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _place(self, day: date, *, is_last: bool = False) -> int:
        """The number of the first school day from ``day`` on, or of the last one up to it."""
        if is_last:
            return sum(each <= day for each in self.calendar.school_days()) - 1
        return sum(each < day for each in self.calendar.school_days())

    def rows(
        self, sql: str, values: list[Any] | dict[str, Any] | None = None, *, names: bool = False
    ) -> list[tuple[Any, ...]]:
        """Asked beside whoever else asks; sees the world as it is between two changes. ``names``: whether references
        tell them."""
        with self.connection.cursor() as cursor:
            set_variables(
                cursor,
                seed=self.draws.seed,
                version=self.version,
                names=names,
                moment=self._now,
                last_school_day=self.calendar.school_days()[-1],
            )
            return cursor.execute(sql, values or []).fetchall()

    def truth_lessons(self) -> list[TrueLesson]:
        """What has been taught by now, in an order of its own."""
        return [TrueLesson(*row) for row in self.rows(statement("truth_lessons"))]

    def truth_roster(self) -> TrueRoster:
        day = {"day": self.today}
        return TrueRoster(
            units=tuple(truth.TrueUnit(*_frozen(row)) for row in self.rows(truth.UNITS)),
            pupils=tuple(truth.TruePupil(*_frozen(row)) for row in self.rows(truth.PUPILS, day)),
            guardians=tuple(truth.TrueGuardian(*_frozen(row)) for row in self.rows(truth.GUARDIANS)),
            staff=tuple(truth.TrueStaff(*_frozen(row)) for row in self.rows(truth.STAFF, day)),
        )

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _open(folder: Path | None, threads: int) -> duckdb.DuckDBPyConnection:
    config: dict[str, Any] = {"threads": threads, "memory_limit": _MEMORY}
    if folder is None:
        return duckdb.connect(config=config)
    return duckdb.connect(str(folder / "simulator.duckdb"), config=config | {"temp_directory": str(folder / "spill")})


def _frozen(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(value) if isinstance(value, list) else value for value in row)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
