"""A file's way in: sent, shown before it counts, read in, reported row by row, taken back (M01, M02; issue 3)."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from narvaro.contexts.intake.models import ImportRun, SavedMapping
from narvaro.contexts.intake.places import facts_folder, uploads_folder
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from narvaro.facts.store import Store
from tests.databases import ASKED_BESIDES
from tests.lesson_files import row, table
from tests.web.attended import attended
from tests.web.conftest import As
from tests.web.world import World

PAGE = "/settings/import"


def lessons(*, days: tuple[str, ...] = ("2026-05-04", "2026-05-05")) -> str:
    """Two lessons a day of Alva and Bilal."""
    rows = [
        row(elev_id=pupil, skolenhetskod="1001", datum=day, start=f"{hour:02d}:00", slut=f"{hour + 1:02d}:00")
        for pupil in ("e-alva", "e-bilal")
        for day in days
        for hour in (8, 9)
    ]
    return table(*rows)


def upload(client: Client, content: str | bytes, name: str = "lektioner.csv", **headers: Any) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(PAGE, {"files": SimpleUploadedFile(name, data), "whole": "1"}, **headers)


@pytest.fixture
def sent(world: World, signed_in: As) -> Callable[..., ImportRun]:
    """``sent(content)``: the run of a file that the coordinator has sent."""

    def send(content: str | bytes, name: str = "lektioner.csv", role: str = "system_administrator") -> ImportRun:
        answer = upload(signed_in(role), content, name)
        assert answer.status_code == 302, answer.content.decode()[:2000]
        return run_at(world, answer["Location"])

    return send


def run_at(world: World, address: str) -> ImportRun:
    with acting(world.actor("system_administrator")):
        return ImportRun.objects.get(key=address.split("/")[3])


def again(world: World, run: ImportRun) -> ImportRun:
    with acting(world.actor("system_administrator")):
        return ImportRun.objects.get(pk=run.pk)


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return (run.read, run.accepted, run.rejected, run.duplicates)


def previewed(run: ImportRun) -> tuple[int, int, int, int]:
    found = run.preview["counts"]
    return (found["read"], found["accepted"], found["rejected"], found["duplicates"])


def files(world: World) -> set[str]:
    return {path.name for path in uploads_folder(world.organiser.pk).iterdir()}


def number_stored(world: World) -> int:
    return Store(facts_folder(world.organiser.pk)).current().number


def test_a_file_is_shown_before_it_counts_and_then_read_in(world: World, signed_in: As, sent: Any) -> None:
    run = sent(lessons())
    client, address = signed_in("system_administrator"), f"{PAGE}/{run.key}"
    assert run.state == "ready"
    assert previewed(run) == (8, 8, 0, 0)
    assert number_stored(world) == 0
    page = client.get(address).content.decode()
    assert "8 rader" in page or "8 rows" in page
    assert client.post(f"{address}/read").status_code == 302
    run = again(world, run)
    assert (run.state, *counts(run)) == ("done", 8, 8, 0, 0)
    assert number_stored(world) == 1
    assert not list(uploads_folder(world.organiser.pk).glob(run.stored_name))
    assert client.get(address).status_code == 200


def test_the_numbers_are_counted_anew(world: World, signed_in: As, sent: Any) -> None:
    from narvaro.contexts.attendance.models import MeasureRun

    run = sent(lessons())
    signed_in("system_administrator").post(f"{PAGE}/{run.key}/read")
    with acting(world.actor("system_administrator")):
        assert MeasureRun.objects.get().snapshot == 1


def test_no_value_of_the_file_is_on_the_page_or_in_the_audit(world: World, signed_in: As, sent: Any) -> None:
    run = sent(lessons().replace("Matematik", "Hemligämne"))
    page = signed_in("system_administrator").get(f"{PAGE}/{run.key}").content.decode()
    signed_in("system_administrator").post(f"{PAGE}/{run.key}/read")
    assert "e***" in page
    for value in ("e-alva", "e-bilal", "Hemligämne", "2026-05-04"):
        assert value not in page
    assert AuditEntry.objects.filter(action="intake.read_in").exists()
    for entry in AuditEntry.objects.filter(action__startswith="intake"):
        told = str(entry.details)
        assert not any(value in told for value in ("alva", "lektioner", "Hemlig", "7B"))
    done = AuditEntry.objects.get(action="intake.read_in")
    assert (done.role, done.details["by"]) == ("system", world.users["system_administrator"].pk)


def test_rejected_rows_are_listed_by_line_and_reason(world: World, signed_in: As, sent: Any) -> None:
    wrong = [row(elev_id="e-okand", skolenhetskod="1001"), row(elev_id="e-alva", skolenhetskod="1001", datum="31 feb")]
    run = sent(lessons() + "\n".join(wrong) + "\n")
    client, address = signed_in("system_administrator"), f"{PAGE}/{run.key}"
    assert previewed(run) == (10, 8, 2, 0)
    client.post(f"{address}/read")
    run = again(world, run)
    assert counts(run) == (10, 8, 2, 0)
    listed = client.get(f"{address}/rejected").content.decode()
    assert ">10<" in listed
    assert ">11<" in listed
    assert "datum" in listed
    answer = client.get(f"{address}/rejected.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert [line.split(";")[:2] for line in lines[1:]] == [["10", "elev_id"], ["11", "datum"]]
    assert "attachment" in answer["Content-Disposition"]


def test_the_same_file_again_is_said_and_changes_nothing(world: World, signed_in: As, sent: Any) -> None:
    client = signed_in("system_administrator")
    first = sent(lessons())
    client.post(f"{PAGE}/{first.key}/read")
    second = sent(lessons(), name="samma igen.csv")
    assert second.pk != first.pk
    page = client.get(f"{PAGE}/{second.key}").content.decode()
    assert "Exactly this file" in page or "Just den här filen" in page
    assert previewed(second) == (8, 0, 0, 8)
    client.post(f"{PAGE}/{second.key}/read")
    assert counts(again(world, second)) == (8, 0, 0, 8)


def test_a_file_that_is_open_already_is_not_taken_twice(world: World, sent: Any) -> None:
    first = sent(lessons())
    kept = files(world)
    assert first.stored_name in kept
    assert sent(lessons()).pk == first.pk
    assert files(world) == kept


def test_a_double_click_reads_in_once(world: World, signed_in: As, sent: Any) -> None:
    run = sent(lessons())
    client = signed_in("system_administrator")
    answers = [client.post(f"{PAGE}/{run.key}/read") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert number_stored(world) == 1


def test_an_undone_import_is_gone_and_stays_in_the_history(world: World, signed_in: As, sent: Any) -> None:
    client = signed_in("system_administrator")
    first = sent(lessons())
    client.post(f"{PAGE}/{first.key}/read")
    second = sent(lessons(days=("2026-05-06",)))
    client.post(f"{PAGE}/{second.key}/read")
    store = Store(facts_folder(world.organiser.pk))
    assert sum(file.rows for file in store.current().of("facts")) == 12
    assert "Undo" in (page := client.get(f"{PAGE}/{second.key}/undo").content.decode()) or "Ångra" in page
    assert client.post(f"{PAGE}/{first.key}/undo").status_code == 409
    assert client.post(f"{PAGE}/{second.key}/undo").status_code == 302
    assert sum(file.rows for file in store.current().of("facts")) == 8
    second = again(world, second)
    assert (second.state, second.undone_by_id) == ("undone", world.users["system_administrator"].pk)
    history = client.get(PAGE).content.decode()
    assert history.count("lektioner.csv") == 2
    assert client.post(f"{PAGE}/{first.key}/undo").status_code == 302
    assert store.current().of("facts") == ()
    assert client.post(f"{PAGE}/{first.key}/undo").status_code == 409


def test_a_day_with_far_fewer_lessons_waits_for_a_yes(world: World, signed_in: As, sent: Any) -> None:
    client = signed_in("system_administrator")
    usual = sent(lessons(days=tuple(f"2026-05-{day:02d}" for day in (4, 5, 6, 7, 8, 11))))
    client.post(f"{PAGE}/{usual.key}/read")
    few = sent(table(row(elev_id="e-alva", skolenhetskod="1001", datum="2026-05-12")))
    assert few.preview["held"] == {"fresh": 1, "usual": 4, "are_gone": False}
    assert client.post(f"{PAGE}/{few.key}/read").status_code == 409
    assert number_stored(world) == 1
    assert client.post(f"{PAGE}/{few.key}/read", {"confirmed": "on"}).status_code == 302
    assert counts(again(world, few)) == (1, 1, 0, 0)


def test_a_file_can_be_thrown_away(world: World, signed_in: As, sent: Any) -> None:
    run = sent(lessons())
    client = signed_in("system_administrator")
    assert client.post(f"{PAGE}/{run.key}/discard").status_code == 302
    assert again(world, run).state == "discarded"
    assert not list(uploads_folder(world.organiser.pk).glob(run.stored_name))
    assert client.post(f"{PAGE}/{run.key}/read").status_code == 409


def test_what_nobody_finished_with_is_swept_away(world: World, sent: Any) -> None:
    old, orphan = sent(lessons()), uploads_folder(world.organiser.pk) / "orphan"
    orphan.write_text("x")
    for name in (old.stored_name, orphan.name):
        os.utime(uploads_folder(world.organiser.pk) / name, (0, 0))
    fresh = sent(lessons(days=("2026-05-07",)))
    assert files(world) >= {fresh.stored_name}
    assert not files(world) & {old.stored_name, orphan.name}
    assert (again(world, old).state, again(world, fresh).state) == ("discarded", "ready")


UNKNOWN = """Elev-ID;Skola;Dag;Börjar;Längd;Status
e-alva;1001;2026-05-04;08:00;60;Ogf-utan
e-bilal;1001;2026-05-04;08:00;60;Närvarande
"""
DESCRIBED = {
    "name": "Skolplattformen",
    "grain": "lesson",
    "unit": "min",
    "date_format": "%Y-%m-%d",
    "over_offered": "reject",
    "column_1": "pupil_id",
    "column_2": "school_unit_id",
    "column_3": "date",
    "column_4": "start",
    "column_5": "offered",
    "column_6": "category",
    "words_present": "Närvarande",
    "words_invalid": "Ogf-utan, Skolk",
}


def test_unknown_columns_are_described_once_and_then_known(world: World, signed_in: As, sent: Any) -> None:
    client = signed_in("system_administrator")
    run = sent(UNKNOWN)
    assert (run.state, run.preview["asks"]) == ("asking", "columns")
    wizard = client.get(f"{PAGE}/{run.key}/columns").content.decode()
    assert "Elev-ID" in wizard
    assert "e-alva" not in wizard
    assert "Ogf-utan" not in wizard
    assert client.post(f"{PAGE}/{run.key}/columns", DESCRIBED).status_code == 302
    run = again(world, run)
    assert (run.state, *previewed(run)) == ("ready", 2, 2, 0, 0)
    client.post(f"{PAGE}/{run.key}/read")
    following = sent(UNKNOWN.replace("05-04", "05-05"))
    assert (following.state, following.preview["used_mapping"]) == ("ready", "Skolplattformen")
    with acting(world.actor("system_administrator")):
        assert "Skolk" in SavedMapping.objects.get().text


def test_another_authority_neither_sees_nor_removes_a_description(world: World, signed_in: As, sent: Any) -> None:
    run = sent(UNKNOWN)
    signed_in("system_administrator").post(f"{PAGE}/{run.key}/columns", DESCRIBED)
    with acting(world.actor("system_administrator")):
        key = SavedMapping.objects.get().key
    address = f"{PAGE}/descriptions/{key}/remove"
    assert signed_in("foreign_principal").post(address).status_code == 404
    assert "Skolplattformen" not in signed_in("foreign_principal").get(PAGE).content.decode()
    assert "Skolplattformen" in signed_in("principal").get(PAGE).content.decode()
    assert signed_in("principal").post(address).status_code == 302
    with acting(world.actor("system_administrator")):
        assert not SavedMapping.objects.exists()


def test_a_description_that_contradicts_itself_is_told(world: World, signed_in: As, sent: Any) -> None:
    run = sent(UNKNOWN)
    client = signed_in("system_administrator")
    answer = client.post(f"{PAGE}/{run.key}/columns", {**DESCRIBED, "column_5": ""})
    assert answer.status_code == 400
    assert "Teaching time" in answer.content.decode() or "Undervisningstid" in answer.content.decode()
    twice = client.post(f"{PAGE}/{run.key}/columns", {**DESCRIBED, "column_5": "date"})
    assert twice.status_code == 400
    assert again(world, run).state == "asking"


def test_a_question_is_asked_and_its_answer_used(world: World, signed_in: As, sent: Any) -> None:
    client = signed_in("system_administrator")
    run = sent(lessons().replace("Matematik", "Köksträdgård").encode("cp850"))
    assert (run.state, run.preview["asks"]) == ("asking", "encoding")
    assert client.post(f"{PAGE}/{run.key}/answer", {"encoding": "klingon"}).status_code == 400
    assert client.post(f"{PAGE}/{run.key}/answer", {"encoding": "cp850"}).status_code == 302
    assert (again(world, run).state, *previewed(again(world, run))) == ("ready", 8, 8, 0, 0)


VKLASS = """Närvaro per elev
Namn;Personnr;Undv. tid;Lekt.;N min;GF min;F min
;Klass: 7A
Ek, Anna;20100101-1234;24000;600;22000;1500;500
"""


def test_a_report_asks_for_its_period_and_school(world: World, signed_in: As, sent: Any) -> None:
    client = signed_in("system_administrator")
    run = sent(VKLASS)
    assert run.preview["asks"] == "period"
    backwards = {"first_day": "2025-12-19", "last_day": "2025-08-18"}
    assert client.post(f"{PAGE}/{run.key}/answer", backwards).status_code == 400
    client.post(f"{PAGE}/{run.key}/answer", {"first_day": "2025-08-18", "last_day": "2025-12-19"})
    assert again(world, run).preview["asks"] == "unit"
    assert "Strandskolan" in client.get(f"{PAGE}/{run.key}").content.decode()
    client.post(f"{PAGE}/{run.key}/answer", {"unit_code": "1001"})
    run = again(world, run)
    assert (run.state, run.grain, run.preview["counts"]["read"]) == ("ready", "period", 1)
    assert "Anna" not in client.get(f"{PAGE}/{run.key}").content.decode()


def test_who_may_and_who_may_not(world: World, signed_in: As, sent: Any) -> None:
    run = sent(lessons())
    kept = files(world)
    assert signed_in("principal").get(f"{PAGE}/{run.key}").status_code == 200
    for role in ("mentor", "teacher", "evaluator", "legal_guardian", "pupil"):
        client = signed_in(role)
        assert client.get(PAGE).status_code == 403, role
        assert client.get(f"{PAGE}/{run.key}").status_code == 403, role
        assert upload(client, lessons()).status_code == 403, role
    assert files(world) == kept
    foreign = signed_in("foreign_principal")
    assert foreign.get(PAGE).status_code == 200
    for part in ("", "/rejected", "/rejected.csv", "/progress", "/columns", "/undo"):
        assert foreign.get(f"{PAGE}/{run.key}{part}").status_code == 404, part
    for part in ("/read", "/discard", "/undo", "/answer", "/columns", "/look"):
        assert foreign.post(f"{PAGE}/{run.key}{part}").status_code == 404, part
    assert again(world, run).state == "ready"
    visitor = Client()
    assert visitor.get(f"{PAGE}/{run.key}").status_code == 302


def test_a_principal_reads_in_the_own_school_only(world: World, signed_in: As, sent: Any) -> None:
    other = row(elev_id="e-casper", skolenhetskod="1002", datum="2026-05-04")
    run = sent(lessons() + other + "\n", role="principal")
    assert previewed(run) == (9, 8, 1, 0)
    assert run.preview["problems"][0]["code"] == "UNKNOWN_UNIT"
    whole = sent(lessons() + other + "\n", name="alla.csv", role="system_administrator")
    assert previewed(whole) == (9, 9, 0, 0)
    refused = signed_in("principal").post(f"{PAGE}/{whole.key}/read")
    assert refused.status_code == 403
    assert signed_in("ekbacken_principal").post(f"{PAGE}/{run.key}/discard").status_code == 403
    assert again(world, run).state == "ready"


@pytest.mark.parametrize("several", [1, 30])
def test_the_overview_asks_as_often_however_many_there_are(
    world: World, signed_in: As, several: int, django_assert_num_queries: Any
) -> None:
    client = signed_in("system_administrator")
    client.get(PAGE)
    with acting(world.actor("system_administrator")):
        for number in range(several):
            ImportRun.of(
                file_name=f"{number}.csv",
                stored_name=f"{number}",
                size=1,
                sha256=f"{number:064d}",
                state="done",
                sent_by=world.users["system_administrator"],
                sent_at="2026-05-01T08:00:00Z",
                finished_at="2026-05-01T08:00:00Z",
            ).save()
    with django_assert_num_queries(11 + ASKED_BESIDES):
        assert client.get(PAGE).status_code == 200


def test_pages_of_a_run_ask_little(world: World, signed_in: As, sent: Any, django_assert_max_num_queries: Any) -> None:
    run = sent(lessons())
    client = signed_in("system_administrator")
    for part in ("", "/columns", "/undo", "/rejected"):
        with django_assert_max_num_queries(12 + ASKED_BESIDES):
            assert client.get(f"{PAGE}/{run.key}{part}").status_code == 200


def test_the_heading_tells_of_attendance_that_no_file_here_brought(world: World, signed_in: As) -> None:
    client = signed_in("system_administrator")
    client.cookies["language"] = "en"
    assert "No attendance has been read in yet" in client.get(PAGE).content.decode()
    attended(world)
    html = client.get(PAGE).content.decode().replace("\xa0", " ")
    assert "Attendance is known up to Wed 20 May 2026, and no file has been sent here" in html
