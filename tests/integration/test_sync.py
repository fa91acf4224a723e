"""The client against the simulated provider: what is read is the provider's own truth, today, tomorrow, and whatever is
wrong with its answers (G7)."""

import json
import shutil
from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine
from typer.testing import CliRunner

from narvaro.cli.main import app
from narvaro.facts.errors import HeldForConfirmation
from narvaro.facts.store import Store
from narvaro.simulator import Simulation, served
from narvaro.ss12000.asking import Asker
from narvaro.ss12000.connection import Connection, Wanted
from narvaro.ss12000.errors import SourceRefused
from narvaro.ss12000.organisation_tree import SCHOOL_FORMS
from narvaro.ss12000.patience import Patience
from narvaro.ss12000.source import opened
from narvaro.ss12000.wire import Limits
from tests.scripted_source import LOCAL
from tests.small_source import stored

DAY = date(2025, 11, 5)
UNIT = "99000001"
WEEKS = 4  # from the first day of lessons that is read
PAGES = Limits(page=60, seconds=20)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setitem(Patience.__init__.__kwdefaults__, "sleep", lambda seconds: None)


class Sync:
    """Readings of one provider into one folder; ``units``: codes, all when empty."""

    def __init__(self, at, folder, units=(), first_day=DAY - timedelta(days=16)):
        self.at, self.folder, self.units, self.first_day = at, folder, units, first_day
        self.simulation = at.provider.simulation
        self.store = Store(folder / "store")

    def read(self, *, full=False, limits=PAGES, **wanted):
        by_code = {row[1]: row[0] for row in self.simulation.rows("select id::varchar, unit_code from organisation")}
        chosen = frozenset(by_code[code] for code in self.units)
        secret = {"client_id": self.at.access.client_id, "client_secret": self.at.access.client_secret}
        connection = Connection(
            base_url=self.at.address, auth="client_form", token_url=self.at.token_url, trusted_hosts=LOCAL, **secret
        )
        wanted = Wanted(units=chosen, first_day=self.first_day, **wanted)
        with opened(
            connection, wanted, self.folder / "source", now=lambda: self.simulation.now, limits=limits
        ) as source:
            self.roster = source.read_roster(full=full)
            self.lessons = source.read_lessons(self.store, register=None, today=self.simulation.today)
            return source.commit()

    def is_true(self, *, names_subjects=True):
        assert self.pupils() == self.true_pupils()
        if names_subjects:
            assert self.rows() == self.true_rows()
        else:
            assert [(*row[:6], *row[7:]) for row in self.rows()] == [(*row[:6], *row[7:]) for row in self.true_rows()]

    def rows(self):
        return sorted(stored(self.store), key=str)

    def true_rows(self):
        lessons = self.simulation.truth_lessons()
        return sorted([tuple(each) for each in lessons if self._is_read(each.unit_code)], key=str)

    def pupils(self):
        return sorted(
            (
                *(each.pupil_id, each.unit_code, each.given_name, each.family_name, each.school_form, each.grade),
                *(_class(each, each.last_day), each.is_protected, each.first_day, each.last_day),
            )
            for each in self.roster.pupils
        )

    def true_pupils(self):
        return sorted(
            (
                *(each.pupil_id, each.unit_code, each.given_name, each.family_name, SCHOOL_FORMS[each.school_form]),
                *(
                    "F" if each.school_year == 0 else str(each.school_year),
                    _class(each, str(each.last_day)),
                    each.marking != "Ingen",
                ),
                *(each.first_day.isoformat(), each.last_day.isoformat() if each.last_day else ""),
            )
            for each in self.simulation.truth_roster().pupils
            if self._is_read(each.unit_code) and not each.is_cancelled
        )

    def _is_read(self, code):
        return not self.units or code in self.units


def _class(stay, last_day):
    """The provider tells this year's class for a stay that ended last year, too; we tell none."""
    return "" if "2" < last_day < "2025-08" else stay.group_name


@pytest.fixture(scope="module")
def at():
    with Simulation(pupils=40, day=DAY, weeks=2) as simulation:
        simulation.step(hours=12)
        with served(simulation) as at:
            yield at


@pytest.fixture
def sync(at, tmp_path):
    at.faults.clear()
    return Sync(at, tmp_path, units=(UNIT,))


def codes(reading):
    return {each.code: each.count for each in reading.findings}


