"""How it is counted, and what it is counted from."""

from collections.abc import Iterable

from narvaro.domain.change import CLEAR_CHANGE
from narvaro.language import N_
from narvaro.report.model import SourceInfo
from narvaro.report.page.parts import Heads, Page, note, number_cell, section, small, table
from narvaro.report.page.plan import plan_rules, unanswered
from narvaro.report.rejects import RejectGroup
from narvaro.report.visible_text import html_text

_TERMS = (
    (
        N_("Absence"),
        N_(
            "Valid and invalid absence together, as a share of the time that is reported. "
            "Late arrivals count with their invalid minutes. Pupil council and school trips count as presence."
        ),
    ),
    (
        N_("Reported"),
        N_(
            "The share of lesson time where the register was taken. The rest is unknown, never presence. "
            "Under 80% no percentage is shown; under 95% it is marked."
        ),
    ),
    (N_("4 weeks"), N_("The pupil's 20 latest school days. Holidays are not counted.")),
    (
        N_("Change"),
        N_(
            "The latest 20 school days against the 20 before, in percentage points (pp). From {points} points it "
            "is called rising or falling. Absence can fall by itself, so the number does not show why."
        ),
    ),
    (
        N_("Recurring weekday"),
        N_("Away on three of the last four such days, and at least twice as much as on other days. Subjects likewise."),
    ),
    (
        N_("Levels"),
        N_("Each level includes its lower limit: 15.0% is in 15–20%. The national limits are 15, 30 and 50%."),
    ),
    (
        N_("Step"),
        N_("The highest step of the attendance plan that a rule points at. A rule draws attention; people decide."),
    ),
)
SOURCE_HEADS: Heads = (
    ("", N_("Source")),
    ("num", N_("Rows read")),
    ("num", N_("Taken in")),
    ("num", N_("Not taken in")),
    ("num", N_("Duplicates")),
    ("num", N_("Corrected")),
)
_REJECT_HEADS: Heads = (("", N_("Reason")), ("num", N_("Rows")), ("", N_("First seen")))


def method_section(page: Page) -> str:
    terms = "".join(
        f"<div><dt>{page.t(term)}</dt><dd>{page.t(text, points=CLEAR_CHANGE)}</dd></div>" for term, text in _TERMS
    )
    body = f'<div class="card"><dl class="terms">{terms}</dl>{plan_rules(page)}{unanswered(page)}</div>'
    return section("raknas", page.t(N_("How it is counted")), body)


def data_section(page: Page) -> str:
    parts = (_sources(page), _rejects(page), _notes(page), _whole(page))
    return section("underlag", page.t(N_("About the data")), f'<div class="card">{"".join(parts)}</div>')


def _sources(page: Page) -> str:
    rows = "".join(_source(page, source) for source in page.analysis.sources)
    return table(page, "counts", caption=page.t(N_("Files that were read")), heads=SOURCE_HEADS, rows=rows)


def _source(page: Page, source: SourceInfo) -> str:
    counts = (source.read, source.accepted, source.rejected, source.duplicates, source.corrected)
    cells = "".join(number_cell(page, count) for count in counts)
    mark = small(f"SHA-256 {html_text(source.sha256[:12])}…") if source.sha256 else ""
    return f'<tr><th scope="row"><bdi>{html_text(source.name)}</bdi>{mark}</th>{cells}</tr>\n'


def _rejects(page: Page) -> str:
    if not page.rejects:
        return ""
    heading, where = (
        page.t(N_("Rows not taken in")),
        N_("Every such row is listed with its line in import-report.json."),
    )
    rows = "".join(_reject(page, group) for group in page.rejects)
    body = table(page, "facts", caption=heading, heads=_REJECT_HEADS, rows=rows)
    return f"<h3>{heading}</h3>{body}{note(page.t(where))}"


def _reject(page: Page, group: RejectGroup) -> str:
    say, number = page.words.say, page.words.number
    places = (say(N_("{source} line {line}"), source=source, line=number(line)) for source, line in group.examples)
    told = "; ".join(places)
    reason = html_text(group.reason.say(page.words.language))
    return f'<tr><th scope="row">{reason}</th>{number_cell(page, group.count)}<td>{html_text(told)}</td></tr>\n'


def _notes(page: Page) -> str:
    of_sources = (note for source in page.analysis.sources for note in source.notes)
    texts = dict.fromkeys(note.say(page.words.language) for note in (*of_sources, *page.imported.notes))
    return _list(page.t(N_("Notes from the reading")), texts)


def _list(heading: str, texts: Iterable[str]) -> str:
    items = "".join(f"<li>{html_text(text)}</li>" for text in texts)
    return f"<h3>{heading}</h3><ul>{items}</ul>" if items else ""


def _whole(page: Page) -> str:
    """The equation that must always hold, in hours, so that anyone can check that nothing is missing."""
    hours, minutes = page.words.hours, page.minutes
    text = page.t(
        N_("Present {present} + valid {valid} + invalid {invalid} + not reported {unknown} = offered {offered}."),
        present=hours(minutes.present),
        valid=hours(minutes.valid),
        invalid=hours(minutes.invalid),
        unknown=hours(minutes.unknown),
        offered=hours(minutes.offered),
    )
    return f"<h3>{page.t(N_('All lesson time'))}</h3><p>{text}</p>"
