"""Text files: encodings, line ends, delimiters and quotes. Bad inputs 1-4, 16 and 22 of the list in trust.md."""

import hashlib

import pytest

from narvaro.facts.errors import ImportRefused, QuestionForPerson
from narvaro.facts.readers import open_source
from tests.unit.test_readers_support import (
    HEADER,
    ROW,
    ROW_2,
    csv_file,
    lines_of,
    notes_of,
    ragged_of,
    rows_of,
    said,
)

ASA = ROW.replace("Ma;", "Åsas ämne på öland;")


def test_a_plain_file_is_recognised(tmp_path):
    path = csv_file(tmp_path, HEADER, ROW, ROW_2)
    source = open_source(path)
    assert (source.name, source.size) == ("fil.csv", path.stat().st_size)
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert source.layout.grain == "lesson"
    assert source.layout.width == 14
    assert source.layout.column("valid") == 9
    assert rows_of(source) == [ROW.split(";"), ROW_2.split(";")]
    assert lines_of(source.chunks()) == [2, 3]
    assert source.notes == ()


def test_the_path_is_not_shown(tmp_path):
    assert str(tmp_path) not in repr(open_source(csv_file(tmp_path, HEADER, ROW)))


def test_chunks_can_be_read_again_and_in_any_size(tmp_path):
    source = open_source(csv_file(tmp_path, HEADER, *[ROW, ROW_2] * 50))
    whole = rows_of(source)
    assert len(whole) == 100
    for size in (1, 7, 60, 1000):
        assert rows_of(source, size=size) == whole
        assert lines_of(source.chunks(size)) == list(range(2, 102))


def test_the_last_share_is_all(tmp_path):
    shares = [chunk.share for chunk in open_source(csv_file(tmp_path, HEADER, *[ROW] * 50)).chunks(100)]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_encodings_that_need_no_declaration(tmp_path, encoding):
    source = open_source(csv_file(tmp_path, HEADER, ASA, encoding=encoding))
    assert rows_of(source)[0][6] == "Åsas ämne på öland"
    assert source.layout.column("pupil_id") == 0


def test_utf_16_big_endian(tmp_path):
    path = csv_file(tmp_path, "\ufeff" + HEADER, ASA, encoding="utf-16-be")
    assert rows_of(open_source(path)) == [ASA.split(";")]


@pytest.mark.parametrize("declared", ["utf-16", "utf-16-le", "UTF16"])
def test_a_declaration_that_agrees_with_the_mark(tmp_path, declared):
    assert rows_of(open_source(csv_file(tmp_path, HEADER, ASA, encoding="utf-16"), encoding=declared)) == [
        ASA.split(";")
    ]


def test_half_a_letter_of_utf_16(tmp_path):
    path = csv_file(tmp_path, HEADER, ASA, encoding="utf-16")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ImportRefused, match="Line 2"):
        open_source(path)


def test_windows_1252_is_noted(tmp_path):
    assert "Windows-1252" in notes_of(open_source(csv_file(tmp_path, HEADER, ASA, encoding="cp1252")))


@pytest.mark.parametrize("encoding", ["utf-16-le", "cp850", "mac-roman", "iso-8859-15", "latin1", "cp1252"])
def test_a_declared_encoding_wins(tmp_path, encoding):
    source = open_source(csv_file(tmp_path, HEADER, ASA, encoding=encoding), encoding=encoding)
    assert rows_of(source)[0][6] == "Åsas ämne på öland"


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman"])
@pytest.mark.parametrize("word", ["å", "ä", "ö", "Å", "Ä", "Ö", "éå", "Ängen"])
def test_letters_that_would_come_out_wrong_are_asked_about(tmp_path, encoding, word):
    path = csv_file(tmp_path, HEADER, ROW.replace("Ma;", f"x{word}x;"), encoding=encoding)
    with pytest.raises(QuestionForPerson) as question:
        open_source(path)
    assert "--encoding" in said(question)
    assert "mac-roman" in said(question)


def test_quotes_of_windows_1252_are_asked_about(tmp_path):
    path = csv_file(tmp_path, HEADER, ROW.replace("Ma;", "”Ma”;"), encoding="cp1252")
    with pytest.raises(QuestionForPerson):
        open_source(path)
    assert rows_of(open_source(path, encoding="windows-1252"))[0][6] == "”Ma”"


def test_signs_of_windows_1252_that_are_safe(tmp_path):
    text = "½ § ° – é ü ø æ O’Neill 5 €\xa0"
    path = csv_file(tmp_path, HEADER, ROW.replace("Ma;", f"{text};"), encoding="cp1252")
    assert rows_of(open_source(path))[0][6] == text


