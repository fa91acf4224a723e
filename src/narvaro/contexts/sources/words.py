"""What is kept in codes, in words that an administrator knows."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.sources.models import Source, SourceRun
from narvaro.ui.parts import Kind

Auth, Why = Source.Auth, SourceRun.Why
AUTHS: Mapping[str, Promise] = {
    Auth.BEARER: _("With a key from the supplier (bearer token)"),
    Auth.HEADER: _("With a key in a header of its own"),
    Auth.CLIENT_FORM: _("With client id and secret (OAuth 2.0)"),
    Auth.CLIENT_BASIC: _("With client id and secret, sent as HTTP Basic"),
    Auth.NONE: _("With our certificate alone, or not at all"),
}
WHYS: Mapping[str, Promise] = {
    Why.PERSON: _("asked for"),
    Why.NIGHT: _("by itself, at night"),
    Why.NOTICE: _("the school system said that something had changed"),
}
HAS: Mapping[str, tuple[Promise, Kind]] = {
    "yes": (_("is there"), "good"),
    "empty": (_("is there, but empty"), "warn"),
    "no": (_("is not there"), ""),
    "refused": (_("may not be read"), "late"),
    "failed": (_("answers with an error"), "late"),
}
CAPABILITIES: Mapping[str, Promise] = {  # by the paths and parameters of the standard
    "organisations": _("Schools and how they are organised"),
    "persons": _("Pupils, guardians and staff"),
    "groups": _("Classes and teaching groups"),
    "duties": _("Who works where, and who is mentor"),
    "activities": _("Teaching"),
    "calendarEvents": _("The timetable, lesson by lesson"),
    "expand=attendance": _("Attendance together with the timetable"),
    "attendances": _("Attendance, lesson by lesson"),
    "attendances/lookup": _("Attendance of the lessons that are asked about"),
    "absences": _("Absence that homes have announced"),
    "aggregatedAttendance": _("Sums of attendance by week"),
    "meta.modified.after": _("Only what has changed can be asked for"),
    "deletedEntities": _("What has been removed"),
    "subscriptions": _("Tells by itself when something has changed"),
    "relationship": _("The pupils of one school can be asked for"),
    "organisation": _("What one school has can be asked for"),
    "persons/lookup": _("Single persons can be asked for"),
    "groups/lookup": _("Single groups can be asked for"),
    "calendarEvents/lookup": _("Single lessons can be asked for"),
}
# Of no interest where they are there.
AIDS = frozenset({"relationship", "organisation", "persons/lookup", "groups/lookup", "calendarEvents/lookup"})
ROUTES: Mapping[str, Promise] = {
    "events": _("Attendance is read together with the timetable, lesson by lesson."),
    "event_lookup": _("The timetable is read first, and then the attendance of each lesson."),
    "attendances": _("All attendance is read each time and put beside the timetable, which takes longer."),
    "sums": _(
        "The school system only tells sums by week. They are stored, but give no days; lists and warnings need lessons."
    ),
    "file": _("The school system tells no attendance. Send it as files under Import; the pupils come from here."),
}
KINDS: Mapping[str, Promise] = {
    "organisations": _("Organisations"),
    "school_units": _("School units"),
    "units": _("School units"),
    "persons": _("Persons"),
    "pupils": _("Pupils"),
    "staff": _("Staff"),
    "guardians": _("Guardians"),
    "groups": _("Classes and groups"),
    "duties": _("Duties"),
    "mentor_relations": _("Mentors' pupils"),
    "activities": _("Teaching"),
    "lessons": _("Lessons"),
    "cancelled": _("Cancelled lessons"),
    "attendance_rows": _("Lesson rows"),
    "absences": _("Announced absences"),
    "deleted": _("Removed in the school system"),
    "enrolments": _("Enrolments"),
    "weeks": _("Weeks of a school"),
}
REGISTER: Mapping[str, Promise] = {
    "new": _("New pupils"),
    "changed": _("Pupils with changes"),
    "moved": _("Pupils who changed school"),
    "ended": _("Pupils who have left"),
    "left_out": _("Lines that could not be used"),
    "guardians": _("New or changed guardians"),
    "mentors_begun": _("Assignments as mentor that began"),
    "mentors_ended": _("Assignments as mentor that ended"),
}
