-- The rows of lessons.csv for the school days first_day .. last_day, in the order of time.

COPY (
    WITH row_of AS (
        SELECT
            p.elev_id, g.unit_code, g.name, d.date, l.*,
            'k' || l.grp || '-' || strftime(d.date, '%y%m%d') || '-' || l.lesson_no AS lesson_id
        FROM pupil_lesson AS l
        JOIN day AS d ON d.day = l.day
        JOIN grp AS g ON g.grp = l.grp
        JOIN pupil AS p ON p.pupil = l.pupil
        WHERE l.day BETWEEN getvariable('first_day') AND getvariable('last_day')
    ),
    clock AS (
        SELECT minute, lpad((minute // 60)::VARCHAR, 2, '0') || ':' || lpad((minute % 60)::VARCHAR, 2, '0') AS text
        FROM range(1440) AS minutes(minute)
    )
    SELECT
        elev_id, unit_code, name, date, s.text, e.text, subject, minutes,
        CASE WHEN is_reported THEN
            CASE WHEN is_other THEN 0 ELSE minutes - valid_min - invalid_min END
        END,
        CASE WHEN is_reported THEN valid_min END,
        CASE WHEN is_reported THEN invalid_min END,
        CASE WHEN is_reported THEN
            CASE WHEN is_other THEN minutes - valid_min - invalid_min ELSE 0 END
        END,
        CASE WHEN is_reported THEN 'ja' ELSE 'nej' END,
        lesson_id
    FROM row_of
    JOIN clock AS s ON s.minute = start_min
    JOIN clock AS e ON e.minute = end_min
    ORDER BY date, start_min, unit_code, name, elev_id, lesson_id
) TO (getvariable('part')) (FORMAT csv, DELIMITER ';', HEADER false);
