"""From sources and readings to words: the state in a sentence, what there is to look at and what to do."""

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from narvaro.contexts.sources import words as terms
from narvaro.contexts.sources.models import Source, SourceRun
from narvaro.contexts.sources.own_findings import LEFT_OUT
from narvaro.contexts.sources.queries import Run, SourceState
from narvaro.contexts.sources.shown import (
    CapabilityLine,
    DifferenceLine,
    RunLine,
    RunView,
    SourceLine,
    SourceView,
    StepLine,
)
from narvaro.core import jobs
from narvaro.language import Message
from narvaro.ss12000.told import Capability, Difference, Finding
from narvaro.ui.formats import moment_text, words
from narvaro.ui.parts import Column, Figure, Kind, Link, Progress

State, Setting = SourceRun.State, Source.State
Words = Mapping[str, Promise]


def crumbs(*more: tuple[str, str], here: str = "") -> tuple[Link, ...]:
    """``more``: label and address of what is between. ``here``: the page itself, where it is not the list."""
    first = (Link(_("Settings"), reverse("settings")), Link(_("Sources"), reverse("sources") if here else ""))
    return (*first, *(Link(*each) for each in more), *((Link(here, ""),) if here else ()))


def list_heading(states: Iterable[SourceState]) -> str:
    found = list(states)
    waiting = sum(_tag(each)[1] in ("warn", "late") for each in found)
    if waiting:
        text = ngettext("%(count)s source needs you", "%(count)s sources need you", waiting)
        return text % {"count": waiting}
    if not found:
        return _("No school system is read yet")
    text = ngettext("%(count)s school system is read", "%(count)s school systems are read", len(found))
    return text % {"count": len(found)}


def source_line(source: SourceState) -> SourceLine:
    tag, kind = _tag(source)
    return SourceLine(source.name, reverse("source", args=[source.key]), sentence_of(source), tag, kind)


def sentence_of(source: SourceState) -> str:
    """How it stands: what happens or went wrong now, and when it last went well."""
    latest = source.latest
    if latest and latest.job and latest.job.under_way:
        return _("Being read now.") if latest.kind == SourceRun.Kind.READING else _("Being asked what it has.")
    if source.state == Setting.SETTING_UP:
        return _setting_up(source)
    parts = [_read_sentence(source.read)]
    if latest and (latest.interrupted or latest.state in (State.FAILED, State.HELD)):
        parts.insert(0, _trouble_sentence(latest))
    if source.state == Setting.PAUSED:
        parts.insert(0, _("Paused: nothing is read by itself."))
    return " ".join(parts)


def _setting_up(source: SourceState) -> str:
    if source.latest and (source.latest.interrupted or source.latest.state == State.FAILED):
        return _("It could not be asked.")
    return _("It answers. Choose schools and what is read before the first reading.")


def _read_sentence(run: Run | None) -> str:
    if run is None:
        return _("Not read yet.")
    number = words().number
    told = _("Read %(when)s: %(pupils)s pupils, %(rows)s lesson rows.") % {
        "when": moment_text(run.finished_at),
        "pupils": number(run.counts.get("pupils", 0)),
        "rows": number(run.counts.get("attendance_rows", 0)),
    }
    if not run.findings:
        return told
    text = ngettext("%(count)s thing to look at.", "%(count)s things to look at.", len(run.findings))
    return f"{told} {text % {'count': len(run.findings)}}"


def _trouble_sentence(run: Run) -> str:
    when = moment_text(run.finished_at or run.started_at)
    if run.state == State.HELD:
        return _("Waits for your yes since %(when)s.") % {"when": when}
    return _("Could not be read %(when)s.") % {"when": when}


def _why(run: Run) -> str:
    return said(run.message or jobs.INTERRUPTED)


