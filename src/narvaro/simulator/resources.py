"""The resources of the standard that have something in them, by their paths."""

from collections.abc import Mapping

from narvaro.simulator.attendance_resources import ABSENCES, ATTENDANCES, EVENTS, SUMS
from narvaro.simulator.resource import Resource
from narvaro.simulator.roster_resources import ACTIVITIES, DUTIES, GROUPS, ORGANISATIONS, PERSONS, SYLLABUSES

RESOURCES: Mapping[str, Resource] = {
    "organisations": ORGANISATIONS,
    "persons": PERSONS,
    "duties": DUTIES,
    "groups": GROUPS,
    "activities": ACTIVITIES,
    "calendarEvents": EVENTS,
    "attendances": ATTENDANCES,
    "absences": ABSENCES,
    "aggregatedAttendance": SUMS,
    "syllabuses": SYLLABUSES,
}
