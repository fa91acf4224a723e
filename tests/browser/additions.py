"""What these tests add to the demo, in a process over its data directory: an authority where every name is an attack,
and an open session for each person. Prints the sessions by e-mail address, and the keys of some pupils by name."""

import csv
import json
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from tests.browser.hostile import AUTHORITY, PAYLOADS, ROLES, email_of, unit_code

HEADER = (
    *("elev_id", "skolenhetskod", "klass", "datum", "start", "slut", "amne", "lektionsminuter", "narvarominuter"),
    *("giltig_min", "ogiltig_min", "annan_min", "rapporterad", "lektion_id"),
)


PUPILS = ("Love Claesson", "Ida Sundberg")


def main() -> None:
    from narvaro.config import starting

    starting.start()
    add_hostile_authority()
    for authority in ("Exempelkommun", AUTHORITY):
        add_source(authority)
    json.dump({"sessions": open_sessions(), "pupils": keys_of(PUPILS)}, sys.stdout)


def add_hostile_authority() -> None:
    """A school for each payload with one pupil, away all the time, so that every list has every name."""
    from django.conf import settings

    from narvaro.contexts.register import api as register
    from narvaro.core.accounts import create_accounts, user_ids
    from narvaro.demo.calendar_file import read_calendar
    from narvaro.facts.readers.pupil_list import UnitLine

    calendar = read_calendar(Path(settings.DATA) / "demo-files/calendar.yaml")
    by = register.found_authority(name=AUTHORITY, kind="municipal_organiser")
    units = [
        UnitLine(line=n, code=unit_code(n), name=name, area=name, school_forms=("GR",), grades="F-9")
        for n, name in enumerate(PAYLOADS)
    ]
    register.load_units(by=by, lines=units)
    at = {unit.code: unit.pk for unit in register.unit_names(by.authority_id)}
    people = _people(at, calendar.autumn.first)
    create_accounts(by=by, accounts=people)
    register.save_school_year(by=by, calendar=calendar)
    lines = _pupil_lines(people[ROLES.index("mentor")].name)
    rejects = register.load_pupil_list(by=by, lines=lines).rejects
    assert not rejects, rejects
    users = user_ids([email_of(role) for role in ROLES])
    register.add_guardians(
        by=by,
        guardians=[
            register.NewGuardian(name=PAYLOADS[0], user_id=users[email_of("legal_guardian")], pupil_ids=("x-0",))
        ],
    )
    register.give_account(by=by, pupil_id="x-0", user_id=users[email_of("pupil")])
    _list_the_protected(by, users[email_of("principal")])
    _read_lessons(by, calendar.school_days()[-30:])


def add_source(authority: str) -> None:
    """One that has been read, with something to look at, and whose latest reading waits for a yes."""
    from narvaro.contexts.register.api import found_authority
    from narvaro.contexts.sources.models import Source, SourceRun
    from narvaro.core.clock import now
    from narvaro.core.models import Membership
    from narvaro.core.scope import acting

    by = found_authority(name=authority, kind="municipal_organiser")
    administrator = Membership.objects.filter(authority_id=by.authority_id, role="system_administrator")[0].user
    names = PAYLOADS if authority == AUTHORITY else ("Skolsystemet", "Strandskolan")
    capability = {"name": "persons", "has": "yes", "note": None}
    lacking = {"name": "attendances", "has": "no", "note": {"text": "The source does not have it.", "values": {}}}
    told = {"text": "{count} pupils are in no class.", "values": {"count": 2}}
    with acting(by):
        source = Source.of(
            name=names[0],
            base_url=f"https://skolsystem.example/{names[0]}",
            organisations=[
                {"id": f"o-{n}", "name": name, "kind": "Skolenhet", "unit_code": "", "depth": 1}
                for n, name in enumerate(names)
            ],
            capabilities=[capability, lacking],
            state=Source.State.ACTIVE,
            hour=None,
            made_by=administrator,
            made_at=now(),
        )
        source.save()
        read = {"source": source, "started_at": now(), "finished_at": now(), "capabilities": [capability, lacking]}
        SourceRun.of(
            state="done",
            counts={"pupils": 300, "attendance_rows": 28426},
            register={"new": 3},
            differences=[{"kind": "pupils", "new": 3, "changed": 0, "gone": 0}],
            findings=[{"code": "without_class", "count": 2, "told": told}],
            route="events",
            **read,
        ).save()
        held = "{ended} of {before} pupils would no longer be enrolled. Nothing was changed in the register. "
        held += "If so many have left, say yes to it."
        values = {"ended": 60, "before": 300}
        SourceRun.of(state="held", message={"text": held, "values": values}, **read).save()


