"""Mapping files: what they say, how they are refused, and the examples that come with Närvaro."""

from datetime import date
from pathlib import Path

import pytest

from narvaro.facts.errors import ImportRefused, QuestionForPerson
from narvaro.facts.layout import LESSON_FIELDS, PERIOD_FIELDS, Categories
from narvaro.facts.readers import load_mapping, open_source
from narvaro.facts.readers.mapping_schema import FilePart, MappingFile, RowsPart
from tests.unit.test_readers_support import (
    csv_file,
    fields_of,
    lines_of,
    notes_of,
    ragged_of,
    rows_of,
    said,
)

EXAMPLES = Path(__file__).parents[2] / "definitions" / "mappings"
LESSON = """
name: Test
columns: {pupil_id: Elev, date: Dag, start: Tid, offered: Min, valid: G, invalid: O}
constants: {school_unit_id: "01234567"}
"""
LINES = ("Elev;Dag;Tid;Min;G;O", "e1;2025-09-01;08:10;40;0;40")


def mapping_file(folder, text, name="mall.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def mapping(folder, text):
    return load_mapping(mapping_file(folder, text))


def test_a_small_mapping(tmp_path):
    source = open_source(csv_file(tmp_path, *LINES), mapping=mapping(tmp_path, LESSON))
    assert source.layout.name == "Test"
    assert fields_of(source) == [
        {
            "school_unit_id": "01234567",
            "pupil_id": "e1",
            "date": "2025-09-01",
            "start": "08:10",
            "offered": "40",
            "valid": "0",
            "invalid": "40",
        }
    ]


def test_every_example_is_loaded():
    names = {path.stem for path in EXAMPLES.glob("*.yaml")}
    assert names == {"status-per-lesson", "percent-per-period", "only-deviations", "hours-in-class-blocks", "vklass"}
    for path in EXAMPLES.glob("*.yaml"):
        assert load_mapping(path).name


def test_status_words(tmp_path):
    lines = [
        "Personnr;Namn;Klass;Datum;Från;Till;Ämne;Lektionstid;Status;Frånvarotid",
        "201001011234;Åsa;7A;2025-09-01;08:10;08:50;Bild;40;Sen ankomst;5",
    ]
    path = csv_file(tmp_path, *lines, encoding="cp1252", end="\r\n")
    source = open_source(path, mapping=load_mapping(EXAMPLES / "status-per-lesson.yaml"))
    layout = source.layout
    assert layout.categories == Categories(
        column=8,
        words=(
            ("närvarande", "present"),
            ("giltig frånvaro", "valid"),
            ("beviljad ledighet", "valid"),
            ("ogiltig frånvaro", "invalid"),
            ("annan aktivitet", "other"),
            ("sen ankomst", "late"),
            ("ej rapporterad", "unreported"),
        ),
        minutes_column=9,
    )
    assert layout.late_minutes is None
    assert fields_of(source)[0]["school_unit_id"] == "10000001"
    assert notes_of(source) == "Columns that were not used: Namn."


def test_percentages_of_a_period(tmp_path):
    lines = [
        '"ElevId";"Skolenhet";"Årskurs";"Klass";"Schemalagd tid";"Närvaro";"Giltig frånvaro";"Ogiltig frånvaro";'
        '"Sena ankomster"',
        '"e1";"10000001";"7";"7A";"24000";"93%";"5,5%";"1,5%";"2"',
    ]
    source = open_source(
        csv_file(tmp_path, *lines, encoding="utf-8-sig"), mapping=load_mapping(EXAMPLES / "percent-per-period.yaml")
    )
    assert [source.layout.unit(field) for field in ("offered", "present", "valid", "invalid")] == [
        "min",
        *["percent"] * 3,
    ]
    assert source.layout.over_offered == "clamp"
    found = fields_of(source)[0]
    assert (found["first_date"], found["last_date"], found["valid"]) == ("2025-08-18", "2025-12-19", "5,5%")


def test_the_period_that_is_given_wins_over_the_mappings(tmp_path):
    text = """
name: Test
grain: period
columns: {pupil_id: a, school_unit_id: b, offered: c, invalid: d}
date_formats: ["%d/%m/%Y"]
"""
    path = csv_file(tmp_path, "a;b;c;d", "e1;1;2;3")
    source = open_source(path, mapping=mapping(tmp_path, text), period=(date(2025, 1, 7), date(2025, 6, 13)))
    assert source.layout.constants == (("first_date", "07/01/2025"), ("last_date", "13/06/2025"))
    with pytest.raises(QuestionForPerson, match="--from"):
        open_source(path, mapping=mapping(tmp_path, text))


def test_only_deviations_without_a_header(tmp_path):
    lines = ["e1\t1\t250901\t08:10\t08:50\tMa\t40\ts\t\tklar", "e2\t1\t250901\t08:10\t08:50\tMa\t40\t\t\t"]
    source = open_source(csv_file(tmp_path, *lines), mapping=load_mapping(EXAMPLES / "only-deviations.yaml"))
    layout = source.layout
    assert (layout.only_deviations, layout.late_minutes, layout.date_formats) == (True, 15, ("%y%m%d",))
    assert (layout.yes_words, layout.no_words) == (("x", "klar"), ("-",))
    assert layout.categories is not None
    assert (layout.categories.column, layout.categories.minutes_column) == (7, 8)
    assert [row["pupil_id"] for row in fields_of(source)] == ["e1", "e2"]
    assert lines_of(source.chunks()) == [1, 2]
    assert source.notes == ()


BLOCKS = (
    "Frånvaro per elev;;;;;;;",
    ";;;;;;;",
    "Namn;Personnummer;Från;Till;Undervisningstid (h);Närvaro (h);Giltig frånvaro (h);Ogiltig frånvaro (h)",
    "Klass: 7A;;;;;;;",
    "Anna Ek;201001011234;18/08/2025;19/12/2025;400,5;380,5;20;0",
    "Summanen Bo;201002021234;18/08/2025;19/12/2025;400;400;0;0",
    "Summa 7A;;;;800,5;780,5;20;0",
    "",
    "Klass:;7B",
    "Namn;Personnummer;Från;Till;Undervisningstid (h);Närvaro (h);Giltig frånvaro (h);Ogiltig frånvaro (h)",
    "Cia Al;201003031234;18/08/2025;19/12/2025;400;390;0;10",
    "Dan Do;201003031234;18/08/2025",
    "Totalt;;;;1200,5;1170,5;20;10",
)


def test_blocks_totals_and_repeated_headers(tmp_path):
    source = open_source(csv_file(tmp_path, *BLOCKS), mapping=load_mapping(EXAMPLES / "hours-in-class-blocks.yaml"))
    assert source.layout.width == 9
    assert source.layout.unit("offered") == "h"
    assert [(row["name"], row["group_id"], row["offered"]) for row in fields_of(source)] == [
        ("Anna Ek", "7A", "400,5"),
        ("Summanen Bo", "7A", "400"),
        ("Cia Al", "7B", "400"),
    ]
    assert lines_of(source.chunks()) == [5, 6, 11]
    assert ragged_of(source.chunks()) == [12]
    assert rows_of(source, size=1) == rows_of(source)


def test_block_rows_that_are_cut_off_are_refused(tmp_path):
    path = csv_file(tmp_path, *BLOCKS[:6], BLOCKS[10][:30])
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    source = open_source(path, mapping=load_mapping(EXAMPLES / "hours-in-class-blocks.yaml"))
    with pytest.raises(ImportRefused, match="middle of the row on line 7"):
        list(source.chunks())


@pytest.mark.parametrize(("trailer", "agrees"), [("#antal;3;;;;;;", True), ("Antal rader: 4", False)])
def test_trailers_after_blocks(tmp_path, trailer, agrees):
    path = csv_file(tmp_path, *BLOCKS[:11], trailer)
    source = open_source(path, mapping=load_mapping(EXAMPLES / "hours-in-class-blocks.yaml"))
    if agrees:
        assert len(rows_of(source)) == 3
        assert ragged_of(source.chunks()) == []
    else:
        with pytest.raises(ImportRefused, match="but 3 were read"):
            list(source.chunks())


def test_quotes_in_block_rows(tmp_path):
    rules = load_mapping(EXAMPLES / "hours-in-class-blocks.yaml")
    anna = BLOCKS[4].replace("Anna Ek", '"Anna;\nEk"')
    source = open_source(
        csv_file(tmp_path, *BLOCKS[:4], anna, BLOCKS[4].replace("Anna Ek", '"Anna"Ek'), BLOCKS[5]), mapping=rules
    )
    assert [row["name"] for row in fields_of(source)] == ["Anna;\nEk", "Summanen Bo"]
    assert lines_of(source.chunks()) == [5, 8]
    assert ragged_of(source.chunks()) == [7]
    for rows in ([anna.replace('Ek"', "Ek")], [anna.replace('Ek"', 'Ek"x')], [f'"{"x" * (2 << 20)}";1']):
        with pytest.raises(ImportRefused, match="line 5"):
            list(open_source(csv_file(tmp_path, *BLOCKS[:4], *rows, BLOCKS[5]), mapping=rules).chunks())


def test_no_rows_in_blocks(tmp_path):
    source = open_source(csv_file(tmp_path, *BLOCKS[:4]), mapping=load_mapping(EXAMPLES / "hours-in-class-blocks.yaml"))
    with pytest.raises(ImportRefused, match="no rows"):
        list(source.chunks())


def test_a_trailer_in_the_middle_is_a_row_that_does_not_fit(tmp_path):
    path = csv_file(tmp_path, *BLOCKS[:5], "#antal;1", *BLOCKS[5:7])
    source = open_source(path, mapping=load_mapping(EXAMPLES / "hours-in-class-blocks.yaml"))
    assert ragged_of(source.chunks()) == [6]
    assert len(rows_of(source)) == 2


def test_fractions_become_percentages(tmp_path):
    text = LESSON + "units: {valid: fraction, invalid: fraction}\n"
    lines = (LINES[0], "e1;2025-09-01;08:10;40;0,935;0.05", "e1;2025-09-01;08:10;40;;x", "e1;2025-09-01;08:10;40;1;0")
    source = open_source(csv_file(tmp_path, *lines), mapping=mapping(tmp_path, text))
    assert source.layout.unit("valid") == "percent"
    assert [(row["valid"], row["invalid"]) for row in fields_of(source)] == [("93.5", "5"), ("", "x"), ("100", "0")]


def test_a_header_line_that_is_not_there(tmp_path):
    with pytest.raises(ImportRefused, match="no row that begins on line 9"):
        open_source(csv_file(tmp_path, *LINES), mapping=mapping(tmp_path, LESSON + "file: {header: 9}\n"))


def test_the_header_may_follow_other_lines(tmp_path):
    path = csv_file(tmp_path, "sep=;", "Rapport", "", *LINES)
    source = open_source(path, mapping=mapping(tmp_path, LESSON + "file: {header: 4}\n"))
    assert lines_of(source.chunks()) == [5]


def test_columns_that_are_not_in_the_file(tmp_path):
    with pytest.raises(ImportRefused) as refusal:
        open_source(csv_file(tmp_path, "Elev;Dag;Tid;Min;G", "a;b;c;d;e"), mapping=mapping(tmp_path, LESSON))
    assert "missing in fil.csv: O. Line 1 has: Elev, Dag, Tid, Min, G." in said(refusal)


def test_a_row_that_is_no_header_is_not_shown(tmp_path):
    with pytest.raises(ImportRefused) as refusal:
        open_source(csv_file(tmp_path, "Anna;2010;08:10;1;2;3"), mapping=mapping(tmp_path, LESSON))
    assert "Anna" not in said(refusal)
    numbered = LESSON.replace("Elev", "1").replace("Dag", "2").replace("Tid", "3").replace("Min", "4").replace("G", "5")
    numbered = numbered.replace("O", "7") + 'file: {header: none, delimiter: ";"}\n'
    with pytest.raises(ImportRefused) as refusal:
        open_source(csv_file(tmp_path, "Anna;2010;08:10;1;2;3"), mapping=mapping(tmp_path, numbered))
    assert "Line 1 of fil.csv does not have the mapping's columns: 7" in said(refusal)


def test_a_column_that_occurs_twice_is_asked_about(tmp_path):
    with pytest.raises(QuestionForPerson, match="The column Min occurs more than once"):
        open_source(csv_file(tmp_path, LINES[0] + ";min", LINES[1] + ";0"), mapping=mapping(tmp_path, LESSON))


def test_words_of_yes_and_no_are_not_yamls(tmp_path):
    found = mapping(tmp_path, LESSON + "yes_words: [yes, On]\nno_words: [no, off]\n")
    assert (found.yes_words, found.no_words) == (("yes", "on"), ("no", "off"))


@pytest.mark.parametrize(
    ("text", "place", "allowed"),
    [
        ("grain: week", "grain", "'lesson' or 'period'"),
        ("colums: {}", "colums", "columns"),
        ("columns: {pupil: A}", "columns.pupil", "pupil_id"),
        ("columns: [a]", "columns", "key: value"),
        ("constants: {pupil: A}", "constants.pupil", "school_unit_id"),
        ("constants: {date: x}", "constants.date", "group_id"),
        ("units: {valid: hours}", "units.valid", "'fraction' or 'lessons'"),
        ("units: {start: min}", "units.start", "offered"),
        ("date_formats: ['%m/%d/%y']", "date_formats.0", "'%d/%m/%Y'"),
        ("date_formats: []", "date_formats", ""),
        ("file: {encodin: x}", "file.encodin", "encoding"),
        ("file: {delimiter: ':'}", "file.delimiter", "tab"),
        ("file: {header: first}", "file.header", "none, 1, 2, 3"),
        ("file: {header: none}", "columns.pupil_id", "1, 2, 3"),
        ("decimal_comma: maybe", "decimal_comma", "true, false"),
        ("late_minutes: -1", "late_minutes", "0, 1, 2"),
        ("late_minutes: x", "late_minutes", "1, 2, 3"),
        ("over_offered: shrink", "over_offered", "'reject' or 'clamp'"),
        ("rows: {total: x}", "rows.total", "totals"),
        ("rows: {totals: {words: Summa}}", "rows.totals.words", "[ ... , ... ]"),
        ("period: {first: 2025-08-18}", "period.last", ""),
        ("period: {first: 2025-08-18, last: igår}", "period.last", "2025-08-18"),
        ("period: {first: 2025-08-18, last: 2025-08-17}", "period.last", ">= 2025-08-18"),
        ("categories: {column: S, words: {gone: [x]}}", "categories.words.gone", "'unreported'"),
        ("categories: {column: S, words: {late: [sen]}}", "late_minutes", ""),
        ("categories: {column: S, words: {valid: [x], invalid: [X]}}", "categories.words.invalid", "x"),
        ("categories: {column: S}", "categories.words", ""),
        ("file: {header: none}\nrows: {totals: {column: Namn, words: [x]}}", "columns.pupil_id", "1, 2, 3"),
        ("preset: vklas", "preset", "vklass, edlevo-events"),
        ("preset: vklass", "columns", "period"),
        ("sums: {valid: [x]}", "sums.valid", "..."),
        ("sums: {valid: [x, y]}", "sums.valid", "other"),
        ("sums: {date: [x, y]}", "sums.date", "offered"),
        ("lesson_minutes: 0", "lesson_minutes", "1, 2, 3"),
        ("lesson_minutes: 1441", "lesson_minutes", "1440"),
    ],
)
def test_faults_in_a_mapping_are_told_with_their_place(tmp_path, text, place, allowed):
    key = text.partition(":")[0]
    kept = "\n".join(line for line in LESSON.splitlines() if not line.startswith(f"{key}:"))
    if key == "constants" and "date" in text:
        kept = LESSON.replace('constants: {school_unit_id: "01234567"}', "")
    with pytest.raises(ImportRefused) as refusal:
        mapping(tmp_path, f"{kept}\n{text}\n")
    assert f" {place}" in said(refusal)
    assert allowed in said(refusal)
    assert "mall.yaml" in said(refusal)


def test_categories_are_for_lessons(tmp_path):
    text = """
name: Test
grain: period
columns: {pupil_id: a, school_unit_id: b, offered: c}
categories: {column: d, words: {valid: [x]}}
"""
    with pytest.raises(ImportRefused, match=r"wrong at categories\. Allowed: grain: lesson"):
        mapping(tmp_path, text)


@pytest.mark.parametrize(
    ("removed", "named"),
    [
        ("pupil_id: Elev, ", "columns.pupil_id / columns.identity_number"),
        ("date: Dag, ", "columns.date"),
        ("start: Tid, ", "columns.start / columns.lesson_id"),
        ("offered: Min, ", "columns.offered"),
        (", valid: G, invalid: O", "columns.valid / columns.invalid"),
        ('constants: {school_unit_id: "01234567"}', "columns.school_unit_id"),
        ("name: Test", "name"),
    ],
)
def test_what_a_mapping_must_say(tmp_path, removed, named):
    assert removed in LESSON
    with pytest.raises(ImportRefused) as refusal:
        mapping(tmp_path, LESSON.replace(removed, ""))
    assert f"lacks {named}." in said(refusal)


@pytest.mark.parametrize(
    "text",
    ["name: a\nname: b", "a: &x [1]\nb: *x", "a: [", "\ta: 1", "- a", "", "!!python/object:os.system {}", "[" * 400],
)
def test_what_is_no_mapping_at_all(tmp_path, text):
    with pytest.raises(ImportRefused, match=r"mall\.yaml"):
        mapping(tmp_path, text)


def test_files_that_cannot_be_mappings(tmp_path):
    with pytest.raises(ImportRefused, match="cannot be read"):
        load_mapping(tmp_path / "saknas.yaml")
    binary = tmp_path / "mall.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ImportRefused, match="cannot be read"):
        load_mapping(binary)
    with pytest.raises(ImportRefused, match="too large"):
        mapping(tmp_path, "#" * 300_000)


def test_a_mapping_for_vklass_is_refused_for_other_files(tmp_path):
    with pytest.raises(ImportRefused, match="vklass"):
        open_source(csv_file(tmp_path, *LINES), mapping=load_mapping(EXAMPLES / "vklass.yaml"))


def test_the_documentation_names_every_key_and_field():
    text = (EXAMPLES.parents[1] / "docs" / "reference" / "mapping.md").read_text(encoding="utf-8")
    keys = {*MappingFile.model_fields, *LESSON_FIELDS, *PERIOD_FIELDS, *(path.stem for path in EXAMPLES.glob("*.yaml"))}
    keys -= {"file", "rows"}
    keys |= {f"file.{key}" for key in FilePart.model_fields} | {f"rows.{key}" for key in RowsPart.model_fields}
    assert {key for key in keys if f"`{key}`" not in text} == set()
