"""The standard's JSON to our objects. Unknown fields are ignored and unknown words kept as they are; what has the wrong
shape, or no id, is refused with the whole page."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from narvaro.facts.readers.pupil_list import clean_text
from narvaro.ss12000.objects import Absence, Activity, Duty, Enrolment, Group, Member, Person, Place, Responsible, Role
from narvaro.ss12000.paging import Object

STOCKHOLM = ZoneInfo("Europe/Stockholm")
UNPROTECTED = "Ingen"
_ID = re.compile(r"[\w.:@-]{1,64}", re.ASCII)
_WORK = ("Skola personal", "Arbete övrigt")
_PUPILS_OWN = "Skola elev"


class WrongShape(Exception):
    """A field of an object is not what it must be; says which, and nothing of its value."""


def id_of(obj: Any) -> str:
    found = obj.get("id") if type(obj) is dict else None
    if type(found) is not str or not _ID.fullmatch(found):
        raise WrongShape("id")
    return found


def text(obj: Object, key: str) -> str:
    found = obj.get(key)
    if found is None:
        return ""
    if type(found) is not str:
        raise WrongShape(key)
    return clean_text(found)


def part(obj: Object, key: str) -> Object:
    """An object within; {} where there is none."""
    found = obj.get(key)
    if found is None:
        return {}
    if type(found) is not dict:
        raise WrongShape(key)
    return found


def parts(obj: Object, key: str) -> list[Object]:
    found = obj.get(key)
    if found is None:
        return []
    if type(found) is not list or not all(type(each) is dict for each in found):
        raise WrongShape(key)
    return found


def texts(obj: Object, key: str) -> tuple[str, ...]:
    found = obj.get(key)
    if found is None:
        return ()
    if type(found) is not list or not all(type(each) is str for each in found):
        raise WrongShape(key)
    return tuple(clean_text(each) for each in found)


def reference(obj: Object, key: str) -> str:
    """The id that is referred to; "" where nothing is."""
    found = part(obj, key)
    return id_of(found) if found else ""


def day(obj: Object, key: str) -> str:
    """The date as ISO text; of a date with a time, the date."""
    found = text(obj, key)[:10]
    if found:
        try:
            date.fromisoformat(found)
        except ValueError:
            raise WrongShape(key) from None
    return found


def modified(obj: Object) -> datetime | None:
    """When the object was changed last. Without an offset it is taken as UTC (2.1 demands one, some leave it out)."""
    return moment(part(obj, "meta"), "modified", without_offset=UTC)


def moment(obj: Object, key: str, *, without_offset: ZoneInfo | Any) -> datetime | None:
    found = text(obj, key)
    if not found:
        return None
    try:
        told = datetime.fromisoformat(found)
    except ValueError:
        raise WrongShape(key) from None
    return told if told.tzinfo else told.replace(tzinfo=without_offset)


def marking(obj: Object) -> bool | None:
    """Protected, by anything but exactly the word for "not"; None where nothing is said."""
    if "securityMarking" not in obj or obj["securityMarking"] is None:
        return None
    return text(obj, "securityMarking") != UNPROTECTED


def place(obj: Object) -> Place:
    return Place(
        id=id_of(obj),
        name=text(obj, "displayName"),
        kind=text(obj, "organisationType"),
        unit_code=text(obj, "schoolUnitCode"),
        parent_id=reference(obj, "parentOrganisation"),
        forms=texts(obj, "schoolTypes"),
    )


def person(obj: Object) -> Person:
    emails, phones = parts(obj, "emails"), parts(obj, "phoneNumbers")
    return Person(
        id=id_of(obj),
        given_name=text(obj, "givenName"),
        family_name=text(obj, "familyName"),
        birth=day(obj, "birthDate") or _birth(identity_number(obj)),
        marked=marking(obj),
        municipality=_municipality(obj),
        work_email=_first(emails, lambda kind: kind in _WORK),
        email=_first(emails, lambda kind: kind not in (*_WORK, _PUPILS_OWN)),
        phone=_phone(phones),
        login_names=texts(obj, "eduPersonPrincipalNames"),
        is_deceased=text(obj, "personStatus") == "Avliden",
        enrolments=tuple(_enrolment(each) for each in parts(obj, "enrolments") if each.get("cancelled") is not True),
        responsibles=tuple(_responsible(each) for each in parts(obj, "responsibles") if each.get("person")),
    )


def identity_number(obj: Object) -> str:
    """As it is written; it goes no further than to those who keep it."""
    return text(part(obj, "civicNo"), "value")


def group(obj: Object) -> Group:
    return Group(
        id=id_of(obj),
        name=text(obj, "displayName"),
        kind=text(obj, "groupType"),
        place_id=reference(obj, "organisation"),
        first_day=day(obj, "startDate"),
        last_day=day(obj, "endDate"),
        members=tuple(_member(each) for each in parts(obj, "groupMemberships")),
    )


def duty(obj: Object) -> Duty:
    return Duty(
        id=id_of(obj),
        person_id=reference(obj, "person"),
        place_id=reference(obj, "dutyAt"),
        first_day=day(obj, "startDate"),
        last_day=day(obj, "endDate"),
        marked=marking(part(obj, "person")) is True,
        roles=tuple(_role(each) for each in parts(obj, "assignmentRole")),
    )


def activity(obj: Object) -> Activity:
    syllabus = part(part(obj, "_embedded"), "syllabus")
    named = part(obj, "syllabus") or part(obj, "subject")
    return Activity(
        id=id_of(obj),
        name=text(obj, "displayName"),
        subject=text(syllabus, "subjectName") or text(named, "displayName"),
        kind=text(obj, "activityType"),
        place_id=reference(obj, "organisation"),
        group_ids=tuple(id_of(each) for each in parts(obj, "groups")),
    )


def absence(obj: Object) -> Absence:
    """A time without an offset is of a Swedish clock, as lessons' are."""
    starts, ends = (moment(obj, key, without_offset=STOCKHOLM) for key in ("startTime", "endTime"))
    if starts is None or ends is None:
        raise WrongShape("startTime" if starts is None else "endTime")
    return Absence(
        id=id_of(obj),
        kind=text(obj, "type"),
        pupil_id=id_of(part(obj, "student")),
        by_id=reference(obj, "registeredBy"),
        starts=starts,
        ends=ends,
        modified=modified(obj),
    )


