"""From imports to words: what a page's heading says, which figures stand beside it, and why a row was left out."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from narvaro.contexts.intake import words as terms
from narvaro.contexts.intake.differences import changed_months
from narvaro.contexts.intake.models import ImportRun
from narvaro.contexts.intake.preview import Holding, ListCounts, Listed, Preview, SeenColumn, StoredMessage
from narvaro.contexts.intake.queries import RejectedLine, Run, RunPage
from narvaro.contexts.intake.shown import Change, ColumnLine, Line, ProblemLine, RejectLine, RunView
from narvaro.core import jobs
from narvaro.domain.rows import RowProblem
from narvaro.facts.readers.headers import own_name
from narvaro.language import N_, Message
from narvaro.ui.formats import moment_text, words
from narvaro.ui.parts import Column, Figure, Kind, Link, Progress

State = ImportRun.State
STATES: dict[str, tuple[Promise, Kind]] = {
    State.LOOKING: (gettext_lazy("being looked through"), "info"),
    State.ASKING: (gettext_lazy("waits for an answer"), "warn"),
    State.READY: (gettext_lazy("waits for your yes"), "warn"),
    State.READING: (gettext_lazy("being read in"), "info"),
    State.DONE: (gettext_lazy("read in"), "good"),
    State.REFUSED: (gettext_lazy("not taken"), "late"),
    State.UNDOING: (gettext_lazy("being undone"), "info"),
    State.UNDONE: (gettext_lazy("undone"), ""),
    State.DISCARDED: (gettext_lazy("thrown away"), ""),
}
# Said for the command line; on a page there are fields instead.
_ON_PAGES = {
    "The file {file} holds a NUL byte on line {line}, so it is not a text table."
    " If it is UTF-16, say so with --encoding.": N_(
        "The file {file} holds a NUL byte on line {line}, so it is not a text table. Export it again as CSV in UTF-8."
    )
}
MEGABYTE = 1 << 20


def history_columns() -> tuple[Column, ...]:
    return (
        Column(_("File")),
        Column(_("State")),
        Column(_("Rows"), numeric=True),
        Column(_("New or corrected"), numeric=True),
        Column(_("Known already"), numeric=True),
        Column(_("Rejected"), numeric=True),
    )


def run_columns() -> dict[str, tuple[Column, ...]]:
    """Headings of the tables on a run's pages."""
    return {
        "column_headings": (Column(_("Heading")), Column(_("Read as")), Column(_("Holds"))),
        "mapping_headings": (Column(_("Heading")), Column(_("Holds"))),
        "problem_headings": (
            Column(_("Reason")),
            Column(_("Column")),
            Column(_("Rows"), numeric=True),
            Column(_("First on line"), numeric=True),
        ),
        "reject_headings": (Column(_("Line")), Column(_("Column")), Column(_("Reason"))),
    }


def crumbs(*, here: bool = False) -> tuple[Link, ...]:
    return (Link(_("Settings"), reverse("settings")), Link(_("Import"), "" if here else reverse("intake")))


def overview_heading(waiting: Sequence[Line], last: datetime | None, known_to: date | None) -> str:
    """What waits for a person comes first; else how fresh the numbers are. ``known_to``: up to when attendance is
    known, also when no file was sent here."""
    asked = sum(not each.under_way for each in waiting)
    if asked:
        return ngettext("%(count)s file waits for you", "%(count)s files wait for you", asked) % {"count": asked}
    if last:
        return _("Attendance was last read in %(when)s") % {"when": moment_text(last)}
    if known_to:
        return _("Attendance is known up to %(day)s, and no file has been sent here") % {
            "day": words().day_and_year(known_to)
        }
    return _("No attendance has been read in yet")


