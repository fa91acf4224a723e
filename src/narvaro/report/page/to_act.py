"""The list to act on: one fold a school, the highest step first."""

from collections import Counter

from narvaro.language import N_
from narvaro.report.model import PupilRow
from narvaro.report.page.folds import OPEN_UP_TO, School, by_school, fold
from narvaro.report.page.parts import Heads, Page, note, section, table
from narvaro.report.page.plan import unanswered_note
from narvaro.report.page.pupil import pupil_row
from narvaro.report.visible_text import html_text

_WEEKS = ("", N_("12 weeks and change"))
_PUPIL, _WHY, _STEP = ("", N_("Pupil")), ("", N_("Why")), ("", N_("Step in the plan"))
LESSON_HEADS: Heads = (_PUPIL, ("", N_("Absence, 4 weeks")), _WEEKS, _WHY, _STEP)
PERIOD_HEADS: Heads = (_PUPIL, ("", N_("Absence, whole period")), _WHY, _STEP)
_COLOURS = (("a", N_("present")), ("v", N_("valid")), ("i", N_("invalid")), ("u", N_("not reported")))
_HINT = N_(
    "The highest step comes first. Open a school to see its pupils; "
    "the schools that stand open come along when you print."
)
_NOBODY = N_(
    "Nobody needs attention by the plan's rules right now. "
    "Look at what got better, and run again when there is new data."
)
_PROTECTED = N_(
    "Shown without name, class and school. Those who may see more find the pupils by the source's id in warnings.json."
)


def act_section(page: Page) -> str:
    heading, rows = page.t(N_("To act on")), list(page.analysis.to_act_on())
    if not rows:
        return section("agera", heading, f'<p class="card">{page.t(_NOBODY)}</p>{unanswered_note(page)}')
    folds = "".join(
        _fold(page, school, members, opened=len(rows) <= OPEN_UP_TO) for school, members in by_school(page, rows)
    )
    return section("agera", heading, f"{note(page.t(_HINT))}{unanswered_note(page)}{_legend(page)}{folds}")


def _fold(page: Page, school: School, rows: list[PupilRow], *, opened: bool) -> str:
    body = table(
        page,
        "pupils" if page.by_lesson else "pupils period",
        caption=page.t(N_("Pupils to act on: {school}"), school=school.name),
        heads=LESSON_HEADS if page.by_lesson else PERIOD_HEADS,
        rows="".join(pupil_row(page, row) for row in rows),
    )
    before = note(page.t(_PROTECTED)) if school.protected else ""
    return fold(school, before + body, told=_told(page, rows), opened=opened, anchor=f"skola-{school.anchor}")


def _told(page: Page, rows: list[PupilRow]) -> str:
    """As in "12 pupils · step 4: 2, step 3: 10"."""
    counts = Counter(row.step for row in rows if row.step is not None)
    say = page.words.say
    steps = (say(N_("step {number}: {n}"), number=step, n=counts[step]) for step in sorted(counts, reverse=True))
    return f"{page.n(N_('{n} pupil'), N_('{n} pupils'), len(rows))} · {html_text(', '.join(steps))}"


def _legend(page: Page) -> str:
    items = "".join(f'<li><i class="{name}"></i>{page.t(text)}</li>' for name, text in _COLOURS)
    limit = f'<li><i class="limit"></i>{page.t(N_("15% in the week line"))}</li>' if page.by_lesson else ""
    return f'<ul class="legend" aria-label="{page.t(N_("Colours"))}">{items}{limit}</ul>'
