-- name: pupil_term
-- title: The pupil's term at a school
-- grain: one row a pupil, school unit and term
-- reads: pupil_day
-- units: *_min minutes; school_days a count; term_no as in the calendar
-- about: The pupil's days of a term, each at the unit of that day: what the national format holds.
select
    pupil_no,
    school_unit_id,
    term_no,
    count(*) as school_days,
    sum(offered_min) as offered_min,
    sum(present_min) as present_min,
    sum(valid_min) as valid_min,
    sum(invalid_min) as invalid_min
from pupil_day
where day_no between $first_day and $as_of
group by pupil_no, school_unit_id, term_no
