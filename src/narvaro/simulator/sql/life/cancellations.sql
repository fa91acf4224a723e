-- Lessons of the day are called off before they begin.

UPDATE calendar_event SET cancelled = true, modified = getvariable('moment')
WHERE nr IN (
    SELECT e.nr FROM calendar_event AS e
    WHERE e.day = getvariable('first_day') AND e.starts > getvariable('moment') AND NOT e.cancelled AND e.lesson_no < 50
    ORDER BY draw('cancellation', e.activity, e.day * 100 + e.lesson_no) LIMIT getvariable('count')
);
