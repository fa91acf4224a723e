"""Bad files through the web: each has a stated outcome, nothing is stored, nothing is left behind, nobody sees a trace
(bad input 1-8, 12, 14, 16, 19-22; ASVS V5.2-5.3)."""

import io
import struct
import time
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from narvaro.contexts.intake.models import ImportRun
from narvaro.contexts.intake.uploading import shown_name
from narvaro.core.scope import acting
from tests.lesson_files import HEADER, row, table
from tests.web.conftest import As
from tests.web.test_intake import (
    PAGE,
    again,
    files,
    lessons,
    number_stored,
    previewed,
    run_at,
    sent,
    upload,
)
from tests.web.world import World

__all__ = ["sent"]  # a fixture


def xlsx_of(members: dict[str, bytes], *, lie: int = 0) -> bytes:
    """``lie``: what the archive says that each member unpacks to."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    made = bytearray(target.getvalue())
    if lie:
        for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
            start = 0
            while (place := made.find(mark, start)) >= 0:
                made[place + at : place + at + 4] = struct.pack("<I", lie)
                start = place + 4
    return bytes(made)


def runs(world: World) -> int:
    with acting(world.actor("system_administrator")):
        return ImportRun.objects.count()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [(lessons(), "cp1252"), (lessons(), "utf-8-sig"), (lessons(), "utf-16"), (lessons(), "utf-8")],
)
def test_letters_are_read_rightly_whatever_they_are_written_in(
    world: World, sent: Any, content: str, encoding: str
) -> None:
    run = sent(content.replace("Matematik", "Träslöjd på Åsö").encode(encoding))
    assert (run.state, *previewed(run)) == ("ready", 8, 8, 0, 0)


REFUSED_IN_THE_FIRST_LOOK: dict[str, tuple[bytes, str]] = {
    "mixed encodings": (
        table(row(elev_id="å1"), row()).encode().replace(b"7A", "7Ö".encode("cp1252"), 1),
        "line 2",
    ),
    "a column twice": (lessons().replace("klass;", "datum;", 1).encode(), "datum"),
    "cut off in a row": (lessons().encode()[:-30], "ends in the middle"),
    "other number of rows than stated": ((lessons() + "#antal;99\n").encode(), "99"),
    "a header and no rows": ((HEADER + "\n").encode(), "no rows"),
    # Past the first bytes, which are looked at when the file is sent.
    "NUL": (lessons(days=tuple(f"2026-04-{day:02d}" for day in range(1, 30))).encode() + b"\0\n", "NUL"),
    "an open quote": (lessons().replace("Matematik", '"Matematik', 1).encode(), "no rows"),
}


@pytest.mark.parametrize("what", REFUSED_IN_THE_FIRST_LOOK)
def test_a_file_that_cannot_be_trusted_is_refused_whole(world: World, signed_in: As, sent: Any, what: str) -> None:
    content, said = REFUSED_IN_THE_FIRST_LOOK[what]
    run = sent(content)
    assert run.state == "refused", run.preview
    client = signed_in("system_administrator")
    client.cookies["language"] = "en"
    page = client.get(f"{PAGE}/{run.key}").content.decode()
    assert said in page
    assert run.stored_name not in page
    assert run.stored_name not in files(world)
    assert client.post(f"{PAGE}/{run.key}/read").status_code == 409
    assert number_stored(world) == 0


BAD_ROWS: dict[str, tuple[list[str], list[str]]] = {
    "31 February, 24:00, year 26, tomorrow": (
        [row(datum="2026-02-31"), row(start="24:30"), row(datum="0026-03-02"), row(datum="2026-05-21")],
        ["BAD_DATE", "BAD_START", "OLD_DATE", "FUTURE_DATE"],
    ),
    "minutes that cannot be": (
        [row(giltig_min="-5"), row(lektionsminuter="0"), row(giltig_min="NaN"), row(ogiltig_min="1e9")],
        ["BAD_OFFERED", "BAD_VALID", "OVER_OFFERED"],
    ),
    "more absence than lesson": ([row(giltig_min="50", ogiltig_min="50", narvarominuter="0")], ["OVER_OFFERED"]),
    "contradicting rows": (
        [row(lektion_id="x"), row(lektion_id="x", ogiltig_min="60", narvarominuter="0")],
        ["CONFLICT"],
    ),
    "unknown pupil": ([row(elev_id="e-okand")], ["UNKNOWN_PUPIL"]),
    "unknown school": ([row(skolenhetskod="9999")], ["UNKNOWN_UNIT"]),
}


@pytest.mark.parametrize("what", BAD_ROWS)
def test_bad_rows_are_listed_and_the_counts_add_up(world: World, sent: Any, what: str) -> None:
    rows, problems = BAD_ROWS[what]
    own = [each.replace("e1;", "e-alva;").replace("10000001", "1001") for each in rows]
    run = sent(lessons() + "\n".join(own) + "\n")
    read, accepted, rejected, duplicates = previewed(run)
    assert read == 8 + len(rows) == accepted + rejected + duplicates
    assert (accepted, rejected) == (8, len(rows))
    assert {each["code"] for each in run.preview["problems"]} == set(problems)


def test_identity_numbers_are_never_kept_or_shown(world: World, signed_in: As, sent: Any) -> None:
    content = lessons().replace("elev_id;", "personnummer;", 1).replace("e-alva", "20140312-1234")
    run = sent(content)
    page = signed_in("system_administrator").get(f"{PAGE}/{run.key}").content.decode()
    assert "20140312" not in page
    assert "20140312" not in str(run.preview)


NOT_TAKEN: dict[str, tuple[str, bytes]] = {
    "empty": ("lektioner.csv", b""),
    "a program called CSV": ("lektioner.csv", b"MZ\x90\x00" + b"\0" * 300),
    "a program with a double ending": ("lektioner.csv.exe", lessons().encode()),
    "no ending": ("lektioner", lessons().encode()),
    "PDF": ("lektioner.csv", b"%PDF-1.7\n" + b"x" * 100),
    "a web page called Excel": ("lektioner.xls", b"<html><table><tr><td>1</td></tr></table></html>"),
    "CSV called xlsx": ("lektioner.xlsx", lessons().encode()),
    "a workbook called CSV": ("lektioner.csv", xlsx_of({"xl/workbook.xml": b"<x/>"})),
    "gzip": ("lektioner.csv", b"\x1f\x8b\x08" + b"\0" * 40),
    "a bomb that says so": ("bomb.xlsx", xlsx_of({"xl/workbook.xml": b"<x/>", "a": b"0" * 9000}, lie=900 << 20)),
    "100 000 members": ("bomb.xlsx", xlsx_of({f"m{number}": b"" for number in range(3000)})),
    "a broken archive": ("trasig.xlsx", b"PK\x03\x04" + b"\0" * 200),
}


@pytest.mark.parametrize("what", NOT_TAKEN)
def test_what_is_no_table_is_not_taken_at_all(world: World, signed_in: As, what: str) -> None:
    name, content = NOT_TAKEN[what]
    kept, started = files(world), time.perf_counter()
    answer = upload(signed_in("system_administrator"), content, name)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert time.perf_counter() - started < 2
    assert files(world) == kept
    assert runs(world) == 0


@pytest.mark.parametrize(
    "members",
    [
        {"xl/workbook.xml": b"<x/>", "xl/big.xml": b"0" * (30 << 20)},
        {"xl/workbook.xml": b"<x/>", "../../etc/passwd": b"x"},
        {"inner.zip": b"PK\x03\x04"},
    ],
    ids=["larger than it says", "a name that leads out", "an archive in an archive"],
)
def test_a_workbook_that_lies_is_refused_unpacked_nowhere(world: World, sent: Any, members: dict[str, bytes]) -> None:
    lie = 10 if "xl/big.xml" in members else 0
    run = sent(xlsx_of(members, lie=lie), name="bok.xlsx")
    assert run.state == "refused"
    assert run.stored_name not in files(world)


HOSTILE = {
    "../../../etc/passwd.csv": "passwd.csv",
    "..\\..\\windows\\system32\\x.csv": "x.csv",
    "=HYPERLINK(1).csv": "=HYPERLINK(1).csv",
    "a\u202evsc.csv": "a\ufffdvsc.csv",
    "<script>alert(1)</script>.csv": "script>.csv",
    "r\r\nSet-Cookie: x=1.csv": "r\ufffd\ufffdSet-Cookie: x=1.csv",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_for_people_and_never_a_path(name: str) -> None:
    assert shown_name(name) == HOSTILE[name]


def test_a_long_name_is_shortened() -> None:
    assert len(shown_name("å" * 300 + ".csv")) <= 200
    assert shown_name("å" * 300 + ".csv").endswith(".csv")


def test_a_hostile_name_is_shown_escaped_and_stays_out_of_headers(world: World, signed_in: As, sent: Any) -> None:
    run = sent(lessons(), name='<img src=x onerror="alert(1)">=1+1.csv')
    client = signed_in("system_administrator")
    for address in (PAGE, f"{PAGE}/{run.key}", f"{PAGE}/{run.key}/columns"):
        page = client.get(address).content.decode()
        assert "<img" not in page
        assert "&lt;img" in page
    headers = str(client.get(f"{PAGE}/{run.key}/rejected.csv").headers)
    assert "onerror" not in headers


def test_markup_and_formulas_in_headings_are_text(world: World, signed_in: As, sent: Any) -> None:
    run = sent(lessons().replace("amne;", "<b>=cmd|calc</b>;", 1))
    page = signed_in("system_administrator").get(f"{PAGE}/{run.key}").content.decode()
    assert "&lt;b&gt;=cmd|calc&lt;/b&gt;" in page
    assert "<b>=cmd" not in page


@override_settings(UPLOAD_LARGEST=1 << 20)
def test_one_byte_too_many_is_413_and_the_page_names_the_limit(world: World, signed_in: As) -> None:
    client, kept = signed_in("system_administrator"), files(world)
    content = (lessons().encode() + b" " * (1 << 20))[: (1 << 20) + 1]
    answer = upload(client, content)
    assert answer.status_code == 413
    assert "1 MB" in answer.content.decode()
    assert files(world) == kept
    assert upload(client, content[:-1]).status_code == 302


@override_settings(UPLOAD_LARGEST=1 << 20)
def test_a_body_far_above_the_limit_is_turned_away_unread(world: World, signed_in: As) -> None:
    client, read = signed_in("system_administrator"), []

    class Endless(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            read.append(size)
            return b"x" * (size or 1)

    body = {"CONTENT_LENGTH": str(3 << 20), "wsgi.input": Endless()}
    answer = client.generic("POST", PAGE, b"x", content_type="multipart/form-data; boundary=x", **body)  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert not read


def test_files_sent_elsewhere_are_read_past(world: World, signed_in: As) -> None:
    client, kept = signed_in("mentor"), files(world)
    answer = client.post("/role", {"assignment": "1", "files": SimpleUploadedFile("x.csv", b"x" * 5000)})
    assert answer.status_code == 302
    assert files(world) == kept


def test_an_upload_that_was_cut_off_is_not_taken(world: World, signed_in: As) -> None:
    kept = files(world)
    answer = signed_in("system_administrator").post(PAGE, {"files": SimpleUploadedFile("x.csv", lessons().encode())})
    assert answer.status_code == 400
    assert files(world) == kept


def test_a_session_that_lapsed_while_uploading_leaves_nothing(world: World, signed_in: As, frozen_day: Any) -> None:
    client, kept = signed_in("system_administrator"), files(world)
    assert client.get(PAGE).status_code == 200
    frozen_day.shift(31 * 60)
    answer = upload(client, lessons(), HTTP_REFERER=f"http://testserver{PAGE}")
    assert answer.status_code == 302
    assert answer["Location"] == f"/account/sign-in?next={PAGE}"
    assert files(world) == kept
    assert runs(world) == 0


def test_several_files_are_each_a_run_and_one_bad_one_stops_them_all(world: World, signed_in: As) -> None:
    client = signed_in("system_administrator")
    good = [SimpleUploadedFile(f"{day}.csv", lessons(days=(day,)).encode()) for day in ("2026-05-04", "2026-05-05")]
    assert client.post(PAGE, {"files": [*good, SimpleUploadedFile("x.pdf", b"%PDF")], "whole": "1"}).status_code == 400
    assert runs(world) == 0
    for each in good:
        each.seek(0)
    assert client.post(PAGE, {"files": good, "whole": "1"}).status_code == 302
    assert runs(world) == 2


def test_a_visitor_sends_nothing(world: World) -> None:
    kept = files(world)
    assert upload(Client(), lessons()).status_code == 302
    assert files(world) == kept


@pytest.mark.parametrize("harm", ["key", "column"])
def test_forged_fields_change_nothing(world: World, signed_in: As, sent: Any, harm: str) -> None:
    run = sent(lessons())
    client = signed_in("system_administrator")
    if harm == "key":
        assert client.post(f"{PAGE}/00000000-0000-4000-8000-000000000000/read").status_code == 404
    else:
        forged = {"name": "x", "grain": "lesson", "unit": "parsec", "column_1": "password", "state": "done"}
        assert client.post(f"{PAGE}/{run.key}/columns", forged).status_code == 400
    assert again(world, run).state == "ready"


def test_run_at_finds_what_it_should(world: World, sent: Any) -> None:
    run = sent(lessons())
    assert run_at(world, f"{PAGE}/{run.key}").pk == run.pk
