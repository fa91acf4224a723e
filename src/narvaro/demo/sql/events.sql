-- What befell each pupil on a day, as ranges of lessons: at most one row a pupil and day, none for an ordinary day.
-- Lessons beside the class have no place in the ranges; only a whole day of absence covers them.

INSERT INTO event
WITH rhythm AS (
    SELECT grp, dow, max(lesson_no) AS lessons, sum(minutes) AS minutes
    FROM slot JOIN grp USING (grp)
    WHERE is_class
    GROUP BY grp, dow
),
attended AS (
    SELECT
        m.pupil, d.day, d.dow, d.weekday, w.invalid_weight AS weight,
        greatest(1, m.first_lesson) AS first_lesson,
        least(y.lessons, m.last_lesson) AS last_lesson,
        y.minutes * (least(y.lessons, m.last_lesson) - greatest(1, m.first_lesson) + 1) / y.lessons AS minutes
    FROM membership AS m
    JOIN day AS d ON d.day BETWEEN m.first_day AND m.last_day
    JOIN rhythm AS y ON y.grp = m.grp AND y.dow = d.dow
    JOIN week_weight AS w ON w.pupil = m.pupil AND w.week = d.week
    ANTI JOIN absent_day AS a ON a.pupil = m.pupil AND a.day = d.day
),
chances AS (
    SELECT
        t.pupil, t.day, t.first_lesson, t.last_lesson, t.last_lesson - t.first_lesson + 1 AS lessons,
        p.part_days * (t.last_lesson - t.first_lesson + 1) / 2 AS part_chance,
        -- Invalid lessons come in blocks of one or two, longer only when that does not suffice.
        least(getvariable('most_blocks'), p.blocks * (t.last_lesson - t.first_lesson + 1) / 1.5) AS block_chance,
        p.blocks * (t.last_lesson - t.first_lesson + 1) AS lost_lessons,
        t.weight * pow(t.weekday, getvariable('invalid_weekday_power')) AS weight,
        least(0.6, p.late * t.minutes / 12.5) AS late_chance,
        p.avoided_rate,
        draw('day', t.pupil, t.day) AS h,
        draw('day too', t.pupil, t.day) AS g
    FROM attended AS t JOIN profile AS p USING (pupil)
),
-- Days with a block are taken in the same race as the stretches of spells.sql, so that their number is kept too.
raced AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY pupil ORDER BY -ln(greatest(quarter(h, 2), 1e-6)) / weight, day) AS finished,
        sum(round(1000 * block_chance)::INT) OVER (PARTITION BY pupil) / 1000 AS block_days
    FROM chances
),
drawn AS (
    SELECT
        *,
        quarter(h, 0) < part_chance AS has_part,
        least(lessons, 1 + floor(3 * quarter(h, 0) / nullif(part_chance, 0)))::INT AS part_size,
        quarter(h, 1) < 0.4 AS part_is_first,
        finished <= floor(block_days + low_half(draw('block days', pupil, 0))) AS has_block,
        greatest(1, least(lessons, floor(lost_lessons / nullif(block_chance, 0) + quarter(h, 1))))::INT AS size,
        quarter(h, 3) AS block_place,
        quarter(g, 0) < late_chance AS is_late,
        quarter(g, 0) / nullif(late_chance, 0) AS late_share,
        5 + floor(16 * quarter(g, 1))::INT AS late_min,
        quarter(g, 2) < avoided_rate AS avoids,
        quarter(g, 3) AS other_share
    FROM raced
),
placed AS (
    SELECT
        pupil, day,
        CASE WHEN has_part THEN CASE WHEN part_is_first THEN first_lesson ELSE last_lesson - part_size + 1 END END
            AS valid_from,
        CASE WHEN has_part THEN CASE WHEN part_is_first THEN first_lesson + part_size - 1 ELSE last_lesson END END
            AS valid_to,
        -- A little more often late in the day.
        CASE WHEN has_block THEN first_lesson + floor(pow(block_place, 0.9) * (lessons - size + 1))::INT END
            AS invalid_from,
        size,
        -- The first lesson is missed by latecomers three times as often as each of the others.
        CASE WHEN is_late THEN
            first_lesson + greatest(0, floor(late_share * (lessons + 2)) - 2)::INT
        END AS late_lesson,
        late_min,
        avoids,
        CASE WHEN other_share < 0.004 THEN first_lesson + floor(other_share / 0.004 * lessons)::INT END AS other_lesson
    FROM drawn
)
SELECT
    pupil, day, valid_from::SMALLINT AS valid_from, valid_to::SMALLINT AS valid_to,
    invalid_from::SMALLINT AS invalid_from, (invalid_from + size - 1)::SMALLINT AS invalid_to,
    late_lesson::SMALLINT AS late_lesson, late_min::SMALLINT AS late_min, avoids,
    other_lesson::SMALLINT AS other_lesson
FROM placed
WHERE coalesce(valid_from, invalid_from, late_lesson, other_lesson) IS NOT NULL OR avoids
UNION ALL
SELECT pupil, day, -1, 999, NULL, NULL, NULL, NULL, false, NULL FROM absent_day;
