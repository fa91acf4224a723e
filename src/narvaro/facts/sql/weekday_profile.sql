-- name: weekday_profile
-- title: Absence by weekday
-- grain: one row a pupil and weekday
-- reads: pupil_day
-- units: *_min minutes; dow 1 = Monday; flagged 0 or 1
-- about: Flagged when at least 3 of the last 4 such weekdays were absent days and the rate is at least twice that of the other days (both calculable).
with profile as (
    select
        pupil_no,
        dow,
        count(*) as school_days,
        sum(offered_min) as offered_min,
        sum(present_min) as present_min,
        sum(valid_min) as valid_min,
        sum(invalid_min) as invalid_min,
        sum(absent_day) as absent_days
    from pupil_day
    where day_no between $first_day and $as_of
    group by pupil_no, dow
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
),
compared as (
    select
        beside.*,
        case when absent_days >= 3
            and own_reported > 0 and 100 * own_reported >= 80 * offered_min
            and other_reported > 0 and 100 * other_reported >= 80 * other_offered
            and own_absent * other_reported >= 2 * other_absent * own_reported
            then 1 else 0 end as stands_out
    from beside
),
-- Only weekdays that stand out need their latest days looked at one by one.
latest as (
    select
        d.pupil_no,
        d.dow,
        d.absent_day,
        row_number() over (partition by d.pupil_no, d.dow order by d.day_no desc) as place
    from pupil_day d
    join compared c on c.pupil_no = d.pupil_no and c.dow = d.dow and c.stands_out = 1
    where d.day_no between $first_day and $as_of
),
repeated as (
    select pupil_no, dow, sum(absent_day) as absent_days
    from latest
    where place <= 4
    group by pupil_no, dow
)
select
    c.pupil_no,
    c.dow,
    c.school_days,
    c.offered_min,
    c.present_min,
    c.valid_min,
    c.invalid_min,
    case when r.absent_days >= 3 then 1 else 0 end as flagged
from compared c
left join repeated r on r.pupil_no = c.pupil_no and r.dow = c.dow
