"""Workbooks: cells as text, sheets, and hostile archives (bad input 19)."""

import re
import time
import zipfile
import zlib
from datetime import date, datetime, timedelta
from datetime import time as clock

import psutil
import pytest
import xlsxwriter
import xlwt

from narvaro.facts.errors import ImportRefused
from narvaro.facts.readers import load_mapping, open_source
from narvaro.facts.readers.sheet_worker import text_of
from tests.unit.test_readers_support import (
    HEADER,
    ROW,
    ROW_2,
    csv_file,
    fields_of,
    lines_of,
    notes_of,
    ragged_of,
    rows_of,
)

NATIVE = [HEADER.split(";"), ROW.split(";")]


def xlsx(folder, rows, *, name="bok.xlsx", sheets=("Blad1",), at=(0, 0)):
    """The rows are in the last of the sheets."""
    path = folder / name
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "strings_to_numbers": False}) as book:
        for title in sheets:
            sheet = book.add_worksheet(title)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(row + at[0], column + at[1], cell)
    return path


def xls(folder, rows, name="bok.xls"):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Blad1")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell != "":
                sheet.write(row, column, cell)
    book.save(str(folder / name))
    return folder / name


def ods(folder, table_rows, name="bok.ods"):
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Blad1">{table_rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:x"/>')
        archive.writestr("content.xml", content)
    return folder / name


def ods_row(cells):
    texts = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return f"<table:table-row>{texts}</table:table-row>"


def zipped(folder, members, name="bok.xlsx"):
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return folder / name


@pytest.mark.parametrize("make", [xlsx, xls, lambda folder, rows: ods(folder, "".join(map(ods_row, rows)))])
def test_all_three_formats(tmp_path, make):
    source = open_source(make(tmp_path, [*NATIVE, ROW_2.split(";")]))
    assert rows_of(source) == [ROW.split(";"), ROW_2.split(";")]
    assert lines_of(source.chunks()) == [2, 3]
    assert source.layout.delimiter == ";"
    assert rows_of(source, size=10) == rows_of(source)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (40.0, "40"),
        (-3.0, "-3"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (201001011234.0, "201001011234"),
        (1e300, "1e+300"),
        (True, "ja"),
        (False, "nej"),
        (date(2025, 9, 1), "2025-09-01"),
        (datetime(2025, 9, 1), "2025-09-01"),
        (datetime(2025, 9, 1, 8, 10), "2025-09-01 08:10"),
        (datetime(2025, 8, 31, 23, 59, 59, 999_999), "2025-09-01"),
        (clock(8, 10), "08:10"),
        (clock(8, 9, 59, 999_999), "08:10"),
        (clock(8, 10, 30), "08:10:30"),
        (timedelta(hours=30, minutes=5), "30:05"),
        ("=1+1", "=1+1"),
        ("", ""),
    ],
)
def test_cells_as_text(cell, text):
    assert text_of(cell) == text


def test_typed_cells(tmp_path):
    row = [
        "e1",
        12345678,
        "7A",
        date(2025, 9, 1),
        clock(8, 10),
        clock(8, 50),
        'Ma;\n\r"x"',
        40,
        27.5,
        0,
        12.5,
        0,
        True,
        1.0,
    ]
    path = tmp_path / "bok.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day, hour = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "hh:mm"})
        for column, cell in enumerate(HEADER.split(";")):
            sheet.write(0, column, cell)
        for column, cell in enumerate(row):
            sheet.write(1, column, cell, day if isinstance(cell, date) else hour if isinstance(cell, clock) else None)
    found = fields_of(open_source(path))[0]
    assert (found["school_unit_id"], found["date"], found["start"], found["end"]) == (
        "12345678",
        "2025-09-01",
        "08:10",
        "08:50",
    )
    assert (found["offered"], found["present"], found["reported"], found["lesson_id"]) == ("40", "27.5", "ja", "1")
    assert found["subject"].replace("\r", "") == 'Ma;\n"x"'


def test_personal_identity_numbers_as_numbers(tmp_path):
    rows = [["personnummer", *NATIVE[0][1:]], [201001011234, *NATIVE[1][1:]]]
    assert fields_of(open_source(xlsx(tmp_path, rows)))[0]["identity_number"] == "201001011234"


def test_rows_and_columns_before_the_table(tmp_path):
    source = open_source(xlsx(tmp_path, NATIVE, at=(4, 2)))
    assert source.layout.column("pupil_id") == 2
    assert lines_of(source.chunks()) == [6]


