-- Somebody must not be found any more. Only the person changes; that the marking stands in others' references does not.

UPDATE person SET marking = 'Skyddad folkbokföring', street = NULL, municipality_code = NULL, modified = getvariable('moment')
WHERE nr IN (
    SELECT p.pupil FROM pupil_now AS p JOIN person AS n ON n.nr = p.pupil AND n.marking = 'Ingen'
    ORDER BY draw('protection', p.pupil, getvariable('first_day')) LIMIT getvariable('count')
);
