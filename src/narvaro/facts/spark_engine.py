"""The same texts on a Spark server, by Spark Connect: where one machine is outgrown, or the data must lie elsewhere
(ADR 0013). Needs the extra ``narvaro[spark]``."""

import socket
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from narvaro.facts.engine import Row
from narvaro.facts.errors import EngineUnusable
from narvaro.language import Message

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.connect.client import DefaultChannelBuilder

_OWN_MACHINE = ("localhost", "127.0.0.1", "[::1]")
# They write the whole text of an error to the terminal, with the value that could not be used.
_TELLTALES = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")
_PATIENCE = 10  # seconds; Spark's own client would try for ten minutes


class SparkEngine:
    """A session of its own on the server at ``address``, as in sc://host:15002. The server reads the files itself, so
    they must lie under the same path there."""

    def __init__(self, address: str) -> None:
        """Raises EngineUnusable, also for a way there on which others could read along."""
        channel = _channel(address)
        self.server = channel.endpoint
        _refuse_open_way(channel)
        self._knock()
        self.session = _session(address)

    def register(self, name: str, paths: Sequence[Path], columns: Mapping[str, str]) -> None:
        with self._told():
            if paths:
                table = self.session.read.parquet(*(str(path.resolve()) for path in paths)).select(*columns)
            else:
                table = self.session.sql(_nothing(columns))
            table.createOrReplaceTempView(name)

    def query(self, sql: str, *, summed: bool = True) -> list[Row]:
        with self._told():
            return [tuple(row) for row in self.session.sql(sql).collect()]

    def close(self) -> None:
        self.session.stop()

    def _knock(self) -> None:
        host, _, port = self.server.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()
        except OSError as error:
            raise EngineUnusable(Message.of("No Spark server answers at {server}.", server=self.server)) from error

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Only the kind of an error is told: its text may hold values of rows."""
        from pyspark.errors import PySparkException

        try:
            yield
        except PySparkException as error:
            kind = error.getCondition() or type(error).__name__
            raise EngineUnusable(
                Message.of(
                    "The Spark server at {server} could not do it ({kind}). Does it see the store under the same path?",
                    server=self.server,
                    kind=kind,
                )
            ) from error


def _channel(address: str) -> "DefaultChannelBuilder":
    """The address is not repeated in messages: it may hold a token."""
    try:
        with _quiet():
            from pyspark.sql.connect.client import DefaultChannelBuilder
    except ImportError as error:
        raise EngineUnusable(
            Message.of("An engine elsewhere needs pyspark-client: run bin/setup spark, or pip install narvaro[spark].")
        ) from error
    try:
        return DefaultChannelBuilder(address)
    except ValueError as error:
        raise EngineUnusable(
            Message.of("That is no address of a Spark server. Write it as in sc://localhost:15002.")
        ) from error


def _refuse_open_way(channel: "DefaultChannelBuilder") -> None:
    if not channel.secure and channel.host not in _OWN_MACHINE:
        raise EngineUnusable(
            Message.of(
                "What is asked of {server} would cross the network in the clear. End its address with /;use_ssl=true, "
                "or reach it through a tunnel from this machine.",
                server=channel.endpoint,
            )
        )


def _session(address: str) -> "SparkSession":
    with _quiet():
        from pyspark.logger import PySparkLogger
        from pyspark.sql import SparkSession

        for name in _TELLTALES:
            PySparkLogger.getLogger(name).disabled = True
        return SparkSession.builder.remote(address).create()


@contextmanager
def _quiet() -> Iterator[None]:
    """pyspark warns of newer versions of pandas, which we do not use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def _nothing(columns: Mapping[str, str]) -> str:
    nulls = (f"cast(null as {kind.replace('varchar', 'string')}) as {name}" for name, kind in columns.items())
    return f"select {', '.join(nulls)} where false"
