-- The timetable of the school days first_day .. last_day, with the lunch of classes and the conference of each school.

CREATE OR REPLACE TEMP TABLE slot_of_day AS
SELECT l.grp, l.day, l.lesson_no, l.start_min, l.end_min, a.nr AS activity, a.organisation, l.is_reported
FROM lesson AS l JOIN activity AS a ON a.grp = l.grp AND a.subject = l.subject
WHERE l.day BETWEEN getvariable('first_day') AND getvariable('last_day')
UNION ALL
SELECT l.grp, l.day, 50, l.end_min, l.end_min + 40, a.nr, a.organisation, false
FROM lesson AS l JOIN activity AS a ON a.grp = l.grp AND a.type = 'Övrigt'
WHERE l.lesson_no = 3 AND l.day BETWEEN getvariable('first_day') AND getvariable('last_day')
UNION ALL
SELECT NULL, d.day, 60, 930, 990, a.nr, a.organisation, false
FROM day AS d JOIN activity AS a ON a.type = 'Läraraktivitet'
WHERE d.dow = 4 AND d.day BETWEEN getvariable('first_day') AND getvariable('last_day');

INSERT INTO calendar_event
WITH drawn AS (
    SELECT
        s.*, d.date::TIMESTAMP - to_hours(c.shift) AS midnight, c.shift, s.end_min - s.start_min AS minutes,
        draw('plan', s.activity, s.day * 100 + s.lesson_no) AS h
    FROM slot_of_day AS s JOIN day AS d USING (day) JOIN clock AS c USING (date)
)
SELECT
    getvariable('last_event') + row_number() OVER (ORDER BY day, organisation, activity, lesson_no),
    identity('event', activity, day * 100 + lesson_no), getvariable('moment'), getvariable('moment'),
    activity, organisation, grp, day, lesson_no,
    midnight + to_minutes(start_min), midnight + to_minutes(end_min), shift,
    -- A quarter says nothing of its length; some hold a break.
    CASE WHEN quarter(h, 0) < 0.25 THEN NULL WHEN quarter(h, 0) < 0.3 THEN minutes - 5 ELSE minutes END,
    quarter(h, 1) < 0.01,
    -- Most registers are taken as the lesson ends, one in ten within three days.
    CASE WHEN is_reported THEN midnight + to_minutes(end_min + CASE
        WHEN quarter(h, 2) < 0.9 THEN 1 + (h & 7) ELSE 60 + (h & 63) * 65 END::BIGINT) END
FROM drawn;

-- Adapted timetables: lessons outside the pupil's own are not the pupil's, and the last one is sometimes shorter.
INSERT INTO student_exception
SELECT e.nr, m.pupil, false, NULL, NULL
FROM calendar_event AS e JOIN membership AS m ON m.grp = e.grp AND e.day BETWEEN m.first_day AND m.last_day
WHERE e.nr > getvariable('last_event') AND e.lesson_no < 50
    AND NOT e.lesson_no BETWEEN m.first_lesson AND m.last_lesson
UNION ALL
SELECT e.nr, m.pupil, true, e.ends - to_minutes(10), CASE WHEN e.day % 2 = 0 THEN 25 END
FROM calendar_event AS e JOIN membership AS m ON m.grp = e.grp AND e.day BETWEEN m.first_day AND m.last_day
WHERE e.nr > getvariable('last_event') AND e.lesson_no = m.last_lesson AND (e.day + m.pupil) % 3 = 0;