def _people(at: dict[str, int], first_day: date) -> list[Any]:
    """Somebody in each role; the mentor at the first school, the others everywhere."""
    from narvaro.core.accounts import NewAccount

    return [
        NewAccount(
            email=email_of(role),
            name=name,
            role=role,
            unit_id=at[unit_code(0)] if role == "mentor" else None,
            first_day=first_day,
        )
        for role, name in zip(ROLES, PAYLOADS, strict=False)
    ]


def _pupil_lines(mentor: str) -> list[Any]:
    """One pupil a school; the first has the mentor, the second is protected."""
    from narvaro.facts.readers.pupil_list import PupilLine

    return [
        PupilLine(
            line=n,
            pupil_id=f"x-{n}",
            unit_code=unit_code(n),
            given_name=name,
            family_name=name,
            school_form="GR",
            grade="7",
            group_name=name,
            home_municipality=name,
            mentor=mentor if n == 0 else None,
            is_protected=n == 1,
        )
        for n, name in enumerate(PAYLOADS)
    ]


def _list_the_protected(by: object, principal: int) -> None:
    from narvaro.contexts.register import api as register
    from narvaro.core.actor import Actor
    from narvaro.core.scope import acting

    assert isinstance(by, Actor)
    with acting(by):
        protected = register.pupil_by_source_id(by)["x-1"].pk
    register.list_for_protected(by=by, pupil=protected, user_id=principal)


def _read_lessons(by: object, days: list[date]) -> None:
    from narvaro.contexts.register import api as register
    from narvaro.contexts.warnings.api import run_measures
    from narvaro.core.actor import Actor
    from narvaro.facts.importing import import_lessons
    from narvaro.facts.readers import open_source
    from narvaro.facts.staging import Register
    from narvaro.facts.store import Store

    assert isinstance(by, Actor)
    known = Register(frozenset(f"x-{n}" for n in range(len(PAYLOADS))), frozenset(map(unit_code, range(len(PAYLOADS)))))
    folder = register.facts_folder(by.authority_id)
    with tempfile.TemporaryDirectory() as sent:
        path = Path(sent) / "lessons.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file, delimiter=";")
            write.writerow(HEADER)
            write.writerows(row for day in days for row in _lessons_of(day))
        import_lessons(Store(folder), [open_source(path)], today=days[-1], register=known)
    run_measures(by=by, store=folder)


def _lessons_of(day: date) -> list[tuple[object, ...]]:
    return [
        (f"x-{n}", unit_code(n), name, day, "08:00", "09:00", name, 60, 0, 0, 60, 0, "ja", f"x{n}-{day}")
        for n, name in enumerate(PAYLOADS)
    ]


def open_sessions() -> dict[str, str]:
    from django.conf import settings
    from django.test import Client

    from narvaro.core.models import User

    found = {}
    for user in User.objects.filter(is_active=True):
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        found[user.email] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found


def keys_of(names: tuple[str, ...]) -> dict[str, str]:
    from narvaro.contexts.register import api as register
    from narvaro.core.scope import acting

    by = register.found_authority(name="Exempelkommun", kind="municipal_organiser")
    with acting(by):
        ids = [each.pk for each in register.pupil_by_source_id(by).values()]
        cards = register.pupil_cards(by, ids)
    return {card.name: str(card.key) for card in cards.values() if card.name in names}


if __name__ == "__main__":
    main()