def test_mixed_encodings_are_refused_with_the_line(tmp_path):
    path = tmp_path / "blandad.csv"
    path.write_bytes(f"{HEADER}\n{ASA}\n{ROW}\n".encode() + f"{ASA}\n".encode("cp1252") + f"{ASA}\n".encode())
    with pytest.raises(ImportRefused) as refusal:
        open_source(path)
    assert "line 4" in said(refusal)


def test_mixed_encodings_are_seen_where_blocks_meet(tmp_path):
    """The only letter of UTF-8 lies half in one block and half in the next; as Windows-1252 it would be plausible."""
    start = f"{HEADER}\n{ASA}\n".encode("cp1252")
    filler = (ROW + "\n").encode() * 20_000
    before = (start + filler)[: (1 << 20) - 1]
    path = tmp_path / "blandad.csv"
    path.write_bytes(before + "ç".encode() + b"\n" + filler)
    with pytest.raises(ImportRefused, match="mixes encodings"):
        open_source(path)


def test_a_false_declaration_is_refused(tmp_path):
    marked = csv_file(tmp_path, HEADER, ASA, encoding="utf-8-sig")
    with pytest.raises(ImportRefused, match="mark of utf-8"):
        open_source(marked, encoding="windows-1252")
    with pytest.raises(ImportRefused, match="mark of utf-16-le"):
        open_source(csv_file(tmp_path, HEADER, ASA, encoding="utf-16"), encoding="utf-16-be")
    with pytest.raises(ImportRefused, match="it is UTF-8"):
        open_source(csv_file(tmp_path, HEADER, ASA), encoding="windows-1252")
    with pytest.raises(ImportRefused, match=r"Line 3 .* is not valid utf-8"):
        open_source(csv_file(tmp_path, HEADER, ROW, ASA, encoding="cp1252"), encoding="utf-8")
    with pytest.raises(ImportRefused, match="ebcdic"):
        open_source(marked, encoding="ebcdic")


def test_an_invalid_byte_beyond_the_first_block_is_found_on_its_line(tmp_path):
    rows = [ASA] * 20_000
    path = csv_file(tmp_path, HEADER, *rows)
    data = bytearray(path.read_bytes())
    assert len(data) > 1 << 20
    at = data.rindex("ä".encode())
    data[at] = 0xE4
    path.write_bytes(data)
    with pytest.raises(ImportRefused) as refusal:
        open_source(path)
    assert "line 20001" in said(refusal)


