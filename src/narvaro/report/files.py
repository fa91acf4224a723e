"""The four files of an analysis (docs/reference/outputs.md), put in place together."""

import csv
from pathlib import Path
from typing import TextIO

from narvaro.domain.absence import Minutes
from narvaro.language import DEFAULT_LANGUAGE
from narvaro.report.json_text import json_list
from narvaro.report.model import Analysis, ImportReport, PupilRow
from narvaro.report.page.document import html_document
from narvaro.report.records import warning_records
from narvaro.report.rejects import RejectTally, write_import_report
from narvaro.report.staging import Writer, write_together
from narvaro.ui.decimals import plain
from narvaro.ui.spreadsheet_safety import neutralised

IMPORT_REPORT, MEASURES, WARNINGS, REPORT = "import-report.json", "measures.csv", "warnings.json", "report.html"

MEASURE_COLUMNS = (
    "pupil_id",
    "school_unit_id",
    "offered_min",
    "reported_min",
    "coverage",
    "valid_min",
    "invalid_min",
    "total_rate",
    "valid_rate",
    "invalid_rate",
    "total_rate_last_20",
    "trend_points",
    "longest_spell",
    "current_spell",
    "occasions",
    "late_count",
    "band",
)


def write_all(
    analysis: Analysis, import_report: ImportReport, out: Path, language: str = DEFAULT_LANGUAGE
) -> tuple[Path, ...]:
    """Write all four files to ``out`` and return their paths; on any error none is touched.

    The page comes last, so that a new page never stands beside older numbers.
    """
    tally = RejectTally()

    def page(file: TextIO) -> None:
        file.write(html_document(analysis, import_report, rejects=tally.largest_first(), language=language))

    writers: dict[str, Writer] = {
        IMPORT_REPORT: lambda file: write_import_report(file, import_report, tally.passing(import_report.rejects)),
        MEASURES: lambda file: write_measures(file, analysis),
        WARNINGS: lambda file: write_warnings(file, analysis),
        REPORT: page,
    }
    return write_together(out, writers)


def write_measures(file: TextIO, analysis: Analysis) -> None:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(MEASURE_COLUMNS)
    for row in sorted(analysis.pupils, key=lambda row: row.summary.pupil_id):
        rows.writerow(_measures(row))


def write_warnings(file: TextIO, analysis: Analysis) -> None:
    file.writelines(json_list(warning_records(analysis)))
    file.write("\n")


def _measures(row: PupilRow) -> tuple[object, ...]:
    summary, minutes = row.summary, row.summary.minutes
    return (
        neutralised(summary.pupil_id),
        "" if row.protected else neutralised(summary.school_unit_id),  # a school can place a child
        *(minutes.offered, minutes.reported, plain(minutes.coverage, 6), minutes.valid, minutes.invalid),
        *_rates(minutes),
        plain(summary.last_20.total_rate, 6),
        plain(summary.trend_points, 4),
        *(summary.longest_spell, summary.current_spell, summary.occasions, summary.late_count),
        minutes.band.label if minutes.band else "",
    )


def _rates(minutes: Minutes) -> tuple[str, str, str]:
    return plain(minutes.total_rate, 6), plain(minutes.valid_rate, 6), plain(minutes.invalid_rate, 6)
