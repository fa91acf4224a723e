-- name: subject_profile
-- title: Absence by subject
-- grain: one row a pupil and subject with at least 6 reported lessons
-- reads: subject_month, facts
-- units: *_min minutes; flagged 0 or 1
-- about: Flagged when at least 3 of the last 4 reported lessons were missed and the rate is at least twice that of the other subjects (both calculable).
-- Months that lie wholly in the period are summed already.
with part as (
    select
        pupil_no,
        subject,
        month_no,
        lessons,
        reported_lessons,
        offered_min,
        present_min,
        valid_min,
        invalid_min,
        missed_lessons
    from subject_month
    where month_no between $first_whole_month and $last_whole_month
    union all
    select
        pupil_no,
        subject,
        month_no,
        1,
        reported,
        offered_min,
        present_min + other_min,
        valid_min,
        invalid_min,
        case when valid_min + invalid_min > 0 and present_min + other_min = 0 then 1 else 0 end
    from facts
    where day_no between $first_day and $as_of and subject is not null
        and (month_no < $first_whole_month or month_no > $last_whole_month)
),
profile as (
    select
        pupil_no,
        subject,
        sum(lessons) as lessons,
        sum(reported_lessons) as reported_lessons,
        sum(offered_min) as offered_min,
        sum(present_min) as present_min,
        sum(valid_min) as valid_min,
        sum(invalid_min) as invalid_min,
        sum(missed_lessons) as missed
    from part
    group by pupil_no, subject
),
whole as (
    select
        pupil_no,
        sum(offered_min) as offered_min,
        sum(present_min + valid_min + invalid_min) as reported_min,
        sum(valid_min + invalid_min) as absent_min
    from profile
    group by pupil_no
),
beside as (
    select
        p.*,
        p.present_min + p.valid_min + p.invalid_min as own_reported,
        p.valid_min + p.invalid_min as own_absent,
        w.offered_min - p.offered_min as other_offered,
        w.reported_min - p.present_min - p.valid_min - p.invalid_min as other_reported,
        w.absent_min - p.valid_min - p.invalid_min as other_absent
    from profile p
    join whole w on w.pupil_no = p.pupil_no
    where p.reported_lessons >= 6
),
compared as (
    select
        beside.*,
        case when missed >= 3
            and own_reported > 0 and 100 * own_reported >= 80 * offered_min
            and other_reported > 0 and 100 * other_reported >= 80 * other_offered
            and own_absent * other_reported >= 2 * other_absent * own_reported
            then 1 else 0 end as stands_out
    from beside
),
-- Only subjects that stand out need their latest lessons looked at one by one, and of those only the ones with three
-- missed lessons in the months that hold the last four.
month as (
    select p.pupil_no, p.subject, p.month_no, sum(p.reported_lessons) as reported_lessons, sum(p.missed_lessons) as missed
    from part p
    join compared c on c.pupil_no = p.pupil_no and c.subject = p.subject and c.stands_out = 1
    group by p.pupil_no, p.subject, p.month_no
),
counted as (
    select
        month.*,
        coalesce(sum(reported_lessons) over (
            partition by pupil_no, subject order by month_no desc rows between unbounded preceding and 1 preceding
        ), 0) as later_lessons
    from month
),
possible as (
    select pupil_no, subject, min(month_no) as first_month
    from counted
    where later_lessons < 4
    group by pupil_no, subject
    having sum(missed) >= 3
),
latest as (
    select
        f.pupil_no,
        f.subject,
        case when f.valid_min + f.invalid_min > 0 and f.present_min + f.other_min = 0 then 1 else 0 end as missed,
        row_number() over (
            partition by f.pupil_no, f.subject order by f.day_no desc, f.lesson_no desc
        ) as place
    from facts f
    join possible p on p.pupil_no = f.pupil_no and p.subject = f.subject and p.first_month <= f.month_no
    where f.reported = 1 and f.day_no between $first_day and $as_of
),
repeated as (
    select pupil_no, subject, sum(missed) as missed
    from latest
    where place <= 4
    group by pupil_no, subject
)
select
    c.pupil_no,
    c.subject,
    c.lessons,
    c.reported_lessons,
    c.offered_min,
    c.present_min,
    c.valid_min,
    c.invalid_min,
    case when r.missed >= 3 then 1 else 0 end as flagged
from compared c
left join repeated r on r.pupil_no = c.pupil_no and r.subject = c.subject
