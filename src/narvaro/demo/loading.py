"""Exempelkommun in the database: everything that the application needs to be looked at, and nobody who exists.

What is there already stays; a load that was interrupted is run again and goes on. A database that holds other
authorities is refused, because practice mode moves the clock for everybody.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from django.conf import settings

from narvaro.contexts.register import api as register
from narvaro.contexts.warnings.api import run_measures
from narvaro.core.accounts import NewAccount, create_accounts, user_ids
from narvaro.core.actor import Actor
from narvaro.core.errors import Refused
from narvaro.core.planning import learn
from narvaro.core.practice import set_practice_day
from narvaro.core.scope import acting
from narvaro.demo.calendar_file import read_calendar
from narvaro.demo.case_stage import on_day
from narvaro.demo.case_stories import tell
from narvaro.demo.cast import CAST_ADULTS, CAST_PUPILS
from narvaro.demo.generator import DemoFiles, generate
from narvaro.demo.sign_ins import SignIns, read_sign_ins, write_sign_ins
from narvaro.demo.splitting import lessons_by_organiser
from narvaro.demo.staff import KINDS, Person, people_of
from narvaro.demo.units import MUNICIPALITY, PLACES
from narvaro.domain.school_calendar import SchoolCalendar
from narvaro.facts.importing import import_lessons
from narvaro.facts.readers import open_source
from narvaro.facts.readers.pupil_list import PupilLine, UnitLine, read_pupil_lines, read_unit_lines
from narvaro.facts.staging import Register
from narvaro.facts.store import Store
from narvaro.language import N_, Message

SEED, SCHOOL_YEAR = 1, 2025
Progress = Callable[[str, float], None]
Listed = tuple[Sequence[PupilLine], Sequence[UnitLine]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """``new``: False when it was there already."""

    pupils: int
    day: date
    new: bool = True


def load(*, pupils: int, progress: Progress) -> Loaded:
    """Raises Refused when the database holds anything but this demo."""
    data = Path(settings.DATA)
    begun = read_sign_ins(data)
    if begun and begun.pupils != pupils:
        raise Refused(
            Message.of(
                "A demo of {pupils} pupils is loaded already. For another size, give another folder in NARVARO_DATA.",
                pupils=begun.pupils,
            )
        )
    if begun and begun.ready and settings.PRACTICE_DAY:
        return Loaded(pupils, settings.PRACTICE_DAY, new=False)
    _refuse_other_authorities()
    files = _files(data / "demo-files", pupils, progress)
    calendar = read_calendar(files.calendar)
    _practise(data, calendar.spring.last)
    listed = tuple(read_pupil_lines(files.pupils)), tuple(read_unit_lines(files.units))
    people = people_of(*listed)
    emails = tuple(person.email for person in people if person.signs_in)
    signing_in = SignIns(pupils, begun.password if begun else _passphrase(), emails)
    write_sign_ins(data, signing_in)
    organisers = _registers(listed, people, calendar, signing_in.password, progress)
    _facts(files.lessons, listed, organisers, calendar.spring.last, progress)
    progress(N_("Telling the cases"), 0.0)
    tell(municipality=organisers[MUNICIPALITY])
    learn()
    write_sign_ins(data, replace(signing_in, ready=True))
    return Loaded(pupils, calendar.spring.last)


def _refuse_other_authorities() -> None:
    names = register.authority_names()
    if names - KINDS.keys() or (names and settings.PRACTICE_DAY is None):
        raise Refused(
            Message.of(
                "The database holds other authorities. The demo can only be loaded where it is alone; "
                "give another folder in NARVARO_DATA."
            )
        )


def _files(folder: Path, pupils: int, progress: Progress) -> DemoFiles:
    text = N_("Making lessons")
    return generate(
        pupils=pupils,
        seed=SEED,
        school_year=SCHOOL_YEAR,
        out=folder,
        progress=lambda share: progress(text, share),
    )


def _practise(data: Path, day: date) -> None:
    """For the processes that start later by the file, and for this one, which has begun on the true day."""
    set_practice_day(data, day)
    settings.PRACTICE_DAY, settings.PRACTICE = day, True


def _registers(
    listed: Listed, people: Sequence[Person], calendar: SchoolCalendar, password: str, progress: Progress
) -> dict[str, Actor]:
    """Each authority with its units, people, pupils and calendar. The actors are the program's own."""
    text = N_("Filling the register")
    actors = {}
    names = sorted({person.authority for person in people}, key=list(KINDS).index)
    for done, name in enumerate(names):
        progress(text, done / len(names))
        actors[name] = register.found_authority(name=name, kind=KINDS[name])
        _one_register(
            actors[name], name, listed, [each for each in people if each.authority == name], calendar, password
        )
    with on_day(calendar.autumn.first):
        _family(actors[MUNICIPALITY], people)
    return actors


