-- Whole days of valid absence.
--
-- Each pupil's year is cut into stretches whose lengths follow the distribution of spells. Stretches are then taken in
-- the order of an exponential race (a stretch of weight w is twice as likely to come first as one of weight w/2) until
-- the pupil's number of days is reached. So the year's sum is what the profile says, to the day, and season, weekday
-- and trajectory only move it about.

CREATE OR REPLACE TEMP TABLE week_weight AS
WITH noise AS (
    SELECT
        pupil, week,
        -- Four uniform numbers make a nearly normal one of variance 1.
        (quarter(h, 0) + quarter(h, 1) + quarter(h, 2) + quarter(h, 3) - 2) * sqrt(3::DOUBLE) AS e
    FROM (
        SELECT pupil, week::TINYINT AS week, draw('week', pupil, week) AS h
        FROM in_turn, range(getvariable('weeks')) AS weeks(week)
    )
),
correlated AS (
    -- An autoregressive week noise with coefficient 1/2, cut after three weeks and scaled back to variance 1.
    SELECT
        pupil, week,
        (e + lag(e, 1, 0) OVER earlier / 2 + lag(e, 2, 0) OVER earlier / 4 + lag(e, 3, 0) OVER earlier / 8)
            / sqrt(1.328125::DOUBLE) AS z
    FROM noise
    WINDOW earlier AS (PARTITION BY pupil ORDER BY week)
),
shaped AS (
    SELECT
        pupil, week, z, trajectory, onset, climb_weeks,
        recovery * greatest(0, least(1, (week - turn) / getvariable('recovery_weeks'))) AS recovered,
        CASE trajectory
            WHEN 'illness' THEN 1 + 12 * (week BETWEEN onset AND onset + 1)::INT
                + 8 * (week BETWEEN second_onset AND second_onset + 1)::INT
            WHEN 'leave' THEN 1 + 400 * (week BETWEEN onset AND onset + 1)::INT
            WHEN 'sudden' THEN CASE WHEN week < onset THEN 1 ELSE 20 END
            -- From 6 % on the logit scale.
            WHEN 'climb' THEN 1 / (0.06 + 0.94 * exp(-climb_slope * greatest(0, least(week - onset, climb_weeks))))
            ELSE 1
        END AS shape
    FROM correlated JOIN profile USING (pupil)
),
turned AS (
    SELECT
        *,
        CASE WHEN trajectory IN ('climb', 'sudden') THEN shape - (shape - 1) * recovered ELSE shape END AS height,
        -- Climbs and sudden rises fill the spring more than the autumn, the weeks of spring most; the others are bent the
        -- other way.
        CASE WHEN trajectory IN ('climb', 'sudden') THEN 1
            ELSE 1 - getvariable('tilt') * week + getvariable('curve') * pow((week - 26) / 20, 2) END AS bend
    FROM shaped
),
seasons AS (
    SELECT week, min(season) AS season FROM day GROUP BY week
)
SELECT
    pupil, week,
    season * bend * exp(getvariable('week_noise') * z) * height AS valid_weight,
    -- The invalid share grows along a climb: first valid, then mixed.
    sqrt(season) * bend * exp(getvariable('week_noise') * z)
        * CASE trajectory WHEN 'climb' THEN height * height WHEN 'sudden' THEN height ELSE 1 END AS invalid_weight,
    trajectory = 'climb' AND week < onset + climb_weeks / 2 AS is_early_climb
FROM turned JOIN seasons USING (week);

CREATE OR REPLACE TEMP TABLE absent_day AS
WITH drawn AS (
    SELECT pupil, k, draw('spell', pupil, k) AS h
    FROM in_turn, range(getvariable('stretches')) AS stretches(k)
),
sized AS (
    SELECT
        pupil, k, low_half(h) AS ticket,
        CASE
            WHEN high_half(h) < getvariable('one_day') THEN 1
            ELSE least(15, 2 + floor(
                ln((1 - high_half(h)) / (1 - getvariable('one_day'))) / ln(getvariable('one_more_day'))
            ))
        END::INT AS length
    FROM drawn
),
placed AS (
    SELECT *, (sum(length) OVER (PARTITION BY pupil ORDER BY k) - length)::SMALLINT AS first_day FROM sized
),
-- A stretch that runs into a break ends there; what is left of it afterwards is a stretch of its own.
cut AS (
    SELECT pupil, k, ticket, first_day, least(length, run_end - first_day + 1) AS length
    FROM placed JOIN day ON day = first_day
    UNION ALL
    SELECT
        pupil, -k - 1, low_half(draw('after a break', pupil, k)), run_end + 1,
        least(first_day + length, getvariable('days')) - run_end - 1
    FROM placed JOIN day ON day = first_day
    WHERE run_end + 1 < least(first_day + length, getvariable('days'))
),
raced AS (
    SELECT
        w.pupil, w.k, w.first_day, w.length,
        -ln(greatest(w.ticket, 1e-12)) / (
            ww.valid_weight
            -- The product of the days' weekday factors.
            * exp(getvariable('weekday_power') * (l.log_weekday_after - f.log_weekday_before))
            * CASE WHEN ww.is_early_climb AND w.length = 1 AND f.dow IN (1, 5) THEN 2.5 ELSE 1 END
        ) AS finish
    FROM cut AS w
    JOIN day AS f ON f.day = w.first_day
    JOIN day AS l ON l.day = w.first_day + w.length - 1
    JOIN week_weight AS ww ON ww.pupil = w.pupil AND ww.week = f.week
),
quota AS (
    SELECT pupil, floor(whole_days * getvariable('days') + low_half(draw('quota', pupil, 0)))::INT AS days FROM in_turn
),
taken AS (
    SELECT *, sum(length) OVER (PARTITION BY pupil ORDER BY finish, k) - length AS days_before FROM raced
)
SELECT pupil, (first_day + unnest(range(least(length, days - days_before)::INT)))::SMALLINT AS day
FROM taken JOIN quota USING (pupil)
WHERE days_before < days;
