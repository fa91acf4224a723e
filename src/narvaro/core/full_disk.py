"""Whether something failed because there is no room left, whoever noticed it: the system or the database."""

import errno
from collections.abc import Iterator

_OF_SYSTEM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_OF_SQLITE, _OF_POSTGRESQL = 13, "53100"  # SQLITE_FULL, disk_full


def is_full(error: BaseException) -> bool:
    return any(
        (isinstance(each, OSError) and each.errno in _OF_SYSTEM)
        or getattr(each, "sqlite_errorcode", None) == _OF_SQLITE
        or getattr(each, "sqlstate", None) == _OF_POSTGRESQL
        for each in _chain(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or error.__context__
