-- What Python fills when the municipality is founded. ``nr`` is the number of the thing within its table.

CREATE TABLE organisation_row (
    nr INTEGER, name VARCHAR, type VARCHAR, parent INTEGER, unit_code VARCHAR, school_types VARCHAR, code VARCHAR,
    organisation_number VARCHAR, municipality_code VARCHAR, email VARCHAR
);
CREATE TABLE person_row (
    nr INTEGER, given_name VARCHAR, family_name VARCHAR, login VARCHAR, source_key VARCHAR, civic_no VARCHAR,
    birth_date DATE, sex VARCHAR, marking VARCHAR, email VARCHAR, email_type VARCHAR, phone VARCHAR, street VARCHAR,
    municipality_code INTEGER
);
CREATE TABLE enrolment (
    person INTEGER, organisation INTEGER, school_type VARCHAR, school_year TINYINT, start_date DATE, end_date DATE,
    cancelled BOOLEAN
);
CREATE TABLE responsible (person INTEGER, adult INTEGER, relation VARCHAR);
CREATE TABLE duty_row (
    nr INTEGER, person INTEGER, organisation INTEGER, role VARCHAR, description VARCHAR, signature VARCHAR,
    percent INTEGER, start_date DATE, end_date DATE
);
CREATE TABLE assignment (duty INTEGER, team INTEGER, role VARCHAR, start_date DATE, end_date DATE);
CREATE TABLE team_row (
    nr INTEGER, grp INTEGER, name VARCHAR, type VARCHAR, school_type VARCHAR, organisation INTEGER, start_date DATE
);
CREATE TABLE syllabus_row (nr INTEGER, name VARCHAR, school_type VARCHAR);
CREATE TABLE activity_row (
    nr INTEGER, name VARCHAR, type VARCHAR, organisation INTEGER, team INTEGER, grp INTEGER, subject VARCHAR,
    duty INTEGER, syllabus INTEGER, start_date DATE
);
-- Hours from UTC to the time of the day in Sweden.
CREATE TABLE clock (date DATE, shift TINYINT);
