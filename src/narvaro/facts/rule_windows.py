"""The sums that rules compare, over windows of school days, as portable SQL: one column a sum and window.

On every day a window is a frame that ends on it. Where only the last day is judged, a pupil is one group and a window a
condition on its days: several times cheaper than frames of which all but the last are thrown away.
"""

from collections.abc import Sequence

from narvaro.domain.plan import Occasion
from narvaro.domain.rules import Comparison, MeasureKind
from narvaro.domain.windows import Window

BEFORE = ("pupil_no", "day_no", "week_no", "school_unit_id")
OCCASION = {"day": "days_with_absence", "lesson": "absent_lessons"}
RATE_PART = {"total_rate": "absent", "valid_rate": "valid", "invalid_rate": "invalid"}
_SPELL_STARTS = "spell_starts"
_SUMS = {
    "absent": "valid_min + invalid_min",
    "valid": "valid_min",
    "invalid": "invalid_min",
    "offered": "offered_min",
    "reported": "reported_min",
    "days": "1",
    "absent_days": "absent_day",
    "part_days": "part_day",
    "scattered_lessons": "part_day * absent_lessons",
    "absent_lessons": "absent_lessons",
    "invalid_lessons": "invalid_lessons",
    "late_count": "late_count",
    "late_min": "late_min",
    "days_with_absence": "absent_day + part_day",
    _SPELL_STARTS: "case when run = 1 then 1 else 0 end",
}
_CALENDAR = {"term": "term_no", "school_year": "school_year", "month": "month_no"}
_AS_OF = {"term": "$as_of_term", "school_year": "$as_of_year", "month": "$as_of_month"}


class Needs:
    """Which sums over which windows the comparisons ask for."""

    def __init__(self, used: Sequence[Comparison], occasion: Occasion) -> None:
        self.used = used
        self.occasion: Occasion = occasion
        self.sums: dict[tuple[str, Window], None] = {}
        self.windows: dict[Window, None] = {}
        self.longest: dict[Window, None] = {}
        spells = {"longest_spell", "current_spell"}
        self.runs = any(c.measure in spells or (c.measure == "occasions" and occasion == "spell") for c in used)
        for comparison in used:
            self._add(comparison)

    def _add(self, comparison: Comparison) -> None:
        windows = [comparison.window]
        if comparison.measure == "trend_points":
            windows.append(before(comparison.window))
        for window in windows:
            self.windows[window] = None
            for name in ("offered", "reported", "days", *_measured(comparison, self.occasion)):
                self.sums[name, window] = None
        if comparison.measure == "longest_spell":
            self.longest[comparison.window] = None

    def source(self) -> str:
        return "run_day" if self.runs else "day"

    def run_steps(self, days: str) -> list[str]:
        return [_RUNS.format(days=days)] if self.runs else []


def before(window: Window) -> Window:
    return Window("previous", window.days)


def _measured(comparison: Comparison, occasion: Occasion) -> list[str]:
    measure = comparison.measure
    if measure in RATE_PART:
        return [RATE_PART[measure]]
    if comparison.kind is MeasureKind.POINTS:
        return ["absent"]
    if comparison.kind is MeasureKind.HOURS:
        return [measure.removesuffix("_hours")]
    if measure == "occasions":
        return [OCCASION.get(occasion, _SPELL_STARTS)]
    return [measure] if measure in _SUMS else []


_IN_ORDER = ("pupil_no", "day_no", "term_no", "school_year", "month_no", "absent_day")
_OF_RUNS = ("seq", "run", "day_before", "term_no_before", "school_year_before", "month_no_before")
_RUNS = """
numbered as (
    select {days}.*,
        row_number() over (partition by pupil_no order by day_no) as seq,
        lag(day_no) over (partition by pupil_no order by day_no) as day_before,
        lag(term_no) over (partition by pupil_no order by day_no) as term_no_before,
        lag(school_year) over (partition by pupil_no order by day_no) as school_year_before,
        lag(month_no) over (partition by pupil_no order by day_no) as month_no_before
    from {days}
),
broken as (
    select numbered.*, max(case when absent_day = 0 then seq else 0 end) over (
        partition by pupil_no order by day_no rows between unbounded preceding and current row) as last_attended
    from numbered
),
run_{days} as (select broken.*, seq - last_attended as run from broken)"""


# Judged on every day; kept for the last school day of each ISO week


def on_last_days_of_weeks(needs: Needs) -> list[str]:
    """Steps that end in ``here``: BEFORE, ``seq`` and ``run`` where spells are asked for, sums and ends of windows."""
    days = """
    select d.*, lead(week_no) over (partition by pupil_no order by day_no) as next_week
    from pupil_day d where day_no <= $as_of"""
    columns = [*BEFORE, "next_week", *(["seq", "run"] if needs.runs else []), *_frames(needs)]
    last = "(next_week is null or next_week <> week_no)"
    framed = f"framed as (select {', '.join(columns)} from {needs.source()})"
    return [f"day as ({days})", *needs.run_steps("day"), framed, f"here as (select * from framed where {last})"]


def _frames(needs: Needs) -> list[str]:
    sums = [f"{_framed(name, window)} as {name}_{window}" for name, window in needs.sums]
    firsts = [f"{_first_day(window)} over ({_frame(window)}) as first_day_{window}" for window in needs.windows]
    lasts = [
        f"{f'max(day_no) over ({_frame(window)})' if window.kind == 'previous' else 'day_no'} as last_day_{window}"
        for window in needs.windows
    ]
    return [*sums, *firsts, *lasts]


