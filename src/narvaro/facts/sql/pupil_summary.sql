-- name: pupil_summary
-- title: One pupil's numbers
-- grain: one row a pupil with a school day in the period
-- reads: pupil_day
-- units: *_min minutes; spells in school days; the rest counts
-- about: Sums of the period, of the last 20 school days and of the 20 before; spells, scattered absence, late arrivals, edges.
with numbered as (
    select
        pupil_day.*,
        row_number() over (partition by pupil_no order by day_no desc) as days_back
    from pupil_day
    where day_no <= $as_of
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
),
summed as (
    select
        pupil_no,
        max(case when days_back = 1 then school_unit_id end) as school_unit_id,
        max(case when days_back = 1 then group_id end) as group_id,
        sum(case when day_no >= $first_day then 1 else 0 end) as school_days,
        sum(case when day_no >= $first_day then offered_min else 0 end) as offered_min,
        sum(case when day_no >= $first_day then present_min else 0 end) as present_min,
        sum(case when day_no >= $first_day then valid_min else 0 end) as valid_min,
        sum(case when day_no >= $first_day then invalid_min else 0 end) as invalid_min,
        sum(case when days_back <= 20 then offered_min else 0 end) as last_20_offered_min,
        sum(case when days_back <= 20 then present_min else 0 end) as last_20_present_min,
        sum(case when days_back <= 20 then valid_min else 0 end) as last_20_valid_min,
        sum(case when days_back <= 20 then invalid_min else 0 end) as last_20_invalid_min,
        sum(case when days_back between 21 and 40 then offered_min else 0 end) as previous_20_offered_min,
        sum(case when days_back between 21 and 40 then present_min else 0 end) as previous_20_present_min,
        sum(case when days_back between 21 and 40 then valid_min else 0 end) as previous_20_valid_min,
        sum(case when days_back between 21 and 40 then invalid_min else 0 end) as previous_20_invalid_min,
        sum(case when day_no >= $first_day then absent_day + part_day else 0 end) as days_with_absence,
        sum(case when day_no >= $first_day then absent_lessons else 0 end) as absent_lessons,
        sum(case when day_no >= $first_day then part_day else 0 end) as scattered_days,
        sum(case when day_no >= $first_day and part_day = 1 then absent_lessons else 0 end) as scattered_lessons,
        sum(case when day_no >= $first_day then late_count else 0 end) as late_count,
        sum(case when day_no >= $first_day then late_min else 0 end) as late_min,
        sum(case when day_no >= $first_day then first_reported else 0 end) as first_reported,
        sum(case when day_no >= $first_day then first_missed else 0 end) as first_missed,
        sum(case when day_no >= $first_day then last_reported else 0 end) as last_reported,
        sum(case when day_no >= $first_day then last_missed else 0 end) as last_missed
    from numbered
    group by pupil_no
)
select
    s.pupil_no,
    s.school_unit_id,
    s.group_id,
    s.school_days,
    s.offered_min,
    s.present_min,
    s.valid_min,
    s.invalid_min,
    s.last_20_offered_min,
    s.last_20_present_min,
    s.last_20_valid_min,
    s.last_20_invalid_min,
    s.previous_20_offered_min,
    s.previous_20_present_min,
    s.previous_20_valid_min,
    s.previous_20_invalid_min,
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
left join spells p on p.pupil_no = s.pupil_no
where s.school_days > 0
