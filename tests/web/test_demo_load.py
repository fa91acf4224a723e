"""Exempelkommun in the database: who is there, once, and nowhere near a real municipality. And the practice day."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from narvaro.contexts.cases.api import school_days_of
from narvaro.contexts.cases.models import Case, CaseStep
from narvaro.contexts.duties.api import received_notices, standing_of
from narvaro.contexts.register import api
from narvaro.contexts.register.models import Authority, Custody, ProtectedAccess, Pupil
from narvaro.core import clock
from narvaro.core.accounts import actors_of
from narvaro.core.actor import Actor
from narvaro.core.errors import Refused
from narvaro.core.models import AuditEntry, Membership, User
from narvaro.core.practice import practice_day, set_practice_day
from narvaro.core.scope import acting
from narvaro.demo.case_stories import tell
from narvaro.demo.cast import CAST_ADULTS, CAST_PUPILS
from narvaro.demo.loading import Loaded, load
from narvaro.demo.sign_ins import sign_ins
from narvaro.demo.splitting import lessons_by_organiser
from narvaro.demo.units import INDEPENDENT_ORGANISER, MUNICIPALITY
from narvaro.domain.duties import State
from narvaro.facts.readers.pupil_list import PupilLine, UnitLine
from tests.web.world import World

DAY = date(2026, 6, 10)


@pytest.fixture
def frozen_day() -> Iterator[time_machine.Traveller]:
    """Months after the demo's last lesson, as for most who try it."""
    with time_machine.travel("2026-11-22T23:30:00+01:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def data(tmp_path: Path, settings: Any) -> Path:
    settings.DATA = tmp_path
    settings.PRACTICE_DAY, settings.PRACTICE = None, False
    return tmp_path


def loaded(pupils: int = 60) -> Loaded:
    return load(pupils=pupils, progress=lambda text, share: None)


def counts() -> list[int]:
    with acting(Actor.system(Authority.objects.get(name=MUNICIPALITY).pk)):
        pupils, custodies = Pupil.objects.count(), Custody.objects.count()
    return [Authority.objects.count(), User.objects.count(), Membership.objects.count(), pupils, custodies]


def test_everybody_of_the_cast_is_there_and_sees_their_own(db: None, data: Path) -> None:
    assert loaded() == Loaded(60, DAY)
    everybody = sign_ins(data)
    assert {adult.full_name for adult in CAST_ADULTS} <= {each.name for each in everybody}
    assert len({each.role for each in everybody}) == 16
    by_name = {each.name: each for each in everybody}
    assert seen_by(by_name["Maria Sandberg"].email) >= {"Alva", "Elias"}
    assert seen_by(by_name["Sofia Lindqvist"].email) == {"Alva"}
    assert seen_by(by_name["Alva Lindqvist"].email) == {"Alva"}
    assert "Ida" in seen_by(by_name["Eva Lindgren"].email)
    strand = seen_by(by_name["Anna Forsberg"].email)
    assert "Ida" not in strand
    assert {pupil.given_name for pupil in CAST_PUPILS if pupil.placement.unit.name == "Strandskolan"} - {
        "Ida"
    } <= strand


STORIES = {
    ("Alva", "active", 3),  # an investigation under way
    ("Bilal", "closed", 1),  # rested while he was ill
    ("Dina", "closed", 4),  # the whole way
    ("Elias", "closed", 1),  # before the summer
    ("Elias", "active", 1),  # and after it
    ("Freja", "parked", 2),
    ("Ida", "active", 1),  # protected identity
    ("Jamal", "handed_over", 1),  # at the school that he left
    ("Jamal", "active", 1),  # at the one that he came to
    ("Klara", "active", 3),  # upper secondary
}


def test_the_casts_cases_are_told_once(db: None, data: Path) -> None:
    loaded()
    municipality = Actor.system(Authority.objects.get(name=MUNICIPALITY).pk)
    for _again in range(2):
        tell(municipality=municipality)
        with acting(municipality):
            told = Case.objects.values_list("pupil__given_name", "state", "step")
            assert sorted(told) == sorted(STORIES)
            steps = CaseStep.objects.filter(case__pupil__given_name="Dina").order_by("pk")
            assert list(steps.values_list("step", flat=True)) == [1, 2, 3, 4]
            assert Case.objects.get(pupil__given_name="Elias", state="active").continues is not None


def test_what_other_organisers_told_is_there_once_assessed_late_and_new(db: None, data: Path) -> None:
    loaded()
    tell(municipality=Actor.system(Authority.objects.get(name=MUNICIPALITY).pk))
    camilla = actors_of(User.objects.get(name="Camilla Nordin"))[0]
    with acting(camilla):
        days = school_days_of(camilla, None)
        states = [(each.pupil_name, standing_of(each, days).state) for each in received_notices(camilla)]
    assert states == [("", State.LATE), ("Love Hjalmarsson", State.DUE), ("Nova Håkansson", State.MET)]


def test_nobody_is_on_the_list_of_a_protected_pupil_twice(db: None, data: Path) -> None:
    loaded()
    with acting(Actor.system(Authority.objects.get(name=MUNICIPALITY).pk)):
        listed = list(ProtectedAccess.objects.values_list("protection__pupil__given_name", "user__name"))
    assert ("Ida", "Eva Lindgren") in listed
    assert ("Ida", "Samira Popovic") in listed
    assert len(listed) == len(set(listed))


def seen_by(email: str) -> set[str]:
    actor = actors_of(User.objects.get(email=email))[0]
    with acting(actor):
        ids = api.visible_pupil_ids(actor, "attendance.read").values_list("pk", flat=True)
        return {card.name.split()[0] for card in api.pupil_cards(actor, ids).values()}


def test_a_sign_in_opens_the_first_page(db: None, data: Path) -> None:
    loaded()
    mentor = next(each for each in sign_ins(data) if each.role == "mentor")
    client = Client()
    client.post("/account/sign-in", {"login": mentor.email, "password": mentor.password})
    page = client.get("/").content.decode()
    assert mentor.name in page
    assert "10 juni 2026" in page


def test_a_second_load_finds_it_there(db: None, data: Path) -> None:
    loaded()
    before, written = counts(), AuditEntry.objects.count()
    assert loaded() == Loaded(60, DAY, new=False)
    assert (counts(), AuditEntry.objects.count()) == (before, written)
    with pytest.raises(Refused):
        loaded(61)


def test_an_interrupted_load_goes_on(db: None, data: Path) -> None:
    def break_off(text: str, share: float) -> None:
        if text == "Reading lessons":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(pupils=60, progress=break_off)
    before = counts()
    with pytest.raises(Refused):
        sign_ins(data)
    assert loaded() == Loaded(60, DAY)
    assert counts() == before
    password = sign_ins(data)[0].password
    assert User.objects.get(email=sign_ins(data)[0].email).check_password(password)


def test_a_database_with_somebody_else_is_left_alone(world: World, data: Path) -> None:
    users = User.objects.count()
    with pytest.raises(Refused):
        loaded()
    assert User.objects.count() == users
    assert practice_day(data) is None


def test_passwords_are_kept_from_others_and_differ_between_installations(db: None, data: Path, tmp_path: Path) -> None:
    loaded()
    file = data / "demo-sign-ins.json"
    assert file.stat().st_mode & 0o077 == 0
    assert len(json.loads(file.read_text("utf-8"))["password"]) >= 12
    others = User.objects.exclude(email__in=[each.email for each in sign_ins(data)])
    assert others.exists()
    assert not any(user.has_usable_password() for user in others)


def test_lessons_go_to_the_pupils_own_organiser(tmp_path: Path) -> None:
    units = [
        UnitLine(line=2, code="1", name="A", organiser=MUNICIPALITY),
        UnitLine(line=3, code="2", name="B", organiser=INDEPENDENT_ORGANISER),
    ]
    pupils = [
        PupilLine(line=2, pupil_id="p", unit_code="1"),
        PupilLine(line=3, pupil_id="q", unit_code="2"),
        PupilLine(line=4, pupil_id="moved", unit_code="1"),
        PupilLine(line=5, pupil_id="moved", unit_code="2"),
    ]
    lessons = tmp_path / "lessons.csv"
    rows = ["p;1;x", "q;2;x", "p;2;guest", "moved;1;x", "moved;2;x"]
    lessons.write_text("\n".join(["elev_id;skolenhetskod;amne", *rows]) + "\n", "utf-8")
    with lessons_by_organiser(lessons, pupils, units) as files:
        found = {name: path.read_text("utf-8").split()[1:] for name, path in files.items()}
    assert found == {MUNICIPALITY: ["p;1;x", "p;2;guest", "moved;1;x"], INDEPENDENT_ORGANISER: ["q;2;x", "moved;2;x"]}
    assert not [path for path in files.values() if path.exists()]
    with lessons_by_organiser(lessons, pupils[:1], units[:1]) as files:
        assert files == {MUNICIPALITY: lessons}


def test_in_practice_the_day_stands_and_the_hours_go_on(data: Path, settings: Any) -> None:
    assert clock.today() == date(2026, 11, 22)
    set_practice_day(data, DAY)
    settings.PRACTICE_DAY = practice_day(data)
    assert clock.today() == DAY
    assert clock.now() == datetime(2026, 6, 10, 23, 30, tzinfo=clock.STOCKHOLM)
    assert clock.true_now().date() == date(2026, 11, 22)
    with time_machine.travel("2026-11-23T00:10:00+01:00", tick=False):
        assert clock.now() == datetime(2026, 6, 10, 0, 10, tzinfo=clock.STOCKHOLM)


def test_the_audit_tells_the_true_time_in_practice(world: World, settings: Any) -> None:
    settings.PRACTICE_DAY = DAY
    client = Client()
    client.force_login(world.users["mentor"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/").status_code == 200
    assert {entry.at.date() for entry in AuditEntry.objects.all()} == {date(2026, 11, 22)}
