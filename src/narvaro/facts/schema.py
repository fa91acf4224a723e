"""Columns of the stored tables (docs/explanation/numbers.md), in one place for the store, tests and other engines.

``pupil_no`` is the store's own short number for a pupil; ``pupils`` says whose it is. Grouping and sorting by it is
three
times faster than by a UUID.
"""

FACTS = {
    "pupil_no": "integer",
    "school_unit_id": "varchar",
    "group_id": "varchar",
    "day_no": "integer",
    "start_min": "smallint",
    "end_min": "smallint",
    "subject": "varchar",
    "lesson_id": "varchar",
    "offered_min": "smallint",
    "reported": "tinyint",
    "present_min": "smallint",
    "valid_min": "smallint",
    "invalid_min": "smallint",
    "other_min": "smallint",
    "late": "tinyint",
    "lesson_no": "integer",
    "added_min": "smallint",
    "dow": "tinyint",
    "week_no": "integer",
    "month_no": "integer",
    "term_no": "integer",
    "school_year": "smallint",
}

PUPIL_DAY = {
    "pupil_no": "integer",
    "day_no": "integer",
    "school_unit_id": "varchar",
    "group_id": "varchar",
    "dow": "tinyint",
    "week_no": "integer",
    "month_no": "integer",
    "term_no": "integer",
    "school_year": "smallint",
    "offered_min": "integer",
    "reported_min": "integer",
    "present_min": "integer",
    "valid_min": "integer",
    "invalid_min": "integer",
    "lessons": "integer",
    "reported_lessons": "integer",
    "absent_lessons": "integer",
    "missed_lessons": "integer",
    "invalid_lessons": "integer",
    "late_count": "integer",
    "late_min": "integer",
    "first_reported": "integer",
    "first_missed": "integer",
    "last_reported": "integer",
    "last_missed": "integer",
    "absent_day": "integer",
    "part_day": "integer",
}

PUPIL_MONTH = {
    "pupil_no": "integer",
    "month_no": "integer",
    "first_day": "integer",
    "school_days": "integer",
    "offered_min": "integer",
    "present_min": "integer",
    "valid_min": "integer",
    "invalid_min": "integer",
    "days_with_absence": "integer",
    "absent_lessons": "integer",
    "scattered_days": "integer",
    "scattered_lessons": "integer",
    "late_count": "integer",
    "late_min": "integer",
    "first_reported": "integer",
    "first_missed": "integer",
    "last_reported": "integer",
    "last_missed": "integer",
    "spells": "integer",
    "longest_spell": "integer",
    "opening_run": "integer",
    "closing_run": "integer",
}

SUBJECT_MONTH = {
    "pupil_no": "integer",
    "subject": "varchar",
    "month_no": "integer",
    "lessons": "integer",
    "reported_lessons": "integer",
    "offered_min": "integer",
    "present_min": "integer",
    "valid_min": "integer",
    "invalid_min": "integer",
    "missed_lessons": "integer",
}

PERIODS = {
    "pupil_no": "integer",
    "pupil_id": "varchar",
    "name": "varchar",
    "school_unit_id": "varchar",
    "grade": "varchar",
    "group_id": "varchar",
    "first_day": "integer",
    "last_day": "integer",
    "offered_min": "integer",
    "present_min": "integer",
    "valid_min": "integer",
    "invalid_min": "integer",
    "late_count": "integer",
}

PUPILS = {"pupil_no": "integer", "pupil_id": "varchar"}

# What makes a lesson's row the same row when it is corrected, and what a correction can change.
LESSON_KEY = (
    "pupil_no",
    "day_no",
    "coalesce(lesson_id, '')",
    "case when lesson_id is null then start_min else -1 end",
    "case when lesson_id is null then coalesce(subject, '') else '' end",
)
LESSON_VALUES = (
    "school_unit_id",
    "group_id",
    "start_min",
    "end_min",
    "subject",
    "offered_min",
    "reported",
    "present_min",
    "valid_min",
    "invalid_min",
    "other_min",
    "late",
)
