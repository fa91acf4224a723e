"""Commands and options. Exit status: 0 done, 2 wrong usage, 3 input refused (nothing written)."""

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from narvaro.cli import accounts, plans, serving, simulating, syncing
from narvaro.cli.analysing import Request, analysis_of, import_report, imported, snapshot
from narvaro.cli.help_words import Command, Group, localise, run_command
from narvaro.cli.measure_pages import explain_measure, list_measures
from narvaro.cli.options import asking
from narvaro.cli.telling import WRONG_USAGE, Form, Format, Lang, LanguageName, fail, progress, say, telling
from narvaro.cli.trials import print_trial, trial_json
from narvaro.demo.generator import generate
from narvaro.domain.rules import parse_rule
from narvaro.facts.errors import ImportRefused
from narvaro.facts.trying import try_rule
from narvaro.language import DEFAULT_LANGUAGE, LANGUAGES, N_, Message
from narvaro.report.files import REPORT, write_all
from narvaro.report.records import analysis_json
from narvaro.report.terminal import print_analysis

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=N_("Närvaro: every pupil's attendance seen in time."),
)


accounts.add_to(app)
serving.add_to(app)
plans.add_to(app)
simulating.add_to(app)
syncing.add_to(app)


@app.command(cls=Command, help=N_("Make an invented municipality to try things on."))
def demo(
    out: Annotated[Path | None, typer.Option(file_okay=False, help=N_("Folder for the files."))] = None,
    load: Annotated[bool, typer.Option("--load", help=N_("Load it into the database, to sign in and look."))] = False,
    pupils: Annotated[int, typer.Option(min=1, max=2_000_000, help=N_("How many pupils."))] = 12_000,
    seed: Annotated[int, typer.Option(help=N_("The same seed gives the same municipality."))] = 1,
    school_year: Annotated[
        int, typer.Option(min=2000, max=2099, help=N_("The year in which the school year begins."))
    ] = 2025,
    lang: Lang = LanguageName.SV,
) -> None:
    if load:
        accounts.load_demo(pupils, lang)
    elif out is None:
        fail(Message.of("{option} is missing. See narvaro --help.", option="--out"), lang, WRONG_USAGE)
    else:
        _make_files(out, pupils, seed, school_year, lang)


def _make_files(out: Path, pupils: int, seed: int, school_year: int, lang: str) -> None:
    with telling(lang), progress(N_("Making lessons"), lang) as told:
        made = generate(pupils=pupils, seed=seed, school_year=school_year, out=out, progress=told)
    say(
        Message.of(
            "{rows} lessons in {file}. All persons are invented.", rows=_spaced(made.lesson_rows), file=made.lessons
        ),
        lang,
    )


@app.command(cls=Command, help=N_("Read attendance and show whom to act on, and why."))
@asking
def analyse(
    request: Request,
    out: Annotated[Path | None, typer.Option(file_okay=False, help=N_("Folder for the report and the files."))] = None,
    form: Format = Form.TABLE,
    lang: Lang = LanguageName.SV,
) -> None:
    with telling(lang):
        _analyse(request, out, form, lang)


def _analyse(request: Request, out: Path | None, form: Form, lang: str) -> None:
    with progress(N_("Reading lessons"), lang) as told, imported(request, told) as stored:
        analysis = analysis_of(stored, request)
        if out:
            write_all(analysis, import_report(stored), out, lang)
    if form is Form.JSON:
        typer.echo(analysis_json(analysis))
    else:
        print_analysis(analysis, console=Console(), language=lang, report=out / REPORT if out else None)


@app.command("try-rule", cls=Command, help=N_("Try a warning rule on stored history."))
@asking
def try_rule_command(
    request: Request,
    rule: Annotated[str, typer.Option(help=N_("For example: total_rate(last_20) >= 0.15"))],
    form: Format = Form.TABLE,
    lang: Lang = LanguageName.SV,
) -> None:
    with telling(lang):
        _try(request, rule, form, lang)


def _try(request: Request, text: str, form: Form, lang: str) -> None:
    rule = parse_rule(text)
    with progress(N_("Reading lessons"), lang) as told, imported(request, told) as stored:
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
        fail(Message.of("There is no measure {name}. See narvaro measures --list.", name=explain), lang, WRONG_USAGE)
    if not explain:
        list_measures(console=Console(), language=lang)


# A run makes hundreds of thousands of small objects without cycles; looking for cycles took a sixth of the time.
FEW_COLLECTIONS = (100_000, 50, 50)


def run() -> None:
    """The console script. Help is told in the language that the arguments ask for, before they are parsed."""
    gc.set_threshold(*FEW_COLLECTIONS)
    language = _asked_language(sys.argv)
    localise(app, language)
    sys.exit(run_command(app, language, lambda message: typer.echo(message.say(language), err=True)))


def _asked_language(arguments: list[str]) -> str:
    for place, word in enumerate(arguments):
        value = word.partition("=")[2] or "".join(arguments[place + 1 : place + 2]) if word.startswith("--lang") else ""
        if value in LANGUAGES:
            return value
    return DEFAULT_LANGUAGE


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