def test_days_of_a_school_are_read_as_they_are(tmp_path):
    """Read once whole and then by what has changed, for as long as each kind of change takes to come; the last time in
    the middle of a day."""
    with Simulation(pupils=60, day=DAY, weeks=0) as simulation, served(simulation) as at:
        sync = Sync(at, tmp_path, first_day=DAY)
        assert sync.read(limits=Limits()).full
        sync.is_true()
        for days, hours in ((5, 0), (5, 1), (4, 9)):
            simulation.step(days=days, hours=hours)
            reading = sync.read(limits=Limits())
            assert not reading.full
            sync.is_true()
        assert sync.lessons.imported.removed or sync.store.current().of("history")


def test_staff_guardians_and_units_are_those_of_the_provider(at, tmp_path):
    at.faults.clear()
    sync = Sync(at, tmp_path)
    reading = sync.read(limits=Limits())
    truth = sync.simulation.truth_roster()
    assert sorted((each.code, each.name, each.organiser) for each in sync.roster.units) == sorted(
        (each.code, each.name, each.organiser) for each in truth.units
    )
    assert sorted(
        (each.source_id, each.email, each.unit_codes, each.mentor_at) for each in sync.roster.staff
    ) == sorted((each.person_id, each.email or "", each.units, each.mentor_at) for each in truth.staff)
    mentors = {(each.pupil_id, each.unit_code): ",".join(each.mentors) for each in truth.pupils if not each.last_day}
    assert {(each.pupil_id, each.unit_code): each.mentor for each in sync.roster.pupils if not each.last_day} == {
        key: mentor for key, mentor in mentors.items() if key[0] in {each.pupil_id for each in sync.roster.pupils}
    }
    known = {each.person_id: each for each in truth.guardians}
    assert sync.roster.guardians
    for each in sync.roster.guardians:
        other = known[each.source_id]
        assert (each.name, each.email, each.phone) == (other.name, other.email or "", other.phone or "")
        assert set(each.pupil_ids) <= set(other.pupil_ids)
    assert reading.counts["school_units"] == len(truth.units)


# It comes to the truth all the same, also when several are met at once.
BORNE = [
    ("offset_dropped", "token_missing", "items_repeated", "naive_times", "ten_digit_numbers", "names_decomposed"),
    ("expand_ignored", "lookup_too_large", "token_with_filters_only", "server_error"),
    ("only_attendances", "no_lookup", "no_deleted_entities", "token_empty", "too_many_requests"),
    ("filters_ignored", "wrong_shapes", "no_paging", "half_body", "unreported_missing"),
    ("token_expires", "token_revoked", "reset", "old_deleted_shape"),
]
REFUSED = [
    *("token_loops", "token_never_ends", "malformed_json", "wrong_types", "missing_id", "html_instead"),
    *("empty_answer", "source_unavailable", "unauthorized_loop", "redirects", "slow"),
]


@pytest.mark.parametrize("faults", BORNE)
def test_what_other_providers_do_is_borne(at, sync, faults):
    at.faults.choose(faults)
    sync.read()
    sync.is_true(names_subjects="expand_ignored" not in faults)


@pytest.mark.parametrize("faults", [(), ("filters_ignored",), ("filters_ignored", "only_lookup")])
def test_what_pays_no_heed_to_schools_is_read_once_for_all_of_them(at, tmp_path, monkeypatch, faults):
    asked = Counter()
    monkeypatch.setattr(Asker, "get", counted(Asker.get, asked))
    at.faults.clear()
    at.faults.choose(faults)
    sync = Sync(at, tmp_path)
    reading = sync.read(limits=Limits(page=100_000, seconds=20))
    sync.is_true()
    units = reading.counts["school_units"]
    heeded = {each.name: each.has for each in reading.capabilities}["organisation"]
    assert units > 2
    roster = [asked[path] for path in ("/groups", "/duties", "/activities")]
    if faults:
        # The first school shows it, then all are asked about at once; and again for what has changed meanwhile.
        assert (heeded, max(roster)) == ("no", 3)
        assert asked["/calendarEvents"] < units * WEEKS
    else:
        assert (heeded, min(roster)) == ("yes", max(roster))
        assert min(roster) > units
        assert asked["/calendarEvents"] >= units * WEEKS


def counted(get, asked):
    def ask(self, path, params):
        asked[path] += 1
        return get(self, path, params)

    return ask


@pytest.fixture(scope="module")
def known(at, tmp_path_factory):
    """A folder into which one school has been read."""
    at.faults.clear()
    known = Sync(at, tmp_path_factory.mktemp("known"), units=(UNIT,))
    known.read()
    known.is_true()
    return known.folder


