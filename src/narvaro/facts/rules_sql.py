"""Rules as portable SQL over ``pupil_day``: every window is a frame of the pupil's school days up to the day that is
judged.

One text serves both uses: the list of today (``as_of``: judged on each pupil's last school day) and the trial on stored
history (judged on each pupil's last school day of every week). See docs/explanation/numbers.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from narvaro.domain.absence import BASE_REPORTED_MIN, COVERAGE_NEEDED
from narvaro.domain.rules import Comparison, Expression, Joined, MeasureKind, comparisons
from narvaro.domain.warnings import Occasion
from narvaro.domain.windows import Window

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
    "spell_starts": "case when run = 1 then 1 else 0 end",
}
_CARRIED = "case when run > 1 then 1 else 0 end"
_OCCASION = {"day": "days_with_absence", "lesson": "absent_lessons"}
_RATE_PART = {"total_rate": "absent", "valid_rate": "valid", "invalid_rate": "invalid"}


PER_COMPARISON = ("held", "numerator", "denominator", "first_day", "last_day", "offered", "reported")
BEFORE = ("pupil_no", "day_no", "week_no", "school_unit_id")


@dataclass(frozen=True, slots=True)
class RuleQuery:
    """Columns of the text: BEFORE, then PER_COMPARISON for each comparison, then one for each rule; held and rule are
    0 or 1."""

    sql: str
    comparisons: tuple[Comparison, ...]


def as_of_query(rules: Sequence[Expression], *, occasion: Occasion) -> RuleQuery:
    """Judges every pupil on the last school day up to ``$as_of``; only pupils for whom a rule holds are returned."""
    used = _used(rules)
    wanted = " or ".join(f"rule_{number} = 1" for number in range(len(rules)))
    rows = f"select * from judged where {wanted}"
    return RuleQuery(_text(rules, used, occasion, _recent(used), last="days_back = 1", as_of=True, rows=rows), used)


def history_query(rules: Sequence[Expression], *, occasion: Occasion) -> RuleQuery:
    """Judges every pupil on the last school day of every ISO week."""
    used = _used(rules)
    last = "(next_week is null or next_week <> week_no)"
    days = """
    select d.*, lead(week_no) over (partition by pupil_no order by day_no) as next_week
    from pupil_day d where day_no <= $as_of"""
    return RuleQuery(_text(rules, used, occasion, days, last=last, as_of=False, rows="select * from judged"), used)


def _used(rules: Sequence[Expression]) -> tuple[Comparison, ...]:
    found = dict.fromkeys(comparison for rule in rules for comparison in comparisons(rule))
    return tuple(found)


def _recent(used: Sequence[Comparison]) -> str:
    """Only the days that some window can reach; the rest of the year need not be carried through the frames."""
    reach = max((_reach(comparison) for comparison in used), default=1)
    calendar = {str(comparison.window) for comparison in used if not comparison.window.days}
    columns = {
        "term": "term_no = $as_of_term",
        "school_year": "school_year = $as_of_year",
        "month": "month_no = $as_of_month",
        "period": "day_no >= $first_day",
    }
    reached = " or ".join([f"days_back <= {reach}", *(columns[kind] for kind in sorted(calendar))])
    return f"""
    select * from (
        select d.*, row_number() over (partition by pupil_no order by day_no desc) as days_back
        from pupil_day d where day_no <= $as_of
    ) counted where {reached}"""


def _reach(comparison: Comparison) -> int:
    twice = comparison.window.kind == "previous" or comparison.measure == "trend_points"
    return max(comparison.window.days, 1) * (2 if twice else 1)


def _text(
    rules: Sequence[Expression],
    used: Sequence[Comparison],
    occasion: Occasion,
    days: str,
    *,
    last: str,
    as_of: bool,
    rows: str,
) -> str:
    needs = _Needs(used, occasion)
    steps = [f"day as ({days})"]
    source = "day"
    if needs.runs:
        steps.append(_RUNS)
        source = "run_day"
    steps.append(f"framed as (select {', '.join([*BEFORE, *needs.kept(as_of), *needs.columns()])} from {source})")
    steps.append(f"here as (select * from framed where {last})")
    steps += [_longest(window) for window in needs.longest]
    joins = [
        f"left join longest_{window} l_{window} on"
        f" l_{window}.pupil_no = here.pupil_no and l_{window}.day_no = here.day_no"
        for window in needs.longest
    ]
    columns = ", ".join(["here.*", *_terms(used, occasion)])
    steps.append(f"compared as (select {columns} from here {' '.join(joins)})")
    held = [
        f"case when {_held(comparison, number, as_of)} then 1 else 0 end as held_{number}"
        for number, comparison in enumerate(used)
    ]
    steps.append(f"tested as (select {', '.join(['compared.*', *held])} from compared)")
    ruled = [
        f"case when {_condition(rule, used)} then 1 else 0 end as rule_{number}" for number, rule in enumerate(rules)
    ]
    steps.append(f"judged as (select {', '.join([*_results(len(used)), *ruled])} from tested)")
    return f"with {', '.join(steps)} {rows}"


_RUNS = """
numbered as (
    select day.*,
        row_number() over (partition by pupil_no order by day_no) as seq,
        lag(day_no) over (partition by pupil_no order by day_no) as day_before
    from day
),
broken as (
    select numbered.*, max(case when absent_day = 0 then seq else 0 end) over (
        partition by pupil_no order by day_no rows between unbounded preceding and current row) as last_attended
    from numbered
),
run_day as (select broken.*, seq - last_attended as run from broken)"""


class _Needs:
    """Which sums over which windows the comparisons ask for."""

    def __init__(self, used: Sequence[Comparison], occasion: Occasion) -> None:
        self.used = used
        self.sums: dict[tuple[str, Window], None] = {}
        self.firsts: dict[Window, None] = {}
        self.longest: dict[Window, None] = {}
        spells = {"longest_spell", "current_spell"}
        self.runs = any(c.measure in spells or (c.measure == "occasions" and occasion == "spell") for c in used)
        for comparison in used:
            self._add(comparison, occasion)

    def _add(self, comparison: Comparison, occasion: Occasion) -> None:
        windows = [comparison.window]
        if comparison.measure == "trend_points":
            windows.append(_before(comparison.window))
        for window in windows:
            for name in ("offered", "reported", "days"):
                self.sums[name, window] = None
            self.firsts[window] = None
            for name in _measured(comparison, occasion):
                self.sums[name, window] = None
        if comparison.measure == "longest_spell":
            self.longest[comparison.window] = None

    def kept(self, as_of: bool) -> list[str]:
        own = ["term_no", "school_year", "month_no"] if as_of else []
        return [*own, "days_back" if as_of else "next_week", *(["seq", "run", "absent_day"] if self.runs else [])]

    def columns(self) -> list[str]:
        sums = [
            f"sum({_counted(name, window)}) over ({_frame(window)}) as {name}_{window}" for name, window in self.sums
        ]
        firsts = [f"{_first_day(window)} over ({_frame(window)}) as first_day_{window}" for window in self.firsts]
        opened = [
            f"first_value({_CARRIED}) over ({_frame(window)}) as carried_{window}"
            for name, window in self.sums
            if name == "spell_starts" and window.kind != "period"
        ]
        lasts = [
            f"max(day_no) over ({_frame(window)}) as last_day_{window}"
            for window in self.firsts
            if window.kind == "previous"
        ]
        return [*sums, *firsts, *lasts, *opened]


def _measured(comparison: Comparison, occasion: Occasion) -> list[str]:
    measure = comparison.measure
    if measure in _RATE_PART:
        return [_RATE_PART[measure]]
    if comparison.kind is MeasureKind.POINTS:
        return ["absent"]
    if comparison.kind is MeasureKind.HOURS:
        return [measure.removesuffix("_hours")]
    if measure == "occasions":
        return [_OCCASION.get(occasion, "spell_starts")]
    return [measure] if measure in _SUMS else []


def _before(window: Window) -> Window:
    return Window("previous", window.days)


def _frame(window: Window) -> str:
    by = {"term": "pupil_no, term_no", "school_year": "pupil_no, school_year", "month": "pupil_no, month_no"}
    rows = {
        "last": f"{window.days - 1} preceding and current row",
        "previous": f"{2 * window.days - 1} preceding and {window.days} preceding",
    }
    part, frame = by.get(window.kind, "pupil_no"), rows.get(window.kind, "unbounded preceding and current row")
    return f"partition by {part} order by day_no rows between {frame}"


def _counted(name: str, window: Window) -> str:
    if window.kind != "period":
        return _SUMS[name]
    # The frame begins before the period: a spell that began there starts, for the period, on the period's first day.
    carried = "run = 1 or (run > 1 and day_before < $first_day)"
    sql = f"case when {carried} then 1 else 0 end" if name == "spell_starts" else _SUMS[name]
    return f"case when day_no >= $first_day then {sql} else 0 end"


def _first_day(window: Window) -> str:
    """Days come in order, so the first of the frame is the least; that is several times cheaper than a minimum."""
    if window.kind == "period":
        return "min(case when day_no >= $first_day then day_no end)"
    return "first_value(day_no)"


def _longest(window: Window) -> str:
    """A spell that began before the window counts with its days inside it only."""
    end = f"here.seq - {window.days}" if window.kind == "previous" else "here.seq"
    first = f"{end} - here.days_{window} + 1"
    inside = f"run_day.seq - ({first}) + 1"
    return f"""longest_{window} as (
    select here.pupil_no, here.day_no, max(case when run_day.run < {inside} then run_day.run else {inside} end) as days
    from here join run_day on run_day.pupil_no = here.pupil_no and run_day.absent_day = 1
        and run_day.seq >= {first} and run_day.seq <= {end}
    group by here.pupil_no, here.day_no)"""


def _terms(used: Sequence[Comparison], occasion: Occasion) -> list[str]:
    columns: list[str] = []
    for number, comparison in enumerate(used):
        numerator, denominator = _fraction(comparison, occasion)
        window = comparison.window
        columns += [
            f"{numerator} as numerator_{number}",
            f"{denominator} as denominator_{number}",
            f"first_day_{window} as first_day_{number}",
            f"{f'last_day_{window}' if window.kind == 'previous' else 'here.day_no'} as last_day_{number}",
            f"coalesce(offered_{window}, 0) as offered_{number}",
            f"coalesce(reported_{window}, 0) as reported_{number}",
        ]
    return columns


def _fraction(comparison: Comparison, occasion: Occasion) -> tuple[str, str]:
    window, measure = comparison.window, comparison.measure
    if measure in _RATE_PART:
        return f"{_RATE_PART[measure]}_{window}", f"reported_{window}"
    if measure == "coverage":
        return f"reported_{window}", f"offered_{window}"
    if measure == "trend_points":
        before = _before(window)
        difference = f"absent_{window} * reported_{before} - absent_{before} * reported_{window}"
        return f"100 * ({difference})", f"reported_{window} * reported_{before}"
    if comparison.kind is MeasureKind.HOURS:
        return f"{measure.removesuffix('_hours')}_{window}", "60"
    return f"coalesce({_count(comparison, occasion)}, 0)", "1"


def _count(comparison: Comparison, occasion: Occasion) -> str:
    window, measure = comparison.window, comparison.measure
    if measure == "school_days":
        return f"days_{window}"
    if measure == "longest_spell":
        return f"l_{window}.days"
    if measure == "current_spell":
        inside = f"(run - {window.days if window.kind == 'previous' else 0})"
        return f"case when {inside} <= 0 then 0 when {inside} < days_{window} then {inside} else days_{window} end"
    if measure == "occasions" and occasion == "spell":
        return f"spell_starts_{window}" + ("" if window.kind == "period" else f" + carried_{window}")
    return f"{_OCCASION[occasion] if measure == 'occasions' else measure}_{window}"


def _held(comparison: Comparison, number: int, as_of: bool) -> str:
    """Exact: both sides are multiplied out to whole numbers."""
    limit = comparison.limit
    test = f"numerator_{number} * {limit.denominator} {comparison.sign} {limit.numerator} * denominator_{number}"
    guards = [test, f"days_{comparison.window} > 0"]
    if comparison.kind in (MeasureKind.RATE, MeasureKind.POINTS):
        guards.append(_enough(comparison.window, needs_coverage=comparison.measure != "coverage"))
    if comparison.kind is MeasureKind.POINTS:
        guards.append(_enough(_before(comparison.window), needs_coverage=True))
    if as_of:
        guards += _still_open(comparison.window)
    return " and ".join(f"({guard})" for guard in guards)


def _enough(window: Window, *, needs_coverage: bool) -> str:
    base = f"(days_{window} >= {window.base_days} or reported_{window} >= {BASE_REPORTED_MIN})"
    covered = f"{COVERAGE_NEEDED.denominator} * reported_{window} >= {COVERAGE_NEEDED.numerator} * offered_{window}"
    return f"{base} and reported_{window} > 0 and {covered}" if needs_coverage else base


def _still_open(window: Window) -> list[str]:
    """A pupil whose last school day lies in an earlier term has no day in this one."""
    columns = {
        "term": "term_no = $as_of_term",
        "school_year": "school_year = $as_of_year",
        "month": "month_no = $as_of_month",
    }
    return [columns[window.kind]] if window.kind in columns else []


def _condition(rule: Expression, used: Sequence[Comparison]) -> str:
    if isinstance(rule, Joined):
        return f" {rule.word} ".join(f"({_condition(part, used)})" for part in rule.parts)
    return f"held_{used.index(rule)} = 1"


def _results(count: int) -> list[str]:
    per = [f"{name}_{number}" for number in range(count) for name in PER_COMPARISON]
    return [*BEFORE, *per]
