-- name: pupil_summary
-- title: One pupil's numbers
-- grain: one row a pupil with a school day in the period
-- reads: pupil_month, pupil_day
-- units: *_min minutes; spells in school days; the rest counts
-- about: Sums of the period, of the last 20 school days and of the 20 before; spells, scattered absence, late arrivals, edges.
-- Months that lie wholly in the period are summed already; of others each day is a part of its own.
with part as (
    select
        pupil_no,
        first_day,
        school_days,
        offered_min,
        present_min,
        valid_min,
        invalid_min,
        days_with_absence,
        absent_lessons,
        scattered_days,
        scattered_lessons,
        late_count,
        late_min,
        first_reported,
        first_missed,
        last_reported,
        last_missed,
        spells,
        longest_spell,
        opening_run,
        closing_run
    from pupil_month
    where month_no between $first_whole_month and $last_whole_month
    union all
    select
        pupil_no,
        day_no,
        1,
        offered_min,
        present_min,
        valid_min,
        invalid_min,
        absent_day + part_day,
        absent_lessons,
        part_day,
        part_day * absent_lessons,
        late_count,
        late_min,
        first_reported,
        first_missed,
        last_reported,
        last_missed,
        absent_day,
        absent_day,
        absent_day,
        absent_day
    from pupil_day
    where day_no between $first_day and $as_of
        and (month_no < $first_whole_month or month_no > $last_whole_month)
),
summed as (
    select
        pupil_no,
        sum(school_days) as school_days,
        sum(offered_min) as offered_min,
        sum(present_min) as present_min,
        sum(valid_min) as valid_min,
        sum(invalid_min) as invalid_min,
        sum(days_with_absence) as days_with_absence,
        sum(absent_lessons) as absent_lessons,
        sum(scattered_days) as scattered_days,
        sum(scattered_lessons) as scattered_lessons,
        sum(late_count) as late_count,
        sum(late_min) as late_min,
        sum(first_reported) as first_reported,
        sum(first_missed) as first_missed,
        sum(last_reported) as last_reported,
        sum(last_missed) as last_missed
    from part
    group by pupil_no
),
-- A spell goes on through parts that are absence from end to end: carried are its days up to the end of each part.
broken as (
    select
        pupil_no,
        first_day,
        spells,
        longest_spell,
        opening_run,
        closing_run,
        max(case when closing_run < school_days then first_day else 0 end) over (
            partition by pupil_no order by first_day rows between unbounded preceding and current row
        ) as broken_on
    from part
),
lasting as (
    select
        broken.*,
        sum(closing_run) over (
            partition by pupil_no, broken_on order by first_day rows between unbounded preceding and current row
        ) as carried
    from broken
),
joined as (
    select
        lasting.*,
        coalesce(lag(carried) over (partition by pupil_no order by first_day), 0) as carried_in,
        lead(first_day) over (partition by pupil_no order by first_day) as next_part
    from lasting
),
spell as (
    select
        pupil_no,
        max(case when longest_spell > carried_in + opening_run then longest_spell else carried_in + opening_run end)
            as longest_spell,
        sum(case when next_part is null then carried else 0 end) as current_spell,
        sum(spells) - sum(case when carried_in > 0 and opening_run > 0 then 1 else 0 end) as spells
    from joined
    group by pupil_no
),
-- Few pupils have had fewer than 40 school days in the latest 80 days; only theirs are looked for further back.
sparse as (
    select pupil_no
    from pupil_day
    where day_no <= $as_of
    group by pupil_no
    having sum(case when day_no > $as_of - 80 then 1 else 0 end) < 40
),
looked_at as (
    select pupil_no, day_no, offered_min, present_min, valid_min, invalid_min
    from pupil_day
    where day_no <= $as_of and day_no > $as_of - 80
    union all
    select d.pupil_no, d.day_no, d.offered_min, d.present_min, d.valid_min, d.invalid_min
    from pupil_day d
    join sparse s on s.pupil_no = d.pupil_no
    where d.day_no <= $as_of - 80
),
numbered as (
    select
        looked_at.*,
        row_number() over (partition by pupil_no order by day_no desc) as days_back
    from looked_at
),
recent as (
    select
        pupil_no,
        max(day_no) as last_day,
        sum(case when days_back <= 20 then offered_min else 0 end) as last_20_offered_min,
        sum(case when days_back <= 20 then present_min else 0 end) as last_20_present_min,
        sum(case when days_back <= 20 then valid_min else 0 end) as last_20_valid_min,
        sum(case when days_back <= 20 then invalid_min else 0 end) as last_20_invalid_min,
        sum(case when days_back between 21 and 40 then offered_min else 0 end) as previous_20_offered_min,
        sum(case when days_back between 21 and 40 then present_min else 0 end) as previous_20_present_min,
        sum(case when days_back between 21 and 40 then valid_min else 0 end) as previous_20_valid_min,
        sum(case when days_back between 21 and 40 then invalid_min else 0 end) as previous_20_invalid_min
    from numbered
    group by pupil_no
)
select
    s.pupil_no,
    d.school_unit_id,
    d.group_id,
    s.school_days,
    s.offered_min,
    s.present_min,
    s.valid_min,
    s.invalid_min,
    r.last_20_offered_min,
    r.last_20_present_min,
    r.last_20_valid_min,
    r.last_20_invalid_min,
    r.previous_20_offered_min,
    r.previous_20_present_min,
    r.previous_20_valid_min,
    r.previous_20_invalid_min,
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
    p.longest_spell,
    p.current_spell,
    p.spells
from summed s
join spell p on p.pupil_no = s.pupil_no
join recent r on r.pupil_no = s.pupil_no
join pupil_day d on d.pupil_no = r.pupil_no and d.day_no = r.last_day
