"""The input of all outputs refuses what does not add up."""

from dataclasses import replace
from fractions import Fraction

import pytest

from narvaro.domain.absence import Minutes
from narvaro.report.model import ImportReport, RowCounts, SchoolRow, school_order, school_rows
from tests.unit.report_world import SCHOOLS, SOURCES, import_report, world


def test_rows_read_are_accepted_rejected_or_duplicates() -> None:
    RowCounts(read=10, accepted=7, rejected=2, duplicates=1, corrected=7)
    with pytest.raises(ValueError, match="do not add up: 10 read"):
        RowCounts(read=10, accepted=7, rejected=2, duplicates=2)
    with pytest.raises(ValueError, match="negative"):
        RowCounts(read=0, accepted=-1, rejected=1, duplicates=0)


def test_sources_are_checked_too() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        replace(SOURCES[0], read=1)


def test_import_report_sums_its_sources() -> None:
    report = import_report()
    assert (report.read, report.accepted, report.rejected, report.duplicates) == (11_060, 10_837, 203, 20)
    with pytest.raises(ValueError, match="sum of the sources"):
        ImportReport(read=1, accepted=1, rejected=0, duplicates=0, sources=())


def test_an_import_without_sources_is_empty() -> None:
    assert ImportReport.of(()).read == 0


def test_schools_need_bands_that_add_up() -> None:
    row = SchoolRow(
        school_unit_id="a",
        name=None,
        pupils=8,
        minutes=Minutes(10, 10, 0, 0),
        bands=(1, 1, 1, 1, 1, 1, 1),
        not_calculable=1,
        flagged=0,
    )
    assert row.calculable == 7
    assert [row.at_or_above(Fraction(limit, 100)) for limit in (15, 30, 50)] == [4, 2, 1]
    with pytest.raises(ValueError, match="bands do not add up"):
        replace(row, pupils=9)


def test_school_rows_leave_protected_pupils_out() -> None:
    analysis = world()
    assert sum(1 for row in analysis.pupils if row.protected) == 2
    assert sum(school.pupils for school in analysis.schools) == len(analysis.pupils) - 2
    listed = [row for row in analysis.pupils if row.warnings and not row.protected]
    assert sum(school.flagged for school in analysis.schools) == len(listed)


def test_school_rows_are_by_name_and_sum_minutes() -> None:
    pupils = world().pupils
    rows = school_rows(pupils, SCHOOLS)
    assert [row.name for row in rows] == ["Björkskolan", 'Nya "skolan" <i>', "Strandskolan"]
    assert school_rows(reversed(pupils), SCHOOLS) == rows
    everyone = [row.summary.minutes for row in pupils if not row.protected]
    assert sum(row.minutes.offered for row in rows) == sum(part.offered for part in everyone)
    assert sum(row.not_calculable for row in rows) == sum(1 for part in everyone if not part.calculable) == 1


def test_schools_are_in_swedish_order() -> None:
    names = ("Örbyskolan", "adelsö skola", "Älvskolan", "Zorn", "Åkerskolan")
    rows = [replace(world().schools[0], name=name, school_unit_id=str(n)) for n, name in enumerate(names)]
    assert [row.name for row in sorted(rows, key=school_order)] == [
        *("adelsö skola", "Zorn", "Åkerskolan", "Älvskolan", "Örbyskolan")
    ]


def test_most_urgent_first() -> None:
    rows = list(world().to_act_on())
    assert rows
    assert all(row.warnings for row in rows)
    keys = [(-(row.step or 0), -float(row.summary.last_20.total_rate or 0)) for row in rows]
    assert keys == sorted(keys)
