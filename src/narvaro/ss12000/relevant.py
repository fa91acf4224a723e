"""What is kept of all that a source tells: the pupils of the school units that are read, their staff and guardians."""

from collections.abc import Iterator

from narvaro.ss12000.memory import Mirror
from narvaro.ss12000.objects import Duty, Enrolment, Person
from narvaro.ss12000.organisation_tree import SCHOOL_FORMS, Tree

GUARDIAN, CLASS = "Vårdnadshavare", "Klass"


def pupil_ids(mirror: Mirror, tree: Tree, first_day: str) -> set[str]:
    """Those with an enrolment that did not end before the day."""
    return {
        person.id
        for person in mirror.persons.values()
        if any(not each.last_day or each.last_day >= first_day for each in enrolments(person, tree))
    }


def enrolments(person: Person, tree: Tree) -> Iterator[Enrolment]:
    """Those at units that are read, in school forms that are ours; of two for one stay the later counts."""
    stays = {
        (each.unit_id, each.form, each.first_day): each
        for each in person.enrolments
        if each.unit_id in tree.units and (not each.form or each.form in SCHOOL_FORMS)
    }
    yield from stays.values()


def guardian_ids(mirror: Mirror, pupils: set[str]) -> set[str]:
    return {each.person_id for pupil in pupils for each in mirror.persons[pupil].responsibles if each.kind == GUARDIAN}


def staff_ids(mirror: Mirror) -> set[str]:
    return {duty.person_id for duty in mirror.duties.values() if duty.person_id}


def pruned(mirror: Mirror, tree: Tree, first_day: str, *, guardians: bool) -> Mirror:
    """Only what is about the units that are read, from the day on."""
    asked = set(tree.asked)
    activities = {id: each for id, each in mirror.activities.items() if each.place_id in asked}
    used = {group for each in activities.values() for group in each.group_ids}
    groups = {id: each for id, each in mirror.groups.items() if each.place_id in asked or id in used}
    duties = {id: each for id, each in mirror.duties.items() if _is_current(each, asked, first_day)}
    kept = Mirror(dict(mirror.places), mirror.persons, groups, duties, activities)
    pupils = pupil_ids(kept, tree, first_day)
    wanted = pupils | staff_ids(kept) | (guardian_ids(kept, pupils) if guardians else set())
    kept.persons = {id: each for id, each in mirror.persons.items() if id in wanted}
    return kept


def _is_current(duty: Duty, asked: set[str], first_day: str) -> bool:
    return duty.place_id in asked and (not duty.last_day or duty.last_day >= first_day)
