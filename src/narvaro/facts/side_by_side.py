"""Two statements at a time. One alone keeps a core and a half busy; the order of results is the order of the items."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import duckdb

Item = TypeVar("Item")
Result = TypeVar("Result")
AT_ONCE = 2


def side_by_side(
    connection: duckdb.DuckDBPyConnection,
    items: Iterable[Item],
    work: Callable[[duckdb.DuckDBPyConnection, Item], Result],
) -> Iterator[Result]:
    """``work`` gets a cursor of its own. Items are taken as they are needed, so that few are in memory."""

    def on_cursor(item: Item) -> Result:
        with connection.cursor() as cursor:
            return work(cursor, item)

    under_way: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for item in items:
            under_way.append(pool.submit(on_cursor, item))
            if len(under_way) > AT_ONCE:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