def run_view(page: RunPage) -> RunView:
    run, preview = page.run, page.preview
    ended = run.state in (State.DONE, State.UNDONE, State.UNDOING)
    return RunView(
        key=run.key,
        state=run.state,
        heading=heading_of(page),
        lede=_lede(page),
        tags=(_tag(run),),
        crumbs=(*crumbs(), Link(run.file_name, "")),
        figures=_figures(page) if run.state == State.READY or ended else (),
        progress=progress_of(run),
        stopped=_stopped(run),
        asks=preview.asks if run.state == State.ASKING else "",
        question=_said_stored(preview.problem) if preview.problem else "",
        message=_trouble(page),
        again=_again(page.again),
        columns=tuple(map(_column_line, preview.columns)),
        how_read=_how_read(preview, page),
        notes=(*map(_said_stored, preview.notes), *_list_notes(preview.list_counts or ListCounts())),
        problems=tuple(
            _problem_line(each.code, each.rows, each.first_line, preview.grain) for each in preview.problems
        ),
        changes=_changes((_("Stored before"), preview.before), (_("Stored afterwards"), preview.after)),
        months=changed_months(preview.differing, page.schools),
        nothing_new=run.state == State.READY
        and not preview.list_counts
        and preview.counts.accepted == 0
        and not preview.differing,
        undo_changes=_changes((_("Stored now"), preview.after), (_("Stored afterwards"), preview.before)),
        held=_held(preview),
        no_pupils_known=preview.no_pupils_known,
        is_period=run.kind == ImportRun.Kind.ATTENDANCE and preview.grain == "period",
        is_attendance=run.kind == ImportRun.Kind.ATTENDANCE,
        rejected=preview.counts.rejected,
        whole=page.answers.whole,
        may_be_whole=page.answers.whole or _may_be_whole(run, preview),
        may_change=page.may_change,
        can_undo=run.state == State.DONE and page.undo_refusal is None,
        why_not_undone=said(page.undo_refusal) if run.state == State.DONE and page.undo_refusal else "",
    )


def _may_be_whole(run: Run, preview: Preview) -> bool:
    """Where every row could be read, so that nothing is taken for gone that was told and not understood."""
    return run.kind == ImportRun.Kind.ATTENDANCE and preview.grain == "lesson" and not preview.counts.rejected


def reject_line(row: RejectedLine | Listed, grain: str) -> RejectLine:
    if isinstance(row, Listed):
        return RejectLine(row.line, row.column, _said_stored(row.reason))
    return RejectLine(row.line, _column_of(row.problem, grain), said(Message.of(row.problem.text)))


def said(message: Message) -> str:
    text = _ON_PAGES.get(message.text, message.text)
    return Message.of(text, **dict(message.values)).say((get_language() or "sv").split("-")[0])


def progress_of(run: Run) -> Progress | None:
    """None when nothing is under way."""
    if run.job is None or not run.job.under_way:
        return None
    labels = {
        State.LOOKING: _("Looking through the file and trying it; nothing is stored yet"),
        State.READING: _("Reading the file in and counting the numbers anew"),
        State.UNDOING: _("Going back to what was stored before, and counting the numbers anew"),
    }
    note = _("megabytes")
    if run.job.waits_long:
        note = _("it has waited long; ask whoever runs Närvaro whether the worker is on")
    total = run.job.total or max(1, round(run.size / MEGABYTE))
    url = reverse("intake_progress", args=[run.key])
    return Progress(labels.get(State(run.state), ""), run.job.done, total, url, note)


def heading_of(page: RunPage) -> str:
    run, counts = page.run, page.preview.counts
    if _stopped(run):
        return _("The work with the file was interrupted")
    if page.preview.list_counts and run.state in (State.READY, State.DONE):
        return str(terms.LIST_HEADINGS[run.kind, run.state])
    if run.state == State.READY:
        rows = words().number(counts.accepted)
        return ngettext("%(rows)s row can be read in", "%(rows)s rows can be read in", counts.accepted) % {"rows": rows}
    if run.state == State.DONE:
        rows = words().number(run.accepted)
        return ngettext("%(rows)s row was read in", "%(rows)s rows were read in", run.accepted) % {"rows": rows}
    headings = {
        State.LOOKING: _("The file is being looked through"),
        State.ASKING: _("One thing must be said about the file"),
        State.READING: _("The file is being read in"),
        State.REFUSED: _("The file could not be taken"),
        State.UNDOING: _("The import is being undone"),
        State.UNDONE: _("The import was undone"),
        State.DISCARDED: _("The file was thrown away"),
    }
    return headings[State(run.state)]