def _birth(number: str) -> str:
    """From a number of twelve digits, where no birth date is told; a coordination number's day has 60 added."""
    if not (len(number) >= 8 and number[:8].isascii() and number[:8].isdigit()):
        return ""
    of_month = int(number[6:8])
    try:
        return date(int(number[:4]), int(number[4:6]), of_month - 60 if of_month > 60 else of_month).isoformat()
    except ValueError:
        return ""


def _enrolment(obj: Object) -> Enrolment:
    return Enrolment(
        unit_id=id_of(part(obj, "enroledAt")),
        form=text(obj, "schoolType"),
        grade=_grade(obj),
        first_day=day(obj, "startDate"),
        last_day=day(obj, "endDate"),
    )


def _grade(obj: Object) -> str:
    """As a register writes it: the preschool class is F, which the standard calls year 0."""
    year = obj.get("schoolYear")
    if year is None:
        return "F" if obj.get("schoolType") == "FKLASS" else ""
    if type(year) is not int:
        raise WrongShape("schoolYear")
    return "F" if year == 0 else str(year)


def _responsible(obj: Object) -> Responsible:
    who = part(obj, "person")
    return Responsible(id_of(who), text(obj, "relationType"), marking(who) is True)


def _member(obj: Object) -> Member:
    who = part(obj, "person")
    return Member(id_of(who), day(obj, "startDate"), day(obj, "endDate"), marking(who) is True)


def _role(obj: Object) -> Role:
    kind = text(obj, "assignmentRoleType")
    return Role(id_of(part(obj, "group")), kind, day(obj, "startDate"), day(obj, "endDate"))


def _municipality(obj: Object) -> str:
    """The four digits of where the person is registered; the address itself is not kept."""
    told = {text(each, "type"): each for each in parts(obj, "addresses")}
    home = told.get("Folkbokföring") or told.get("") or {}
    code, county = home.get("municipalityCode"), home.get("countyCode")
    if type(code) is int and code < 100:  # the municipality within its county, whose number then stands beside
        return f"{county:02d}{code:02d}" if type(county) is int else ""
    return f"{code:04d}" if type(code) is int else text(home, "municipalityCode")


def _first(values: list[Object], wanted: Callable[[str], bool]) -> str:
    return next((text(each, "value") for each in values if wanted(text(each, "type")) and each.get("value")), "")


def _phone(phones: list[Object]) -> str:
    mobile = [each for each in phones if each.get("mobile") is not False]
    return next((text(each, "value") for each in (*mobile, *phones) if each.get("value")), "")


def day_start(on: date) -> datetime:
    return datetime.combine(on, time(), STOCKHOLM)
