-- Tables that Python fills, and the random number that SQL shares with draws.py.

CREATE MACRO draw(purpose, a, b) AS md5_number_lower(concat_ws('|', getvariable('seed'), purpose, a, b));
CREATE MACRO high_half(h) AS (h >> 32)::DOUBLE / 4294967296::DOUBLE;
CREATE MACRO low_half(h) AS (h & 4294967295)::DOUBLE / 4294967296::DOUBLE;
CREATE MACRO quarter(h, part) AS ((h >> (16 * part)) & 65535)::DOUBLE / 65536::DOUBLE;

-- A school day: its place in the year, weekday, week of the year (0 is the first), factors of absence, and the sum of
-- the logarithms of the weekday factors before it and up to it, and the last day before a break.
CREATE TABLE day (
    day SMALLINT, date DATE, dow TINYINT, week TINYINT, season DOUBLE, weekday DOUBLE,
    log_weekday_before DOUBLE, log_weekday_after DOUBLE, run_end SMALLINT
);
CREATE TABLE grp (
    grp INTEGER, unit_code VARCHAR, name VARCHAR, is_class BOOLEAN
);
CREATE TABLE slot (
    grp INTEGER, dow TINYINT, lesson_no TINYINT, start_min SMALLINT, end_min SMALLINT, minutes SMALLINT,
    subject VARCHAR, unreported DOUBLE
);
CREATE TABLE pupil (
    pupil INTEGER, elev_id VARCHAR
);
CREATE TABLE membership (
    pupil INTEGER, grp INTEGER, first_day SMALLINT, last_day SMALLINT, first_lesson TINYINT, last_lesson TINYINT
);
CREATE TABLE profile (
    pupil INTEGER, whole_days DOUBLE, part_days DOUBLE, blocks DOUBLE, late DOUBLE, trajectory VARCHAR,
    onset TINYINT, second_onset TINYINT, climb_slope DOUBLE, climb_weeks TINYINT,
    turn TINYINT, recovery DOUBLE, avoided_1 VARCHAR, avoided_2 VARCHAR, avoided_rate DOUBLE
);
-- What befell a pupil on a day, as ranges of lessons (sql/events.sql).
CREATE TABLE event (
    pupil INTEGER, day SMALLINT, valid_from SMALLINT, valid_to SMALLINT, invalid_from SMALLINT, invalid_to SMALLINT,
    late_lesson SMALLINT, late_min SMALLINT, avoids BOOLEAN, other_lesson SMALLINT
);
-- Those whose year is invented at one time.
CREATE VIEW in_turn AS
FROM profile WHERE pupil BETWEEN getvariable('first_pupil') AND getvariable('last_pupil');
-- The cast's absence, lesson by lesson; a lesson that is not here was attended.
CREATE TABLE script (
    pupil INTEGER, day SMALLINT, lesson_no TINYINT, valid_min SMALLINT, invalid_min SMALLINT
);
