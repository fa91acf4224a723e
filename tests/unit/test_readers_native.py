"""Our own format: headers, their synonyms, and columns missing, repeated, ambiguous or not used (bad input 5)."""

from datetime import date
from pathlib import Path

import pytest

from narvaro.facts.errors import ImportRefused, QuestionForPerson
from narvaro.facts.readers import open_source
from narvaro.facts.readers.headers import LESSON_WORDS, PERIOD_WORDS, WORDS, folded
from tests.unit.test_readers_support import (
    HEADER,
    PERIOD_HEADER,
    PERIOD_ROW,
    ROW,
    csv_file,
    fields_of,
    notes_of,
    said,
)

AUTUMN = (date(2025, 8, 18), date(2025, 12, 19))


def test_all_columns_of_a_lesson(tmp_path):
    header = HEADER.replace("elev_id", "elev_id;personnummer") + ";sen;orsak"
    row = ROW.replace("e1", "e1;201001011234") + ";nej;sjuk"
    source = open_source(csv_file(tmp_path, header, row))
    assert fields_of(source) == [
        {
            "pupil_id": "e1",
            "identity_number": "201001011234",
            "school_unit_id": "12345678",
            "group_id": "7A",
            "date": "2025-09-01",
            "start": "08:10",
            "end": "08:50",
            "subject": "Ma",
            "offered": "40",
            "present": "40",
            "valid": "0",
            "invalid": "0",
            "other": "0",
            "reported": "ja",
            "late": "nej",
            "lesson_id": "L1",
        }
    ]


def test_reasons_are_dropped_and_said(tmp_path):
    source = open_source(csv_file(tmp_path, HEADER + ";Orsak", ROW + ";sjuk"))
    assert "reason" not in dict(source.layout.columns)
    assert "Orsak holds reasons for absence and was dropped" in notes_of(source)
    assert "not used" not in notes_of(source)


def test_all_columns_of_a_period(tmp_path):
    header = PERIOD_HEADER + ";rapporterad_min;narvaro_min;annan_min;sen_ankomst_antal"
    source = open_source(csv_file(tmp_path, header, PERIOD_ROW + ";23000;22000;360;4"))
    assert source.layout.grain == "period"
    assert fields_of(source) == [
        {
            "pupil_id": "e1",
            "school_unit_id": "12345678",
            "grade": "7",
            "group_id": "7A",
            "first_date": "2025-08-18",
            "last_date": "2025-12-19",
            "offered": "24000",
            "valid": "600",
            "invalid": "40",
            "reported": "23000",
            "present": "22000",
            "other": "360",
            "late_count": "4",
        }
    ]


def test_the_period_may_be_given(tmp_path):
    header = PERIOD_HEADER.replace("fran;till;", "")
    row = PERIOD_ROW.replace("2025-08-18;2025-12-19;", "")
    source = open_source(csv_file(tmp_path, header, row), period=AUTUMN)
    assert source.layout.constants == (("first_date", "2025-08-18"), ("last_date", "2025-12-19"))
    with pytest.raises(ImportRefused):
        open_source(csv_file(tmp_path, header, row))


def test_the_files_own_period_wins(tmp_path):
    source = open_source(csv_file(tmp_path, PERIOD_HEADER, PERIOD_ROW), period=(date(2020, 1, 1), date(2020, 2, 1)))
    assert source.layout.constants == ()


def test_columns_in_any_order_and_spelling(tmp_path):
    header = " Ogiltig-Min. ;RAPPORTERAD;Närvarominuter;giltig min;lektionsminuter;Start;Datum;Skolenhetskod;Elev-ID"
    source = open_source(csv_file(tmp_path, header, "0;ja;40;0;40;08:10;2025-09-01;12345678;e1"))
    assert fields_of(source)[0]["present"] == "40"
    assert fields_of(source)[0]["pupil_id"] == "e1"
    assert source.layout.grain == "lesson"


def test_decomposed_letters_in_the_header(tmp_path):
    header = HEADER.replace("narvaro", "na\u0308rvaro").replace("amne", "a\u0308mne")
    assert open_source(csv_file(tmp_path, header, ROW)).layout.column("present") == 8


@pytest.mark.parametrize(
    ("column", "synonym"),
    [
        ("giltig_min", "Giltig frånvaro"),
        ("giltig_min", "Anmäld frånvaro"),
        ("giltig_min", "GF"),
        ("ogiltig_min", "Ogiltig frånvaro"),
        ("ogiltig_min", "Oanmäld"),
        ("ogiltig_min", "Ej anmäld"),
        ("ogiltig_min", "F"),
        ("narvarominuter", "Närvaro"),
        ("narvarominuter", "N"),
        ("lektionsminuter", "Undervisningstid"),
        ("lektionsminuter", "Undv. tid"),
        ("lektionsminuter", "Erbjuden tid"),
        ("lektionsminuter", "Schemalagd tid"),
        ("elev_id", "Personnr"),
        ("elev_id", "pnr"),
        ("elev_id", "elevid"),
        ("klass", "Grupp"),
        ("datum", "Date"),
        ("lektion_id", "Lektionsid"),
        ("lektion_id", "Lektion"),
        ("annan_min", "Annat (min)"),
    ],
)
def test_synonyms_are_read_and_said(tmp_path, column, synonym):
    header = ";".join(synonym if cell == column else cell for cell in HEADER.split(";"))
    source = open_source(csv_file(tmp_path, header, ROW))
    assert len(source.layout.columns) == 14
    assert f"{synonym} = " in notes_of(source)