@pytest.mark.parametrize("cut", range(1, 8))
def test_letters_cut_by_a_block_are_whole(tmp_path, cut):
    """Å lies around the end of the first MiB."""
    space = (1 << 20) - len(HEADER) - 1 - ASA.index("Å") + 4 - cut
    rows = [ROW] * (space // (len(ROW) + 1))
    filler = ROW.replace("Ma;", "x" * (space % (len(ROW) + 1)) + ";")
    path = csv_file(tmp_path, HEADER, *rows[:-1], filler, ASA, ROW)
    assert rows_of(open_source(path))[-2][6] == "Åsas ämne på öland"


def test_nul_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="NUL byte on line 3"):
        open_source(csv_file(tmp_path, HEADER, ROW, ROW.replace("Ma", "M\0a")))
    with pytest.raises(ImportRefused, match="NUL"):
        open_source(csv_file(tmp_path, HEADER, ROW.replace("Ma", "M\0a"), encoding="utf-16"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(tmp_path, end, last):
    path = tmp_path / "fil.csv"
    path.write_bytes((end.join([HEADER, ROW, "", ROW_2]) + (end if last else "")).encode())
    source = open_source(path)
    assert rows_of(source) == [ROW.split(";"), ROW_2.split(";")]
    chunks = list(source.chunks())
    assert lines_of(chunks) == [2, 4]
    assert b"\r" not in chunks[0].text


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters_are_recognised(tmp_path, delimiter):
    path = csv_file(tmp_path, *(line.replace(";", delimiter) for line in (HEADER, ROW)))
    source = open_source(path)
    assert source.layout.delimiter == delimiter
    assert rows_of(source) == [ROW.split(";")]


def test_a_declared_delimiter_wins(tmp_path):
    path = csv_file(tmp_path, HEADER, ROW)
    assert open_source(path, delimiter=";").layout.delimiter == ";"
    assert (
        open_source(csv_file(tmp_path, HEADER.replace(";", "\t"), ROW.replace(";", "\t")), delimiter="tab").layout.width
        == 14
    )
    with pytest.raises(ImportRefused):
        open_source(path, delimiter=",")
    with pytest.raises(ImportRefused, match="':'"):
        open_source(path, delimiter=":")


def test_an_unclear_delimiter_is_asked_about(tmp_path):
    with pytest.raises(QuestionForPerson, match="--delimiter"):
        open_source(csv_file(tmp_path, "a;b,c", "1;2,3", "4;5,6"))


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_separator_line_of_excel(tmp_path, line):
    source = open_source(csv_file(tmp_path, line, HEADER, ROW, end="\r\n"))
    assert rows_of(source) == [ROW.split(";")]
    assert lines_of(source.chunks()) == [3]


def test_decimal_commas_stay_in_their_cell(tmp_path):
    row = ROW.replace(";40;40;", ";40;12,5;")
    assert rows_of(open_source(csv_file(tmp_path, HEADER, row)))[0][8] == "12,5"
    quoted = ROW.replace(";40;40;", ';40;"12,5";').replace(";", ",")
    source = open_source(csv_file(tmp_path, HEADER.replace(";", ","), quoted))
    assert rows_of(source)[0][8] == "12,5"


def test_quoted_line_ends_and_delimiters(tmp_path):
    quoted = ROW.replace("Ma;", '"Bild;\noch ""form""\r\nx";')
    source = open_source(csv_file(tmp_path, HEADER, ROW, quoted, ROW_2, ROW))
    assert rows_of(source)[1][6] == 'Bild;\noch "form"\r\nx'
    assert lines_of(source.chunks()) == [2, 3, 6, 7]
    assert lines_of(source.chunks(size=50)) == [2, 3, 6, 7]


def test_quotes_inside_a_cell_are_data(tmp_path):
    source = open_source(csv_file(tmp_path, HEADER, ROW.replace("Ma;", 'Ma 5" "x";'), ROW.replace("Ma;", 'M";')))
    assert [row[6] for row in rows_of(source)] == ['Ma 5" "x"', 'M"']


def test_a_row_with_text_after_its_quotes_is_ragged(tmp_path):
    source = open_source(csv_file(tmp_path, HEADER, ROW.replace("Ma;", '"Ma"x;'), ROW))
    assert rows_of(source) == [ROW.split(";")]
    assert ragged_of(source.chunks()) == [2]


def test_a_stray_quote_that_swallows_rows_refuses_the_file(tmp_path):
    lines = [HEADER, ROW, ROW.replace("Ma;", '"Ma;'), ROW_2, ROW.replace("Ma;", '"Bild";'), ROW]
    with pytest.raises(ImportRefused, match="line 3"):
        list(open_source(csv_file(tmp_path, *lines)).chunks())


@pytest.mark.parametrize("rows", [1, 30_000])
def test_a_quote_that_is_never_closed_refuses_the_file(tmp_path, rows):
    lines = [HEADER, ROW, ROW.replace("Ma;", '"Ma;'), *[ROW] * rows]
    with pytest.raises(ImportRefused, match="quotation mark opens on line 3"):
        list(open_source(csv_file(tmp_path, *lines)).chunks())


def test_rows_of_another_width_are_ragged(tmp_path):
    lines = [HEADER, ROW, "a;b", ROW_2, ROW + ";x", ROW]
    source = open_source(csv_file(tmp_path, *lines))
    assert rows_of(source) == [ROW.split(";"), ROW_2.split(";"), ROW.split(";")]
    chunks = list(source.chunks())
    assert ragged_of(chunks) == [3, 5]
    assert lines_of(chunks) == [2, 4, 6]


def test_errors_that_cancel_out_are_seen(tmp_path):
    """One delimiter too many and one too few give the right number in all."""
    source = open_source(csv_file(tmp_path, HEADER, ROW + ";x", ROW.removesuffix(";L1"), ROW))
    assert ragged_of(source.chunks()) == [2, 3]


def test_blank_rows_and_repeated_headers_are_no_rows(tmp_path):
    lines = [HEADER, ROW, "", ";" * 13, HEADER, ROW_2, ";".join(['""'] * 14), "", "", ROW]
    source = open_source(csv_file(tmp_path, *lines))
    chunks = list(source.chunks())
    assert lines_of(chunks) == [2, 6, 10]
    assert ragged_of(chunks) == []


def test_a_delimiter_at_the_end_of_each_row(tmp_path):
    source = open_source(csv_file(tmp_path, HEADER, ROW + ";", ROW_2 + ";"))
    assert source.layout.width == 15
    assert len(rows_of(source)) == 2


def test_hostile_text_is_data(tmp_path):
    row = ROW.replace("Ma;", "=HYPERLINK(1)\u202e\x07\x1b[31m<script>;")
    assert rows_of(open_source(csv_file(tmp_path, HEADER, row)))[0][6] == "=HYPERLINK(1)\u202e\x07\x1b[31m<script>"


def test_a_lone_carriage_return_is_data(tmp_path):
    source = open_source(csv_file(tmp_path, HEADER, ROW.replace("Ma;", "M\ra;"), ROW))
    assert rows_of(source)[0][6] == "M\ra"
    assert lines_of(source.chunks()) == [2, 3]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n", b"   \n"])
def test_empty_files_are_refused(tmp_path, content):
    path = tmp_path / "tom.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused):
        open_source(path)


@pytest.mark.parametrize(
    "lines", [[HEADER], [HEADER, "", "  "[:0]], [HEADER, ";" * 13], [HEADER, HEADER], [HEADER, "#antal;0"]]
)
def test_a_header_without_rows_is_refused(tmp_path, lines):
    with pytest.raises(ImportRefused, match="no rows"):
        list(open_source(csv_file(tmp_path, *lines)).chunks())


def test_a_header_without_line_end_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="no rows"):
        open_source(csv_file(tmp_path, HEADER, end=""))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_cut_off_in_a_row_is_refused(tmp_path, end):
    path = tmp_path / "avhuggen.csv"
    whole = end.join([HEADER, ROW, ROW_2])
    path.write_bytes(whole[:-20].encode())
    with pytest.raises(ImportRefused, match="row on line 3"):
        open_source(path)


def test_a_file_cut_off_in_a_row_with_quotes_is_refused(tmp_path):
    quoted = ROW.replace("Ma;", '"M;a";')
    for length, message in ((50, "row on line 3"), (quoted.index("a"), "opens on line 3")):
        path = csv_file(tmp_path, f"{HEADER}\n{quoted}\n{quoted[:length]}", end="")
        with pytest.raises(ImportRefused, match=message):
            list(open_source(path).chunks())


def test_a_complete_last_row_needs_no_line_end(tmp_path):
    assert len(rows_of(open_source(csv_file(tmp_path, f"{HEADER}\n{ROW}\n{ROW_2}", end="")))) == 2


@pytest.mark.parametrize(
    "trailer", ["#antal;2", "Antal rader: 2", "# rows=2", "#antal;2;;;;;;;;;;;;", '"Antal rader: 2"', "Antal;2"]
)
@pytest.mark.parametrize("end", ["\n", ""])
def test_a_trailer_that_agrees_is_dropped(tmp_path, trailer, end):
    source = open_source(csv_file(tmp_path, f"{HEADER}\n{ROW}\n{ROW_2}\n{trailer}{end}", end=""))
    assert len(rows_of(source)) == 2
    assert ragged_of(source.chunks()) == []


@pytest.mark.parametrize("trailer", ["#antal;3", "Antal rader: 1", "# rows=12 345", "#antal;9;;;;;;;;;;;;"])
def test_a_trailer_that_disagrees_refuses_the_file(tmp_path, trailer):
    source = open_source(csv_file(tmp_path, HEADER, ROW, ROW_2, trailer, ""))
    with pytest.raises(ImportRefused, match="but 2 were read"):
        list(source.chunks())


def test_ragged_rows_count_as_rows_of_the_trailer(tmp_path):
    assert len(rows_of(open_source(csv_file(tmp_path, HEADER, ROW, "x;y", "#antal;2")))) == 1


def test_a_file_that_changes_meanwhile_is_refused(tmp_path):
    path = csv_file(tmp_path, HEADER, *[ROW] * 10)
    source = open_source(path)
    chunks = source.chunks(100)
    next(chunks)
    csv_file(tmp_path, HEADER, *[ROW_2] * 12)
    with pytest.raises(ImportRefused, match="changed"):
        list(chunks)
    with pytest.raises(ImportRefused, match="changed"):
        next(source.chunks())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08\0", "compressed"),
        (b"\xef\xbb\xbf  <html><table>", "web page"),
        (b"<?xml version='1.0'?>", "web page"),
        (b"\x7fELF\x02\0\0\0", "NUL"),
        (b"PK\x03\x04rubbish", "damaged"),
    ],
)
def test_files_that_are_no_tables(tmp_path, content, message):
    path = tmp_path / "fil.xls"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=message):
        open_source(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(ImportRefused, match="cannot be opened"):
        open_source(tmp_path / "saknas.csv")
    with pytest.raises(ImportRefused, match="cannot be opened"):
        open_source(tmp_path)


def test_a_line_without_end_is_no_table(tmp_path):
    path = tmp_path / "fil.csv"
    path.write_text(f"{HEADER}\n{ROW}\n" + "x" * (3 << 20))
    with pytest.raises(ImportRefused):
        list(open_source(path).chunks())
