-- What was taken away by mistake comes back under its own id. Its stone stays.

INSERT INTO attendance SELECT * REPLACE (getvariable('moment') AS modified) FROM deleted_attendance;
DELETE FROM deleted_attendance;
