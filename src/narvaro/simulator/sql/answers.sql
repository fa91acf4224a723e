-- Each kind of thing as JSON. A macro takes the alias of a row; what belongs to the row is asked by its number. Within
-- what is asked by number others are joined: asked by number again, every person there is would be told each time.
-- Whether names of others are told (expandReferenceNames), and the standard's version, are variables of the connection.

CREATE MACRO person_name(t) AS concat(t.given_name, ' ', t.family_name);

CREATE MACRO organisation_ref(k) AS (SELECT ref(o.id, o.name) FROM organisation AS o WHERE o.nr = k);
CREATE MACRO team_ref(k) AS (SELECT ref(g.id, g.name) FROM team AS g WHERE g.nr = k);
CREATE MACRO syllabus_ref(k) AS (SELECT ref(s.id, s.name) FROM syllabus AS s WHERE s.nr = k);
CREATE MACRO activity_ref(k) AS (SELECT ref(a.id, a.name) FROM activity AS a WHERE a.nr = k);
CREATE MACRO person_ref_of(k) AS (
    SELECT person_ref(p.id, p.marking, person_name(p)) FROM person AS p WHERE p.nr = k
);
CREATE MACRO duty_ref(k) AS (
    SELECT ref(d.id, person_name(p)) FROM duty AS d JOIN person AS p ON p.nr = d.person WHERE d.nr = k
);

CREATE MACRO organisation_open(t) AS concat(
    '{"id":"', t.id, '","meta":', meta(t.created, t.modified), opt_text('displayName', t.name),
    opt_text('organisationCode', t.code),
    opt_text('organisationType', CASE
        WHEN getvariable('version') = '2.0' AND t.type = 'Verksamhetsområde' THEN 'Rektorsområde' ELSE t.type END),
    opt_text('organisationNumber', t.organisation_number), opt('parentOrganisation', organisation_ref(t.parent)),
    opt_text('schoolUnitCode', t.unit_code), opt('schoolTypes', to_json(string_split(t.school_types, ','))::VARCHAR),
    opt_text('municipalityCode', t.municipality_code), opt_text('email', t.email)
);

CREATE MACRO enrolments_of(k) AS (
    SELECT listed(concat(
        '{"enroledAt":', organisation_ref(e.organisation), opt('schoolYear', e.school_year),
        opt_text('schoolType', e.school_type), opt_day('startDate', e.start_date), opt_day('endDate', e.end_date),
        ',"cancelled":', yes_no(e.cancelled), '}'
    )) FROM enrolment AS e WHERE e.person = k
);
CREATE MACRO responsibles_of(k) AS (
    SELECT listed(concat(
        '{"person":', person_ref(p.id, p.marking, person_name(p)), opt_text('relationType', r.relation), '}'
    )) FROM responsible AS r JOIN person AS p ON p.nr = r.adult WHERE r.person = k
);
CREATE MACRO responsible_for(k) AS (
    SELECT listed(concat(
        '{"person":', person_ref(p.id, p.marking, person_name(p)), opt_text('relationType', r.relation), '}'
    )) FROM responsible AS r JOIN person AS p ON p.nr = r.person WHERE r.adult = k
);
CREATE MACRO address_of(t) AS concat(
    '[{"type":"Folkbokföring"', opt_text('streetAddress', t.street),
    ',"locality":"Exempelstad","postalCode":"99000","country":"Sverige"', opt('countyCode', 99),
    opt('municipalityCode', t.municipality_code), '}]'
);
-- Without the closing brace, so that what is embedded can follow.
CREATE MACRO person_open(t) AS concat(
    '{"id":"', t.id, '","meta":', meta(t.created, t.modified), opt_text('givenName', t.given_name),
    opt_text('familyName', t.family_name),
    opt('eduPersonPrincipalNames', CASE WHEN t.login IS NOT NULL THEN concat('[', quoted(t.login), ']') END),
    opt('externalIdentifiers', CASE WHEN t.source_key IS NOT NULL THEN concat(
        '[{"value":', quoted(t.source_key), ',"context":"https://elevregister.exempelkommun.example","globallyUnique":false}]'
    ) END),
    opt('civicNo', CASE WHEN t.civic_no IS NOT NULL THEN concat('{"value":"', t.civic_no, '","nationality":"SE"}') END),
    opt_day('birthDate', t.birth_date), opt_text('sex', t.sex), opt_text('securityMarking', t.marking),
    ',"personStatus":"Aktiv"',
    opt('emails', CASE WHEN t.email IS NOT NULL THEN
        concat('[{"value":', quoted(t.email), ',"type":', quoted(t.email_type), '}]') END),
    opt('phoneNumbers', CASE WHEN t.phone IS NOT NULL THEN
        concat('[{"value":"', t.phone, '","type":"Hem","mobile":true}]') END),
    opt('addresses', CASE WHEN t.street IS NOT NULL THEN address_of(t) END),
    opt('enrolments', enrolments_of(t.nr)), opt('responsibles', responsibles_of(t.nr))
);