def _lede(page: RunPage) -> str:
    run = page.run
    sent = _("%(file)s, sent by %(who)s %(when)s.") % {
        "file": run.file_name,
        "who": run.sent_by,
        "when": moment_text(run.sent_at),
    }
    ends = {
        State.LOOKING: _("You can leave the page and come back."),
        State.READING: _("You can leave the page and come back."),
        State.READY: _("Nothing is stored until you say yes."),
        State.ASKING: _("Nothing is stored yet."),
        State.REFUSED: _("Nothing was stored."),
        State.DISCARDED: _("Nothing was stored."),
    }
    if run.state == State.UNDONE and run.undone_at:
        undone = _("Undone by %(who)s %(when)s.") % {"who": run.undone_by, "when": moment_text(run.undone_at)}
        return f"{sent} {undone}"
    return f"{sent} {ends.get(State(run.state), '')}".strip()


def _stopped(run: Run) -> bool:
    busy = run.state in (State.LOOKING, State.READING, State.UNDOING)
    return busy and (run.job is None or not run.job.under_way)


def _tag(run: Run) -> tuple[str, Kind]:
    label, kind = STATES[run.state]
    return (_("interrupted"), "late") if _stopped(run) else (str(label), kind)


def _figures(page: RunPage) -> tuple[Figure, ...]:
    """Always all four, so that it is seen that they add up."""
    if page.preview.list_counts:
        return _list_figures(page, page.preview.list_counts)
    counts, number = page.preview.counts, words().number
    rejected_url = reverse("intake_rejected", args=[page.run.key]) if counts.rejected else ""
    return (
        Figure(number(counts.read), _("rows in the file")),
        Figure(number(counts.accepted), _("new or corrected"), "good" if counts.accepted else ""),
        Figure(number(counts.duplicates), _("known already")),
        Figure(number(counts.rejected), _("rejected"), "late" if counts.rejected else "", rejected_url),
    )


def _list_figures(page: RunPage, found: ListCounts) -> tuple[Figure, ...]:
    """Of a list: what it means for the register."""
    number, rejected = words().number, page.preview.counts.rejected
    rejected_url = reverse("intake_rejected", args=[page.run.key]) if rejected else ""
    figures = [Figure(number(found.new), _("new")), Figure(number(found.changed + found.moved), _("changed or moved"))]
    if page.run.kind == ImportRun.Kind.PUPILS:
        figures.append(Figure(number(found.ended), _("not in the list any more"), "warn" if found.ended else ""))
        figures.append(Figure(number(rejected), _("rejected rows"), "late" if rejected else "", rejected_url))
    return (*figures, Figure(number(found.unchanged), _("as before")))


def _list_notes(found: ListCounts) -> Iterable[str]:
    number = words().number
    if found.protected:
        text = ngettext(
            "%(count)s pupil is protected from now on, and seen by nobody until somebody is listed who may.",
            "%(count)s pupils are protected from now on, and seen by nobody until somebody is listed who may.",
            found.protected,
        )
        yield text % {"count": number(found.protected)}
    if found.without_mentor:
        yield _("%(count)s pupils have a mentor in the list who has no account here yet.") % {
            "count": number(found.without_mentor)
        }
    if found.same_identity:
        yield _("%(count)s pupils have an identity number that another pupil has; it was left out.") % {
            "count": number(found.same_identity)
        }


def _trouble(page: RunPage) -> str:
    run = page.run
    if page.message:
        return said(page.message)
    if _stopped(run) and run.job and run.job.message:
        return said(run.job.message)
    if _stopped(run):
        return said(jobs.INTERRUPTED)
    failed = run.job is not None and run.job.state == "failed" and run.state in (State.READY, State.DONE)
    return said(run.job.message) if failed and run.job and run.job.message else ""


def _again(before: Run | None) -> str:
    if before is None:
        return ""
    return _("Exactly this file was read in %(when)s by %(who)s, so nothing new is to be expected from it.") % {
        "when": moment_text(before.finished_at),
        "who": before.sent_by,
    }


