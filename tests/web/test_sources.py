"""A school system's way in: asked what it has, read, held, failed, healed; at night once; a minute after a notice."""

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from narvaro.contexts.attendance.models import MeasureRun
from narvaro.contexts.intake.reading import holding
from narvaro.contexts.register.api import facts_folder
from narvaro.contexts.register.models import Pupil
from narvaro.contexts.sources import places, queueing, services, work
from narvaro.contexts.sources.connecting import connection_of
from narvaro.contexts.sources.models import LeftOut, Source, SourceRun
from narvaro.contexts.sources.noticing import notice_secret
from narvaro.core.actor import Actor
from narvaro.core.errors import Refused
from narvaro.core.models import AuditEntry, Job
from narvaro.core.scope import acting
from narvaro.facts.errors import HeldForConfirmation
from narvaro.facts.store import Store
from narvaro.language import Message
from narvaro.ss12000.errors import SourceRefused
from narvaro.ss12000.told import Finding
from tests.lesson_files import row, table
from tests.web.school_system import ADDRESS, BASE, CHOICES, SchoolSystem, again, connected, runs
from tests.web.test_register_rosters import line, of_strand, roster
from tests.web.world import World

AGAIN = Message.of("Try again tomorrow.")


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> SchoolSystem:
    made = SchoolSystem()
    monkeypatch.setattr(work, "opened", made.opened)
    return made


@pytest.fixture
def read(world: World, system: SchoolSystem) -> Callable[..., SourceRun]:
    """``read(full=True)``: the run, when the worker has done it."""
    connected(world)

    def start(**how: Any) -> SourceRun:
        by = world.actor("system_administrator")
        with acting(by):
            source = Source.objects.get()
        services.start(by=by, source=source, **how)
        return runs(world)[-1]

    return start


def lessons(folder: Path) -> Path:
    rows = [row(elev_id=pupil, skolenhetskod="1001", datum="2026-05-04") for pupil in ("e-alva", "e-bilal")]
    path = folder / "lektioner.csv"
    path.write_text(table(*rows))
    return path


# --- reading ---


def test_a_new_source_is_asked_and_nothing_is_read(world: World, system: SchoolSystem) -> None:
    source = connected(world, choices=None)
    assert system.calls == ["check"]
    assert (source.standard, len(source.organisations), source.state) == ("2.1", 3, "setting_up")
    assert [run.state for run in runs(world, "check")] == ["done"]
    with pytest.raises(Refused):
        services.start(by=world.actor("system_administrator"), source=source)
    assert system.calls == ["check"]


def test_a_reading_goes_from_roster_to_numbers_and_then_remembers(
    world: World, system: SchoolSystem, read: Any, tmp_path: Path
) -> None:
    system.roster = roster(pupils=of_strand(line("e-nora")))
    system.lessons = lessons(tmp_path)
    run = read(full=True)
    assert system.calls == ["check", "read_roster", "read_absences", "read_lessons", "commit"]
    assert (run.state, run.full, run.route, run.counts["pupils"]) == ("done", True, "events", 4)
    assert run.register["new"] == 1
    with acting(Actor.system(world.organiser.pk)):
        assert Pupil.objects.filter(pupil_id="e-nora").exists()
        assert MeasureRun.objects.get().snapshot == 1
    told = AuditEntry.objects.get(action="source.read")
    assert (told.role, told.details["by"]) == ("system", world.users["system_administrator"].pk)


