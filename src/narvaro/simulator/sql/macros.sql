-- Ids and the small forms of JSON that all resources share.

-- A UUID of the kind for one's own schemes (RFC 9562, version 8), the same for the same seed.
CREATE MACRO uuid_of(h) AS concat(substr(h, 1, 12), '8', substr(h, 14, 3), 'a', substr(h, 18))::UUID;
CREATE MACRO identity(kind, a, b) AS uuid_of(md5(concat_ws('|', getvariable('seed'), kind, a, b)));

CREATE MACRO quoted(value) AS to_json(value::VARCHAR)::VARCHAR;
CREATE MACRO listed(texts) AS '[' || string_agg(texts, ',' ORDER BY texts) || ']';
-- A key that is left out where there is no value.
-- The value stands here once, as what is asked for it would be asked twice.
CREATE MACRO opt(key, json) AS coalesce(',"' || key || '":' || json::VARCHAR, '');
CREATE MACRO opt_text(key, value) AS opt(key, quoted(value));
CREATE MACRO opt_day(key, day) AS opt(key, quoted(day));
CREATE MACRO yes_no(value) AS CASE WHEN value THEN 'true' ELSE 'false' END;
-- Moments are kept in UTC; a lesson is told in the time of its day.
CREATE MACRO utc(moment) AS strftime(moment, '%Y-%m-%dT%H:%M:%SZ');
CREATE MACRO local_time(moment, shift) AS
    concat(strftime(moment + to_hours(shift), '%Y-%m-%dT%H:%M:%S'), CASE shift WHEN 2 THEN '+02:00' ELSE '+01:00' END);
CREATE MACRO meta(created, modified) AS
    concat('{"created":"', utc(created), '","modified":"', utc(modified), '"}');
-- Another thing, with its name where the one who asks wants it.
CREATE MACRO named(name) AS CASE WHEN getvariable('names') THEN opt_text('displayName', name) ELSE '' END;
CREATE MACRO ref(id, name) AS concat('{"id":"', id, '"', named(name), '}');
CREATE MACRO person_ref(id, marking, name) AS
    concat('{"id":"', id, '"', opt_text('securityMarking', marking), named(name), '}');
