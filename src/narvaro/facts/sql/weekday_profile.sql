-- name: weekday_profile
-- title: Absence by weekday
-- grain: one row a pupil and weekday
-- reads: pupil_day
-- units: *_min minutes; dow 1 = Monday; flagged 0 or 1
-- about: Flagged when at least 3 of the last 4 such weekdays were absent days and the rate is at least twice that of the other days (both calculable).
with numbered as (
    select
        pupil_day.*,
        row_number() over (partition by pupil_no, dow order by day_no desc) as place
    from pupil_day
    where day_no between $first_day and $as_of
),
profile as (
    select
        pupil_no,
        dow,
        count(*) as school_days,
        sum(offered_min) as offered_min,
        sum(present_min) as present_min,
        sum(valid_min) as valid_min,
        sum(invalid_min) as invalid_min,
        sum(case when place <= 4 then absent_day else 0 end) as recent_absent
    from numbered
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
compared as (
    select
        p.*,
        p.present_min + p.valid_min + p.invalid_min as own_reported,
        p.valid_min + p.invalid_min as own_absent,
        w.offered_min - p.offered_min as other_offered,
        w.reported_min - p.present_min - p.valid_min - p.invalid_min as other_reported,
        w.absent_min - p.valid_min - p.invalid_min as other_absent
    from profile p
    join whole w on w.pupil_no = p.pupil_no
)
select
    pupil_no,
    dow,
    school_days,
    offered_min,
    present_min,
    valid_min,
    invalid_min,
    case when recent_absent >= 3
        and own_reported > 0 and 100 * own_reported >= 80 * offered_min
        and other_reported > 0 and 100 * other_reported >= 80 * other_offered
        and own_absent * other_reported >= 2 * other_absent * own_reported
        then 1 else 0 end as flagged
from compared
