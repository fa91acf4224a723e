-- Somebody moves in: a person, an enrolment and a place in a class. The name is somebody's given name and another's
-- family name.

CREATE OR REPLACE TEMP TABLE joined AS
SELECT
    (SELECT max(nr) FROM person) + row_number() OVER (ORDER BY c.grp) AS pupil, c.grp, c.organisation, c.school_type,
    c.school_year
FROM class_now AS c
ORDER BY draw('new pupil', c.grp, getvariable('first_day'))
LIMIT getvariable('count');

INSERT INTO person BY NAME
SELECT
    j.pupil AS nr, g.given_name, f.family_name, concat('e-n', j.pupil) AS source_key,
    concat('e-n', j.pupil, '@elev.exempelkommun.example') AS login,
    concat('e-n', j.pupil, '@elev.exempelkommun.example') AS email, 'Skola elev' AS email_type,
    'Okänt' AS sex, 'Ingen' AS marking, identity('person', j.pupil, '') AS id, getvariable('moment') AS created,
    getvariable('moment') AS modified
FROM joined AS j
JOIN person AS g ON g.nr = 13 + draw('given', j.pupil, 0) % 30
JOIN person AS f ON f.nr = 13 + draw('family', j.pupil, 0) % 30;
INSERT INTO pupil SELECT pupil, concat('e-n', pupil) FROM joined;
INSERT INTO membership SELECT pupil, grp, getvariable('first_day'), getvariable('days') - 1, 1, 99 FROM joined;
INSERT INTO enrolment
SELECT pupil, organisation, school_type, school_year, getvariable('today'), NULL, false FROM joined;
UPDATE team SET modified = getvariable('moment') FROM joined AS v WHERE team.grp = v.grp;
