-- name: unit_summary
-- title: A school's coverage
-- grain: one row a school unit
-- reads: pupil_day
-- units: *_min minutes; pupil_days counts
-- about: Minutes of every pupil's day by the unit of that day.
select
    school_unit_id,
    count(*) as pupil_days,
    sum(offered_min) as offered_min,
    sum(present_min) as present_min,
    sum(valid_min) as valid_min,
    sum(invalid_min) as invalid_min
from pupil_day
where day_no between $first_day and $as_of
group by school_unit_id
