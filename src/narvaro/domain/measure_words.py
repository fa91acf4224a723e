"""Each number by its name, as rules and ``measures.csv`` use it: its unit and what it means, in a sentence."""

from dataclasses import dataclass

from narvaro.language import N_


@dataclass(frozen=True, slots=True)
class Word:
    unit: str
    meaning: str


_MINUTES, _SHARE, _DAYS, _COUNT, _HOURS = N_("minutes"), N_("share 0-1"), N_("school days"), N_("count"), N_("hours")

WORDS = {
    "offered_min": Word(_MINUTES, N_("Lesson time on the pupil's own timetable; double-booked time counts once.")),
    "reported_min": Word(_MINUTES, N_("Lesson time for which the register was taken. The rest is unknown.")),
    "coverage": Word(_SHARE, N_("Reported minutes of offered minutes.")),
    "valid_min": Word(_MINUTES, N_("Valid absence: notified and accepted, or granted leave.")),
    "invalid_min": Word(_MINUTES, N_("Invalid absence; late arrivals count with their minutes.")),
    "total_rate": Word(_SHARE, N_("Valid and invalid minutes of reported minutes; empty under 80 % coverage.")),
    "valid_rate": Word(_SHARE, N_("Valid minutes of reported minutes; empty under 80 % coverage.")),
    "invalid_rate": Word(_SHARE, N_("Invalid minutes of reported minutes; empty under 80 % coverage.")),
    "total_rate_last_20": Word(_SHARE, N_("The total rate over the pupil's 20 latest school days.")),
    "trend_points": Word(
        N_("percentage points"),
        N_("The total rate of the latest school days minus that of as many days before; falling is improvement."),
    ),
    "longest_spell": Word(_DAYS, N_("The longest run of wholly absent school days; days off school never break it.")),
    "current_spell": Word(_DAYS, N_("The run of wholly absent days that reaches the pupil's last school day, else 0.")),
    "occasions": Word(_COUNT, N_("Occasions of absence as the plan counts them: spells, days or lessons.")),
    "late_count": Word(_COUNT, N_("Late arrivals.")),
    "late_min": Word(_MINUTES, N_("Minutes of late arrivals.")),
    "absent_days": Word(_DAYS, N_("School days wholly absent, with at least half the day reported.")),
    "part_days": Word(_DAYS, N_("School days partly absent.")),
    "scattered_lessons": Word(_COUNT, N_("Lessons with absence on days that were partly attended.")),
    "absent_lessons": Word(_COUNT, N_("Lessons with any absence.")),
    "invalid_lessons": Word(_COUNT, N_("Lessons with invalid absence, other than late arrivals under 10 minutes.")),
    "absent_hours": Word(_HOURS, N_("All absence, in hours of 60 minutes.")),
    "valid_hours": Word(_HOURS, N_("Valid absence, in hours of 60 minutes.")),
    "invalid_hours": Word(_HOURS, N_("Invalid absence, in hours of 60 minutes.")),
    "school_days": Word(_DAYS, N_("Days on which the pupil has at least one lesson.")),
    "band": Word(N_("band"), N_("The band of the total rate in per cent; each includes its lower limit.")),
}
