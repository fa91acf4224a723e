"""What can be asked of a resource, and how it is read: the standard's query parameters as conditions in SQL."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

Kind = Literal["text", "uuid", "day", "moment", "word"]
Query = Sequence[tuple[str, str]]

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


class BadRequest(ValueError):
    """What is wrong with the question, for the one who asks."""


@dataclass(frozen=True, slots=True)
class Filter:
    """``sql`` has a ``?`` where the value goes; of ``many`` values all are given as one list."""

    sql: str
    kind: Kind = "text"
    many: bool = False
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    sql: str
    values: tuple[Any, ...] = ()


def meta_filters(alias: str = "t") -> dict[str, Filter]:
    return {
        f"meta.{name}.{side}": Filter(f"{alias}.{name} {sign} ?", "moment")
        for name in ("created", "modified")
        for side, sign in (("before", "<="), ("after", ">"))
    }


def date_filters(start: str = "t.start_date", end: str | None = "t.end_date") -> dict[str, Filter]:
    """An end that is not set is always taken along, as the standard has it."""
    found = {
        "startDate.onOrBefore": Filter(f"{start} <= ?", "day"),
        "startDate.onOrAfter": Filter(f"{start} >= ?", "day"),
    }
    if end:
        found["endDate.onOrBefore"] = Filter(f"coalesce({end} <= ?, true)", "day")
        found["endDate.onOrAfter"] = Filter(f"coalesce({end} >= ?, true)", "day")
    return found


def conditions(query: Query, filters: Mapping[str, Filter]) -> list[Condition]:
    return [_condition(name, _values(query, name), filters[name]) for name in filters if _values(query, name)]


def _condition(name: str, values: list[str], wanted: Filter) -> Condition:
    if len(values) > 1 and not wanted.many:
        raise BadRequest(f"{name} is given more than once")
    read = [value_of(name, value, wanted) for value in values]
    value: Any = read if wanted.many else read[0]
    return Condition(wanted.sql, (value,) * wanted.sql.count("?"))


def value_of(name: str, text: str, wanted: Filter) -> Any:
    if wanted.kind == "word" and text not in wanted.words:
        raise BadRequest(f"{name} has a value that the standard does not know")
    if wanted.kind == "uuid":
        return uuid_of(name, text)
    if wanted.kind == "day":
        return _day(name, text)
    return moment_of(name, text) if wanted.kind == "moment" else text


def uuid_of(name: str, text: object) -> str:
    if not isinstance(text, str) or not _UUID.fullmatch(text):
        raise BadRequest(f"{name} is no UUID")
    return str(UUID(text))


def _day(name: str, text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadRequest(f"{name} is no date such as 2025-10-15")


def moment_of(name: str, text: str) -> datetime:
    """In UTC, without a zone, as the tables hold it. A space is a plus that was not encoded."""
    spelled = text.replace(" ", "+")
    try:
        if _MOMENT.fullmatch(spelled):
            return datetime.fromisoformat(spelled.upper()).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        pass
    raise BadRequest(f"{name} is no time such as 2025-10-15T09:00:00+02:00")


def whole_of(name: str, text: str) -> int:
    if not re.fullmatch(r"0*[1-9]\d{0,99}", text, re.ASCII):
        raise BadRequest(f"{name} is no whole number from 1")
    return int(text)


def flag_of(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise BadRequest(f"{name} is neither true nor false")
    return text == "true"


def _values(query: Query, name: str) -> list[str]:
    return [value for key, value in query if key == name]


def last_of(query: Query, name: str) -> str | None:
    values = _values(query, name)
    return values[-1] if values else None


def all_of(query: Query, name: str, words: Sequence[str]) -> frozenset[str]:
    values = frozenset(_values(query, name))
    if values - set(words):
        raise BadRequest(f"{name} has a value that the standard does not know")
    return values
