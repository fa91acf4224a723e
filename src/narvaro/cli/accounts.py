"""The demo in the database, who can sign in to it, and whether the audit is whole."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from narvaro.cli.help_words import Command
from narvaro.cli.telling import Form, Format, Lang, LanguageName, say, stages, telling
from narvaro.config import starting
from narvaro.core.errors import Refused
from narvaro.language import N_, Message, translate

NOT_WHOLE = 1


class Which(StrEnum):
    DEMO = "demo"


def add_to(app: typer.Typer) -> None:
    app.command(cls=Command, help=N_("Who can sign in to the demo municipality, and in which role."))(accounts)
    app.command("verify-audit", cls=Command, help=N_("Check that nothing in the audit was changed or removed."))(verify)
    app.command(
        "export-audit", cls=Command, help=N_("Write the audit to a file that an auditor checks without Närvaro.")
    )(export_log)


def load_demo(pupils: int, lang: str) -> None:
    """Tables, files, register, facts and numbers, in the data directory and the database of the settings."""
    with telling(lang):
        starting.start()
        starting.make_tables()
        from narvaro.demo.loading import load

        with stages(lang) as told:
            loaded = load(pupils=pupils, progress=told)
    text = (
        N_("A municipality of {pupils} invented pupils is loaded; the day is set to {day}. See narvaro accounts demo.")
        if loaded.new
        else N_("The municipality of {pupils} invented pupils is here already; the day is set to {day}.")
    )
    say(Message.of(text, pupils=loaded.pupils, day=loaded.day), lang)


def accounts(
    which: Annotated[Which, typer.Argument(help=N_("Whose: demo is the invented people."))],
    one_a_role: Annotated[bool, typer.Option("--one-a-role", help=N_("Only the first in each role."))] = False,
    form: Format = Form.TABLE,
    lang: Lang = LanguageName.SV,
) -> None:
    with telling(lang):
        starting.start()
        from django.conf import settings

        from narvaro.demo.sign_ins import SignIn, sign_ins

        found: Sequence[SignIn] = sign_ins(settings.DATA)
    if one_a_role:
        roles: dict[str, SignIn] = {}
        for each in found:
            roles.setdefault(each.role, each)
        found = list(roles.values())
    if form is Form.JSON:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=1))
        return
    _print(found, lang)


def _print(found: Sequence[Any], lang: str) -> None:
    from narvaro.core.access import access

    table = Table(box=None)
    for title in (N_("E-mail"), N_("Role"), N_("Name"), N_("Workplace")):
        table.add_column(translate(title, lang), no_wrap=title == "E-mail", overflow="fold")
    for each in found:
        table.add_row(each.email, access().roles[each.role].say(lang), each.name, each.workplace)
    Console().print(table)
    say(Message.of("Password for all of them: {password}", password=found[0].password), lang)


def verify(
    database: Annotated[
        str | None, typer.Option(help=N_("Address of the database (default: the installed one)."))
    ] = None,
    export: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help=N_("An exported audit."))] = None,
    checkpoints: Annotated[
        Path | None, typer.Option(exists=True, help=N_("Folder of signed checkpoints that were kept elsewhere."))
    ] = None,
    public_key: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help=N_("The key that signed the checkpoints.")),
    ] = None,
    form: Format = Form.TABLE,
    lang: Lang = LanguageName.SV,
) -> None:
    with telling(lang):
        starting.start()
        from narvaro.core.audit_check import verify_audit, words

        report = verify_audit(database=database, export=export, checkpoints=checkpoints, public_key=public_key)
    if form is Form.JSON:
        typer.echo(json.dumps({"intact": report.intact, **asdict(report)}, ensure_ascii=False, indent=1))
    else:
        for finding in report.findings:
            say(words(finding), lang)
        whole = N_("{entries} entries; nothing was changed or removed.")
        broken = N_("{entries} entries; {findings} places cannot be trusted.")
        text = whole if report.intact else broken
        say(Message.of(text, entries=report.entries, findings=len(report.findings)), lang)
    raise typer.Exit(0 if report.intact else NOT_WHOLE)


def export_log(
    target: Annotated[
        Path, typer.Argument(help=N_("The file to write; it must not be there already."), dir_okay=False)
    ],
    database: Annotated[
        str | None, typer.Option(help=N_("Address of the database (default: the installed one)."))
    ] = None,
    lang: Lang = LanguageName.SV,
) -> None:
    """The file is readable by its owner only: it says who looked at whom."""
    with telling(lang):
        starting.start()
        from narvaro.core.audit_check import export_audit

        if target.exists():
            raise Refused(Message.of("{file} is there already. Choose another name.", file=target.name))
        target.touch(mode=0o600)
        entries = export_audit(target, database=database)
    text = N_("{entries} entries are written to {file}. Check them with audit_verifier.py.")
    say(Message.of(text, entries=entries, file=target.name), lang)
