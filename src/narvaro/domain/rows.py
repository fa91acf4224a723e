"""What can be wrong with one row of an import. Rows are listed by line, column and reason; never with their values."""

from enum import Enum

from narvaro.language import N_

EARLIEST_YEAR = 1990
MINUTES_IN_DAY = 24 * 60


class RowProblem(Enum):
    """``field`` is the fact's field (see ``facts.layout``); the report names the source's own column for it."""

    RAGGED = ("ragged", None, N_("The row has another number of columns than the header."))
    NO_PUPIL = ("no_pupil", "pupil_id", N_("The pupil's id is missing."))
    BAD_IDENTITY = ("bad_identity", "identity_number", N_("The personal identity number is not valid."))
    NO_UNIT = ("no_unit", "school_unit_id", N_("The school unit is missing."))
    BAD_DATE = ("bad_date", "date", N_("The date is missing or does not exist."))
    OLD_DATE = ("old_date", "date", N_("The date lies before 1990."))
    FUTURE_DATE = ("future_date", "date", N_("The date lies in the future."))
    BAD_START = ("bad_start", "start", N_("The start is not a time of day."))
    BAD_END = ("bad_end", "end", N_("The end is not a time of day."))
    END_BEFORE_START = ("end_before_start", "end", N_("The lesson ends before it starts."))
    NO_LESSON = ("no_lesson", "start", N_("The lesson has neither start nor id, so it cannot be told from others."))
    BAD_OFFERED = ("bad_offered", "offered", N_("The lesson's minutes must be a number from 1 to 1440."))
    BAD_REPORTED = ("bad_reported", "reported", N_("Reported must be yes or no."))
    BAD_LATE = ("bad_late", "late", N_("Late must be yes or no."))
    BAD_CATEGORY = ("bad_category", "category", N_("The kind of absence is not in the mapping."))
    BAD_PRESENT = ("bad_present", "present", N_("Minutes present must be a number that is not negative."))
    BAD_VALID = ("bad_valid", "valid", N_("Minutes of valid absence must be a number that is not negative."))
    BAD_INVALID = ("bad_invalid", "invalid", N_("Minutes of invalid absence must be a number that is not negative."))
    BAD_OTHER = ("bad_other", "other", N_("Minutes of other activity must be a number that is not negative."))
    BAD_REPORTED_MINUTES = (
        "bad_reported_minutes",
        "reported",
        N_("Reported minutes must be a number that is not negative."),
    )
    BAD_PERIOD = ("bad_period", "first_date", N_("The period's first or last day is missing or wrong."))
    BAD_OFFERED_SUM = ("bad_offered", "offered", N_("The offered minutes must be a number above 0."))
    BAD_COUNT = ("bad_count", "late_count", N_("The number of late arrivals must be a whole number."))
    OVER_OFFERED = ("over_offered", "offered", N_("Present and absent minutes are more than the lesson's minutes."))
    OVER_REPORTED = ("over_reported", "reported", N_("Reported minutes are more than the offered ones."))
    UNKNOWN_PUPIL = ("unknown_pupil", "pupil_id", N_("The pupil is not in the list of pupils."))
    UNKNOWN_UNIT = ("unknown_unit", "school_unit_id", N_("The school unit is not in the list of pupils."))
    CONFLICT = ("conflict", None, N_("The same pupil and lesson occurs again in the file with other values."))
    OVERLAPPING_PERIOD = ("overlapping_period", "first_date", N_("The pupil already has another, overlapping period."))

    def __init__(self, code: str, field: str | None, text: str) -> None:
        self.code = code
        self.field = field
        self.text = text

    @property
    def number(self) -> int:
        """Stands for the problem in SQL; 0 means none."""
        return list(RowProblem).index(self) + 1

    @classmethod
    def numbered(cls, number: int) -> "RowProblem":
        return list(cls)[number - 1]