def _tag(source: SourceState) -> tuple[str, Kind]:
    latest = source.latest
    if latest and latest.job and latest.job.under_way:
        return _("under way"), "info"
    if source.state == Setting.PAUSED:
        return _("paused"), ""
    if latest and latest.state == State.HELD:
        return _("waits for your yes"), "warn"
    if latest and (latest.interrupted or latest.state == State.FAILED):
        return _("not read"), "late"
    if source.state == Setting.SETTING_UP:
        return _("being set up"), "warn"
    if source.read and source.read.findings:
        return _("something to look at"), "info"
    return (_("in order"), "good") if source.read else (_("not read yet"), "warn")


def source_view(source: SourceState) -> SourceView:
    latest, read = source.latest, source.read
    trouble = latest and (latest.interrupted or latest.state == State.FAILED)
    return SourceView(
        key=source.key,
        heading=source.name,
        lede=sentence_of(source),
        tag=_tag(source),
        crumbs=crumbs(here=source.name),
        figures=_figures(read),
        progress=progress_of(source),
        held=_why(latest) if latest and latest.state == State.HELD else "",
        trouble=_why(latest) if latest and trouble else "",
        steps=_steps(source) if source.state == Setting.SETTING_UP else (),
        can_read=source.state == Setting.ACTIVE,
        paused=source.state == Setting.PAUSED,
        route=_route(read),
        findings=_findings(read.findings) if read else (),
        differences=_differences(read.differences) if read else (),
        capabilities=capability_lines(source.capabilities),
        facts=_facts(source),
    )


def _steps(source: SourceState) -> tuple[StepLine, ...]:
    answers = bool(source.organisations)
    urls = {name: reverse(name, args=[source.key]) for name in ("source_address", "source_units", "source_choices")}
    return (
        StepLine(_("Address and how to sign in"), True, urls["source_address"]),
        StepLine(_("The school system answers"), answers, ""),
        StepLine(_("Choose schools"), bool(source.units), urls["source_units"] if answers else ""),
        StepLine(_("Choose what is read, and when"), False, urls["source_choices"] if answers else ""),
    )


def _facts(source: SourceState) -> tuple[tuple[str, str], ...]:
    number, units = words().number, len(source.school_units)
    chosen = _("%(chosen)s of %(all)s") % {"chosen": number(len(source.units)), "all": number(units)}
    by_itself = _("every night from %(hour)s.00") % {"hour": f"{source.hour:02d}"} if source.hour is not None else ""
    found = [(_("Address"), source.base_url), (_("Read by itself"), by_itself or _("never"))]
    if units:
        all_now = _("all, %(all)s now") % {"all": number(units)}
        found.append((_("Schools that are read"), chosen if source.units else all_now))
    if source.standard:
        found.append((_("Version of SS 12000"), source.standard))
    if source.subscription_ends:
        found.append((_("Tells by itself of changes until"), moment_text(source.subscription_ends)))
    return tuple(found)


def _figures(run: Run | None) -> tuple[Figure, ...]:
    if run is None:
        return ()
    number, counts = words().number, run.counts
    findings: Kind = "warn" if run.findings else "good"
    return (
        Figure(number(counts.get("pupils", 0)), _("pupils")),
        Figure(number(counts.get("attendance_rows", 0)), _("lesson rows")),
        Figure(
            number(len(run.findings)), ngettext("thing to look at", "things to look at", len(run.findings)), findings
        ),
    )


def progress_of(source: SourceState) -> Progress | None:
    """None when nothing is under way."""
    run = source.latest
    if run is None or run.job is None or not run.job.under_way:
        return None
    label = _("Reading the school system") if run.kind == SourceRun.Kind.READING else _("Asking what there is")
    note = _("hundredths of the work")
    if run.job.waits_long:
        note = _("it has waited long; ask whoever runs Närvaro whether the worker is on")
    url = reverse("source_progress", args=[source.key])
    return Progress(label, run.job.done, run.job.total, url, note)


def run_view(run: Run, name: str, source_url: str) -> RunView:
    tag = run_tag(run)
    return RunView(
        heading=_what(run),
        lede=_lede(run),
        tag=tag,
        message=_why(run) if run.interrupted or run.message else "",
        crumbs=crumbs((name, source_url), here=moment_text(run.started_at)),
        figures=_figures(run) if run.state == State.DONE and run.kind == SourceRun.Kind.READING else (),
        route=_route(run),
        findings=_findings(run.findings),
        register=_named(run.register, terms.REGISTER),
        differences=_differences(run.differences),
        capabilities=capability_lines(run.capabilities),
    )


