-- A class gets another mentor: both duties change, not the class.

CREATE OR REPLACE TEMP TABLE changed AS
SELECT a.duty AS earlier, a.team, min(o.nr) AS later
FROM assignment AS a
JOIN duty AS d ON d.nr = a.duty
JOIN duty AS o ON o.organisation = d.organisation AND o.role = 'Lärare' AND o.nr <> d.nr
JOIN team AS t ON t.nr = a.team
WHERE a.role = 'Mentor' AND a.end_date IS NULL
    AND NOT EXISTS (FROM membership AS m WHERE m.grp = t.grp AND m.pupil <= getvariable('cast_pupils'))
GROUP BY a.duty, a.team
ORDER BY draw('mentor', a.team, getvariable('first_day'))
LIMIT getvariable('count');

UPDATE assignment SET end_date = getvariable('today') - 1
FROM changed AS v WHERE assignment.duty = v.earlier AND assignment.team = v.team AND assignment.role = 'Mentor';
INSERT INTO assignment SELECT later, team, 'Mentor', getvariable('today'), NULL FROM changed;
UPDATE duty SET modified = getvariable('moment') FROM changed AS v WHERE duty.nr IN (v.earlier, v.later);
