-- The rows of lessons.csv for the school days first_day .. last_day, in the order of time.

COPY (
    WITH row_of AS (
        SELECT
            p.elev_id, g.unit_code, g.name, d.date, l.start_min, l.end_min, l.subject, l.minutes, l.is_reported,
            l.is_trip OR coalesce(g.is_class AND l.lesson_no = e.other_lesson, false) AS is_other,
            CASE
                WHEN s.pupil IS NOT NULL THEN s.valid_min
                WHEN e.valid_from = -1 OR (g.is_class AND l.lesson_no BETWEEN e.valid_from AND e.valid_to) THEN l.minutes
                ELSE 0
            END AS valid_min,
            CASE
                WHEN s.pupil IS NOT NULL THEN s.invalid_min
                WHEN NOT g.is_class OR l.lesson_no BETWEEN e.valid_from AND e.valid_to THEN 0
                WHEN l.lesson_no BETWEEN e.invalid_from AND e.invalid_to THEN l.minutes
                WHEN e.avoids AND l.subject IN (f.avoided_1, f.avoided_2) THEN l.minutes
                WHEN l.lesson_no = e.late_lesson THEN e.late_min
                ELSE 0
            END AS invalid_min,
            'k' || l.grp || '-' || strftime(d.date, '%y%m%d') || '-' || l.lesson_no AS lesson_id
        FROM lesson AS l
        JOIN day AS d ON d.day = l.day
        JOIN grp AS g ON g.grp = l.grp
        JOIN membership AS m
            ON m.grp = l.grp AND l.day BETWEEN m.first_day AND m.last_day
            AND l.lesson_no BETWEEN m.first_lesson AND m.last_lesson
        JOIN pupil AS p ON p.pupil = m.pupil
        LEFT JOIN profile AS f ON f.pupil = m.pupil
        LEFT JOIN event AS e ON e.pupil = m.pupil AND e.day = l.day
        LEFT JOIN script AS s ON s.pupil = m.pupil AND s.day = l.day AND s.lesson_no = l.lesson_no AND g.is_class
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
