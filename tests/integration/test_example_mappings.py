"""The example mappings end in right minutes, not only in a layout. All pupils are invented."""

from datetime import date
from pathlib import Path

import xlsxwriter

from narvaro.domain.absence import Minutes
from narvaro.facts.importing import import_lessons
from narvaro.facts.measures import Snapshot
from narvaro.facts.period_measures import period_pupils
from narvaro.facts.periods import import_periods
from narvaro.facts.readers import Source, load_mapping, open_source
from narvaro.facts.store import Store
from tests.lesson_files import TODAY

EXAMPLES = Path(__file__).parents[2] / "definitions" / "mappings"
NUMBER = "20130101TF01"
"""An invented temporary number."""


def _source(folder: Path, name: str, text: str, *, encoding: str = "utf-8") -> Source:
    path = folder / "export.csv"
    path.write_text(text, encoding=encoding)
    return open_source(path, mapping=load_mapping(EXAMPLES / f"{name}.yaml"))


def _lessons(folder: Path, source: Source) -> list[Minutes]:
    done = import_lessons(Store(folder / "store"), [source], today=TODAY)
    assert done.records[0].rejected == 0
    with Snapshot(folder / "store", done.manifest) as snapshot:
        return [each.minutes for each in sorted(snapshot.summaries().values(), key=lambda each: each.pupil_id)]


def _periods(folder: Path, source: Source) -> list[Minutes]:
    done = import_periods(Store(folder / "store"), [source], today=TODAY)
    assert done.records[0].rejected == 0
    return [pupil.summary.minutes for pupil in period_pupils(folder / "store", done.manifest)]


def test_a_status_word_a_lesson(tmp_path: Path) -> None:
    rows = [
        "08:00;08:40;Bild;40;Närvarande;",
        "09:00;09:40;Musik;40;Sen ankomst;5",
        "10:00;10:40;Idrott;40;Ogiltig frånvaro;",
        "11:00;11:40;Svenska;40;Beviljad ledighet;10",
        "12:00;12:40;Slöjd;40;Annan aktivitet;",
        "13:00;13:40;Engelska;40;Ej rapporterad;",
    ]
    head = "Personnr;Klass;Datum;Från;Till;Ämne;Lektionstid;Status;Frånvarotid\n"
    text = head + "".join(f"{NUMBER};7A;2025-09-01;{each}\n" for each in rows)
    (found,) = _lessons(tmp_path, _source(tmp_path, "status-per-lesson", text, encoding="cp1252"))
    assert found == Minutes(offered=240, present=40 + 35 + 30 + 40, valid=10, invalid=5 + 40)


def test_only_deviations_are_filled_in(tmp_path: Path) -> None:
    """At 08:00 nobody has anything: not reported. At 09:00 one pupil is late without minutes: the other was present."""
    rows = [
        "e1\t10000001\t250901\t08:00\t08:40\tBild\t40\t\t\t",
        "e2\t10000001\t250901\t08:00\t08:40\tBild\t40\t\t\t",
        "e1\t10000001\t250901\t09:00\t09:40\tMusik\t40\ts\t\t",
        "e2\t10000001\t250901\t09:00\t09:40\tMusik\t40\t\t\t",
        "e1\t10000001\t250901\t10:00\t10:40\tSlöjd\t40\ta\t\t",
        "e2\t10000001\t250901\t10:00\t10:40\tSlöjd\t40\t\t\tx",
    ]
    found = _lessons(tmp_path, _source(tmp_path, "only-deviations", "\n".join(rows) + "\n"))
    assert found == [
        Minutes(offered=120, present=25, valid=40, invalid=15),
        Minutes(offered=120, present=80, valid=0, invalid=0),
    ]


def test_percentages_are_of_the_offered_minutes(tmp_path: Path) -> None:
    text = (
        "ElevId;Skolenhet;Årskurs;Klass;Schemalagd tid;Närvaro;Giltig frånvaro;Ogiltig frånvaro;Sena ankomster\n"
        'e1;10000001;7;7A;24000;"93 %";"5,5 %";1 %;4\n'
    )
    (found,) = _periods(tmp_path, _source(tmp_path, "percent-per-period", text, encoding="utf-8-sig"))
    assert found == Minutes(offered=24000, present=22320, valid=1320, invalid=240)


def test_hours_with_decimal_comma_in_class_blocks(tmp_path: Path) -> None:
    path = tmp_path / "hours.xlsx"
    head = ["Personnummer", "Namn", "Från", "Till", "Undervisningstid (h)", "Närvaro (h)", "Giltig frånvaro (h)"]
    pupil = [NUMBER, "Påhittad Elev", "18/08/2025", "19/12/2025", "400,5", "380,5", "15", "5"]
    lines = [["Frånvaro"], [], [*head, "Ogiltig frånvaro (h)"], ["Klass: 7A"], pupil, ["", "Summa", "", "", "400,5"]]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Frånvaro")
        for number, cells in enumerate(lines):
            sheet.write_row(number, 0, cells)
    source = open_source(path, mapping=load_mapping(EXAMPLES / "hours-in-class-blocks.yaml"))
    done = import_periods(Store(tmp_path / "store"), [source], today=TODAY)
    (found,) = period_pupils(tmp_path / "store", done.manifest)
    assert found.summary.minutes == Minutes(offered=24030, present=22830, valid=900, invalid=300)
    assert (found.summary.group_id, found.name) == ("7A", "Påhittad Elev")


def test_vklass_report_per_pupil(tmp_path: Path) -> None:
    path = tmp_path / "vklass.xlsx"
    head = ["Namn", "Personnr", "Undv. tid", "Lekt.", "N min", "GF min", "F min", "N %", "GF %", "F %"]
    pupil = ["Påhittad Elev", "20130101TF01", 6000, 120, 5000, 600, 200, "83,3 %", "10 %", "3,3 %"]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate([["Strandskolan"], [], [], head, ["Klass: 7A"], pupil]):
            sheet.write_row(number, 0, cells)
    source = open_source(path, period=(date(2025, 8, 18), date(2025, 12, 19)))
    done = import_periods(Store(tmp_path / "store"), [source], today=TODAY)
    (found,) = period_pupils(tmp_path / "store", done.manifest)
    assert found.summary.minutes == Minutes(offered=6000, present=5000, valid=600, invalid=200)
    assert (found.summary.group_id, found.name) == ("7A", "Påhittad Elev")


def test_only_deviations_over_many_months_keep_to_their_months(tmp_path: Path) -> None:
    """Months are written side by side; each must hold its own rows."""
    days = [f"25{month:02d}{day:02d}" for month in (9, 10, 11, 12) for day in (1, 2, 3)]
    rows = [
        f"e{pupil}\t10000001\t{day}\t09:00\t09:40\tMusik\t40\t{'a' if pupil else ''}\t\t"
        for day in days
        for pupil in (0, 1)
    ]
    found = _lessons(tmp_path, _source(tmp_path, "only-deviations", "\n".join(rows) + "\n"))
    assert found == [
        Minutes(offered=480, present=480, valid=0, invalid=0),
        Minutes(offered=480, present=0, valid=480, invalid=0),
    ]
