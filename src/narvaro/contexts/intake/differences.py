"""What an import changes, in words: by month, and within it by school."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from narvaro.contexts.intake.preview import Differing
from narvaro.contexts.intake.shown import ChangedMonth, ChangedPart
from narvaro.ui.formats import words


def changed_months(found: Sequence[Differing], schools: Mapping[str, str]) -> tuple[ChangedMonth, ...]:
    """``schools``: names by unit code; a code without a name is shown as it is."""
    months: dict[str, list[Differing]] = {}
    for each in found:
        months.setdefault(each.month, []).append(each)
    return tuple(_month(month, held, schools) for month, held in sorted(months.items()))


def _month(month: str, held: Sequence[Differing], schools: Mapping[str, str]) -> ChangedMonth:
    parts = tuple(ChangedPart(schools.get(each.unit_code, each.unit_code), _rows([each])) for each in held)
    return ChangedMonth(date_format(date.fromisoformat(f"{month}-01"), "F Y"), _rows(held), parts)


def _rows(held: Sequence[Differing]) -> str:
    number = words().number
    return _("%(new)s new, %(corrected)s corrected, %(removed)s taken away") % {
        "new": number(sum(each.new for each in held)),
        "corrected": number(sum(each.corrected for each in held)),
        "removed": number(sum(each.removed for each in held)),
    }
