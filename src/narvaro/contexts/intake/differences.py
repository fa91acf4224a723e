"""What an import changes, in words: by month, and within it by school."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from narvaro.contexts.intake.preview import Differing
from narvaro.contexts.intake.shown import ChangedMonth, ChangedSchool
from narvaro.ui.parts import Column


def changed_months(found: Sequence[Differing], schools: Mapping[str, str]) -> tuple[ChangedMonth, ...]:
    """``schools``: names by unit code; a code without a name is shown as it is."""
    months: dict[str, list[Differing]] = {}
    for each in found:
        months.setdefault(each.month, []).append(each)
    return tuple(_month(month, held, schools) for month, held in sorted(months.items()))


def change_columns() -> dict[str, tuple[Column, ...]]:
    counts = (
        Column(_("New"), numeric=True),
        Column(_("Corrected"), numeric=True),
        Column(_("Taken away"), numeric=True),
    )
    return {
        "month_headings": (Column(_("Month")), *counts),
        "school_headings": (Column(_("Month")), Column(_("School")), *counts),
    }


def _month(month: str, held: Sequence[Differing], schools: Mapping[str, str]) -> ChangedMonth:
    return ChangedMonth(
        label=date_format(date.fromisoformat(f"{month}-01"), "F Y"),
        new=sum(each.new for each in held),
        corrected=sum(each.corrected for each in held),
        removed=sum(each.removed for each in held),
        schools=tuple(
            ChangedSchool(schools.get(each.unit_code, each.unit_code), each.new, each.corrected, each.removed)
            for each in held
        ),
    )