def test_numbers_are_counted_only_when_something_came_or_the_last_reading_failed(
    world: World, system: SchoolSystem, read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(work, "run_measures", lambda **how: counted.append("counted"))
    read()
    assert len(counted) == 1  # the first: names to search by were written
    read()
    assert len(counted) == 1
    system.fails["commit"] = SourceRefused(AGAIN)
    read()
    system.fails.clear()
    read()
    assert len(counted) == 2


@pytest.mark.parametrize("where", ["read_roster", "read_absences", "read_lessons", "commit"])
def test_what_fails_is_told_and_the_next_reading_heals(
    world: World, system: SchoolSystem, read: Any, tmp_path: Path, where: str
) -> None:
    system.lessons = lessons(tmp_path)
    system.fails[where] = SourceRefused(AGAIN)
    run = read()
    assert (run.state, run.message) == ("failed", {"text": "Try again tomorrow.", "values": {}})
    system.fails.clear()
    assert read().state == "done"
    assert holding(Store(facts_folder(world.organiser.pk)).current()).rows == 2


def test_a_fault_of_ours_is_told_without_its_words(system: SchoolSystem, read: Any) -> None:
    system.fails["read_roster"] = RuntimeError("Alva Påhittad 20130512-2393")
    run = read()
    assert run.state == "failed"
    assert "Alva" not in str(run.message)


def test_many_endings_wait_for_a_yes(world: World, system: SchoolSystem, read: Any) -> None:
    many = [line(f"e-{number}") for number in range(20)]
    system.roster = roster(pupils=of_strand(*many))
    read()
    system.roster = roster(pupils=of_strand())
    held = read()
    assert (held.state, held.message["values"]) == ("held", {"ended": 20, "before": 23})
    assert system.calls[-1] == "read_roster"
    assert read(confirmed=True).state == "done"
    assert system.asked[-4] == ("read_roster", (False, True))


def test_the_clients_own_hold_waits_for_a_yes_too(system: SchoolSystem, read: Any) -> None:
    system.fails["read_lessons"] = HeldForConfirmation(AGAIN)
    assert read().state == "held"
    assert "commit" not in system.calls


def test_one_reading_at_a_time(world: World, system: SchoolSystem, read: Any) -> None:
    inner: list[SourceRun] = []
    begin = system.read_roster

    def busy(**how: Any) -> Any:
        by = world.actor("system_administrator")
        with acting(by):
            source = Source.objects.get()
        inner.append(services.start(by=by, source=source))
        with pytest.raises(Refused):
            services.forget(by=by, source=source)
        return begin(**how)

    system.read_roster = busy  # type: ignore[method-assign]
    run = read()
    assert inner == [run]
    assert len(runs(world)) == 1


def test_a_run_whose_worker_died_makes_way_for_the_next(world: World, read: Any) -> None:
    read()
    with acting(Actor.system(world.organiser.pk)):
        SourceRun.objects.filter(kind="reading").update(state="running", finished_at=None)
        Job.objects.filter(kind="source.reading").update(state="running")  # and nobody holds its lock
    assert read().state == "done"
    assert [run.state for run in runs(world)] == ["failed", "done"]


def test_weeks_and_choices_are_handed_to_the_client(world: World, system: SchoolSystem, read: Any) -> None:
    by = world.actor("system_administrator")
    with acting(by):
        source = Source.objects.get()
    services.choose_units(by=by, source=source, units=["o-2"])
    services.choose_reading(by=by, source=source, choices=replace(CHOICES, guardians=False, only_deviations=True))
    read(full=True)
    wanted = system.wanted[-1]
    assert (wanted.units, wanted.guardians, wanted.only_deviations, wanted.weeks_again) == (
        frozenset({"o-2"}),
        False,
        True,
        12,
    )
    read()
    assert system.wanted[-1].weeks_again == 1


def test_what_was_found_is_told_in_counts(world: World, system: SchoolSystem, read: Any) -> None:
    system.findings = (Finding(code="theirs", count=3, told=Message.of("Three things.")),)
    system.roster = roster(pupils=of_strand(line("e-nora", mentor="okand@example.se"), line("e-x", unit_code="9")))
    run = read()
    assert [(each["code"], each["count"]) for each in run.findings] == [
        ("theirs", 3),
        ("without_mentor", 1),
        ("left_out", 1),
    ]
    assert "Nora" not in str(run.findings)


def test_names_of_those_left_out_are_kept_as_a_hash_and_of_the_protected_not_at_all(
    world: World, system: SchoolSystem, read: Any
) -> None:
    left = line("e-x", unit_code="9", given_name="Xenia")
    system.roster = roster(pupils=of_strand(left, line("e-y", line=7, unit_code="9", is_protected=True)))
    read()
    with acting(Actor.system(world.organiser.pk)):
        kept = LeftOut.objects.get()
    assert len(kept.name_key) == 64
    assert "Xenia" not in str(kept.reason)
    system.roster = roster(pupils=of_strand())
    read()
    with acting(Actor.system(world.organiser.pk)):
        assert not LeftOut.objects.exists()


# --- secrets ---


def test_secrets_are_encrypted_and_reach_the_client_alone(
    world: World, system: SchoolSystem, read: Any, caplog: pytest.LogCaptureFixture
) -> None:
    read()
    source = again(world, runs(world)[0].source)
    assert system.connections[-1].token == "hemlig-nyckel"
    assert b"hemlig" not in bytes(source.token_encrypted)
    assert "hemlig" not in caplog.text + repr(system.connections[-1]) + repr(ADDRESS)
    assert not any("hemlig" in str(each.details) for each in AuditEntry.objects.all())


def test_a_secret_is_never_sent_to_another_host(world: World, system: SchoolSystem) -> None:
    source = connected(world)
    assert connection_of(source).token == "hemlig-nyckel"
    for changed in ({"base_url": "https://annat.example.se/v2.0"}, {"token_url": "https://annat.example.se/token"}):
        for name, value in changed.items():
            setattr(source, name, value)
        with pytest.raises(Refused):
            connection_of(source)
        source = again(world, source)
    source.base_url = BASE.upper().replace("/V2.0", "/v2.1")  # the same host on another path
    assert connection_of(source).token == "hemlig-nyckel"


def test_a_changed_host_forgets_secrets_and_our_certificate(world: World, system: SchoolSystem) -> None:
    source = connected(world)
    for which in ("certificate", "key", "ca"):
        places.keep_pem(source.key, which, b"pem")  # type: ignore[arg-type]
    assert stat.S_IMODE(places.folder(source.key).stat().st_mode) == 0o700
    assert stat.S_IMODE((places.folder(source.key) / "key.pem").stat().st_mode) == 0o600
    by = world.actor("system_administrator")
    services.change_address(by=by, source=source, address=replace(ADDRESS, token="", name="Annat namn"))
    assert connection_of(again(world, source)).token == "hemlig-nyckel"
    moved = replace(ADDRESS, token="", base_url="https://annat.example.se/v2.0", auth="none")
    services.change_address(by=by, source=source, address=moved)
    found = connection_of(again(world, source))
    assert (found.token, found.certificate, found.key) == ("", None, None)
    assert found.ca_bundle is not None


def test_a_forgotten_source_leaves_pupils_and_takes_its_secrets(world: World, system: SchoolSystem, read: Any) -> None:
    run = read()
    by = world.actor("system_administrator")
    folder = places.folder(run.source.key)
    places.keep_pem(run.source.key, "ca", b"pem")
    services.forget(by=by, source=run.source)
    assert not folder.exists()
    with acting(by):
        assert not Source.objects.exists()
        assert not SourceRun.objects.exists()
        assert Pupil.objects.filter(pupil_id="e-alva").exists()


def test_two_sources_of_one_name_are_refused(world: World, system: SchoolSystem) -> None:
    connected(world)
    with pytest.raises(Refused):
        services.add(by=world.actor("system_administrator"), address=ADDRESS)


# --- the night ---


def night_runs(world: World) -> list[tuple[str, bool]]:
    return [(str(run.started_at.date()), run.full) for run in runs(world) if run.why == "night"]


def queue() -> int:
    return queueing.queue_what_is_due()


@pytest.mark.usefixtures("read")
def test_once_a_night_from_the_hour_on_and_all_of_it_once_a_week(world: World, frozen_day: Any) -> None:
    frozen_day.move_to("2026-05-21T02:59:00+02:00")
    assert queue() == 0
    for day in range(21, 30):
        frozen_day.move_to(f"2026-05-{day}T03:00:10+02:00")
        assert [queue(), queue()] == [1, 0]
        frozen_day.move_to(f"2026-05-{day}T23:00:00+02:00")
        assert queue() == 0
    assert [full for _day, full in night_runs(world)] == [True, *([False] * 6), True, False]


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize(
    ("hour", "moments"),
    [
        # 02.00 does not come on 29 March 2026: from 01.59 the clock goes to 03.00
        (2, [("2026-03-29T00:59:30Z", 0), ("2026-03-29T01:00:10Z", 1), ("2026-03-29T02:30:00Z", 0)]),
        # and on 25 October it comes twice
        (2, [("2026-10-24T23:59:00Z", 0), ("2026-10-25T00:00:10Z", 1), ("2026-10-25T01:00:10Z", 0)]),
    ],
)
def test_nights_when_the_clock_is_moved_have_one_reading(
    world: World, frozen_day: Any, hour: int, moments: list[tuple[str, int]]
) -> None:
    with acting(Actor.system(world.organiser.pk)):
        Source.objects.update(hour=hour)
    for moment, expected in moments:
        frozen_day.move_to(moment)
        assert queue() == expected, moment
    assert len(night_runs(world)) == 1


@pytest.mark.usefixtures("read")
def test_a_night_that_failed_is_tried_again_some_times(world: World, system: SchoolSystem, frozen_day: Any) -> None:
    system.fails["read_roster"] = SourceRefused(AGAIN)
    found = []
    for hour in range(3, 10):
        for minute in ("00", "30"):
            frozen_day.move_to(f"2026-05-21T{hour:02d}:{minute}:00+02:00")
            found.append(queue())
    assert found == [1, 0, 1, 0, 1, 0, *([0] * 8)]


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize("change", [{"hour": None}, {"state": "paused"}, {"state": "setting_up"}])
def test_nothing_by_itself_where_nobody_wants_it(world: World, frozen_day: Any, change: dict[str, Any]) -> None:
    with acting(Actor.system(world.organiser.pk)):
        Source.objects.update(**change)
    frozen_day.move_to("2026-05-21T04:00:00+02:00")
    assert queue() == 0
    with acting(Actor.system(world.organiser.pk)):
        Source.objects.update(hour=3, state="active")
    assert queue() == 1


# --- notices ---


def notice_url(source: Source, **changed: Any) -> str:
    right = {"authority": source.authority_id, "key": source.key}
    right["secret"] = notice_secret(source.authority_id, source.key)
    return reverse("source_notice", kwargs={**right, **changed})


@pytest.fixture
def quiet(world: World, read: Any) -> Source:
    """Read today already, so that only a notice brings a reading."""
    read()
    assert queue() == 0
    return again(world, runs(world)[0].source)


def test_a_notice_brings_a_reading_a_minute_later(world: World, quiet: Source, frozen_day: Any) -> None:
    answer = Client().post(notice_url(quiet), {"modifiedEntites": ["Person"]}, content_type="application/json")
    assert (answer.status_code, answer.content) == (200, b"")
    assert queue() == 0
    frozen_day.shift(59)
    assert queue() == 0
    frozen_day.shift(1)
    assert [queue(), queue()] == [1, 0]
    assert runs(world)[-1].why == "notice"


def test_a_flood_and_a_replay_are_one_reading(world: World, quiet: Source, frozen_day: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    for _each in range(30):
        assert client.post(notice_url(quiet), b"x" * 10_000, content_type="text/plain").status_code == 200
        frozen_day.shift(2)
    assert [queue(), queue()] == [1, 0]
    assert len(runs(world)) == 2


def test_guesses_do_nothing_and_are_answered_alike(
    world: World, quiet: Source, frozen_day: Any, django_assert_num_queries: Any
) -> None:
    right = Client().post(notice_url(quiet))
    with acting(Actor.system(world.organiser.pk)):
        assert Source.objects.filter(noticed_at=None).update(noticed_at=None) == 0
        Source.objects.update(noticed_at=None)
    secret = notice_secret(quiet.authority_id, quiet.key)
    guesses: list[dict[str, Any]] = [
        {"secret": "x" * 64},
        {"secret": "å" * 64},
        {"secret": secret[:-1] + ("0" if secret[-1] != "0" else "1")},
        {"key": uuid4()},
        {"authority": world.other_organiser.pk},
        {"authority": 2**62},
    ]
    for guess in guesses:
        with django_assert_num_queries(0):
            answer = Client().post(notice_url(quiet, **guess))
        assert (answer.status_code, answer.content, dict(answer.items()).keys()) == (
            200,
            right.content,
            dict(right.items()).keys(),
        )
    assert Client().get(notice_url(quiet)).status_code == 405
    frozen_day.shift(120)
    assert queue() == 0


def test_a_notice_to_a_paused_source_is_not_kept(world: World, quiet: Source, frozen_day: Any) -> None:
    services.pause(by=world.actor("system_administrator"), source=quiet, paused=True)
    assert Client().post(notice_url(quiet)).status_code == 200
    services.pause(by=world.actor("system_administrator"), source=quiet, paused=False)
    frozen_day.shift(120)
    assert queue() == 0
