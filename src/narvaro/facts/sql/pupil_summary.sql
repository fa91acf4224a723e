-- name: pupil_summary
-- title: One pupil's numbers
-- grain: one row a pupil with a school day in the period
-- reads: pupil_day
-- units: *_min minutes; spells in school days; the rest counts
-- about: Sums of the period, of the last 20 school days and of the 20 before; spells, scattered absence, late arrivals, edges.
with summed as (
    select
        pupil_no,
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
        sum(last_missed) as last_missed
    from pupil_day
    where day_no between $first_day and $as_of
    group by pupil_no
),
-- Sorting is what costs, so only the few columns that need an order go through it.
numbered as (
    select
        pupil_no,
        day_no,
        absent_day,
        offered_min,
        present_min,
        valid_min,
        invalid_min,
        row_number() over (partition by pupil_no order by day_no desc) as days_back
    from pupil_day
    where day_no <= $as_of
),
recent as (
    select
        pupil_no,
        max(day_no) as last_day,
        sum(case when days_back <= 20 then offered_min else 0 end) as last_20_offered_min,
        sum(case when days_back <= 20 then present_min else 0 end) as last_20_present_min,
        sum(case when days_back <= 20 then valid_min else 0 end) as last_20_valid_min,
        sum(case when days_back <= 20 then invalid_min else 0 end) as last_20_invalid_min,
        sum(case when days_back > 20 then offered_min else 0 end) as previous_20_offered_min,
        sum(case when days_back > 20 then present_min else 0 end) as previous_20_present_min,
        sum(case when days_back > 20 then valid_min else 0 end) as previous_20_valid_min,
        sum(case when days_back > 20 then invalid_min else 0 end) as previous_20_invalid_min
    from numbered
    where days_back <= 40
    group by pupil_no
),
run as (
    select
        pupil_no,
        days_back,
        days_back - row_number() over (partition by pupil_no order by day_no desc) as run_no
    from numbered
    where absent_day = 1 and day_no >= $first_day
),
spell as (
    select pupil_no, run_no, count(*) as days, min(days_back) as ended
    from run
    group by pupil_no, run_no
),
spells as (
    select
        pupil_no,
        max(days) as longest_spell,
        max(case when ended = 1 then days else 0 end) as current_spell,
        count(*) as spells
    from spell
    group by pupil_no
)
select
    s.pupil_no,
    d.school_unit_id,
    d.group_id,
    s.school_days,
    s.offered_min,
    s.present_min,
    s.valid_min,
    s.invalid_min,
    r.last_20_offered_min,
    r.last_20_present_min,
    r.last_20_valid_min,
    r.last_20_invalid_min,
    r.previous_20_offered_min,
    r.previous_20_present_min,
    r.previous_20_valid_min,
    r.previous_20_invalid_min,
    s.days_with_absence,
    s.absent_lessons,
    s.scattered_days,
    s.scattered_lessons,
    s.late_count,
    s.late_min,
    s.first_reported,
    s.first_missed,
    s.last_reported,
    s.last_missed,
    coalesce(p.longest_spell, 0) as longest_spell,
    coalesce(p.current_spell, 0) as current_spell,
    coalesce(p.spells, 0) as spells
from summed s
join recent r on r.pupil_no = s.pupil_no
join pupil_day d on d.pupil_no = r.pupil_no and d.day_no = r.last_day
left join spells p on p.pupil_no = s.pupil_no
