"""Try a rule over stored history: whom it would have flagged, school by school and week by week, and how early
(M04)."""

from collections import Counter
from dataclasses import dataclass
from string import Template

from narvaro.domain.plan import Occasion
from narvaro.domain.rules import Expression, parse_rule
from narvaro.facts.measures import Snapshot
from narvaro.facts.rules_sql import history_query

DEEP_ABSENCE = parse_rule("total_rate(last_20) >= 0.30")
NOTABLE_ABSENCE = parse_rule("total_rate(last_20) >= 0.15")


@dataclass(frozen=True, slots=True)
class WeekTried:
    """Pupils of a school with a school day in the week; ``new`` were not flagged in their week before."""

    school_unit_id: str
    week_no: int
    evaluated: int
    flagged: int
    new: int


@dataclass(frozen=True, slots=True)
class PupilTried:
    """First week with the flag and first week at 30 %, if any; ``notable``: was at 15 % at the end of some week."""

    pupil_no: int
    first_flag: int | None
    first_deep: int | None
    notable: bool

    @property
    def lead(self) -> int | None:
        """Weeks from the flag to 30 %; negative when the flag came later."""
        return None if self.first_flag is None or self.first_deep is None else self.first_deep - self.first_flag


@dataclass(frozen=True, slots=True)
class History:
    """Every school and week, and every pupil with a school day, in order."""

    weeks: tuple[WeekTried, ...]
    pupils: tuple[PupilTried, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """``lead_weeks``: weeks from first flag to first 30 % -> pupils (negative: flagged too late). ``never_notable``:
    flagged
    pupils who never reached 15 %. ``missed``: pupils who reached 30 % without a flag before or after."""

    weeks: tuple[WeekTried, ...]
    pupils: int
    flagged: int
    deep: int
    missed: int
    never_notable: int
    lead_weeks: tuple[tuple[int, int], ...]

    @property
    def median_lead(self) -> float | None:
        """Weeks, over the flagged pupils who reached 30 %."""
        each = sorted(weeks for weeks, pupils in self.lead_weeks for _ in range(pupils))
        middle = len(each) // 2
        if not each:
            return None
        return float(each[middle]) if len(each) % 2 else (each[middle - 1] + each[middle]) / 2


def try_rule(snapshot: Snapshot, rule: Expression, *, occasion: Occasion = "spell") -> Trial:
    """Every pupil judged on the last school day of every week up to the snapshot's ``as_of``."""
    return _trial(judge_history(snapshot, rule, occasion=occasion))


def judge_history(snapshot: Snapshot, rule: Expression, *, occasion: Occasion = "spell") -> History:
    """The same, pupil by pupil."""
    query = history_query([rule, DEEP_ABSENCE, NOTABLE_ABSENCE], occasion=occasion)
    rows = snapshot.engine.query(Template(_SUMMED.replace("$judged", query.sql)).substitute(snapshot.numbers))
    weeks = [WeekTried(*row[1:]) for row in rows if row[0] == "week"]
    pupils = [PupilTried(row[2], row[3], row[4], bool(row[5])) for row in rows if row[0] == "pupil"]
    return History(tuple(weeks), tuple(pupils))


_SUMMED = """
with judged_weeks as ($judged),
changes as (
    select judged_weeks.*, lag(rule_0) over (partition by pupil_no order by day_no) as rule_before
    from judged_weeks
),
pupil_firsts as (
    select pupil_no,
        min(case when rule_0 = 1 then week_no end) as first_flag,
        min(case when rule_1 = 1 then week_no end) as first_deep,
        max(rule_2) as notable
    from changes group by pupil_no
)
select 'week' as kind, school_unit_id, week_no, count(*) as a, sum(rule_0) as b,
    sum(case when rule_0 = 1 and coalesce(rule_before, 0) = 0 then 1 else 0 end) as c
from changes group by school_unit_id, week_no
union all
select 'pupil', '', pupil_no, first_flag, first_deep, notable from pupil_firsts
order by 1, 2, 3
"""


def _trial(history: History) -> Trial:
    pupils = history.pupils
    leads = Counter(pupil.lead for pupil in pupils if pupil.lead is not None)
    return Trial(
        weeks=history.weeks,
        pupils=len(pupils),
        flagged=sum(pupil.first_flag is not None for pupil in pupils),
        deep=sum(pupil.first_deep is not None for pupil in pupils),
        missed=sum(pupil.first_deep is not None and pupil.first_flag is None for pupil in pupils),
        never_notable=sum(pupil.first_flag is not None and not pupil.notable for pupil in pupils),
        lead_weeks=tuple(sorted(leads.items())),
    )
