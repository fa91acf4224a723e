"""``narvaro sync``: a school system read into a folder, without a server."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from narvaro.cli.help_words import Command
from narvaro.cli.list_files import write_lists
from narvaro.cli.options import Confirmed, today_here
from narvaro.cli.telling import WRONG_USAGE, Form, Format, Lang, LanguageName, fail, stages, telling
from narvaro.facts.store import Store
from narvaro.language import N_, Message, translate
from narvaro.ss12000.connection import AuthKind, Connection, Wanted
from narvaro.ss12000.source import opened
from narvaro.ss12000.told import Reading

_MEMORY = "source"
_OWN_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
_PARTS = {"roster": N_("Reading the roster"), "lessons": N_("Reading lessons")}
_COUNTS = {
    "organisations": N_("Organisations"),
    "school_units": N_("School units"),
    "pupils": N_("Pupils"),
    "protected": N_("Pupils with protected identity"),
    "guardians": N_("Guardians"),
    "staff": N_("Staff"),
    "groups": N_("Groups"),
    "mentor_relations": N_("Mentors' pupils"),
    "activities": N_("Activities"),
    "lessons": N_("Lessons read"),
    "cancelled": N_("Cancelled lessons"),
    "attendance_rows": N_("Registrations read"),
    "absences": N_("Announced absences read"),
    "deleted": N_("Removed at the source"),
}
_ROUTES = {
    "events": N_("Attendance comes with the lessons."),
    "event_lookup": N_("Attendance is looked up for each lesson."),
    "attendances": N_("Attendance is read as one listing."),
    "sums": N_("The source tells sums a week only, so there are no lists of days and no windows."),
    "file": N_("The source tells no attendance. Send it as a file."),
}
_HAS = {
    "yes": N_("there"),
    "empty": N_("there, but empty"),
    "no": N_("not there"),
    "refused": N_("not allowed"),
    "failed": N_("failed"),
}

BaseUrl = Annotated[str, typer.Option(help=N_("Where the paths of SS 12000 begin, as in https://sis.example/v2.0."))]
Folder = Annotated[Path, typer.Option(file_okay=False, help=N_("Keep lessons, pupils and units in this folder."))]
Token = Annotated[
    str, typer.Option(envvar="NARVARO_SYNC_TOKEN", help=N_("The key that the source gave. Best in NARVARO_SYNC_TOKEN."))
]
ClientId = Annotated[str, typer.Option(help=N_("Id for the token's address, with --client-secret and --token-url."))]
Secret = Annotated[str, typer.Option(envvar="NARVARO_SYNC_SECRET", help=N_("Its secret. Best in NARVARO_SYNC_SECRET."))]
TokenUrl = Annotated[str, typer.Option(help=N_("Where tokens are given out (OAuth 2.0 client credentials)."))]
Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help=N_("First day of lessons (default: the school year's first).")),
]
Full = Annotated[bool, typer.Option("--full", help=N_("Read everything anew and compare."))]


def add_to(app: typer.Typer) -> None:
    app.command("sync", cls=Command, help=N_("Read a school system that speaks SS 12000."))(sync)


def sync(
    base_url: BaseUrl,
    store: Folder,
    token: Token = "",
    client_id: ClientId = "",
    client_secret: Secret = "",
    token_url: TokenUrl = "",
    since: Since = None,
    full: Full = False,
    confirm_fewer: Confirmed = False,
    form: Format = Form.TABLE,
    lang: Lang = LanguageName.SV,
) -> None:
    if client_id and not (client_secret and token_url):
        fail(Message.of("With --client-id, give --client-secret and --token-url too."), lang, WRONG_USAGE)
    auth: AuthKind = "client_form" if client_id else "bearer" if token else "none"
    connection = Connection(
        base_url=base_url,
        auth=auth,
        token=token,
        token_url=token_url,
        client_id=client_id,
        client_secret=client_secret,
        trusted_hosts=_trusted(base_url, token_url),
    )
    wanted = Wanted(identity_numbers=False, guardians=False, first_day=since.date() if since else None)
    with telling(lang), stages(lang) as told:
        reading = _read(connection, wanted, store, full, confirm_fewer, lambda what, share: told(_PARTS[what], share))
    if form is Form.JSON:
        typer.echo(json.dumps(_told(reading, lang), ensure_ascii=False, indent=2))
    else:
        _print(reading, Console(), lang)


def _read(
    connection: Connection,
    wanted: Wanted,
    folder: Path,
    full: bool,
    confirmed: bool,
    tell: Callable[[str, float], None],
) -> Reading:
    with opened(connection, wanted, folder / _MEMORY, tell=tell) as source:
        roster = source.read_roster(full=full, confirmed=confirmed)
        source.read_absences()
        source.read_lessons(Store(folder), register=None, today=today_here(), confirmed=confirmed)
        write_lists(roster.pupils, roster.units, folder)
        return source.commit()


def _trusted(*urls: str) -> frozenset[str]:
    """Whoever types the command runs the machine: any host is meant as it is typed, but only this machine may be asked
    in the clear."""
    hosts = {parts.hostname or "" for parts in map(urlsplit, urls) if parts.scheme == "https"}
    return _OWN_MACHINE | hosts


def _told(reading: Reading, language: str) -> dict[str, Any]:
    return {
        "full": reading.full,
        "counts": dict(reading.counts),
        "route": reading.route,
        "capabilities": [
            {"name": each.name, "has": each.has, "note": each.note.say(language) if each.note else None}
            for each in reading.capabilities
        ],
        "findings": [
            {"code": each.code, "count": each.count, "told": each.told.say(language)} for each in reading.findings
        ],
        "differences": [asdict(each) for each in reading.differences],
    }


def _print(reading: Reading, console: Console, language: str) -> None:
    def say(text: str) -> str:
        return translate(text, language)

    console.print(_table((say(_COUNTS[name]), str(count)) for name, count in reading.counts.items()))
    console.print(say(_ROUTES[reading.route]))
    console.print(
        _table(
            (each.name, say(_HAS[each.has]), each.note.say(language) if each.note else "")
            for each in reading.capabilities
        )
    )
    for finding in reading.findings:
        console.print(f"! {finding.told.say(language)}", markup=False, style="yellow")


def _table(rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    return table
