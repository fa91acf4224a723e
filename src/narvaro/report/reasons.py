"""Why a pupil is on the list, in few words, and what lies behind each reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from narvaro.domain.absence import COVERAGE_WARNING, Profile
from narvaro.domain.plan import Rule
from narvaro.domain.warnings import EvidenceLesson, Warning, strongest
from narvaro.language import N_
from narvaro.report.model import PupilRow
from narvaro.ui.words import Words

WARNINGS_TOLD = 3
_ONE_MORE = N_("and {n} reason more")
_MORE = N_("and {n} reasons more")
_WEEKDAYS = (
    N_("Recurring Mondays"),
    N_("Recurring Tuesdays"),
    N_("Recurring Wednesdays"),
    N_("Recurring Thursdays"),
    N_("Recurring Fridays"),
    N_("Recurring Saturdays"),
    N_("Recurring Sundays"),
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule's text with its value, as in "Minst 15 % frånvaro på 4 veckor: 29 %", or a pattern."""

    text: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.text}: {self.value}" if self.value else self.text


@dataclass(frozen=True, slots=True)
class Evidence:
    """Warnings that rest on the same lessons, and those lessons.

    ``listed_above``: all of them are in the first list, which has the same window.
    """

    warnings: tuple[Warning, ...]
    lessons: tuple[EvidenceLesson, ...]
    listed_above: bool = False


def reasons(row: PupilRow, rules: Mapping[str, Rule], words: Words) -> tuple[Reason, ...]:
    """Warnings first, then patterns. Several limits of one measure are told once, by the highest.

    A pupil far up the steps also fulfils most lower rules. Those are only counted: they would hide what matters.
    """
    warnings = [reason_of(warning, rules, words) for warning in strongest(row.warnings)]
    more = len(warnings) - WARNINGS_TOLD
    rest = [Reason(words.count(_ONE_MORE, _MORE, more))] if more > 0 else []
    return (*warnings[:WARNINGS_TOLD], *_patterns(row, words), *rest)


def reason_of(warning: Warning, rules: Mapping[str, Rule], words: Words) -> Reason:
    rule = rules.get(warning.rule_id)
    text = rule.text.say(words.language) if rule else warning.rule_id
    return Reason(text, words.value(warning.measure, warning.value))


def evidence(row: PupilRow) -> tuple[Evidence, ...]:
    """Warnings with the same lessons share one list of them; the longest list comes first."""
    groups: list[tuple[Warning, list[Warning]]] = []
    for warning in strongest(row.warnings):
        for first, others in groups:
            if _same_base(first, warning):
                others.append(warning)
                break
        else:
            groups.append((warning, [warning]))
    groups.sort(key=lambda group: -len(group[0].evidence))
    return tuple(_with_longest(groups))


def _with_longest(groups: list[tuple[Warning, list[Warning]]]) -> Iterator[Evidence]:
    longest = frozenset(groups[0][0].evidence) if len(groups) > 1 else frozenset()
    for place, (first, members) in enumerate(groups):
        above = place > 0 and _window(first) == _window(groups[0][0]) and longest.issuperset(first.evidence)
        yield Evidence(tuple(members), first.evidence, above)


def _same_base(one: Warning, other: Warning) -> bool:
    return _window(one) == _window(other) and one.evidence == other.evidence


def _window(warning: Warning) -> tuple[int, int, Fraction, bool]:
    return warning.window_start, warning.window_end, warning.coverage, bool(warning.evidence)


def _patterns(row: PupilRow, words: Words) -> Iterator[Reason]:
    for profile in row.weekday_flags:
        yield Reason(words.say(_WEEKDAYS[int(profile.key) - 1]))
    if not row.protected:  # a subject can tell the school
        yield from (_subject(profile, words) for profile in row.subject_flags)


def _subject(profile: Profile, words: Words) -> Reason:
    """Minutes of the reported lessons, since one may be missed in part; coverage where it is not as good as all."""
    rate, coverage = profile.minutes.total_rate, profile.minutes.coverage
    told = words.count(
        N_("absent {rate} of the time in {n} lesson"),
        N_("absent {rate} of the time in {n} lessons"),
        profile.lessons_or_days,
        rate=words.percent(rate) if rate is not None else "–",
    )
    if coverage is None or coverage >= COVERAGE_WARNING:
        return Reason(profile.key, told)
    covered = words.say(N_("{coverage} reported"), coverage=words.percent(coverage))
    return Reason(profile.key, f"{told}, {covered}")
