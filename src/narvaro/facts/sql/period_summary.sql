-- name: period_summary
-- title: One pupil's sums
-- grain: one row a pupil
-- reads: periods
-- units: *_min minutes; late_count a count or empty; first_day, last_day day numbers
-- about: For exports that hold one row a pupil and period: all the pupil's periods summed; unit, class and name of the latest.
with numbered as (
    select
        periods.*,
        row_number() over (partition by pupil_no order by last_day desc, first_day desc, school_unit_id) as place
    from periods
    where first_day <= $as_of and last_day >= $first_day
)
select
    pupil_no,
    max(case when place = 1 then school_unit_id end) as school_unit_id,
    max(case when place = 1 then group_id end) as group_id,
    max(case when place = 1 then name end) as name,
    max(case when place = 1 then grade end) as grade,
    sum(offered_min) as offered_min,
    sum(present_min) as present_min,
    sum(valid_min) as valid_min,
    sum(invalid_min) as invalid_min,
    sum(late_count) as late_count,
    min(first_day) as first_day,
    max(last_day) as last_day
from numbered
group by pupil_no
