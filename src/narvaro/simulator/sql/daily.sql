-- Six in the morning of a school day, number first_day: homes tell of the day's absence, and of that of two days ago.

INSERT INTO absence
WITH told AS (
    SELECT e.pupil, e.day, CASE WHEN f.trajectory = 'leave' THEN 'Beviljad ledighet' ELSE 'Anmäld frånvaro' END AS type
    FROM event AS e JOIN profile AS f USING (pupil)
    WHERE e.day = getvariable('first_day') AND e.valid_from = -1 AND quarter(draw('notice', e.pupil, e.day), 0) < 0.9
    UNION
    SELECT a.person, v.day, 'Anmäld frånvaro'
    FROM attendance AS a JOIN calendar_event AS v ON v.nr = a.event
    WHERE v.day = getvariable('first_day') - 2 AND is_told_late(a, v.day)
)
SELECT
    getvariable('last_absence') + row_number() OVER (ORDER BY t.day, t.pupil, t.type), identity('absence', t.pupil, t.day),
    getvariable('moment'), getvariable('moment'), t.pupil, g.organisation, t.type,
    d.date::TIMESTAMP - to_hours(c.shift), d.date::TIMESTAMP - to_hours(c.shift) + INTERVAL '23:59:59', c.shift,
    (SELECT min(adult) FROM responsible AS r WHERE r.person = t.pupil)
FROM told AS t
JOIN day AS d ON d.day = t.day
JOIN clock AS c ON c.date = d.date
JOIN membership AS m ON m.pupil = t.pupil AND t.day BETWEEN m.first_day AND m.last_day
JOIN team AS g ON g.grp = m.grp AND g.type = 'Klass'
ANTI JOIN absence AS known ON known.person = t.pupil AND known.starts = d.date::TIMESTAMP - to_hours(c.shift);

-- What was invalid has become valid: the register is changed, and its time of change.
UPDATE attendance SET
    valid_min = valid_min + invalid_min, invalid_min = 0, reason = 'Anmäld i efterhand', modified = getvariable('moment')
FROM calendar_event AS v
WHERE v.nr = attendance.event AND v.day = getvariable('first_day') - 2 AND is_told_late(attendance, v.day);