def _column_line(column: SeenColumn) -> ColumnLine:
    return ColumnLine(
        name=column.header or _("Column %(number)s") % {"number": column.number},
        meaning=str(terms.FIELDS[column.field]) if column.field in terms.FIELDS else "",
        look=str(terms.LOOKS.get(column.look, "")),
        samples=", ".join(sample for sample in column.samples if sample.strip("*")),
    )


def _how_read(preview: Preview, page: RunPage) -> tuple[str, ...]:
    encoding = terms.ENCODINGS.get(preview.encoding, preview.encoding)
    delimiter = terms.DELIMITERS.get("tab" if preview.delimiter == "\t" else preview.delimiter, "")
    found = [
        _("Letters: %(encoding)s") % {"encoding": encoding} if encoding else _("A workbook, first sheet"),
        _("Between columns: %(delimiter)s") % {"delimiter": delimiter} if delimiter else "",
        str(terms.KINDS.get(page.run.kind) or terms.GRAINS[preview.grain]),
        _("Headings on line %(line)s") % {"line": preview.header_line} if preview.header_line else _("No headings"),
    ]
    name = preview.used_mapping or page.answers.mapping_name
    if name:
        found.append(_("Description: %(name)s") % {"name": name})
    return tuple(each for each in found if each)


def _problem_line(code: str, rows: int, first_line: int, grain: str) -> ProblemLine:
    problem = RowProblem[code]
    return ProblemLine(said(Message.of(problem.text)), _column_of(problem, grain), rows, first_line)


def _column_of(problem: RowProblem, grain: str) -> str:
    """Our own name of the column; a file's own heading may be anything."""
    if problem.field is None or problem.field == "category":
        return "" if problem.field is None else str(terms.FIELDS["category"])
    return own_name(problem.field, "period" if grain == "period" else "lesson")


def _changes(*moments: tuple[str, Holding]) -> tuple[Change, ...]:
    if not any(holding.rows for _label, holding in moments):
        return ()
    return tuple(_change(label, holding) for label, holding in moments)


def _change(label: str, holding: Holding) -> Change:
    number = words().number
    rows = _("%(rows)s rows about %(pupils)s pupils") % {
        "rows": number(holding.rows),
        "pupils": number(holding.pupils),
    }
    days = f"{_day(holding.first_day)} – {_day(holding.last_day)}" if holding.first_day else ""
    return Change(label, rows if holding.rows else _("nothing"), days)


def _day(text: str) -> str:
    return words().day_and_year(date.fromisoformat(text))


def _held(preview: Preview) -> str:
    if preview.held is None:
        return ""
    number = words().number
    if preview.list_counts:
        return _("The list holds %(fresh)s pupils where %(usual)s are enrolled today.") % {
            "fresh": number(preview.held.fresh),
            "usual": number(preview.held.usual),
        }
    if preview.held.are_gone:
        return _("%(gone)s of the %(stored)s lessons that are stored for these days are not in the file.") % {
            "gone": number(preview.held.fresh),
            "stored": number(preview.held.usual),
        }
    return _("The new days hold %(fresh)s lessons a day where %(usual)s are usual.") % {
        "fresh": number(preview.held.fresh),
        "usual": number(preview.held.usual),
    }


def _said_stored(stored: StoredMessage) -> str:
    message = jobs.restored(stored)
    return said(message) if message else ""


def line(run: Run) -> Line:
    label, kind = STATES[run.state]
    return Line(
        key=run.key,
        url=reverse("intake_run", args=[run.key]),
        file_name=run.file_name,
        state=_("interrupted") if _stopped(run) else str(label),
        kind="late" if _stopped(run) else kind,
        who=run.sent_by,
        when=run.finished_at or run.sent_at,
        read=run.read,
        accepted=run.accepted,
        rejected=run.rejected,
        duplicates=run.duplicates,
        under_way=bool(run.job and run.job.under_way),
    )


def lines(runs: Iterable[Run]) -> tuple[Line, ...]:
    return tuple(map(line, runs))
