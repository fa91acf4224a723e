"""What codes of files and columns are called on screen."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from narvaro.facts.layout import LESSON_FIELDS, PERIOD_FIELDS

FIELDS: Mapping[str, Promise] = {
    "pupil_id": _("Pupil's key"),
    "identity_number": _("Identity number"),
    "name": _("Pupil's name"),
    "school_unit_id": _("School unit"),
    "group_id": _("Class"),
    "grade": _("Grade"),
    "date": _("Date"),
    "start": _("Lesson begins"),
    "end": _("Lesson ends"),
    "first_date": _("Period's first day"),
    "week": _("Week, as in v.17"),
    "last_date": _("Period's last day"),
    "subject": _("Subject"),
    "lesson_id": _("Lesson's key"),
    "offered": _("Teaching time"),
    "present": _("Time present"),
    "valid": _("Valid absence, time"),
    "invalid": _("Invalid absence, time"),
    "other": _("Other school activity, time"),
    "reported": _("Reported"),
    "late": _("Late arrival"),
    "late_count": _("Number of late arrivals"),
    "category": _("Status in a word"),
    "category_minutes": _("Minutes of that status"),
}
LOOKS: Mapping[str, Promise] = {
    "": _("empty"),
    "number": _("numbers"),
    "date": _("dates"),
    "time": _("times"),
    "text": _("text"),
}
ENCODINGS: Mapping[str, Promise | str] = {
    "windows-1252": _("Windows (Western Europe)"),
    "iso-8859-1": "ISO 8859-1 (Latin-1)",
    "iso-8859-15": "ISO 8859-15",
    "cp850": _("DOS (code page 850)"),
    "mac-roman": _("Old Mac (Mac Roman)"),
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
}
DELIMITERS: Mapping[str, Promise] = {
    ";": _("Semicolon ;"),
    ",": _("Comma ,"),
    "tab": _("Tab"),
    "|": _("Bar |"),
}
UNITS: Mapping[str, Promise] = {
    "min": _("Minutes: 45"),
    "h": _("Hours: 0,75"),
    "h:mm": _("Hours and minutes: 0:45"),
    "percent": _("Per cent of the teaching time: 93 %"),
    "fraction": _("Share of the teaching time: 0,93"),
    "lessons": _("Number of lessons: 18 st"),
}
DATE_FORMATS: Mapping[str, str] = {
    "%Y-%m-%d": "2026-03-02",
    "%Y%m%d": "20260302",
    "%y%m%d": "260302",
    "%d/%m/%Y": "02/03/2026",
}
CATEGORIES: Mapping[str, Promise] = {
    "present": _("Words for present"),
    "valid": _("Words for valid absence"),
    "invalid": _("Words for invalid absence"),
    "other": _("Words for other school activity"),
    "late": _("Words for late arrival"),
    "unreported": _("Words for not reported"),
}
# Words that Swedish systems write, where a person has not said others. Notified absence is taken as valid.
USUAL_WORDS: Mapping[str, str] = {
    "present": "Närvarande, Närvaro",
    "valid": "Giltig frånvaro, Anmäld frånvaro, Beviljad ledighet, Ledighet",
    "invalid": "Ogiltig frånvaro, Oanmäld frånvaro, Ej anmäld",
    "other": "Annan aktivitet, Annat uppdrag",
    "late": "Sen ankomst, Försenad",
    "unreported": "Ej rapporterad, Ej registrerad, Orapporterad, Omarkerad",
}
KINDS: Mapping[str, Promise] = {
    "pupils": _("A list of pupils"),
    "units": _("A list of school units"),
}
LIST_HEADINGS: Mapping[tuple[str, str], Promise] = {
    ("pupils", "ready"): _("The list of pupils can be read in"),
    ("pupils", "done"): _("The list of pupils was read in"),
    ("units", "ready"): _("The list of school units can be read in"),
    ("units", "done"): _("The list of school units was read in"),
}
GRAINS: Mapping[str, Promise] = {
    "lesson": _("A lesson of a pupil on each row"),
    "period": _("Sums of a period for a pupil on each row"),
}
MAPPED_FIELDS = tuple(dict.fromkeys((*LESSON_FIELDS, *PERIOD_FIELDS, "week", "category", "category_minutes")))
