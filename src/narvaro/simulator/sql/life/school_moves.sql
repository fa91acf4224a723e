-- To another school: an enrolment ends and one begins, and the groups change.

CREATE OR REPLACE TEMP TABLE moved AS
SELECT
    p.pupil, p.grp AS earlier, p.school_type, p.school_year,
    arg_min(c.grp, (abs(c.school_year - p.school_year), c.grp)) AS later,
    arg_min(c.organisation, (abs(c.school_year - p.school_year), c.grp)) AS organisation
FROM pupil_now AS p
JOIN class_now AS c ON c.organisation <> p.organisation AND c.school_type = p.school_type
GROUP BY p.pupil, p.grp, p.school_type, p.school_year
ORDER BY draw('school move', p.pupil, getvariable('first_day'))
LIMIT getvariable('count');

UPDATE membership SET last_day = getvariable('first_day') - 1
FROM moved AS v WHERE membership.pupil = v.pupil AND membership.grp = v.earlier;
INSERT INTO membership SELECT pupil, later, getvariable('first_day'), getvariable('days') - 1, 1, 99 FROM moved;
UPDATE team SET modified = getvariable('moment') FROM moved AS v WHERE team.grp IN (v.earlier, v.later);
UPDATE enrolment SET end_date = getvariable('today') - 1
FROM moved AS v WHERE enrolment.person = v.pupil AND enrolment.end_date IS NULL;
INSERT INTO enrolment
SELECT pupil, organisation, school_type, school_year, getvariable('today'), NULL, false FROM moved;
UPDATE person SET modified = getvariable('moment') FROM moved AS v WHERE person.nr = v.pupil;
