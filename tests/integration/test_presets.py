"""Each preset ends in right minutes. All pupils are invented, and so are the layouts where none is published."""

import json
from datetime import date
from pathlib import Path

import pytest

from narvaro.domain.absence import Minutes
from narvaro.domain.school_calendar import date_of
from narvaro.facts.errors import ImportRefused, QuestionForPerson, UnknownLayout
from narvaro.facts.importing import Imported, import_lessons
from narvaro.facts.measures import Snapshot
from narvaro.facts.period_measures import PeriodPupil, period_pupils
from narvaro.facts.periods import import_periods
from narvaro.facts.readers import Said, Source, open_recognised
from narvaro.facts.readers.mapping_loading import load_mapping, load_preset, preset_names
from narvaro.facts.readers.peeking import peek
from narvaro.facts.rejected import rejected_rows
from narvaro.facts.store import Store
from tests.lesson_files import TODAY

NUMBER, OTHER = "20130101TF01", "20130101-TF02"
"""Invented temporary numbers."""
YEAR = (date(2025, 8, 18), date(2026, 6, 12))
HERE = Said(school_unit_id="10000001")


def _file(folder: Path, text: str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _lessons(folder: Path, source: Source) -> tuple[Imported, list[Minutes]]:
    done = import_lessons(Store(folder / "store"), [source], today=TODAY)
    with Snapshot(folder / "store", done.manifest) as snapshot:
        found = sorted(snapshot.summaries().values(), key=lambda each: -each.minutes.offered)
    return done, [each.minutes for each in found]


def _periods(folder: Path, source: Source) -> list[PeriodPupil]:
    done = import_periods(Store(folder / "store"), [source], today=TODAY)
    assert done.records[0].rejected == 0
    return period_pupils(folder / "store", done.manifest)


def _rejected(folder: Path, done: Imported) -> list[tuple[int, str]]:
    return [(each.line, each.problem.code) for each in rejected_rows(folder / "store", done.rejects)]


# --- SchoolSoft ---

WEEKS = (
    "Personnummer;Klass;Vecka;Total närvaro;Oanmäld frånvaro;Anmäld frånvaro;Sen ankomst\n"
    f"{NUMBER};7A;v.17;18 st (72 %);1 st (4 %);6 st (24 %);2 st\n"
    f"{NUMBER};7A;v.18;25 st (100 %);–;-;–\n"
)


def test_schoolsofts_weeks_are_lessons_that_a_person_gives_a_length(tmp_path: Path) -> None:
    path = _file(tmp_path, WEEKS)
    with pytest.raises(QuestionForPerson, match="--from"):
        open_recognised(path, said=HERE)
    with pytest.raises(QuestionForPerson, match="--lesson-minutes") as asked:
        open_recognised(path, said=Said(school_unit_id="10000001", period=YEAR))
    assert asked.value.about == "lesson_minutes"
    source = open_recognised(path, said=Said(school_unit_id="10000001", period=YEAR, lesson_minutes=50))
    assert any("estimates" in note.say("en") for note in source.notes)
    (pupil,) = _periods(tmp_path, source)
    assert pupil.summary.minutes == Minutes(offered=2500, present=43 * 50, valid=300, invalid=50)
    assert (pupil.summary.group_id, pupil.summary.school_unit_id) == ("7A", "10000001")
    assert (date_of(pupil.first_day), date_of(pupil.last_day)) == (date(2026, 4, 20), date(2026, 5, 3))


def test_a_saved_mapping_goes_before_the_presets(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "name: Vår\ngrain: period\ncolumns: {identity_number: Personnummer, week: Vecka, present: Total närvaro}\n"
        "sums: {invalid: [Oanmäld frånvaro, Anmäld frånvaro], offered: [Total närvaro, Oanmäld frånvaro, Anmäld"
        " frånvaro]}\nconstants: {school_unit_id: '1'}\nunits: {offered: lessons, present: lessons, invalid: lessons}\n"
        "lesson_minutes: 40\nwritten_numbers: true\n",
        encoding="utf-8",
    )
    source = open_recognised(_file(tmp_path, WEEKS), saved=[load_mapping(own)], said=Said(period=YEAR))
    (pupil,) = _periods(tmp_path, source)
    assert pupil.summary.minutes == Minutes(offered=2000, present=43 * 40, valid=0, invalid=7 * 40)


# --- Edlevo ---


def event(number: str, start: str, reason: str, minutes: int, *, subject: str = "Bild") -> str:
    return (
        f"<event><start>{start}</start><stop>2026-03-02T{int(start[11:13]):02d}:50:00</stop><unitname>Strand</unitname>"
        f"<unitid>u1</unitid><schoolevent><comment>Hemlig hälsa</comment><lessonid>{number}</lessonid>"
        f"<registeredby>t1</registeredby><reason>{reason}</reason><minutes>{minutes}</minutes>"
        f"<lessonminutes>50</lessonminutes><courseorsubjectname>{subject}</courseorsubjectname>"
        f"<grouporclassname>7A</grouporclassname></schoolevent></event>"
    )


def _sum(reason: str, minutes: int, offered: int, subject: str) -> str:
    return (
        f"<aggregation><minutes>{minutes}</minutes><offeredminutes>{offered}</offeredminutes>"
        "<start>2025-08-18T00:00:00</start><stop>2025-12-19T00:00:00</stop>"
        f"<courseorsubjectid>{subject}</courseorsubjectid><reason>{reason}</reason></aggregation>"
    )


def edlevo(*content: str, person: str = NUMBER) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<persons xmlns="http://open.tieto.com/edu/absence/v2">'
        f"<properties><datasource>x</datasource></properties><person><personid>{person}</personid>\n"
        + "\n".join(content)
        + "\n</person></persons>"
    )


