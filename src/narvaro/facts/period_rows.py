"""From text columns to period sums, set-based; see ``lesson_rows`` for the manner."""

from narvaro.domain.rows import EARLIEST_YEAR, RowProblem
from narvaro.facts.layout import PERIOD_FIELDS, Layout
from narvaro.facts.lesson_rows import Spelling, date_of, first_problem, minutes_of, text_of, unmatched

_PARTS = {
    "present": RowProblem.BAD_PRESENT,
    "valid": RowProblem.BAD_VALID,
    "invalid": RowProblem.BAD_INVALID,
    "other": RowProblem.BAD_OTHER,
    "reported": RowProblem.BAD_REPORTED_MINUTES,
}


def period_sql(layout: Layout, *, source: str, spelling: Spelling, last_day: int, register: bool) -> str:
    """A select over ``source`` with one row a source row, in the same order: PERIODS' columns (pupil_id for
    pupil_no), ``day_no`` (the
    first), ``incomplete``, ``clamped`` and ``problem``. Presence that is not given is what the reported minutes
    leave."""
    columns = ", ".join(f"{text_of(layout, field, padded=spelling.padded)} as {field}_text" for field in PERIOD_FIELDS)
    problems = first_problem([*_problems(layout, last_day), *unmatched(register)])
    return f"""
with text as (select {columns} from {source}),
typed as ({_typed(layout, spelling)}),
judged as (select *, {problems} as problem from typed)
select
    known_as as pupil_id,
    name_text as name,
    school_unit_id_text as school_unit_id,
    grade_text as grade,
    group_id_text as group_id,
    cast(first_day as integer) as first_day,
    cast(last_day as integer) as last_day,
    cast(first_day as integer) as day_no,
    cast(round(offered) as integer) as offered_min,
    least({_whole("valid")}, offered_min) as valid_min,
    least({_whole("invalid")}, offered_min - valid_min) as invalid_min,
    least(greatest(cast(round(coalesce(present + coalesce(other, 0), coalesce(reported, offered) - valid_min -
    invalid_min)) as integer), 0),
        offered_min - valid_min - invalid_min) as present_min,
    cast(late_count as integer) as late_count,
    cast(0 as tinyint) as blank,
    cast(present_min + valid_min + invalid_min < offered_min as tinyint) as incomplete,
    cast({_accounted()} > offered as tinyint) as clamped,
    problem
from judged"""


def _typed(layout: Layout, spelling: Spelling) -> str:
    minutes = ", ".join(f"{minutes_of(layout, field, spelling)} as {field}" for field in ("offered", *_PARTS))
    days = ", ".join(
        f"({date_of(f'{name}_date_text', layout.date_formats)} - date '1970-01-01') as {name}_day"
        for name in ("first", "last")
    )
    known = "pupil_id_text"
    if layout.column("identity_number") is not None:
        identity = "(select any_value(pupil_id) from identity where identity.text = identity_number_text)"
        known = f"coalesce(pupil_id_text, {identity})"
    late = "try_cast(late_count_text as integer)"
    return f"select text.*, {known} as known_as, {minutes}, {days}, {late} as late_count from text"


def _problems(layout: Layout, last_day: int) -> list[tuple[RowProblem, str]]:
    tests = [
        (RowProblem.BAD_IDENTITY, "pupil_id_text is null and identity_number_text is not null and known_as is null"),
        (RowProblem.NO_PUPIL, "known_as is null"),
        (RowProblem.NO_UNIT, "school_unit_id_text is null"),
        (RowProblem.BAD_PERIOD, "first_day is null or last_day is null or last_day < first_day"),
        (RowProblem.OLD_DATE, f"first_day < (date '{EARLIEST_YEAR}-01-01' - date '1970-01-01')"),
        (RowProblem.FUTURE_DATE, f"first_day > {last_day}"),
        (RowProblem.BAD_OFFERED_SUM, "coalesce(offered, 0) < 1"),
        *((bad, f"{name}_text is not null and coalesce({name}, -1) < 0") for name, bad in _PARTS.items()),
        (RowProblem.BAD_COUNT, "late_count_text is not null and coalesce(late_count, -1) < 0"),
    ]
    if layout.over_offered == "reject":
        tests.append((RowProblem.OVER_OFFERED, f"{_accounted()} > offered"))
        tests.append((RowProblem.OVER_REPORTED, "reported > offered"))
    return tests


def _accounted() -> str:
    return "coalesce(present, 0) + coalesce(valid, 0) + coalesce(invalid, 0) + coalesce(other, 0)"


def _whole(field: str) -> str:
    return f"greatest(cast(round(coalesce({field}, 0)) as integer), 0)"
