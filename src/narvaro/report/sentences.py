"""What is said about a whole analysis, as plain text: the answer, what it rests on, and what to beware of."""

from collections.abc import Iterator
from fractions import Fraction

from narvaro.domain.absence import COVERAGE_NEEDED, COVERAGE_WARNING, Minutes
from narvaro.language import N_
from narvaro.report.model import Analysis, SchoolRow
from narvaro.report.visible_text import shortened
from narvaro.ui.words import LIMITS, RATES, Words

_SCHOOLS_NAMED = 3
_NOBODY = N_("No pupil of {pupils} needs attention now, by the plan")
_ONE = N_("{n} of {pupils} pupils needs attention now")
_MANY = N_("{n} of {pupils} pupils need attention now")
_BY_PLAN = N_("By {plan}, version {version}. Both valid and invalid absence count.")
_DATA = N_("Data from {first} through {last}; {coverage} of lesson time is reported.")
_LOW = N_(
    "Only {coverage} of lesson time is reported. What happened in the rest is not known, "
    "so more pupils may need attention."
)
_LEAST = N_("Least reported: {schools}.")
_ONE_UNKNOWN = N_(
    "{n} pupil has under {limit} of lesson time reported, so no percentage is shown. "
    "Not reported is unknown, never presence."
)
_MANY_UNKNOWN = N_(
    "{n} pupils have under {limit} of lesson time reported, so no percentage is shown. "
    "Not reported is unknown, never presence."
)
_PERIOD_ONLY = N_(
    "The data has one row a pupil and period, without days. So the latest four weeks, the weeks, the change "
    "and patterns can not be shown, and only rules about the whole period are tried."
)
_ONE_NOT_TRIED = N_("{n} rule of the plan could not be tried on this data.")
_MANY_NOT_TRIED = N_("{n} rules of the plan could not be tried on this data.")


def words_for(analysis: Analysis, language: str) -> Words:
    """Words that know the limits of this plan, so that rounding never shows a limit as reached when it is not."""
    rates = (w.limit for row in analysis.pupils for w in row.warnings if w.measure in RATES)
    return Words(language, LIMITS | {int(100 * limit) for limit in set(rates)})


def answer(analysis: Analysis, words: Words) -> str:
    flagged = sum(1 for row in analysis.pupils if row.warnings)
    pupils = words.number(len(analysis.pupils))
    if flagged == 0:
        return words.say(_NOBODY, pupils=pupils)
    return words.count(_ONE, _MANY, flagged, pupils=pupils)


def plan_line(analysis: Analysis, words: Words) -> str:
    return words.say(_BY_PLAN, plan=analysis.plan.title, version=analysis.plan.version)


def data_line(analysis: Analysis, words: Words) -> str:
    first, last = words.day_and_year(analysis.first_day), words.day_and_year(analysis.as_of)
    return words.say(_DATA, first=first, last=last, coverage=coverage_text(analysis.minutes, words))


def cautions(analysis: Analysis, words: Words) -> Iterator[str]:
    if coverage_mark(analysis.minutes):
        yield _low_coverage(analysis, words)
    if unknown := sum(1 for row in analysis.pupils if not row.summary.minutes.calculable):
        yield words.count(_ONE_UNKNOWN, _MANY_UNKNOWN, unknown, limit=words.percent(COVERAGE_NEEDED))
    if analysis.grain == "period":
        yield words.say(_PERIOD_ONLY)
    if not_tried := len(analysis.rules_not_tried):
        yield words.count(_ONE_NOT_TRIED, _MANY_NOT_TRIED, not_tried)


def coverage_text(minutes: Minutes, words: Words, places: int = 1) -> str:
    coverage = minutes.coverage
    return "–" if coverage is None else words.percent(coverage, places)


def coverage_mark(minutes: Minutes) -> str:
    """``bad`` or ``low`` coverage, which must stand out; empty when it is good."""
    coverage = minutes.coverage
    if coverage is None or coverage < COVERAGE_NEEDED:
        return "bad"
    return "low" if coverage < COVERAGE_WARNING else ""


def school_name(school: SchoolRow) -> str:
    return shortened(school.name or school.school_unit_id)


def _low_coverage(analysis: Analysis, words: Words) -> str:
    told = words.say(_LOW, coverage=coverage_text(analysis.minutes, words))
    low = sorted((school for school in analysis.schools if coverage_mark(school.minutes)), key=_coverage)
    names = (f"{school_name(school)} ({coverage_text(school.minutes, words)})" for school in low[:_SCHOOLS_NAMED])
    return f"{told} {words.say(_LEAST, schools=', '.join(names))}" if low else told


def _coverage(school: SchoolRow) -> Fraction:
    return school.minutes.coverage or Fraction(0)
