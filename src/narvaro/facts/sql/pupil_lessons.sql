-- name: pupil_lessons
-- title: One pupil's lessons
-- grain: one row a lesson of pupil $pupil_no
-- reads: facts
-- units: *_min minutes (start_min, end_min after midnight); reported, late 0 or 1
-- about: Every lesson of one pupil in the period, in no order: what the pupil's page draws its day map from.
select
    day_no,
    lesson_no,
    start_min,
    end_min,
    subject,
    lesson_id,
    school_unit_id,
    offered_min,
    reported,
    present_min,
    valid_min,
    invalid_min,
    other_min,
    late
from facts
where pupil_no = $pupil_no and day_no between $first_day and $as_of
