-- Taken away, with a stone to remember each by: lessons to come, registers taken by mistake, a guardian.

CREATE OR REPLACE TEMP TABLE dropped AS
SELECT nr, id FROM calendar_event
WHERE day > getvariable('first_day') AND starts > getvariable('moment') AND lesson_no < 50
ORDER BY draw('dropped lesson', activity, day * 100 + lesson_no)
LIMIT getvariable('count');
CREATE OR REPLACE TEMP TABLE mistaken AS
SELECT a.* FROM attendance AS a JOIN calendar_event AS e ON e.nr = a.event
WHERE e.day BETWEEN getvariable('first_day') - 3 AND getvariable('first_day') - 1
ORDER BY draw('mistaken register', e.activity * 100000::BIGINT + e.day * 100 + e.lesson_no, a.person)
LIMIT getvariable('count');
CREATE OR REPLACE TEMP TABLE parted AS
SELECT r.person, max(r.adult) AS adult, max_by(p.id, r.adult) AS id
FROM responsible AS r JOIN pupil_now AS n ON n.pupil = r.person JOIN person AS p ON p.nr = r.adult
ANTI JOIN duty AS d ON d.person = r.adult
GROUP BY r.person
HAVING count(*) > 1
ORDER BY draw('parted', r.person, getvariable('first_day'))
LIMIT getvariable('count');

INSERT INTO tombstone
SELECT getvariable('last_tombstone') + row_number() OVER (ORDER BY kind, id), kind, id, getvariable('moment')
FROM (
    SELECT 'CalendarEvent' AS kind, id FROM dropped
    UNION ALL SELECT 'Attendance', id FROM mistaken
    UNION ALL SELECT 'Person', id FROM parted
);
DELETE FROM calendar_event WHERE nr IN (SELECT nr FROM dropped);
DELETE FROM student_exception WHERE event IN (SELECT nr FROM dropped);
INSERT INTO deleted_attendance FROM mistaken;
DELETE FROM attendance WHERE id IN (SELECT id FROM mistaken);
UPDATE absence SET registered_by = NULL, modified = getvariable('moment')
WHERE registered_by IN (SELECT adult FROM parted);
DELETE FROM responsible WHERE adult IN (SELECT adult FROM parted);
DELETE FROM person WHERE nr IN (SELECT adult FROM parted);
UPDATE person SET modified = getvariable('moment') FROM parted AS v WHERE person.nr = v.person;
