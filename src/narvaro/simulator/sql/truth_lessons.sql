-- Every lesson that a pupil has had by now, from the tables alone: members of the activity's group on the day, but for
-- those whom an exception takes out; no cancelled lesson, and only what has a register.

SELECT
    p.id::VARCHAR, o.unit_code, coalesce(c.name, ''), d.date,
    strftime(e.starts + to_hours(e.shift), '%H:%M'), strftime(coalesce(x.ends, e.ends) + to_hours(e.shift), '%H:%M'),
    coalesce(s.name, a.name),
    coalesce(x.teaching_min, e.teaching_min, date_diff('minute', e.starts, coalesce(x.ends, e.ends))),
    CASE WHEN t.is_reported THEN t.present_min END, CASE WHEN t.is_reported THEN t.valid_min END,
    CASE WHEN t.is_reported THEN t.invalid_min END, CASE WHEN t.is_reported THEN t.other_min END,
    coalesce(t.is_reported, false), e.id::VARCHAR
FROM calendar_event AS e
JOIN activity AS a ON a.nr = e.activity
JOIN organisation AS o ON o.nr = e.organisation
JOIN day AS d ON d.day = e.day
JOIN membership AS m ON m.grp = e.grp AND e.day BETWEEN m.first_day AND m.last_day
JOIN person AS p ON p.nr = m.pupil
LEFT JOIN student_exception AS x ON x.event = e.nr AND x.person = m.pupil
LEFT JOIN attendance AS t ON t.event = e.nr AND t.person = m.pupil
LEFT JOIN syllabus AS s ON s.nr = a.syllabus
LEFT JOIN (
    SELECT m.pupil, m.first_day, m.last_day, min(g.name) AS name
    FROM membership AS m JOIN team AS g ON g.grp = m.grp AND g.type = 'Klass'
    GROUP BY m.pupil, m.first_day, m.last_day
) AS c ON c.pupil = m.pupil AND e.day BETWEEN c.first_day AND c.last_day
WHERE NOT e.cancelled AND coalesce(x.participates, true) AND e.starts <= getvariable('moment')
    AND coalesce(a.type, 'Undervisning') IN ('Undervisning', 'Elevaktivitet')
ORDER BY ALL
