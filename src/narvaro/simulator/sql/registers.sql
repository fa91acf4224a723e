-- What happens in lessons between the moments since and moment: they begin, and registers are taken.

INSERT INTO attendance
WITH begun AS (
    SELECT e.* FROM calendar_event AS e
    WHERE e.starts > getvariable('since') AND e.starts <= getvariable('moment') AND NOT e.cancelled
        AND e.lesson_no < 50
),
met AS (
    SELECT
        b.nr AS event, l.pupil AS person, b.activity, b.day, b.lesson_no, b.starts, b.reported_at,
        coalesce(x.teaching_min, b.teaching_min, date_diff('minute', b.starts, coalesce(x.ends, b.ends))) AS offered,
        l.valid_min, l.invalid_min, l.is_other
    FROM begun AS b
    JOIN pupil_lesson AS l ON l.grp = b.grp AND l.day = b.day AND l.lesson_no = b.lesson_no
        AND l.day BETWEEN getvariable('first_day') AND getvariable('last_day')
    LEFT JOIN student_exception AS x ON x.event = b.nr AND x.person = l.pupil
),
told AS (
    SELECT *, least(valid_min, offered) AS valid, least(invalid_min, offered - least(valid_min, offered)) AS invalid
    FROM met
)
SELECT
    event, person, identity('attendance', activity * 100000::BIGINT + day * 100 + lesson_no, person), starts,
    CASE WHEN reported_at <= getvariable('moment') THEN reported_at ELSE starts END,
    coalesce(reported_at <= getvariable('moment'), false),
    CASE WHEN is_other THEN 0 ELSE offered - valid - invalid END, valid, invalid,
    CASE WHEN is_other THEN offered - valid - invalid ELSE 0 END,
    CASE WHEN valid = offered THEN 'Sjuk' WHEN invalid BETWEEN 1 AND offered - 1 THEN 'Sen ankomst' END
FROM told
ORDER BY event, person;

UPDATE attendance SET is_reported = true, modified = e.reported_at
FROM calendar_event AS e
WHERE e.nr = attendance.event AND NOT attendance.is_reported
    AND e.reported_at > getvariable('since') AND e.reported_at <= getvariable('moment');
