"""From text columns to lesson facts, set-based: SQL that types each row, finds its first problem, and settles its
minutes.

DuckDB's dialect, since only the import uses it. Columns of the source are ``c0, c1, ...``, all text.
"""

from dataclasses import dataclass

from narvaro.domain.rows import EARLIEST_YEAR, MINUTES_IN_DAY, RowProblem
from narvaro.facts.engine import quoted
from narvaro.facts.layout import LESSON_FIELDS, Categories, Layout

_SPACE = "' \t' || chr(160)"


@dataclass(frozen=True, slots=True)
class Spelling:
    """What occurs in a piece of text, so that what does not occur is not paid for: trimming every cell costs more than
    all checks of it, and decimals twice as much as whole numbers.

    ``padded``: blanks around cells. ``fractions``: commas or points that may be decimal signs.
    """

    padded: bool = True
    fractions: bool = True

    @classmethod
    def glance(cls, text: bytes, delimiter: str) -> "Spelling":
        """What single bytes tell, in a millisecond; blanks of the plain kind are left to ``is_padded``."""
        mark = delimiter.encode()
        rare_blanks = (b"\t" in text and mark != b"\t") or (b"\xc2" in text and b"\xc2\xa0" in text)
        fractions = b"." in text or (b"," in text and mark != b",")
        return cls(padded=rare_blanks, fractions=fractions)


def is_padded(text: bytes, delimiter: str) -> bool:
    """Whether a cell begins or ends in a space; quoted cells are taken to."""
    mark = delimiter.encode()
    around = (b'"', b" " + mark, mark + b" ", b" \n", b"\n ")
    return text.startswith(b" ") or (b" " in text and any(blank in text for blank in around))


def lesson_sql(layout: Layout, *, source: str, spelling: Spelling, last_day: int, register: bool) -> str:
    """A select over ``source`` (and ``identity(text, pupil_id)``, ``known_pupil``, ``known_unit``) with one row a
    source row,
    in the same order: facts' columns, ``blank`` (only deviations are stored and this row has no value),
    ``incomplete`` (minutes left over), ``clamped``,
    and ``problem`` (0 or a RowProblem's number).

    ``last_day``: latest day number that is not in the future.
    ``register``: refuse pupils and units that are not known.
    """
    return f"""
with text as ({_text(layout, source, spelling.padded)}),
typed as ({_typed(layout, spelling)}),
judged as (select *, {_problem(layout, last_day=last_day, register=register)} as problem from typed)
select {_settled(layout)} from judged
"""


def text_of(layout: Layout, field: str, *, padded: bool) -> str:
    """SQL for the field's text without blanks around it; NULL when blank or when the source does not have it."""
    constant = dict(layout.constants).get(field)
    if constant is not None:
        return quoted(constant)
    column = layout.column(field)
    return "cast(null as varchar)" if column is None else column_text(column, padded=padded)


def column_text(column: int, *, padded: bool) -> str:
    return f"nullif(trim(c{column}, {_SPACE}), '')" if padded else f"nullif(c{column}, '')"


def number(text: str, layout: Layout, spelling: Spelling, *, unit: str = "min") -> str:
    """SQL for minutes as a number; NULL when the text is none. ``percent`` gives the percentage itself."""
    if unit == "min" and not spelling.fractions:
        return f"try_cast({text} as integer)"
    decimal_comma = layout.decimal_comma
    plain = f"replace({text}, ',', '.')" if decimal_comma else text
    if unit == "h:mm":
        hours, minutes = f"split_part({text}, ':', 1)", f"split_part({text}, ':', 2)"
        return f"try_cast({hours} as decimal(9,3)) * 60 + try_cast({minutes} as decimal(9,3))"
    if unit == "percent":
        plain = f"trim(replace({plain}, '%', ''), {_SPACE})"
    factor = " * 60" if unit == "h" else ""
    return f"try_cast({plain} as decimal(9,3)){factor}"


def date_of(text: str, formats: tuple[str, ...]) -> str:
    """SQL for a date; the ISO form by a plain cast, which is ten times faster than a format."""
    tried = [
        _iso_date(text) if form == "%Y-%m-%d" else f"try_strptime({text}, {quoted(form)})::date" for form in formats
    ]
    return f"coalesce({', '.join(tried)})" if len(tried) > 1 else tried[0]


def yes_no(text: str, layout: Layout) -> str:
    """SQL for 1, 0 or NULL. A CASE of words, because a long IN list becomes a join."""
    words = [(word, 1) for word in layout.yes_words] + [(word, 0) for word in layout.no_words]
    return f"case lower({text}) {' '.join(f'when {quoted(word)} then {value}' for word, value in words)} end"


