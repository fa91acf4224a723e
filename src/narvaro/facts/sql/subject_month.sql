-- name: subject_month
-- title: The pupil's month in a subject
-- grain: one row a pupil, month and subject
-- reads: facts
-- units: *_min minutes; the rest counts
-- about: The lessons of a month summed by subject, so that a subject's year is a few rows. Lessons without a subject are left out.
select
    pupil_no,
    subject,
    month_no,
    count(*) as lessons,
    sum(reported) as reported_lessons,
    sum(offered_min) as offered_min,
    sum(present_min + other_min) as present_min,
    sum(valid_min) as valid_min,
    sum(invalid_min) as invalid_min,
    sum(case when valid_min + invalid_min > 0 and present_min + other_min = 0 then 1 else 0 end) as missed_lessons
from facts
where subject is not null
group by pupil_no, subject, month_no