def test_edlevos_events_are_lessons(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        edlevo(
            event("1", "2026-03-02T08:00:00", "Present", 50),
            event("2", "2026-03-02T09:00:00", "Valid", 50),
            event("3", "2026-03-02T10:00:00", "LateArrival", 10),
            event("4", "2026-03-02T11:00:00", "Invalid", 50),
            event("5", "2026-03-02T12:00:00", "Ill", 50),
            "<event><start>2026-03-02T13:00:00</start><preschoolevent><minutes>5</minutes></preschoolevent></event>",
        ),
        "export.xml",
    )
    source = open_recognised(path, said=HERE)
    done, found = _lessons(tmp_path, source)
    assert found == [Minutes(offered=200, present=90, valid=50, invalid=60)]
    assert _rejected(tmp_path, done) == [(7, "bad_category"), (8, "bad_offered")]
    text = b"".join(chunk.text for chunk in source.chunks()).decode()
    assert "Bild" in text
    assert "Hemlig" not in text


@pytest.mark.parametrize(
    ("start", "minute"),
    [("2026-03-02T08:00:00", 480), ("2026-03-02T07:00:00Z", 480), ("2026-07-01T07:00:00+01:00", 480)],
)
def test_edlevos_times_without_an_offset_are_swedish(tmp_path: Path, start: str, minute: int) -> None:
    one = event("1", start, "Present", 50).replace("<stop>", "<stopped>").replace("</stop>", "</stopped>")
    done, _ = _lessons(tmp_path, open_recognised(_file(tmp_path, edlevo(one)), said=HERE))
    with Snapshot(tmp_path / "store", done.manifest) as snapshot:
        assert snapshot.engine.query("select start_min, end_min from facts") == [(minute, minute + 50)]