def _one_register(
    by: Actor, name: str, listed: Listed, people: Sequence[Person], calendar: SchoolCalendar, password: str
) -> None:
    pupils, units = listed
    own = [unit for unit in units if unit.organiser == name]
    codes = {unit.code for unit in own}
    register.load_units(by=by, lines=own)
    ids = {unit.code: unit.pk for unit in register.unit_names(by.authority_id)}
    first_day = calendar.autumn.first
    for signs_in in (True, False):
        accounts = [_account(each, ids, first_day) for each in people if each.signs_in == signs_in]
        create_accounts(by=by, accounts=accounts, password=password if signs_in else None)
    if own:
        register.save_school_year(by=by, calendar=calendar)
        lines = [line for line in pupils if line.unit_code in codes]
        register.load_pupil_list(by=by, lines=lines)
        with on_day(first_day):
            _protected_lists(by, people, [line for line in lines if line.is_protected])


def _account(person: Person, unit_ids: dict[str, int], first_day: date) -> NewAccount:
    unit_id = unit_ids[person.unit_code] if person.unit_code else None
    return NewAccount(email=person.email, name=person.name, role=person.role, unit_id=unit_id, first_day=first_day)


def _family(by: Actor, people: Sequence[Person]) -> None:
    """Guardians and the pupil's own account of the cast."""
    users = user_ids([person.email for person in people])
    by_name = {(person.name, person.role): users[person.email] for person in people}
    children = {adult.full_name: adult.pupils for adult in CAST_ADULTS if adult.pupils}
    guardians = [
        register.NewGuardian(name=name, user_id=by_name[name, "legal_guardian"], pupil_ids=pupils)
        for name, pupils in children.items()
    ]
    register.add_guardians(by=by, guardians=guardians)
    alva = CAST_PUPILS[0]
    own_user = by_name[f"{alva.given_name} {alva.family_name}", "pupil"]
    register.give_account(by=by, pupil_id=alva.elev_id, user_id=own_user)


def _protected_lists(by: Actor, people: Sequence[Person], protected: Sequence[PupilLine]) -> None:
    """The mentor; the list of pupils has put the principal there already."""
    users = user_ids([person.email for person in people])
    with acting(by):
        pupils = register.pupil_by_source_id(by)
    for line in protected:
        for person in people:
            is_mentor = person.name == line.mentor and person.role == "mentor"
            if is_mentor and person.unit_code == line.unit_code:
                register.list_for_protected(by=by, pupil=pupils[line.pupil_id].pk, user_id=users[person.email])


def _facts(lessons: Path, listed: Listed, organisers: dict[str, Actor], day: date, progress: Progress) -> None:
    pupils, units = listed
    codes = frozenset(unit.code for unit in units)
    with lessons_by_organiser(lessons, pupils, units) as files:
        for name, file in files.items():
            by = organisers[name]
            folder = register.facts_folder(by.authority_id)
            with acting(by):
                known = Register(frozenset(register.pupil_by_source_id(by)), codes)
            import_lessons(
                Store(folder),
                [open_source(file)],
                today=day,
                register=known,
                progress=lambda share: progress(N_("Reading lessons"), share),
            )
            progress(N_("Counting and warning"), 0.0)
            run_measures(by=by, store=folder)


def _passphrase() -> str:
    """Three invented places and a number: easy to type, and another in each installation."""
    plain = [place for place in PLACES if place.isascii()]
    words = [secrets.choice(plain) for _ in range(3)]
    return "-".join([*words, str(secrets.randbelow(90) + 10)]).casefold()