def test_blank_rows_repeated_headers_and_a_trailer(tmp_path):
    rows = [*NATIVE, [""], NATIVE[0], ROW_2.split(";"), ["#antal", 2]]
    source = open_source(xlsx(tmp_path, rows))
    assert lines_of(source.chunks()) == [2, 5]
    with pytest.raises(ImportRefused, match="but 2 were read"):
        list(open_source(xlsx(tmp_path, [*rows[:-1], ["Antal rader: 3"]])).chunks())


def test_a_header_without_rows_is_refused(tmp_path):
    for rows in ([], [[]], NATIVE[:1], [NATIVE[0], [""], NATIVE[0]]):
        with pytest.raises(ImportRefused, match="no rows"):
            list(open_source(xlsx(tmp_path, rows)).chunks())


def test_the_mappings_sheet(tmp_path):
    path = xlsx(tmp_path, NATIVE, sheets=("Om", "Närvaro"))
    text = (
        "name: x\nfile: {sheet: %s}\ncolumns: {pupil_id: elev_id, school_unit_id: skolenhetskod, date: datum,"
        " start: start, offered: lektionsminuter, valid: giltig_min, invalid: ogiltig_min}\n"
        "date_formats: ['%%d/%%m/%%Y']\n"
    )
    for sheet in ("Närvaro", "2"):
        (tmp_path / "mall.yaml").write_text(text % sheet)
        source = open_source(path, mapping=load_mapping(tmp_path / "mall.yaml"))
        assert rows_of(source) == [ROW.split(";")]
        # Dates of a workbook come as ISO whatever the text cells look like.
        assert source.layout.date_formats == ("%d/%m/%Y", "%Y-%m-%d")
    for sheet in ("Annat", "3", "0"):
        (tmp_path / "mall.yaml").write_text(text % sheet)
        with pytest.raises(ImportRefused, match=f"no sheet {sheet}"):
            open_source(path, mapping=load_mapping(tmp_path / "mall.yaml"))


def test_the_content_decides_not_the_extension(tmp_path):
    assert rows_of(open_source(csv_file(tmp_path, HEADER, ROW, name="fil.xls"))) == [ROW.split(";")]
    assert rows_of(open_source(xlsx(tmp_path, NATIVE, name="bok.xls"))) == [ROW.split(";")]
    assert rows_of(open_source(xls(tmp_path, NATIVE, name="bok.csv"))) == [ROW.split(";")]
    (tmp_path / "webb.xls").write_text("<html><table><tr><td>Klass</td></tr></table></html>")
    with pytest.raises(ImportRefused, match="web page"):
        open_source(tmp_path / "webb.xls")


def test_formulas_and_control_characters_are_data(tmp_path):
    row = [*NATIVE[1][:6], "=HYPERLINK(1)\u202e\x07", *NATIVE[1][7:]]
    assert rows_of(open_source(xls(tmp_path, [NATIVE[0], row])))[0][6] == "=HYPERLINK(1)\u202e\x07"


@pytest.mark.parametrize("content", [b"PK\x03\x04" + b"x" * 500, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 5000])
def test_damaged_workbooks(tmp_path, content):
    path = tmp_path / "bok.xlsx"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match="damaged"):
        open_source(path)


def test_half_a_workbook(tmp_path):
    path = xlsx(tmp_path, NATIVE * 100)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(ImportRefused, match="damaged"):
        open_source(path)


def test_a_workbook_with_broken_xml(tmp_path):
    whole = xlsx(tmp_path, NATIVE)
    with zipfile.ZipFile(whole) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"][:300]
    with pytest.raises(ImportRefused):
        list(open_source(zipped(tmp_path, members, "trasig.xlsx")).chunks())


def test_a_workbook_that_is_no_workbook_inside(tmp_path):
    path = zipped(tmp_path, {"xl/workbook.xml": "<workbook/>", "[Content_Types].xml": "<Types/>"})
    with pytest.raises(ImportRefused, match="damaged"):
        open_source(path)


def test_nul_in_a_cell_is_refused(tmp_path):
    path = xls(tmp_path, [NATIVE[0], [*NATIVE[1][:6], "M\0a", *NATIVE[1][7:]]])
    with pytest.raises(ImportRefused, match=r"Line 2 .* NUL"):
        list(open_source(path).chunks())


def test_a_cell_that_is_too_long(tmp_path):
    rows = ods_row(HEADER.split(";")) + ods_row(["x" * 200_000])
    with pytest.raises(ImportRefused, match="damaged"):
        list(open_source(ods(tmp_path, rows)).chunks())


