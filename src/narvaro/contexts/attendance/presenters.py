"""A pupil's absence in the words that every list and page uses."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.attendance.measured import Week
from narvaro.contexts.attendance.national import SchoolSums
from narvaro.domain.absence import NO_MINUTES, Minutes
from narvaro.domain.national import term_name
from narvaro.ui import charts
from narvaro.ui.formats import words
from narvaro.ui.parts import Column, Link


def rate_words(minutes: Minutes) -> str:
    rate = minutes.total_rate
    return _("cannot be told") if rate is None else words().percent(rate)


def coverage_words(minutes: Minutes) -> str:
    """Only where it is low enough to matter for the reading."""
    if minutes.calculable and not minutes.low_coverage:
        return ""
    return _("%(share)s reported") % {"share": words().share(minutes.reported, minutes.offered)}


def week_line(weeks: Sequence[Week]) -> charts.Svg:
    known = [each if each.calculable else None for _week, each in weeks]
    rates = [each.absent / each.reported if each else None for each in known]
    latest = next((each for each in reversed(known) if each), NO_MINUTES)
    label = _("Absence week by week, 12 weeks; the latest %(rate)s") % {
        "rate": words().share(latest.absent, latest.reported)
    }
    return charts.Svg(charts.week_line(rates, label=label))


def chosen_term(asked: str, terms: Sequence[int]) -> int | None:
    """The asked one where lessons are known of it, else the latest."""
    found = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else None
    return found if found in terms else next(iter(terms), None)


def term_options(terms: Sequence[int]) -> list[tuple[str, str]]:
    return [(str(term), term_words(term)) for term in terms]


def term_words(term: int) -> str:
    year = term_name(term)[:4]
    return _("spring term %(year)s") % {"year": year} if term % 2 else _("autumn term %(year)s") % {"year": year}


def national_heading(schools: Sequence[SchoolSums], term: int | None) -> str:
    if term is None or not schools:
        return _("There is nothing to hand in yet")
    text = ngettext(
        "%(schools)s school hands in %(rows)s rows for the %(term)s",
        "%(schools)s schools hand in %(rows)s rows for the %(term)s",
        len(schools),
    )
    rows = words().number(sum(each.pupils for each in schools))
    return text % {"schools": len(schools), "rows": rows, "term": term_words(term)}


def national_crumbs() -> list[Link]:
    return [Link(_("Settings"), reverse("settings")), Link(_("National format"), "")]


def national_columns() -> tuple[Column, ...]:
    return (
        Column(_("School unit")),
        Column(_("Pupils"), numeric=True),
        Column(_("Offered"), numeric=True),
        Column(_("Valid absence"), numeric=True),
        Column(_("Invalid absence"), numeric=True),
        Column(_("Reported"), numeric=True),
    )