def run_line(run: Run, source: SourceState) -> RunLine:
    state, kind = run_tag(run)
    return RunLine(
        url=reverse("source_run", args=[source.key, run.key]),
        when=run.started_at,
        what=_what(run),
        who=run.started_by or str(terms.WHYS[run.why]),
        state=state,
        kind=kind,
        pupils=run.counts.get("pupils", 0),
        rows=run.counts.get("attendance_rows", 0),
        findings=len(run.findings),
    )


def run_tag(run: Run) -> tuple[str, Kind]:
    if run.interrupted:
        return _("interrupted"), "late"
    tags: dict[str, tuple[str, Kind]] = {
        State.RUNNING: (_("under way"), "info"),
        State.DONE: (_("done"), "good"),
        State.HELD: (_("waits for a yes"), "warn"),
        State.FAILED: (_("not read"), "late"),
    }
    return tags[run.state]


def _what(run: Run) -> str:
    if run.kind == SourceRun.Kind.CHECK:
        return _("A check")
    return _("Everything read and compared") if run.full else _("What had changed was read")


def _lede(run: Run) -> str:
    who = run.started_by or str(terms.WHYS[run.why])
    return _("Began %(when)s, %(who)s.") % {"when": moment_text(run.started_at), "who": who}


def _route(run: Run | None) -> str:
    return str(terms.ROUTES.get(run.route, "")) if run else ""


def _findings(found: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(_finding(each) for each in found)


def _finding(each: Finding) -> str:
    if each.code != LEFT_OUT:
        return said(each.told)
    text = ngettext(
        "%(count)s line about a pupil could not be used: %(reason)s Mend it in the school system.",
        "%(count)s lines about pupils could not be used: %(reason)s Mend it in the school system.",
        each.count,
    )
    return text % {"count": words().number(each.count), "reason": said(each.told)}


def _differences(found: Iterable[Difference]) -> tuple[DifferenceLine, ...]:
    lines = (DifferenceLine(_word(terms.KINDS, each.kind), each.new, each.changed, each.gone) for each in found)
    return tuple(each for each in lines if each.new or each.changed or each.gone)


def capability_lines(found: Iterable[Capability]) -> tuple[CapabilityLine, ...]:
    """Each part of the standard that is needed; what only makes it easier where it is not there."""
    needed = terms.CAPABILITIES.keys() - terms.AIDS
    return tuple(_capability_line(each) for each in found if each.name in needed or each.has not in ("yes", "empty"))


def _capability_line(each: Capability) -> CapabilityLine:
    has, kind = terms.HAS[each.has]
    return CapabilityLine(_word(terms.CAPABILITIES, each.name), str(has), kind, said(each.note) if each.note else "")


def _named(counts: Mapping[str, int], names: Words) -> tuple[tuple[str, str], ...]:
    return tuple((str(names[key]), words().number(count)) for key, count in counts.items() if count and key in names)


def _word(names: Words, key: str) -> str:
    return str(names.get(key, key))


def said(message: Message) -> str:
    return message.say((get_language() or "sv").split("-")[0])


def columns() -> dict[str, tuple[Column, ...]]:
    """Headings of the tables."""
    return {
        "source_headings": (Column(_("Source")), Column(_("State"))),
        "capability_headings": (Column(_("What Närvaro needs")), Column(_("In the school system"))),
        "difference_headings": (
            Column(_("What")),
            Column(_("Added"), numeric=True),
            Column(_("Changed"), numeric=True),
            Column(_("Gone"), numeric=True),
        ),
        "run_headings": (
            Column(_("When")),
            Column(_("State")),
            Column(_("Pupils"), numeric=True),
            Column(_("Lesson rows"), numeric=True),
            Column(_("To look at"), numeric=True),
        ),
    }
