"""Commands and options. Exit status: 0 done, 2 wrong usage, 3 input refused (nothing written)."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from narvaro.cli.analysing import Request, analysis_of, import_report, imported, snapshot
from narvaro.cli.help_words import Command, Group, localise, run_command
from narvaro.cli.measure_pages import explain_measure, list_measures
from narvaro.cli.trials import print_trial, trial_json
from narvaro.demo.generator import generate
from narvaro.domain.rules import RuleError, parse_rule
from narvaro.facts.errors import FactsError, ImportRefused
from narvaro.facts.trying import try_rule
from narvaro.language import DEFAULT_LANGUAGE, LANGUAGES, N_, Message, translate
from narvaro.plans import PlanError
from narvaro.report.files import REPORT, write_all
from narvaro.report.records import analysis_json
from narvaro.report.staging import OutputNotWritten
from narvaro.report.terminal import print_analysis

WRONG_USAGE, REFUSED = 2, 3


class Form(StrEnum):
    TABLE = "table"
    JSON = "json"


class LanguageName(StrEnum):
    SV = "sv"
    EN = "en"


Files = Annotated[
    list[Path], typer.Argument(help=N_("Attendance exports; later files correct earlier ones."), exists=True)
]
Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help=N_("Last day that counts (default: last in the data)."))
]
Since = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help=N_("First day that counts (default: first in the data).")),
]
Mapped = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help=N_("How to read another layout (YAML)."))
]
Pupils = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help=N_("List of pupils: names, classes, schools."))
]
Units = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help=N_("List of school units and their names."))
]
PlanName = Annotated[str | None, typer.Option(help=N_("A preset's name, or a plan file (YAML)."))]
Encoding = Annotated[str | None, typer.Option(help=N_("The file's encoding, when it cannot be told."))]
Delimiter = Annotated[str | None, typer.Option(help=N_("The file's delimiter, when it cannot be told."))]
Folder = Annotated[Path | None, typer.Option(file_okay=False, help=N_("Keep the facts in this folder between runs."))]
Confirmed = Annotated[bool, typer.Option("--confirm-fewer", help=N_("Yes, fewer rows than usual are right."))]
Format = Annotated[Form, typer.Option("--format", help=N_("What to print."))]
Lang = Annotated[LanguageName, typer.Option("--lang", help=N_("Language: sv or en."))]

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=N_("Närvaro: every pupil's attendance seen in time."),
)


@app.command(cls=Command, help=N_("Make an invented municipality to try things on."))
def demo(
    out: Annotated[Path, typer.Option(file_okay=False, help=N_("Folder for the files."))],
    pupils: Annotated[int, typer.Option(min=1, max=2_000_000, help=N_("How many pupils."))] = 12_000,
    seed: Annotated[int, typer.Option(help=N_("The same seed gives the same municipality."))] = 1,
    school_year: Annotated[
        int, typer.Option(min=2000, max=2099, help=N_("The year in which the school year begins."))
    ] = 2025,
    lang: Lang = LanguageName.SV,
) -> None:
    with _telling(lang), _progress(N_("Making lessons"), lang) as told:
        made = generate(pupils=pupils, seed=seed, school_year=school_year, out=out, progress=told)
    _say(
        Message.of(
            "{rows} lessons in {file}. All persons are invented.", rows=_spaced(made.lesson_rows), file=made.lessons
        ),
        lang,
    )


@app.command(cls=Command, help=N_("Read attendance and show whom to act on, and why."))
def analyse(
    files: Files,
    pupils: Pupils = None,
    units: Units = None,
    mapping: Mapped = None,
    plan: PlanName = None,
    as_of: Day = None,
    since: Since = None,
    out: Annotated[Path | None, typer.Option(file_okay=False, help=N_("Folder for the report and the files."))] = None,
    form: Format = Form.TABLE,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    store: Folder = None,
    confirm_fewer: Confirmed = False,
    lang: Lang = LanguageName.SV,
) -> None:
    request = Request(
        files=tuple(files),
        today=_today(),
        pupils=pupils,
        units=units,
        mapping=mapping,
        plan=plan,
        as_of=_day(as_of),
        first_day=_day(since),
        encoding=encoding,
        delimiter=delimiter,
        store=store,
        confirmed=confirm_fewer,
    )
    with _telling(lang):
        _analyse(request, out, form, lang)


def _analyse(request: Request, out: Path | None, form: Form, lang: str) -> None:
    with _progress(N_("Reading lessons"), lang) as told, imported(request, told) as stored:
        analysis = analysis_of(stored, request)
        if out:
            write_all(analysis, import_report(stored), out, lang)
    if form is Form.JSON:
        typer.echo(analysis_json(analysis))
    else:
        print_analysis(analysis, console=Console(), language=lang, report=out / REPORT if out else None)


@app.command("try-rule", cls=Command, help=N_("Try a warning rule on stored history."))
def try_rule_command(
    files: Files,
    rule: Annotated[str, typer.Option(help=N_("For example: total_rate(last_20) >= 0.15"))],
    plan: PlanName = None,
    pupils: Pupils = None,
    units: Units = None,
    mapping: Mapped = None,
    as_of: Day = None,
    since: Since = None,
    form: Format = Form.TABLE,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    store: Folder = None,
    confirm_fewer: Confirmed = False,
    lang: Lang = LanguageName.SV,
) -> None:
    request = Request(
        files=tuple(files),
        today=_today(),
        pupils=pupils,
        units=units,
        mapping=mapping,
        plan=plan,
        as_of=_day(as_of),
        first_day=_day(since),
        encoding=encoding,
        delimiter=delimiter,
        store=store,
        confirmed=confirm_fewer,
    )
    with _telling(lang):
        _try(request, rule, form, lang)


def _try(request: Request, text: str, form: Form, lang: str) -> None:
    rule = parse_rule(text)
    with _progress(N_("Reading lessons"), lang) as told, imported(request, told) as stored:
        if stored.grain != "lesson":
            raise ImportRefused(Message.of("A rule can only be tried on lessons: sums per period hold no weeks."))
        with snapshot(stored, request) as numbers:
            trial = try_rule(numbers, rule, occasion=stored.plan.occasion)
    names = stored.pupils.unit_names if stored.pupils else {}
    if form is Form.JSON:
        typer.echo(trial_json(rule, trial, names))
    else:
        print_trial(rule, trial, names, console=Console(), language=lang)


@app.command(cls=Command, help=N_("What every number means, and the text that computes it."))
def measures(
    list_: Annotated[bool, typer.Option("--list", help=N_("List all measures."))] = False,
    explain: Annotated[str | None, typer.Option(help=N_("Explain one measure."))] = None,
    lang: Lang = LanguageName.SV,
) -> None:
    if explain and not explain_measure(explain, console=Console(), language=lang):
        _fail(Message.of("There is no measure {name}. See narvaro measures --list.", name=explain), lang, WRONG_USAGE)
    if not explain:
        list_measures(console=Console(), language=lang)


def run() -> None:
    """The console script. Help is told in the language that the arguments ask for, before they are parsed."""
    language = _asked_language(sys.argv)
    localise(app, language)
    sys.exit(run_command(app, language, lambda message: typer.echo(message.say(language), err=True)))


def _asked_language(arguments: list[str]) -> str:
    for place, word in enumerate(arguments):
        value = word.partition("=")[2] or "".join(arguments[place + 1 : place + 2]) if word.startswith("--lang") else ""
        if value in LANGUAGES:
            return value
    return DEFAULT_LANGUAGE


@contextmanager
def _telling(lang: str) -> Iterator[None]:
    """Errors for people become a sentence and an exit status."""
    try:
        yield
    except (RuleError, PlanError) as error:
        _fail(error.message, lang, WRONG_USAGE)
    except (FactsError, OutputNotWritten) as error:
        _fail(error.message, lang, REFUSED)


def _fail(message: Message, lang: str, status: int) -> None:
    typer.echo(message.say(lang), err=True)
    raise typer.Exit(status)


def _say(message: Message, lang: str) -> None:
    typer.echo(message.say(lang))


@contextmanager
def _progress(text: str, lang: str) -> Iterator[Callable[[float], None]]:
    """A bar on standard error; silent when nobody watches."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(translate(text, lang), total=1.0)
        yield lambda share: bar.update(task, completed=share)


def _today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo("Europe/Stockholm")).date()


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
