"""A pupil's absence in the words that every list and page uses."""

from collections.abc import Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from narvaro.contexts.attendance.measured import Week
from narvaro.domain.absence import Minutes
from narvaro.ui import charts
from narvaro.ui.formats import words


def rate_words(minutes: Minutes) -> str:
    rate = minutes.total_rate
    return _("cannot be told") if rate is None else words().percent(rate)


def coverage_words(minutes: Minutes) -> str:
    """Only where it is low enough to matter for the reading."""
    if minutes.calculable and not minutes.low_coverage:
        return ""
    return _("%(share)s reported") % {"share": words().share(minutes.reported, minutes.offered)}


def week_line(weeks: Sequence[Week]) -> charts.Svg:
    rates = [each.absent / each.reported if each.calculable else None for _week, each in weeks]
    known = [rate for rate in rates if rate is not None]
    label = _("Absence week by week, 12 weeks; the latest %(rate)s") % {
        "rate": words().percent(Fraction(known[-1]).limit_denominator(1000)) if known else "–"
    }
    return charts.Svg(charts.week_line(rates, label=label))