def test_edlevos_sums_are_periods(tmp_path: Path) -> None:
    """Offered minutes stand once a subject, however many reasons repeat them."""
    path = _file(
        tmp_path,
        edlevo(
            _sum("Present", 900, 1000, "BL"),
            _sum("Valid", 60, 1000, "BL"),
            _sum("LateArrival", 15, 1000, "BL"),
            _sum("Present", 500, 600, "MA"),
            _sum("Invalid", 40, 600, "MA"),
        ),
    )
    (pupil,) = _periods(tmp_path, open_recognised(path, said=HERE))
    assert pupil.summary.minutes == Minutes(offered=1600, present=1400, valid=60, invalid=55)


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda text: text.replace("<persons", ENTITIES + "<persons", 1).replace("Bild", "&b;"), "document type"),
        (lambda text: text.replace("<persons", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><persons', 1), "document type"),
        (lambda text: text[: len(text) * 2 // 3], "broken or cut off"),
        (lambda text: text.replace("Bild", "&unknown;"), "broken or cut off"),
        (lambda text: text.replace("<comment>", "<a>" * 20 + "</a>" * 20 + "<comment>"), "nested"),
        (lambda text: text.replace("event>", "vent>"), "no rows"),
    ],
)
def test_hostile_or_broken_xml_is_refused(tmp_path: Path, harm: object, told: str) -> None:
    text = edlevo(event("1", "2026-03-02T08:00:00", "Present", 50))
    assert open_recognised(_file(tmp_path, text), said=HERE).layout.name.startswith("Edlevo")
    path = _file(tmp_path, harm(text), "harmed.xml")  # type: ignore[operator]
    with pytest.raises(ImportRefused, match=told):
        list(open_recognised(path, said=HERE).chunks())


def test_other_xml_is_a_web_page(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="web page"):
        open_recognised(_file(tmp_path, "<?xml version='1.0'?><a/>"), said=HERE)


def test_a_large_export_is_read_in_pieces(tmp_path: Path) -> None:
    events = [event(str(n), f"2026-03-02T{8 + n % 8:02d}:00:00", "Present", 50) for n in range(2000)]
    source = open_recognised(_file(tmp_path, edlevo(*events)), said=HERE)
    chunks = list(source.chunks(10_000))
    assert len(chunks) > 10
    assert sum(chunk.rows for chunk in chunks) == 2000
    assert sorted({chunk.share for chunk in chunks})[-1] == 1.0


# --- Meitner ---


def _report(number: str, status: str, minutes: int | None, subject: str = "Bild") -> dict[str, object]:
    return {
        "school": {"id": "10000001", "displayName": "Strandskolan"},
        "student": {"id": "s1", "identityNumber": number, "firstName": "Påhittad", "schoolYear": 7},
        "subject": {"title": subject, "code": "BL"},
        "report": {
            "status": status,
            "date": "2026-03-02",
            "week": 10,
            "lessonDurationMinutes": 60,
            "absenceDurationMinutes": minutes,
        },
    }


MEITNER = [
    _report(NUMBER, "PRESENT", 0),
    _report(NUMBER, "VALID_ABSENCE", 60),
    _report(NUMBER, "LATE", 15, "Musik"),
    _report(OTHER, "INVALID_ABSENCE", 60),
    _report(OTHER, "SOMETHING_NEW", 60, "Musik"),
]


@pytest.mark.parametrize("form", [lambda rows: rows, lambda rows: {"data": rows, "total": 5}])
def test_meitners_rows_are_lessons_numbered_by_their_order(tmp_path: Path, form: object) -> None:
    path = _file(tmp_path, json.dumps(form(MEITNER)), "rows.json")  # type: ignore[operator]
    done, found = _lessons(tmp_path, open_recognised(path, said=Said()))
    assert found == [
        Minutes(offered=180, present=105, valid=60, invalid=15),
        Minutes(offered=60, present=0, valid=0, invalid=60),
    ]
    assert _rejected(tmp_path, done) == [(6, "bad_category")]
    again = import_lessons(Store(tmp_path / "store"), [open_recognised(path, said=Said())], today=TODAY)
    assert (again.records[0].accepted, again.records[0].duplicates) == (0, 4)


def test_meitners_rows_as_csv_are_the_same(tmp_path: Path) -> None:
    head = (
        "school.id,student.identityNumber,subject.title,report.status,report.date,report.lessonDurationMinutes,"
        "report.absenceDurationMinutes\n"
    )
    rows = f"10000001,{NUMBER},Bild,PRESENT,2026-03-02,60,0\n10000001,{NUMBER},Bild,LATE,2026-03-02,60,15\n"
    _, found = _lessons(tmp_path, open_recognised(_file(tmp_path, head + rows), said=Said()))
    assert found == [Minutes(offered=120, present=105, valid=0, invalid=15)]


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}, 2]',
        '[{"a": 1',
        '{"a": [{"b": 1}], "c": [{"d": 2}]}',
        '[{"a": ' + '{"b": ' * 5000 + "1" + "}" * 5000 + "}]",
        "[" + json.dumps({str(n): n for n in range(600)}) + "]",
        "[]",
    ],
)
def test_hostile_or_broken_json_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ImportRefused, match=r"not JSON|no rows"):
        open_recognised(_file(tmp_path, text, "rows.json"), said=Said())


