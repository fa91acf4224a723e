"""Plans as files: shown, checked, compared."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from narvaro.cli.help_words import Command, Group
from narvaro.cli.telling import REFUSED, Form, Format, Lang, LanguageName, say, telling
from narvaro.language import N_, Message
from narvaro.plans import all_faults, load_plan
from narvaro.plans.diff_words import PartDifference, differences
from narvaro.plans.records import difference_records, plan_record
from narvaro.report.plan_page import plan_html
from narvaro.report.visible_text import visible


class Shown(StrEnum):
    HTML = "html"
    JSON = "json"


PlanOf = Annotated[str, typer.Argument(help=N_("A preset's name, or a plan file (YAML)."))]
Older = Annotated[str, typer.Argument(help=N_("The plan before: a preset's name or a file."))]
Newer = Annotated[str, typer.Argument(help=N_("The plan after: a preset's name or a file."))]
As = Annotated[Shown, typer.Option("--format", help=N_("What to print."))]


def add_to(app: typer.Typer) -> None:
    plans = typer.Typer(cls=Group, no_args_is_help=True)
    plans.command(cls=Command, help=N_("Show a plan as a page or as JSON."))(show)
    plans.command(cls=Command, help=N_("Say everything that is wrong with a plan's file."))(check)
    plans.command(cls=Command, help=N_("Say what is different between two plans."))(diff)
    app.add_typer(plans, name="plan", help=N_("Attendance plans as files."))


def show(plan: PlanOf, form: As = Shown.HTML, lang: Lang = LanguageName.SV) -> None:
    with telling(lang):
        found = load_plan(plan)
    text = (
        plan_html(found, lang) if form is Shown.HTML else json.dumps(plan_record(found), ensure_ascii=False, indent=1)
    )
    typer.echo(text, nl=form is Shown.JSON)


def check(plan: PlanOf, lang: Lang = LanguageName.SV) -> None:
    faults = all_faults(plan)
    for fault in faults:
        typer.echo(visible(fault.message.say(lang)), err=True)
    if faults:
        raise typer.Exit(REFUSED)
    say(Message.of("The plan can be used."), lang)


def diff(older: Older, newer: Newer, form: Format = Form.TABLE, lang: Lang = LanguageName.SV) -> None:
    with telling(lang):
        found = differences(load_plan(older), load_plan(newer), lang)
    if form is Form.JSON:
        typer.echo(json.dumps(difference_records(found), ensure_ascii=False, indent=1))
    elif not found:
        say(Message.of("The two plans say the same."), lang)
    else:
        typer.echo("\n\n".join(_part(part) for part in found))


def _part(part: PartDifference) -> str:
    """As a unified diff tells it: what was with a minus, what is with a plus."""
    lines = [f"{part.part} ({part.kind_words})"]
    for each in part.differences:
        lines.append(f"  {each.what}")
        lines += [f"  - {line}" for line in each.before.splitlines() if each.before != "–"]
        lines += [f"  + {line}" for line in each.after.splitlines() if each.after != "–"]
    return "\n".join(visible(line) for line in lines)
