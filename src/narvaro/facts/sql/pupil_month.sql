-- name: pupil_month
-- title: The pupil's month
-- grain: one row a pupil and month
-- reads: pupil_day
-- units: *_min minutes; spells in school days; the rest counts and calendar integers
-- about: The days of a month summed, so that a pupil's year is a few rows. opening_run and closing_run are the absent days that the month begins and ends with.
with numbered as (
    select
        d.*,
        row_number() over (partition by pupil_no, month_no order by day_no) as place
    from pupil_day d
),
broken as (
    select
        numbered.*,
        max(case when absent_day = 0 then place else 0 end) over (
            partition by pupil_no, month_no order by day_no rows between unbounded preceding and current row
        ) as attended
    from numbered
),
-- How many days the spell of an absent day has lasted within the month.
lasting as (
    select
        broken.*,
        place - attended as run,
        max(place) over (partition by pupil_no, month_no) as last_place
    from broken
)
select
    pupil_no,
    month_no,
    min(day_no) as first_day,
    count(*) as school_days,
    sum(offered_min) as offered_min,
    sum(present_min) as present_min,
    sum(valid_min) as valid_min,
    sum(invalid_min) as invalid_min,
    sum(absent_day + part_day) as days_with_absence,
    sum(absent_lessons) as absent_lessons,
    sum(part_day) as scattered_days,
    sum(part_day * absent_lessons) as scattered_lessons,
    sum(late_count) as late_count,
    sum(late_min) as late_min,
    sum(first_reported) as first_reported,
    sum(first_missed) as first_missed,
    sum(last_reported) as last_reported,
    sum(last_missed) as last_missed,
    sum(case when run = 1 then 1 else 0 end) as spells,
    max(run) as longest_spell,
    sum(case when run = place then 1 else 0 end) as opening_run,
    max(case when place = last_place then run else 0 end) as closing_run
from lasting
group by pupil_no, month_no