@pytest.fixture
def again(known, sync):
    shutil.copytree(known, sync.folder, dirs_exist_ok=True)
    return sync


@pytest.mark.parametrize("fault", REFUSED)
def test_what_cannot_be_trusted_changes_nothing(at, again, fault):
    before, rows = (again.folder / "source" / "roster.jsonl").read_bytes(), again.store.current()
    at.faults.choose([fault])
    with pytest.raises(SourceRefused):
        again.read(full=True, limits=Limits(page=20, seconds=0.3 if fault == "slow" else 20, tries=2))
    assert (again.folder / "source" / "roster.jsonl").read_bytes() == before
    assert again.store.current() == rows


@pytest.mark.parametrize("fault", ["mass_ending", "unknown_enums"])
def test_many_who_end_at_once_wait_for_a_yes(at, again, fault):
    at.faults.choose([fault])
    with pytest.raises(HeldForConfirmation):
        again.read(full=True)


def test_who_is_skipped_between_two_pages_is_not_lost_once_known(at, again):
    at.faults.plan("items_shift_between_pages", path="persons")
    assert codes(again.read(full=True, limits=Limits(page=20)))["kept_after_check"] > 0
    again.is_true()


def test_who_is_left_out_is_told_and_never_made_up(at, sync):
    at.faults.choose(["dangling_references", "protected_omitted"])
    assert codes(sync.read())["persons_missing"] > 0
    known = {each.pupil_id for each in sync.roster.pupils}
    missing = {row[0] for row in sync.true_rows()} - known
    assert missing
    assert sync.rows() == [row for row in sync.true_rows() if row[0] not in missing]


def test_minutes_that_cannot_be_are_counted(at, sync):
    at.faults.choose(["implausible_minutes"])
    assert codes(sync.read())["rejected_rows"] > 0


def test_only_deviations_are_read_as_that_where_it_is_said(at, sync):
    at.faults.choose(["only_deviations"])
    sync.read(only_deviations=True)
    true = {(row[0], row[-1]): row[8:13] for row in sync.true_rows()}
    read = {(row[0], row[-1]): row[8:13] for row in sync.rows()}
    absent = {key for key, minutes in true.items() if minutes[1] or minutes[2]}
    assert absent
    assert {key: read[key] for key in absent} == {key: true[key] for key in absent}
    assert all(read[key][4] is False or read[key][1:3] == (0, 0) for key in read.keys() - absent)


def run(at, *arguments, **environment):
    with time_machine.travel(at.provider.simulation.now, tick=False):
        return CliRunner().invoke(app, [str(each) for each in arguments], env=environment)


def test_the_command_reads_into_a_folder_that_analyse_takes(at, tmp_path):
    at.faults.clear()
    folder = tmp_path / "kept"
    asked = ["sync", "--base-url", at.address, "--store", folder, "--since", DAY, "--lang", "en"]
    done = run(at, *asked, "--format", "json", NARVARO_SYNC_TOKEN=at.access.token)
    assert (done.exit_code, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert set(told) == {"full", "counts", "route", "capabilities", "findings", "differences"}
    assert told["counts"]["pupils"] == 40
    protected = {each.pupil_id for each in at.provider.simulation.truth_roster().pupils if each.marking != "Ingen"}
    listed = {line.split(";")[0]: line.split(";") for line in (folder / "pupils.csv").read_text().splitlines()}
    assert protected
    assert all(listed[id][1:3] == ["", ""] and listed[id][9] == "ja" for id in protected)
    again = run(at, *asked, NARVARO_SYNC_TOKEN=at.access.token)
    assert again.exit_code == 0
    assert "Attendance comes with the lessons." in again.stdout
    report = run(at, "analyse", "--store", folder, "--format", "json")
    assert report.exit_code == 0, report.stderr
    assert len(json.loads(report.stdout)["measures"]) == 40


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        (["--token", "wrong"], 3, "godtar inte nyckeln"),
        (["--client-id", "me"], 2, "--client-secret"),
        (["--base-url", "http://sis.example/v2.0"], 3, "https://"),
    ],
)
def test_the_command_says_what_to_do_and_writes_nothing(at, tmp_path, more, status, words):
    at.faults.clear()
    done = run(at, "sync", "--base-url", at.address, "--store", tmp_path / "kept", *more)
    assert done.exit_code == status
    assert words in done.stderr
    assert not (tmp_path / "kept" / "CURRENT").exists()
