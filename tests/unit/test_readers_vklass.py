"""Vklass's report per pupil, as BIFF .xls, .xlsx and exported CSV. All pupils are invented."""

from datetime import date

import pytest

from narvaro.facts.errors import ImportRefused, QuestionForPerson
from narvaro.facts.readers import Mapping, open_source
from tests.unit.test_readers_sheets import xls, xlsx
from tests.unit.test_readers_support import csv_file, fields_of, lines_of, notes_of, ragged_of, rows_of

LABELS = ["Namn", "Personnr", "Undv. tid", "Lekt.", "N min", "GF min", "F min", "N %", "GF %", "F %"]
ANNA = [
    "Ek, Anna",
    "20100101-1234",
    "24\u00a0000",
    "600",
    "22000",
    "1500",
    "500",
    "91,7\u00a0%",
    "6,2\u00a0%",
    "2,1\u00a0%",
]
BO = ["Al, Bo", "20100202-1234", "23000 min", "590", "23000", "0", "0", "100\u00a0%", "0\u00a0%", "0\u00a0%"]
CIA = ["Do, Cia", "", "100", "3", "100", "0", "0", "100\u00a0%", "0\u00a0%", "0\u00a0%"]
AUTUMN = (date(2025, 8, 18), date(2025, 12, 19))
TITLE = [["Närvaro per elev"], ["Skola:", "Storskolan"], ["Period: 2025-08-18 - 2025-12-19"]]


def report(*, left=0, title=TITLE, shift=0):
    """``left``: empty columns before the table; ``shift``: how far pupils' rows lie to the right of their header."""
    empty = [""] * left
    moved = [""] * (left + shift)
    return [
        *title,
        [*empty, *LABELS],
        [*empty, "", "Klass: 7A"],
        [*moved, *ANNA],
        [*moved, *BO],
        *title,
        [*empty, *LABELS],
        [*empty, "Klass:", "7B"],
        [*moved, *CIA],
        [*moved, "Summa", "", "47100"],
    ]


KEPT = [
    ("Ek, Anna", "20100101-1234", "24000", "22000", "1500", "500", "7A"),
    ("Al, Bo", "20100202-1234", "23000", "23000", "0", "0", "7A"),
    ("Do, Cia", "", "100", "100", "0", "0", "7B"),
]
FIELDS = ("name", "identity_number", "offered", "present", "valid", "invalid", "group_id")


def kept_of(source):
    return [tuple(row[field] for field in FIELDS) for row in fields_of(source)]


@pytest.mark.parametrize("make", [xls, xlsx])
@pytest.mark.parametrize("left", [0, 1, 3])
def test_a_workbook_is_recognised(tmp_path, make, left):
    source = open_source(make(tmp_path, report(left=left)))
    assert (source.layout.name, source.layout.grain) == ("vklass", "period")
    assert kept_of(source) == KEPT
    assert ragged_of(source.chunks()) == []
    assert lines_of(source.chunks()) == [6, 7, 13]
    assert dict(source.layout.constants) == {
        "school_unit_id": "Storskolan",
        "first_date": "2025-08-18",
        "last_date": "2025-12-19",
    }
    assert "Read as Vklass's report" in notes_of(source)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_exported_text(tmp_path, delimiter, encoding):
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in report()]
    source = open_source(csv_file(tmp_path, *lines, name="rapport.csv", encoding=encoding, end="\r\n"))
    assert kept_of(source) == KEPT
    assert lines_of(source.chunks()) == [6, 7, 13]
    assert rows_of(source, size=1) == rows_of(source)


def test_rows_beside_their_header(tmp_path):
    """Told by the order of their texts; a row that also lacks a text cannot be told and is rejected."""
    source = open_source(xlsx(tmp_path, report(shift=2)))
    assert kept_of(source) == KEPT[:2]
    assert ragged_of(source.chunks()) == [13]


def test_a_header_that_does_not_name_the_pupil(tmp_path):
    rows = [[cell if cell not in ("Namn", "Personnr") else "" for cell in row] for row in report()]
    source = open_source(xlsx(tmp_path, rows))
    assert kept_of(source) == KEPT[:2]
    assert ragged_of(source.chunks()) == [13]


def test_rows_that_are_something_else_are_rejected(tmp_path):
    rows = [*report(), ["Anmärkning", "något annat"]]
    assert ragged_of(open_source(xlsx(tmp_path, rows)).chunks()) == [15]


def test_teaching_time_in_hours(tmp_path):
    rows = [[cell if cell not in (ANNA[2], BO[2]) else "400,5 h" for cell in row] for row in report()]
    source = open_source(xlsx(tmp_path, rows))
    assert source.layout.unit("offered") == "h"
    assert source.layout.unit("present") == "min"
    assert kept_of(source)[0][2] == "400,5"


def test_a_report_without_pupils(tmp_path):
    source = open_source(xlsx(tmp_path, report()[:5]))
    with pytest.raises(ImportRefused, match="no rows"):
        list(source.chunks())


def test_the_period_is_asked_for(tmp_path):
    for title in ([["Närvaro"]], [["2025-08-18 - 2025-12-19 (2025-12-20)"]], [["2025-13-45 - 2025-12-19"]]):
        path = xlsx(tmp_path, report(title=title))
        with pytest.raises(QuestionForPerson, match="--from"):
            open_source(path)
        assert dict(open_source(path, period=AUTUMN).layout.constants)["first_date"] == "2025-08-18"


def test_the_school_unit(tmp_path):
    unnamed = xlsx(tmp_path, report(title=[["2025-08-18 - 2025-12-19"]]))
    source = open_source(unnamed)
    assert dict(source.layout.constants)["school_unit_id"] == "-"
    assert "names no school" in notes_of(source)
    mapping = Mapping(
        "Skolan", grain="period", preset="vklass", constants=(("school_unit_id", "10000001"),), period=AUTUMN
    )
    named = xlsx(tmp_path, report(), name="skola.xlsx")
    for path in (unnamed, named):
        source = open_source(path, mapping=mapping)
        assert dict(source.layout.constants)["school_unit_id"] == "10000001"
        assert source.layout.name == "Skolan"


def test_another_mapping_is_not_second_guessed(tmp_path):
    columns = (("identity_number", "Personnr"), ("offered", "Undv. tid"), ("valid", "GF min"))
    mapping = Mapping(
        "Egen", grain="period", columns=columns, constants=(("school_unit_id", "1"),), header=4, period=AUTUMN
    )
    source = open_source(xlsx(tmp_path, report()), mapping=mapping)
    assert source.layout.name == "Egen"
