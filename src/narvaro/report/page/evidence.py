"""What lies behind the reasons: windows, coverage and the lessons, day by day. Closed until someone asks."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from narvaro.domain.warnings import EvidenceLesson
from narvaro.language import N_
from narvaro.report.model import PupilRow, date_of
from narvaro.report.page.parts import Page
from narvaro.report.reasons import Evidence, evidence, reason_of
from narvaro.report.visible_text import html_text, shortened
from narvaro.ui.words import Words

# The page stays small and readable: every lesson is in warnings.json.
DAYS_SHOWN = 4
NAMED_A_DAY = 3
_ABOVE = N_("{n} of the same lessons")
_ONE_MORE = N_("and {n} day more, in warnings.json")
_MORE = N_("and {n} days more, in warnings.json")


def evidence_details(page: Page, row: PupilRow) -> str:
    placed = not row.protected
    blocks = "".join(_block(page, group, placed=placed) for group in evidence(row))
    id_ = f"<p>{page.t(N_('Id: {id}'), id=shortened(row.summary.pupil_id))}</p>" if row.name and placed else ""
    return f"<details><summary>{page.t(N_('What it rests on'))}</summary>{blocks}{id_}</details>"


def _block(page: Page, group: Evidence, *, placed: bool) -> str:
    reason, *others = (reason_of(warning, page.rules, page.words) for warning in group.warnings)
    lower = "; ".join(str(other) for other in others)
    also = f"<br>{page.t(N_('Also: {rules}'), rules=lower)}" if others else ""
    told = f"<p><b>{html_text(str(reason))}</b>{also}<br>"
    if group.listed_above:
        return f"{told}{page.n(_ABOVE, _ABOVE, len(group.lessons))}</p>"
    return f"{told}{_base(page, group)}</p>{_lessons(page, group.lessons, placed=placed)}"


def _base(page: Page, group: Evidence) -> str:
    first, words = group.warnings[0], page.words
    window = words.period(date_of(first.window_start), date_of(first.window_end))
    return page.t(N_("{window}, {coverage} reported"), window=window, coverage=words.percent(first.coverage))


def _lessons(page: Page, lessons: tuple[EvidenceLesson, ...], *, placed: bool) -> str:
    days = list(_days(lessons))
    items = [html_text(_day(page.words, members, placed=placed)) for members in days[:DAYS_SHOWN]]
    if (more := len(days) - DAYS_SHOWN) > 0:
        items.append(page.n(_ONE_MORE, _MORE, more))
    return f"<ul><li>{'</li><li>'.join(items)}</li></ul>" if items else ""


def _days(lessons: Sequence[EvidenceLesson]) -> Iterator[list[EvidenceLesson]]:
    """Latest day first, each day's lessons in order."""
    ordered = sorted(lessons, key=lambda lesson: (-lesson.day_no, lesson.start_min or 0, lesson.subject or ""))
    return (list(members) for _, members in groupby(ordered, key=lambda lesson: lesson.day_no))


def _day(words: Words, lessons: list[EvidenceLesson], *, placed: bool) -> str:
    """As in "fre 20 nov: 08.20 Idrott, 09.30 Matematik · 100 min, varav 60 ogiltig"."""
    invalid = sum(lesson.invalid_min for lesson in lessons)
    total = sum(lesson.valid_min for lesson in lessons) + invalid
    told = words.say(N_("{n} min, {invalid} invalid"), n=total, invalid=invalid) if invalid else f"{total} min"
    return f"{words.day(date_of(lessons[0].day_no))}: {_names(words, lessons, placed=placed)} · {told}"


def _names(words: Words, lessons: list[EvidenceLesson], *, placed: bool) -> str:
    """The single lessons, or how many when it is most of a day."""
    if len(lessons) > NAMED_A_DAY:
        return words.count(N_("{n} lesson"), N_("{n} lessons"), len(lessons))
    return ", ".join(_lesson(words, lesson, placed=placed) for lesson in lessons)


def _lesson(words: Words, lesson: EvidenceLesson, *, placed: bool) -> str:
    """Start and subject; a protected pupil's subjects are left out, as they can tell the school."""
    start = words.clock(lesson.start_min) if lesson.start_min is not None else ""
    subject = shortened(lesson.subject) if placed and lesson.subject else ""
    return f"{start} {subject}".strip() or words.say(N_("lesson"))
