-- name: pupil_week
-- title: The pupil's weeks
-- grain: one row a pupil and ISO week
-- reads: pupil_day
-- units: *_min minutes
-- about: The week series behind the pupil's line, oldest first; weeks without school days have no row.
select
    pupil_no,
    week_no,
    sum(offered_min) as offered_min,
    sum(present_min) as present_min,
    sum(valid_min) as valid_min,
    sum(invalid_min) as invalid_min
from pupil_day
where day_no between $first_day and $as_of
group by pupil_no, week_no
order by pupil_no, week_no
