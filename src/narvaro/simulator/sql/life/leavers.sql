-- Somebody moves out: the enrolment ends, and the place in every group.

CREATE OR REPLACE TEMP TABLE gone AS
SELECT pupil FROM pupil_now ORDER BY draw('leaver', pupil, getvariable('first_day')) LIMIT getvariable('count');

UPDATE team SET modified = getvariable('moment')
WHERE grp IN (SELECT m.grp FROM membership AS m JOIN gone USING (pupil) WHERE m.last_day >= getvariable('first_day'));
UPDATE membership SET last_day = getvariable('first_day') - 1
FROM gone AS v WHERE membership.pupil = v.pupil AND membership.last_day >= getvariable('first_day');
UPDATE enrolment SET end_date = getvariable('today') - 1
FROM gone AS v WHERE enrolment.person = v.pupil AND enrolment.end_date IS NULL;
UPDATE person SET modified = getvariable('moment') FROM gone AS v WHERE person.nr = v.pupil;