def _framed(name: str, window: Window) -> str:
    if name == "days" and window.kind != "period":
        return _days_so_far(window)
    whole = f"sum({_counted(name, window)}) over ({_frame(window)})"
    if name != _SPELL_STARTS or window.kind == "period":
        return whole
    carried = f"first_value(case when run > 1 then 1 else 0 end) over ({_frame(window)})"
    return f"{whole} + {carried}"


def _days_so_far(window: Window) -> str:
    """Numbering the days is several times cheaper than counting those of each frame."""
    place = f"row_number() over (partition by {_part(window)} order by day_no)"
    if window.kind == "last":
        return f"case when {place} < {window.days} then {place} else {window.days} end"
    if window.kind == "previous":
        earlier = f"{place} - {window.days}"
        return f"case when {earlier} < 0 then 0 when {earlier} < {window.days} then {earlier} else {window.days} end"
    return place


def _part(window: Window) -> str:
    return ", ".join(["pupil_no", *([_CALENDAR[window.kind]] if window.kind in _CALENDAR else [])])


def _frame(window: Window) -> str:
    rows = {
        "last": f"{window.days - 1} preceding and current row",
        "previous": f"{2 * window.days - 1} preceding and {window.days} preceding",
    }
    frame = rows.get(window.kind, "unbounded preceding and current row")
    return f"partition by {_part(window)} order by day_no rows between {frame}"


def _counted(name: str, window: Window) -> str:
    if window.kind != "period":
        return _SUMS[name]
    # The frame begins before the period: a spell that began there starts, for the period, on the period's first day.
    carried = "run = 1 or (run > 1 and day_before < $first_day)"
    sql = f"case when {carried} then 1 else 0 end" if name == _SPELL_STARTS else _SUMS[name]
    return f"case when day_no >= $first_day then {sql} else 0 end"


def _first_day(window: Window) -> str:
    """Days come in order, so the first of the frame is the least; that is several times cheaper than a minimum."""
    if window.kind == "period":
        return "min(case when day_no >= $first_day then day_no end)"
    return "first_value(day_no)"


# Judged on each pupil's last school day


def on_last_days(needs: Needs) -> list[str]:
    """The same ``here``, with one row a pupil."""
    last = [f"max(case when days_back = 1 then {name} end) as {name}" for name in BEFORE[1:]]
    runs = ["max(seq) as seq", "max(case when days_back = 1 then run end) as run"] if needs.runs else []
    columns = ", ".join([BEFORE[0], *last, *runs, *_groups(needs)])
    here = f"here as (select {columns} from {needs.source()} group by pupil_no)"
    return [*_recent_days(list(needs.windows)), *needs.run_steps("recent"), _whole_days(needs), here]


def _recent_days(windows: Sequence[Window]) -> list[str]:
    """``recent``: the days that some window can reach, in the few columns that must be sorted. Few pupils have had so
    few school days lately that one has to look further back than some weeks, and sorting everybody's year costs more
    than all the sums."""
    reach = max((window.days * (2 if window.kind == "previous" else 1) for window in windows), default=1) or 1
    calendar = sorted({_inside(window) for window in windows if not window.days})
    near = " or ".join([f"day_no > $as_of - {2 * reach + 20}", *calendar])
    reached = " or ".join([f"days_back <= {reach}", *calendar])
    return [
        f"""sparse as (
    select pupil_no from pupil_day where day_no <= $as_of
    group by pupil_no having sum(case when {near} then 1 else 0 end) < {reach})""",
        f"""looked_at as (
    select {", ".join(_IN_ORDER)} from pupil_day where day_no <= $as_of and ({near})
    union all
    select {", ".join(f"d.{name}" for name in _IN_ORDER)} from pupil_day d
    join sparse s on s.pupil_no = d.pupil_no where day_no <= $as_of and not ({near}))""",
        f"""recent as (
    select * from (
        select l.*, row_number() over (partition by pupil_no order by day_no desc) as days_back from looked_at l
    ) counted where {reached})""",
    ]


def _whole_days(needs: Needs) -> str:
    """Those days with everything that is summed."""
    own = ["days_back", *(_OF_RUNS if needs.runs else ())]
    columns = ", ".join(["d.*", *(f"r.{name}" for name in own)])
    days = "run_recent" if needs.runs else "recent"
    return f"""{needs.source()} as (
    select {columns} from {days} r join pupil_day d on d.pupil_no = r.pupil_no and d.day_no = r.day_no)"""


def _groups(needs: Needs) -> list[str]:
    sums = [
        f"sum(case when {_inside(window)} then {_grouped(name, window)} else 0 end) as {name}_{window}"
        for name, window in needs.sums
    ]
    ends = [
        f"{least}(case when {_inside(window)} then day_no end) as {end}_day_{window}"
        for window in needs.windows
        for least, end in (("min", "first"), ("max", "last"))
    ]
    return [*sums, *ends]


def _inside(window: Window) -> str:
    if window.kind == "last":
        return f"days_back <= {window.days}"
    if window.kind == "previous":
        return f"days_back > {window.days} and days_back <= {2 * window.days}"
    return "day_no >= $first_day" if window.kind == "period" else f"{_CALENDAR[window.kind]} = {_AS_OF[window.kind]}"


def _grouped(name: str, window: Window) -> str:
    """A spell that began before the window starts, for the window, on the window's first day."""
    if name != _SPELL_STARTS:
        return _SUMS[name]
    return f"case when run = 1 or (run > 1 and {_opens(window)}) then 1 else 0 end"


def _opens(window: Window) -> str:
    """Whether a day of the window is its first, unless it is the pupil's first of all."""
    if window.days:
        return f"days_back = {window.days * (2 if window.kind == 'previous' else 1)}"
    if window.kind == "period":
        return "day_before < $first_day"
    return f"{_CALENDAR[window.kind]}_before <> {_CALENDAR[window.kind]}"
