"""One piece of work that every contender does on the same file, and the figures by which the answers are compared.

From the lesson export: each pupil's minutes over the year, and over the pupil's 20 latest school days. ``Answer`` sums
them over all pupils, so that a wrong answer shows.
"""

from dataclasses import asdict, dataclass

DAY_SQL = """
select elev_id, datum, sum(lektionsminuter) as offered,
    sum(case when rapporterad = 'ja' then lektionsminuter else 0 end) as reported,
    sum(case when rapporterad = 'ja' then giltig_min + ogiltig_min else 0 end) as absent
from lessons group by elev_id, datum
"""

WORK_SQL = f"""
with day as ({DAY_SQL}),
ranked as (select day.*, row_number() over (partition by elev_id order by datum desc) as place from day),
pupil as (
    select elev_id, sum(offered) as offered, sum(reported) as reported, sum(absent) as absent,
        sum(case when place <= 20 then reported else 0 end) as reported_20,
        sum(case when place <= 20 then absent else 0 end) as absent_20
    from ranked group by elev_id
)
select count(*), sum(offered), sum(reported), sum(absent), sum(reported_20), sum(absent_20) from pupil
"""

# The same question in the stored facts' own words; the product itself asks pupil_day, which is smaller.
FACTS_SQL = (
    WORK_SQL.replace("sum(case when rapporterad = 'ja' then lektionsminuter else 0 end)", "sum(reported * offered_min)")
    .replace(
        "sum(case when rapporterad = 'ja' then giltig_min + ogiltig_min else 0 end)", "sum(valid_min + invalid_min)"
    )
    .replace("sum(lektionsminuter)", "sum(offered_min)")
    .replace("from lessons", "from facts")
    .replace("elev_id", "pupil_no")
    .replace("datum", "day_no")
)


@dataclass(frozen=True, slots=True)
class Answer:
    pupils: int
    offered: int
    reported: int
    absent: int
    reported_20: int
    absent_20: int

    @classmethod
    def of(cls, figures: object) -> "Answer":
        return cls(*(int(figure) for figure in figures))  # type: ignore[attr-defined]

    def as_dict(self) -> dict[str, int]:
        return asdict(self)