# --- Skola24's manner, Vklass, and what is common ---


def test_lessons_without_a_header_are_read_when_somebody_says_how(tmp_path: Path) -> None:
    rows = (
        f"{NUMBER};7A;2026-03-02;08:00;08:40;Bild;40;Närvarande;\n"
        f"{OTHER};7A;20260302;08:00;08:40;Bild;40;Sen ankomst;\n"
        f"130101-TF02;7A;260302;09:00;09:40;Musik;40;Anmäld frånvaro;\n"
    )
    path = _file(tmp_path, rows)
    with pytest.raises(UnknownLayout):
        open_recognised(path, said=HERE)
    done, found = _lessons(tmp_path, open_recognised(path, mapping=load_preset("skola24-like"), said=HERE))
    assert found == [
        Minutes(offered=80, present=25, valid=40, invalid=15),
        Minutes(offered=40, present=40, valid=0, invalid=0),
    ]
    assert done.records[0].rejected == 0


@pytest.mark.parametrize("delimiter", [";", ","])
def test_vklass_sums_per_school_are_told_to_be_of_no_use(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ["Frånvaro per skola"],
        ["Skola", "Undervisningstid", "Lektioner", "Ej registrerad tid", "", "", "Närvaro"],
        ["Strandskolan", "1793,6 h", "2001", "5 %", "", "", "1500 h"],
    ]
    path = _file(tmp_path, "".join(delimiter.join(f'"{cell}"' for cell in row) + "\n" for row in rows))
    with pytest.raises(ImportRefused, match="Sums per school cannot be used"):
        open_recognised(path, said=Said())


def test_every_preset_is_loaded_and_can_be_named_in_a_mapping(tmp_path: Path) -> None:
    assert set(preset_names()) >= {
        "vklass",
        "schoolsoft-week",
        "edlevo-events",
        "edlevo-sums",
        "meitner",
        "skola24-like",
    }
    path = tmp_path / "own.yaml"
    path.write_text(
        "name: Vår skola\npreset: schoolsoft-week\nlesson_minutes: 45\nconstants: {school_unit_id: '10000001'}\n"
        "period: {first: 2025-08-18, last: 2026-06-12}\n",
        encoding="utf-8",
    )
    source = open_recognised(_file(tmp_path, WEEKS), mapping=load_mapping(path), said=Said())
    (pupil,) = _periods(tmp_path, source)
    assert (pupil.summary.minutes.offered, pupil.summary.school_unit_id) == (50 * 45, "10000001")
    assert source.layout.name == "Vår skola"


def test_what_is_shown_of_xml_and_json_is_masked(tmp_path: Path) -> None:
    xml = _file(tmp_path, edlevo(event("1", "2026-03-02T08:00:00", "Present", 50)))
    rows = _file(tmp_path, json.dumps(MEITNER), "rows.json")
    for path, header in ((xml, "personid"), (rows, "student.identityNumber")):
        (column,) = [each for each in peek(path).columns if each.header == header]
        assert column.samples[0] == "201***"
        assert column.look == "text"