def _iso_date(text: str) -> str:
    return f"case when length({text}) = 10 then try_cast({text} as date) end"


def _time_of(text: str) -> str:
    time = f"try_cast({text} as time)"
    return f"case when length({text}) <= 8 then hour({time}) * 60 + minute({time}) end"


def _text(layout: Layout, source: str, padded: bool) -> str:
    columns = [f"{text_of(layout, field, padded=padded)} as {field}_text" for field in LESSON_FIELDS]
    if layout.categories:
        columns.append(f"lower({column_text(layout.categories.column, padded=padded)}) as category_text")
        minutes = layout.categories.minutes_column
        columns.append(f"{'null' if minutes is None else column_text(minutes, padded=padded)} as category_minutes_text")
    return f"select {', '.join(columns)} from {source}"


def _typed(layout: Layout, spelling: Spelling) -> str:
    parts = {
        "day_no": f"({date_of('date_text', layout.date_formats)} - date '1970-01-01')",
        "start_min": _time_of("start_text"),
        "given_end_min": _time_of("end_text"),
        "offered": minutes_of(layout, "offered", spelling),
        "was_reported": yes_no("reported_text", layout),
        "was_late": "cast(null as integer)" if layout.column("late") is None else yes_no("late_text", layout),
    }
    parts |= (
        _category_parts(layout, layout.categories, spelling)
        if layout.categories
        else {name: minutes_of(layout, name, spelling) for name in ("present", "valid", "invalid", "other")}
    )
    columns = ", ".join(f"{sql} as {name}" for name, sql in parts.items())
    if layout.column("identity_number") is None:
        return f"select text.*, pupil_id_text as known_as, {columns} from text"
    identity = "(select any_value(pupil_id) from identity where identity.text = identity_number_text)"
    return f"select text.*, coalesce(pupil_id_text, {identity}) as known_as, {columns} from text"


def minutes_of(layout: Layout, field: str, spelling: Spelling) -> str:
    """SQL for the field's minutes; a percentage is taken of the offered minutes."""
    unit = layout.unit(field)
    value = number(f"{field}_text", layout, spelling, unit=unit)
    if unit != "percent":
        return value
    return f"{value} * ({number('offered_text', layout, spelling, unit=layout.unit('offered'))}) / 100"


def _category_parts(layout: Layout, categories: Categories, spelling: Spelling) -> dict[str, str]:
    """The category's minutes in its own column; the rest of the lesson is settled as presence."""
    kinds = " ".join(f"when {quoted(word)} then {quoted(kind)}" for word, kind in categories.words)
    kind = f"(case category_text {kinds} end)"
    offered = number("offered_text", layout, spelling, unit=layout.unit("offered"))
    given = number("category_minutes_text", layout, spelling)
    minutes = f"coalesce({given}, {offered})"
    late_minutes = f"least(coalesce({given}, {layout.late_minutes or 0}), {offered})"
    return {
        "kind": kind,
        "present": "cast(null as decimal(9,3))",
        "valid": f"case {kind} when 'valid' then {minutes} end",
        "invalid": f"case {kind} when 'invalid' then {minutes} when 'late' then {late_minutes} end",
        "other": f"case {kind} when 'other' then {minutes} end",
    }


def _problem(layout: Layout, *, last_day: int, register: bool) -> str:
    return first_problem([*_lesson_problems(layout, last_day), *unmatched(register)])


def _lesson_problems(layout: Layout, last_day: int) -> list[tuple[RowProblem, str]]:
    return [
        (RowProblem.BAD_IDENTITY, "pupil_id_text is null and identity_number_text is not null and known_as is null"),
        (RowProblem.NO_PUPIL, "known_as is null"),
        (RowProblem.NO_UNIT, "school_unit_id_text is null"),
        (RowProblem.BAD_DATE, "day_no is null"),
        (RowProblem.OLD_DATE, f"day_no < (date '{EARLIEST_YEAR}-01-01' - date '1970-01-01')"),
        (RowProblem.FUTURE_DATE, f"day_no > {last_day}"),
        (RowProblem.BAD_START, f"start_text is not null and coalesce(start_min, {MINUTES_IN_DAY}) >= {MINUTES_IN_DAY}"),
        (RowProblem.BAD_END, f"end_text is not null and coalesce(given_end_min, {MINUTES_IN_DAY}) >= {MINUTES_IN_DAY}"),
        (RowProblem.END_BEFORE_START, "given_end_min <= start_min"),
        (RowProblem.NO_LESSON, "start_text is null and lesson_id_text is null"),
        (RowProblem.BAD_OFFERED, f"coalesce(offered, 0) < 1 or offered > {MINUTES_IN_DAY}"),
        *_attendance_problems(layout),
    ]


