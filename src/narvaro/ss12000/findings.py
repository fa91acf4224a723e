"""What somebody should know about the data of a source: counts by a stable code, never whom they are about."""

from collections import Counter

from narvaro.language import N_, Message
from narvaro.ss12000.told import Finding

_TOLD = {
    "units_without_code": N_("{count} school units have no school unit code; their id at the source is used instead."),
    "units_with_same_code": N_("{count} school unit codes are those of several units, which are read as one."),
    "units_missing": N_("{count} of the chosen school units are no longer at the source."),
    "no_birth_date": N_("{count} pupils have no birth date, so their guardians are kept also if they are of age."),
    "no_marking": N_("{count} persons have no marking that says whether they are protected. They are shown as others."),
    "responsibles_without_kind": N_("{count} who answer for a pupil are not told as guardians and are left out."),
    "persons_missing": N_("{count} persons are referred to and never told; they may be protected. They are left out."),
    "several_classes": N_("{count} pupils are in several classes of their school; the one begun last is used."),
    "without_class": N_("{count} pupils are in no class."),
    "mentors_without_email": N_("{count} mentors have no e-mail address, so they cannot be told who they are here."),
    "other_school_forms": N_("{count} enrolments are in other school forms, such as preschool, and are left out."),
    "roles_unknown": N_("{count} roles of staff have a name that the standard does not know and are not used."),
    "kept_after_check": N_("{count} persons were missing in the listing and found one by one; they are kept."),
    "activities_without_unit": N_("{count} activities belong to no school unit that is read; their lessons are not."),
    "attendance_outside_group": N_("{count} registrations are about pupils who are not in the lesson; not counted."),
    "sums_without_offered": N_("{count} sums do not say what was offered; what was registered is taken for it."),
    "weeks_empty": N_("{count} weeks of schools had lessons and now have none. What was known of them is kept."),
    "lessons_without_activity": N_("{count} lessons belong to an activity that is not told; they are left out."),
    "registered_twice": N_("{count} registrations were told twice for one pupil and lesson; the later one is used."),
    "rejected_rows": N_("{count} rows cannot be right and were not read in."),
    "more_minutes": N_("{count} rows had more minutes than the lesson and were cut to the lesson's minutes."),
    "absences_without_reporter": N_("{count} announced absences do not say who announced them, or when; not used."),
    "marked_in_attendance": N_("{count} pupils are marked as protected in registrations alone; taken as protected."),
}


class Findings:
    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def note(self, code: str, count: int = 1) -> None:
        if code not in _TOLD:
            raise KeyError(code)
        self._counts[code] += count

    def set(self, code: str, count: int) -> None:
        """For what is counted of the whole each time."""
        self.note(code, count - self._counts[code])

    def told(self) -> tuple[Finding, ...]:
        return tuple(
            Finding(code=code, count=self._counts[code], told=Message.of(text, count=self._counts[code]))
            for code, text in _TOLD.items()
            if self._counts[code]
        )
