-- Every lesson of every group: was the register taken, was the class on a trip?
CREATE VIEW lesson AS
SELECT
    s.grp, d.day, s.lesson_no, s.start_min, s.end_min, s.minutes, s.subject,
    high_half(draw('register', s.grp, d.day * 100 + s.lesson_no)) >= s.unreported AS is_reported,
    g.is_class AND high_half(draw('trip', s.grp, d.day)) < 0.008 AS is_trip
FROM slot AS s
JOIN day AS d ON d.dow = s.dow
JOIN grp AS g ON g.grp = s.grp;

-- Every lesson of every pupil as it came out: how much of it was missed, and how.

CREATE VIEW pupil_lesson AS
SELECT
    m.pupil, l.grp, l.day, l.lesson_no, l.start_min, l.end_min, l.subject, l.minutes, l.is_reported,
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
    END AS invalid_min
FROM lesson AS l
JOIN grp AS g ON g.grp = l.grp
JOIN membership AS m
    ON m.grp = l.grp AND l.day BETWEEN m.first_day AND m.last_day
    AND l.lesson_no BETWEEN m.first_lesson AND m.last_lesson
LEFT JOIN profile AS f ON f.pupil = m.pupil
LEFT JOIN event AS e ON e.pupil = m.pupil AND e.day = l.day
LEFT JOIN script AS s ON s.pupil = m.pupil AND s.day = l.day AND s.lesson_no = l.lesson_no AND g.is_class;