CREATE MACRO assignments_of(k) AS (
    SELECT listed(concat(
        '{"group":', team_ref(a.team), opt_text('assignmentRoleType', a.role), opt_day('startDate', a.start_date),
        opt_day('endDate', a.end_date), '}'
    )) FROM assignment AS a WHERE a.duty = k
);
CREATE MACRO role_told(role) AS CASE
    WHEN getvariable('version') = '2.0' AND role NOT IN ('Rektor', 'Lärare', 'Förskollärare') THEN 'Annan personal'
    ELSE role
END;
CREATE MACRO duty_open(t) AS concat(
    '{"id":"', t.id, '","meta":', meta(t.created, t.modified), opt('person', person_ref_of(t.person)),
    opt('assignmentRole', assignments_of(t.nr)), ',"dutyAt":', organisation_ref(t.organisation),
    opt_text('dutyRole', role_told(t.role)),
    CASE WHEN getvariable('version') = '2.0' THEN '' ELSE opt_text('description', t.description) END,
    opt_text('signature', t.signature), opt('dutyPercent', t.percent), opt_day('startDate', t.start_date),
    opt_day('endDate', t.end_date)
);
CREATE MACRO duties_of(k) AS (SELECT listed(concat(duty_open(d), '}')) FROM duty AS d WHERE d.person = k);

-- A group without its members: what others embed.
CREATE MACRO team_fragment(t) AS concat(
    '{"id":"', t.id, '","meta":', meta(t.created, t.modified), opt_text('displayName', t.name),
    opt_day('startDate', t.start_date), opt_text('groupType', t.type), opt_text('schoolType', t.school_type),
    ',"organisation":', organisation_ref(t.organisation)
);
CREATE MACRO members_of(k) AS (
    SELECT listed(concat(
        '{"person":', person_ref(p.id, p.marking, person_name(p)), opt_day('startDate', m.start_date),
        opt_day('endDate', m.end_date), '}'
    )) FROM team_member AS m JOIN person AS p ON p.nr = m.person WHERE m.team = k
);
CREATE MACRO team_open(t) AS concat(team_fragment(t), opt('groupMemberships', members_of(t.nr)));
CREATE MACRO roles_in(k) AS (
    SELECT listed(concat(
        '{"duty":', duty_ref(a.duty), opt_text('assignmentRoleType', a.role), opt_day('startDate', a.start_date),
        opt_day('endDate', a.end_date), '}'
    )) FROM assignment AS a WHERE a.team = k
);
CREATE MACRO memberships_of(k) AS (
    SELECT listed(concat(
        '{"group":', team_fragment(g), '}', opt_day('startDate', m.start_date), opt_day('endDate', m.end_date), '}'
    )) FROM team_member AS m JOIN team AS g ON g.nr = m.team WHERE m.person = k
);

