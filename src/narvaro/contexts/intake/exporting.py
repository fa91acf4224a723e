"""The rejected rows as a file: line, column and reason, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from narvaro.contexts.intake.presenters import reject_line
from narvaro.contexts.intake.queries import REJECTS_AT_A_TIME, RunPage, all_rejected
from narvaro.ui.spreadsheet_safety import neutralised

MARK = "\ufeff"  # Excel takes a file without it for Windows-1252


def rejected_csv(page: RunPage) -> Iterator[bytes]:
    """Some rows at a time, however many there are. Semicolons, as Swedish spreadsheets expect."""
    yield (MARK + _written([[_("Line"), _("Column"), _("Reason")]])).encode()
    for rows in all_rejected(page, REJECTS_AT_A_TIME):
        lines = (reject_line(row, page.run.grain) for row in rows)
        yield _written([[str(line.line), line.column, line.reason] for line in lines]).encode()


def _written(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(
        [neutralised(cell) for cell in row] for row in rows
    )
    return text.getvalue()
