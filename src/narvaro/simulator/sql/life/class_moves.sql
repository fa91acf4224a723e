-- To another class of the school. The two groups change, not the person.

CREATE OR REPLACE TEMP TABLE moved AS
SELECT p.pupil, p.grp AS earlier, arg_min(c.grp, (abs(c.school_year - p.school_year), c.grp)) AS later
FROM pupil_now AS p JOIN class_now AS c ON c.organisation = p.organisation AND c.grp <> p.grp
GROUP BY p.pupil, p.grp
ORDER BY draw('class move', p.pupil, getvariable('first_day'))
LIMIT getvariable('count');

UPDATE membership SET last_day = getvariable('first_day') - 1
FROM moved AS v WHERE membership.pupil = v.pupil AND membership.grp = v.earlier;
INSERT INTO membership SELECT pupil, later, getvariable('first_day'), getvariable('days') - 1, 1, 99 FROM moved;
UPDATE team SET modified = getvariable('moment') FROM moved AS v WHERE team.grp IN (v.earlier, v.later);