def unmatched(register: bool) -> list[tuple[RowProblem, str]]:
    if not register:
        return []
    return [
        (RowProblem.UNKNOWN_PUPIL, "known_as not in (select pupil_id from known_pupil)"),
        (RowProblem.UNKNOWN_UNIT, "school_unit_id_text not in (select school_unit_id from known_unit)"),
    ]


def first_problem(tests: list[tuple[RowProblem, str]]) -> str:
    """SQL for the number of the first problem whose test is true, else 0."""
    return "case " + " ".join(f"when {test} then {problem.number}" for problem, test in tests) + " else 0 end"


def _attendance_problems(layout: Layout) -> list[tuple[RowProblem, str]]:
    tests: list[tuple[RowProblem, str]] = []
    if layout.column("reported") is not None:
        blank_means_no = layout.only_deviations
        unread = "reported_text is not null and was_reported is null" if blank_means_no else "was_reported is null"
        tests.append((RowProblem.BAD_REPORTED, unread))
    if layout.categories:
        tests.append((RowProblem.BAD_CATEGORY, "category_text is not null and kind is null"))
        tests.append(
            (RowProblem.BAD_INVALID, "coalesce(valid, 0) < 0 or coalesce(invalid, 0) < 0 or coalesce(other, 0) < 0")
        )
    else:
        fields = {
            "present": RowProblem.BAD_PRESENT,
            "valid": RowProblem.BAD_VALID,
            "invalid": RowProblem.BAD_INVALID,
            "other": RowProblem.BAD_OTHER,
        }
        tests += [(bad, f"{name}_text is not null and coalesce({name}, -1) < 0") for name, bad in fields.items()]
    tests.append((RowProblem.BAD_LATE, "late_text is not null and was_late is null"))
    if layout.over_offered == "reject":
        tests.append((RowProblem.OVER_OFFERED, f"{_accounted()} > offered and {_is_reported(layout)} = 1"))
    return tests


def _accounted() -> str:
    return "coalesce(present, 0) + coalesce(valid, 0) + coalesce(invalid, 0) + coalesce(other, 0)"


def _is_blank(layout: Layout) -> str:
    if layout.categories:
        return "(category_text is null and was_reported is null)"
    return "(present is null and valid is null and invalid is null and other is null and was_reported is null)"


def _is_reported(layout: Layout) -> str:
    """What the source says; where it has no such column, a row with any attendance value was reported."""
    unknown = "kind = 'unreported'" if layout.categories else "false"
    return f"(case when {unknown} or {_is_blank(layout)} then 0 else coalesce(was_reported, 1) end)"


def _settled(layout: Layout) -> str:
    """Whole minutes whose sum is at most the offered: absence first, presence gets what is left of it."""
    reported = _is_reported(layout)
    part = "least(greatest(cast(round(coalesce({0}, 0)) as integer), 0), {1})"
    return f"""
    known_as as pupil_id,
    school_unit_id_text as school_unit_id,
    group_id_text as group_id,
    cast(day_no as integer) as day_no,
    cast(start_min as smallint) as start_min,
    cast(coalesce(given_end_min, case when start_min + round(offered) > {MINUTES_IN_DAY} then {MINUTES_IN_DAY}
        else start_min + round(offered) end) as smallint) as end_min,
    subject_text as subject,
    lesson_id_text as lesson_id,
    cast(greatest(least(round(offered), {MINUTES_IN_DAY}), 0) as smallint) as offered_min,
    cast({reported} as tinyint) as reported,
    cast({reported} * {part.format("valid", "offered_min")} as smallint) as valid_min,
    cast({reported} * {part.format("invalid", "offered_min - valid_min")} as smallint) as invalid_min,
    cast({reported} * {part.format("other", "offered_min - valid_min - invalid_min")} as smallint) as other_min,
    cast({reported} * least(greatest(coalesce(cast(round(present) as integer), offered_min), 0),
        offered_min - valid_min - invalid_min - other_min) as smallint) as present_min,
    cast({reported} * coalesce(was_late, {_late(layout)}) as tinyint) as late,
    cast({int(layout.only_deviations)} = 1 and {_is_blank(layout)} as tinyint) as blank,
    cast({reported} = 1 and present_min + valid_min + invalid_min + other_min < offered_min as tinyint) as incomplete,
    cast({_accounted()} > offered and {reported} = 1 as tinyint) as clamped,
    problem"""


def _late(layout: Layout) -> str:
    derived = "case when invalid_min > 0 and present_min > 0 then 1 else 0 end"
    return f"case when kind = 'late' then 1 else {derived} end" if layout.categories else derived