def test_synonyms_of_periods(tmp_path):
    header = PERIOD_HEADER.replace("arskurs", "Åk").replace("erbjuden_min", "Schemalagd tid") + ";Sen ankomst"
    source = open_source(csv_file(tmp_path, header, PERIOD_ROW + ";3"))
    assert (source.layout.column("grade"), source.layout.column("late_count")) == (2, 9)


def test_not_reported_is_reported_turned_round(tmp_path):
    source = open_source(csv_file(tmp_path, HEADER.replace("rapporterad", "Ej rapporterad"), ROW))
    assert "nej" in source.layout.yes_words
    assert "ja" in source.layout.no_words
    assert source.layout.column("reported") == 12
    assert "read as no" in notes_of(source)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (HEADER.replace("rapporterad", "Ej rapporterad") + ";sen", ROW + ";nej"),
        (HEADER + ";Ej reg tid", ROW + ";nej"),
        (PERIOD_HEADER + ";Ej rapporterad tid", PERIOD_ROW + ";7"),
    ],
)
def test_not_reported_is_asked_about_when_it_could_mislead(tmp_path, header, row):
    with pytest.raises(QuestionForPerson, match="mapping"):
        open_source(csv_file(tmp_path, header, row))


@pytest.mark.parametrize(
    "column", ["skolenhetskod", "datum", "lektionsminuter", "giltig_min", "ogiltig_min", "rapporterad"]
)
def test_missing_columns_stop_before_reading(tmp_path, column):
    header = HEADER.replace(column, "kommentar")
    with pytest.raises(ImportRefused) as refusal:
        open_source(csv_file(tmp_path, header, ROW))
    assert f"missing in fil.csv: {column}" in said(refusal)
    assert "narvarominuter" in said(refusal)


def test_one_of_two_is_enough(tmp_path):
    without_start = open_source(csv_file(tmp_path, HEADER.replace("start", "x"), ROW))
    assert without_start.layout.column("start") is None
    with pytest.raises(ImportRefused, match="start/lektion_id"):
        open_source(csv_file(tmp_path, HEADER.replace("start", "x").replace("lektion_id", "y"), ROW))
    with pytest.raises(ImportRefused, match="elev_id/personnummer"):
        open_source(csv_file(tmp_path, HEADER.replace("elev_id", "x"), ROW))


def test_repeated_columns_stop(tmp_path):
    with pytest.raises(ImportRefused, match=r"more than once in .*: giltig_min"):
        open_source(csv_file(tmp_path, HEADER + ";Giltig min", ROW + ";0"))


@pytest.mark.parametrize("extra", ["Anmäld frånvaro", "Ledighet", "GF"])
def test_two_columns_for_one_field_are_asked_about(tmp_path, extra):
    with pytest.raises(QuestionForPerson) as question:
        open_source(csv_file(tmp_path, f"{HEADER};{extra}", ROW + ";0"))
    assert f"giltig_min: giltig_min, {extra}" in said(question)
    assert "mapping" in said(question)


def test_extra_columns_are_said(tmp_path):
    source = open_source(csv_file(tmp_path, HEADER + ";Lärare;", ROW + ";Bo;"))
    assert notes_of(source) == "Columns that were not used: Lärare."
    assert source.layout.width == 16


def test_a_file_without_header_shows_no_row(tmp_path):
    with pytest.raises(ImportRefused) as refusal:
        open_source(csv_file(tmp_path, ROW, ROW), delimiter=";")
    assert "Line 1 of fil.csv is no header" in said(refusal)
    assert not any(cell in said(refusal) for cell in ("e1", "12345678", "2025", "7A"))


def test_every_message_is_made_of_plain_values(tmp_path):
    """Messages are kept and sent on; they must not hold objects of the reader."""
    source = open_source(csv_file(tmp_path, HEADER.replace("klass", "Grupp") + ";x;orsak", ROW + ";1;2"))
    for note in source.notes:
        assert all(isinstance(value, str | int) for _, value in note.values)


def test_no_word_means_two_fields():
    for table in (LESSON_WORDS, PERIOD_WORDS):
        words = [word for words in table.values() for word in words]
        assert len(words) == len(set(words))
        assert all(folded(word) == word for word in words)
    assert set(WORDS) == {"lesson", "period"}


def test_the_documentation_names_every_word():
    text = (Path(__file__).parents[2] / "docs" / "reference" / "import-formats.md").read_text(encoding="utf-8")
    words = {word for table in WORDS.values() for words in table.values() for word in words}
    assert {word for word in words if f"`{word}`" not in text} == set()