CREATE MACRO syllabus_open(t) AS concat(
    '{"id":"', t.id, '","meta":', meta(t.created, t.modified), opt_text('schoolType', t.school_type),
    opt_text('subjectName', t.name), ',"official":false'
);
CREATE MACRO activity_open(t) AS concat(
    '{"id":"', t.id, '","meta":', meta(t.created, t.modified), opt_text('displayName', t.name),
    ',"calendarEventsRequired":true', opt_day('startDate', t.start_date), opt_text('activityType', t.type),
    ',"groups":[', team_ref(t.team), ']',
    opt('teachers', CASE WHEN t.duty IS NOT NULL THEN concat('[{"duty":', duty_ref(t.duty), '}]') END),
    opt('syllabus', syllabus_ref(t.syllabus)), ',"organisation":', organisation_ref(t.organisation)
);
CREATE MACRO team_of(k) AS (SELECT concat(team_open(g), '}') FROM team AS g WHERE g.nr = k);
CREATE MACRO duty_of(k) AS (SELECT concat(duty_open(d), '}') FROM duty AS d WHERE d.nr = k);
CREATE MACRO syllabus_of(k) AS (SELECT concat(syllabus_open(s), '}') FROM syllabus AS s WHERE s.nr = k);
CREATE MACRO activity_of(k) AS (SELECT concat(activity_open(a), '}') FROM activity AS a WHERE a.nr = k);
CREATE MACRO person_of(k) AS (SELECT concat(person_open(p), '}') FROM person AS p WHERE p.nr = k);

-- A register that was not taken tells no minutes; version 2.0 requires those of presence all the same.
CREATE MACRO attendance_open(t, event_id, p, reporter) AS concat(
    '{"id":"', t.id, '","meta":', meta(t.created, t.modified), ',"calendarEvent":{"id":"', event_id, '"},"student":',
    person_ref(p.id, p.marking, person_name(p)),
    CASE WHEN t.is_reported THEN concat(
        opt('reporter', reporter), ',"isReported":true,"attendanceMinutes":', t.present_min,
        ',"validAbsenceMinutes":', t.valid_min, ',"invalidAbsenceMinutes":', t.invalid_min,
        ',"otherAttendanceMinutes":', t.other_min, opt_text('absenceReason', t.reason),
        ',"reportedTimestamp":"', utc(t.modified), '"'
    )
    WHEN getvariable('version') = '2.0' THEN ',"isReported":false,"attendanceMinutes":0'
    ELSE ',"isReported":false' END
);
CREATE MACRO attendance_of(k, event_id, reporter) AS (
    SELECT '[' || string_agg(concat(attendance_open(a, event_id, p, reporter), '}'), ',' ORDER BY a.person) || ']'
    FROM attendance AS a JOIN person AS p ON p.nr = a.person WHERE a.event = k
);
CREATE MACRO reporter_of(k) AS (
    SELECT person_ref(p.id, p.marking, person_name(p))
    FROM activity AS a JOIN duty AS d ON d.nr = a.duty JOIN person AS p ON p.nr = d.person WHERE a.nr = k
);
CREATE MACRO exceptions_of(k, event_start, event_shift) AS (
    SELECT listed(concat(
        '{"student":', person_ref(p.id, p.marking, person_name(p)), ',"participates":', yes_no(x.participates),
        CASE WHEN x.ends IS NULL THEN '' ELSE concat(
            ',"startTime":"', local_time(event_start, event_shift), '","endTime":"', local_time(x.ends, event_shift), '"'
        ) END,
        opt('teachingLength', x.teaching_min), '}'
    )) FROM student_exception AS x JOIN person AS p ON p.nr = x.person WHERE x.event = k
);
CREATE MACRO event_open(t) AS concat(
    '{"id":"', t.id, '","meta":', meta(t.created, t.modified), ',"activity":', activity_ref(t.activity),
    ',"startTime":"', local_time(t.starts, t.shift), '","endTime":"', local_time(t.ends, t.shift), '"',
    CASE WHEN t.cancelled THEN ',"cancelled":true' ELSE '' END, opt('teachingLengthStudent', t.teaching_min),
    opt('studentExceptions', exceptions_of(t.nr, t.starts, t.shift))
);

CREATE MACRO absence_open(t) AS concat(
    '{"id":"', t.id, '","meta":', meta(t.created, t.modified), ',"startTime":"', local_time(t.starts, t.shift),
    '","endTime":"', local_time(t.ends, t.shift), '"', opt_text('type', t.type),
    ',"student":', person_ref_of(t.person), ',"organisation":', organisation_ref(t.organisation),
    opt('registeredBy', person_ref_of(t.registered_by))
);