def test_an_old_workbook_with_a_password(tmp_path):
    """The record that says so stands in the place of the second one."""
    path = xls(tmp_path, NATIVE)
    data, records = re.subn(rb"(\x09\x08\x10\0.{16})\xe1\0", rb"\1/\000", path.read_bytes(), flags=re.DOTALL)
    assert records == 1
    path.write_bytes(data)
    with pytest.raises(ImportRefused, match="password"):
        open_source(path)


def test_protected_workbooks(tmp_path):
    path = tmp_path / "bok.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(ImportRefused, match="password"):
        open_source(path)


def test_an_archive_that_is_no_workbook(tmp_path):
    with pytest.raises(ImportRefused, match="no workbook"):
        open_source(zipped(tmp_path, {"data.csv": HEADER}, "data.zip"))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"xl/workbook.xml": "x", "../../etc/cron.d/x": "x"}, "unsafe"),
        ({"xl/workbook.xml": "x", "/etc/passwd": "x"}, "unsafe"),
        ({"xl/workbook.xml": "x", **{f"xl/{number}": "" for number in range(3000)}}, "larger than"),
    ],
)
def test_hostile_archives_are_refused_quickly(tmp_path, members, message):
    path = zipped(tmp_path, members)
    before, start = set(tmp_path.iterdir()), time.monotonic()
    with pytest.raises(ImportRefused, match=message):
        open_source(path)
    assert time.monotonic() - start < 2
    assert set(tmp_path.iterdir()) == before


def test_members_packed_in_other_ways(tmp_path):
    """An encrypted member, and one packed by a method that is not used in workbooks."""
    path = zipped(tmp_path, {"xl/workbook.xml": "x"})
    whole = path.read_bytes()
    at = whole.rindex(b"PK\x01\x02")
    for offset, value, message in ((8, 1, "password"), (10, 12, "damaged"), (10, 0, "damaged")):
        data = bytearray(whole)
        data[at + offset] = value
        path.write_bytes(data)
        with pytest.raises(ImportRefused, match=message):
            open_source(path)


def test_unpacking_stops_at_the_size_that_is_stated(tmp_path):
    """16 GB of zeros in 16 MB; nobody waits for the end of it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    with zipfile.ZipFile(tmp_path / "bok.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", again * 16_000)
    data = bytearray((tmp_path / "bok.xlsx").read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 10] = zipfile.ZIP_DEFLATED
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    (tmp_path / "bok.xlsx").write_bytes(data)
    start = time.monotonic()
    with pytest.raises(ImportRefused, match="larger than"):
        open_source(tmp_path / "bok.xlsx")
    assert time.monotonic() - start < 2


def test_a_symbolic_link_in_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "bok.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
        link = zipfile.ZipInfo("xl/sheet.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ImportRefused, match="unsafe"):
        open_source(tmp_path / "bok.xlsx")


@pytest.mark.parametrize("stated", [10, 4 << 20, 900 << 20])
def test_sizes_that_are_too_large_or_a_lie(tmp_path, stated):
    """The directory states a size; the data unpack to 50 MB."""
    path = zipped(tmp_path, {"xl/workbook.xml": bytes(50 << 20)})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = stated.to_bytes(4, "little")
    path.write_bytes(data)
    start = time.monotonic()
    with pytest.raises(ImportRefused, match="larger than"):
        open_source(path)
    assert time.monotonic() - start < 2


def test_a_small_file_that_asks_for_all_memory(tmp_path):
    """Two cells far apart: the parser takes gigabytes, and the process that it runs in ends."""
    path = tmp_path / "bok.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "elev_id")
        sheet.write(1_048_575, 127, "x")
    with pytest.raises(ImportRefused, match="too much memory or time"):
        open_source(path)


def test_a_cell_repeated_over_the_whole_sheet(tmp_path):
    row = ods_row(["x"]).replace("table-cell ", 'table-cell table:number-columns-repeated="16384" ')
    with pytest.raises(ImportRefused):
        open_source(ods(tmp_path, row.replace("table-row>", 'table-row table:number-rows-repeated="1048576">', 1)))


def test_reading_stops_when_it_is_left(tmp_path):
    chunks = open_source(xlsx(tmp_path, [NATIVE[0], *[NATIVE[1]] * 5000])).chunks(100)
    next(chunks)
    assert len(psutil.Process().children()) == 1
    chunks.close()
    assert psutil.Process().children() == []


def test_ragged_lines_do_not_exist_in_sheets(tmp_path):
    source = open_source(xlsx(tmp_path, [*NATIVE, ["bara en cell"]]))
    assert ragged_of(source.chunks()) == []
    assert len(rows_of(source)) == 2
    assert notes_of(source) == ""
