"""The calendar as integers (docs/explanation/numbers.md), from ``day_no`` in DuckDB's dialect; computed once, at
import."""

_DATE = "(date '1970-01-01' + day_no)"

MONTH_NO = f"cast(year({_DATE}) * 12 + month({_DATE}) - 1 as integer)"

CALENDAR = {
    "dow": f"cast(isodow({_DATE}) as tinyint)",
    "week_no": "cast((day_no + 3) // 7 as integer)",
    "month_no": MONTH_NO,
    "term_no": f"cast((year({_DATE}) - (month({_DATE}) < 7)::int) * 2 + (month({_DATE}) < 7)::int as integer)",
    "school_year": f"cast(year({_DATE}) - (month({_DATE}) < 7)::int as smallint)",
}
