"""What a resource of the standard is here: where it lies, how it is asked for, and what can be embedded. ``t`` is the
alias of a row; how a row becomes JSON is in sql/answers.sql."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from narvaro.simulator.parameters import Filter

BY_MODIFIED = {"ModifiedDesc": ("epoch_us(t.modified)", True)}
BY_ID = Filter("t.id IN (SELECT unnest(?::UUID[]))", "uuid", many=True)


@dataclass(frozen=True, slots=True)
class Embedded:
    sql: str
    otherwise: str = "[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """``opened`` is an object without its closing brace. ``keys`` order the pages and are unique together. A ``table``
    with ``{where}`` is filtered there. ``joined`` is what the text of a row needs besides the row."""

    table: str
    opened: str
    keys: tuple[str, ...] = ("t.nr",)
    joined: str = ""
    filters: Mapping[str, Filter] = field(default_factory=dict)
    sorts: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    expands: Mapping[str, Embedded] = field(default_factory=dict)
    lookups: Mapping[str, Filter] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    has_one: bool = True


def within(column: str = "t.organisation") -> Filter:
    """An organisation and those under it."""
    return Filter(f"{column} IN (SELECT organisation FROM below WHERE ancestor_id = ?::UUID)", "uuid")


def row_of(table: str, column: str) -> Filter:
    return Filter(f"{column} = (SELECT nr FROM {table} WHERE id = ?::UUID)", "uuid")


def rows_of(table: str, column: str) -> Filter:
    return Filter(f"{column} IN (SELECT nr FROM {table} WHERE id IN (SELECT unnest(?::UUID[])))", "uuid", many=True)


def any_of(column: str, words: tuple[str, ...] | list[str]) -> Filter:
    return Filter(f"{column} IN (SELECT unnest(?::VARCHAR[]))", "word", many=True, words=frozenset(words))


def time_filters(column: str, *, is_exclusive: bool) -> dict[str, Filter]:
    name = {"starts": "startTime", "ends": "endTime"}[column]
    return {
        f"{name}.onOrBefore": Filter(f"t.{column} <= ?", "moment"),
        f"{name}.onOrAfter": Filter(f"t.{column} {'>' if is_exclusive else '>='} ?", "moment"),
    }


# Of somebody who is or has been a member of the group, whatever the day.
OF_MEMBER = "t.grp IN (SELECT m.grp FROM membership AS m JOIN person AS p ON p.nr = m.pupil WHERE p.id = ?::UUID)"
OF_MEMBERS = (
    "t.grp IN (SELECT m.grp FROM membership AS m JOIN person AS p ON p.nr = m.pupil "
    "WHERE p.id IN (SELECT unnest(?::UUID[])))"
)
