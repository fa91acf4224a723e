-- name: pupil_day
-- title: The pupil's day
-- grain: one row a pupil and day
-- reads: facts
-- units: *_min minutes; absent_day, part_day, first_*, last_* 0 or 1; the rest counts and calendar integers
-- about: The lessons of a day summed, the day's minutes at most the union of its lessons' time spans.
with day as (
    select
        pupil_no,
        day_no,
        min(school_unit_id) as unit_low,
        max(school_unit_id) as unit_high,
        min(coalesce(group_id, '')) as group_low,
        max(coalesce(group_id, '')) as group_high,
        min(dow) as dow,
        min(week_no) as week_no,
        min(month_no) as month_no,
        min(term_no) as term_no,
        min(school_year) as school_year,
        cast(sum(offered_min) as bigint) as lesson_sum,
        cast(sum(added_min) as bigint) as span_union,
        cast(sum(present_min + other_min) as bigint) as present_sum,
        cast(sum(valid_min) as bigint) as valid_sum,
        cast(sum(invalid_min) as bigint) as invalid_sum,
        cast(count(*) as integer) as lessons,
        cast(sum(reported) as integer) as reported_lessons,
        cast(sum(case when valid_min + invalid_min > 0 then 1 else 0 end) as integer) as absent_lessons,
        cast(sum(case when valid_min + invalid_min > 0 and present_min + other_min = 0 then 1 else 0 end) as integer)
            as missed_lessons,
        cast(sum(case when invalid_min > 0 and not (late = 1 and invalid_min < 10) then 1 else 0 end) as integer)
            as invalid_lessons,
        cast(sum(late) as integer) as late_count,
        cast(sum(late * invalid_min) as integer) as late_min,
        min(case when lesson_no = 1 then reported * 2
            + case when valid_min + invalid_min > 0 and present_min + other_min = 0 then 1 else 0 end end) as first_lesson,
        max(lesson_no * 4 + reported * 2
            + case when valid_min + invalid_min > 0 and present_min + other_min = 0 then 1 else 0 end) % 4 as last_lesson
    from facts
    group by pupil_no, day_no
),
-- A day in two units or classes belongs to the longest lesson's; few days need this look.
shared as (
    select
        f.pupil_no,
        f.day_no,
        f.school_unit_id,
        coalesce(f.group_id, '') as group_id,
        row_number() over (
            partition by f.pupil_no, f.day_no
            order by f.offered_min desc, f.school_unit_id, case when f.group_id is null then 1 else 0 end, f.group_id
        ) as place
    from facts f
    join day d on d.pupil_no = f.pupil_no and d.day_no = f.day_no
    where d.unit_low <> d.unit_high or d.group_low <> d.group_high
),
-- Running totals scaled and rounded down, so that the parts still sum to the union.
capped as (
    select
        day.*,
        case when lesson_sum > span_union then span_union else lesson_sum end as offered_min,
        case when lesson_sum > span_union
            then cast((present_sum * span_union - (present_sum * span_union) % lesson_sum) / lesson_sum as integer)
            else present_sum end as to_present,
        case when lesson_sum > span_union
            then cast(((present_sum + valid_sum) * span_union
                - ((present_sum + valid_sum) * span_union) % lesson_sum) / lesson_sum as integer)
            else present_sum + valid_sum end as to_valid,
        case when lesson_sum > span_union
            then cast(((present_sum + valid_sum + invalid_sum) * span_union
                - ((present_sum + valid_sum + invalid_sum) * span_union) % lesson_sum) / lesson_sum as integer)
            else present_sum + valid_sum + invalid_sum end as to_invalid
    from day
)
select
    c.pupil_no,
    c.day_no,
    coalesce(s.school_unit_id, c.unit_low) as school_unit_id,
    nullif(coalesce(s.group_id, c.group_low), '') as group_id,
    c.dow,
    c.week_no,
    c.month_no,
    c.term_no,
    c.school_year,
    c.offered_min,
    c.to_invalid as reported_min,
    c.to_present as present_min,
    c.to_valid - c.to_present as valid_min,
    c.to_invalid - c.to_valid as invalid_min,
    c.lessons,
    c.reported_lessons,
    c.absent_lessons,
    c.missed_lessons,
    c.invalid_lessons,
    c.late_count,
    c.late_min,
    case when c.first_lesson >= 2 then 1 else 0 end as first_reported,
    c.first_lesson % 2 as first_missed,
    case when c.last_lesson >= 2 then 1 else 0 end as last_reported,
    c.last_lesson % 2 as last_missed,
    case when c.to_invalid > 0 and c.to_present = 0 and 2 * c.to_invalid >= c.offered_min then 1 else 0 end as absent_day,
    case when c.to_invalid > c.to_present and not (c.to_present = 0 and 2 * c.to_invalid >= c.offered_min)
        then 1 else 0 end as part_day
from capped c
left join shared s on s.pupil_no = c.pupil_no and s.day_no = c.day_no and s.place = 1
