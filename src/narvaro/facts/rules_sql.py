"""Rules as portable SQL over ``pupil_day``.

One text serves both uses: the list of today (``as_of``: judged on each pupil's last school day) and the trial on stored
history (judged on each pupil's last school day of every week). They differ only in how windows are summed. See
docs/explanation/numbers.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from narvaro.domain.absence import BASE_REPORTED_MIN, COVERAGE_NEEDED
from narvaro.domain.plan import Occasion
from narvaro.domain.rules import Comparison, Expression, Joined, MeasureKind, comparisons
from narvaro.domain.windows import Window
from narvaro.facts.rule_windows import (
    BEFORE,
    OCCASION,
    RATE_PART,
    Needs,
    before,
    on_last_days,
    on_last_days_of_weeks,
)

PER_WINDOW = ("first_day", "last_day", "offered", "reported")
PER_COMPARISON = ("held", "numerator", "denominator")


@dataclass(frozen=True, slots=True)
class RuleQuery:
    """Columns of the text: BEFORE, then PER_WINDOW for each window, PER_COMPARISON for each comparison, and one for
    each rule; held and rule are 0 or 1."""

    sql: str
    windows: tuple[Window, ...]
    comparisons: tuple[Comparison, ...]

    def of_window(self, window: Window) -> slice:
        start = len(BEFORE) + self.windows.index(window) * len(PER_WINDOW)
        return slice(start, start + len(PER_WINDOW))

    def of_comparison(self, comparison: Comparison) -> slice:
        start = len(BEFORE) + len(self.windows) * len(PER_WINDOW)
        start += self.comparisons.index(comparison) * len(PER_COMPARISON)
        return slice(start, start + len(PER_COMPARISON))


def as_of_query(rules: Sequence[Expression], *, occasion: Occasion) -> RuleQuery:
    """Judges every pupil on the last school day up to ``$as_of``; only pupils for whom a rule holds are returned."""
    needs = Needs(_used(rules), occasion)
    wanted = " or ".join(f"rule_{number} = 1" for number in range(len(rules)))
    return _query(rules, needs, on_last_days(needs), rows=f"select * from judged where {wanted}")


def history_query(rules: Sequence[Expression], *, occasion: Occasion) -> RuleQuery:
    """Judges every pupil on the last school day of every ISO week."""
    needs = Needs(_used(rules), occasion)
    return _query(rules, needs, on_last_days_of_weeks(needs), rows="select * from judged")


def _used(rules: Sequence[Expression]) -> tuple[Comparison, ...]:
    found = dict.fromkeys(comparison for rule in rules for comparison in comparisons(rule))
    return tuple(found)


def _query(rules: Sequence[Expression], needs: Needs, here: list[str], *, rows: str) -> RuleQuery:
    used = tuple(needs.used)
    held = [f"case when {_held(each, number)} then 1 else 0 end as held_{number}" for number, each in enumerate(used)]
    ruled = [
        f"case when {_condition(rule, used)} then 1 else 0 end as rule_{number}" for number, rule in enumerate(rules)
    ]
    steps = [
        *here,
        *(_longest(window) for window in needs.longest),
        _compared(needs),
        f"tested as (select {', '.join(['compared.*', *held])} from compared)",
        f"judged as (select {', '.join([*_results(needs), *ruled])} from tested)",
    ]
    return RuleQuery(f"with {', '.join(steps)} {rows}", tuple(needs.windows), used)


def _compared(needs: Needs) -> str:
    joins = [
        f"left join longest_{window} l_{window} on"
        f" l_{window}.pupil_no = here.pupil_no and l_{window}.day_no = here.day_no"
        for window in needs.longest
    ]
    columns = ", ".join(["here.*", *_terms(needs)])
    return f"compared as (select {columns} from here {' '.join(joins)})"


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


def _terms(needs: Needs) -> list[str]:
    columns: list[str] = []
    for number, comparison in enumerate(needs.used):
        numerator, denominator = _fraction(comparison, needs.occasion)
        columns += [f"{numerator} as numerator_{number}", f"{denominator} as denominator_{number}"]
    return columns


def _fraction(comparison: Comparison, occasion: Occasion) -> tuple[str, str]:
    window, measure = comparison.window, comparison.measure
    if measure in RATE_PART:
        return f"{RATE_PART[measure]}_{window}", f"reported_{window}"
    if measure == "coverage":
        return f"reported_{window}", f"offered_{window}"
    if measure == "trend_points":
        earlier = before(window)
        difference = f"absent_{window} * reported_{earlier} - absent_{earlier} * reported_{window}"
        return f"100 * ({difference})", f"reported_{window} * reported_{earlier}"
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
    if measure == "occasions":
        return f"{OCCASION.get(occasion, 'spell_starts')}_{window}"
    return f"{measure}_{window}"


def _held(comparison: Comparison, number: int) -> str:
    """Exact: both sides are multiplied out to whole numbers."""
    limit = comparison.limit
    test = f"numerator_{number} * {limit.denominator} {comparison.sign} {limit.numerator} * denominator_{number}"
    guards = [test, f"days_{comparison.window} > 0"]
    if comparison.kind in (MeasureKind.RATE, MeasureKind.POINTS):
        guards.append(_enough(comparison.window, needs_coverage=comparison.measure != "coverage"))
    if comparison.kind is MeasureKind.POINTS:
        guards.append(_enough(before(comparison.window), needs_coverage=True))
    return " and ".join(f"({guard})" for guard in guards)


def _enough(window: Window, *, needs_coverage: bool) -> str:
    base = f"(days_{window} >= {window.base_days} or reported_{window} >= {BASE_REPORTED_MIN})"
    covered = f"{COVERAGE_NEEDED.denominator} * reported_{window} >= {COVERAGE_NEEDED.numerator} * offered_{window}"
    return f"{base} and reported_{window} > 0 and {covered}" if needs_coverage else base


def _condition(rule: Expression, used: Sequence[Comparison]) -> str:
    if isinstance(rule, Joined):
        return f" {rule.word} ".join(f"({_condition(part, used)})" for part in rule.parts)
    return f"held_{used.index(rule)} = 1"


def _results(needs: Needs) -> list[str]:
    windows = [f"{name}_{window}" for window in needs.windows for name in PER_WINDOW]
    compared = [f"{name}_{number}" for number in range(len(needs.used)) for name in PER_COMPARISON]
    return [*BEFORE, *windows, *compared]
