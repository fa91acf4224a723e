"""``narvaro simulate``: the invented municipality behind SS 12000, for those who write or try a client."""

import secrets
import signal
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from narvaro.cli.help_words import Command
from narvaro.cli.telling import WRONG_USAGE, Lang, LanguageName, fail, progress, say
from narvaro.language import N_, Message, translate
from narvaro.simulator.faults import FAULTS
from narvaro.simulator.founding import SWEDEN
from narvaro.simulator.serving import LOCAL, Access, Served, served
from narvaro.simulator.simulation import Simulation


class Version(StrEnum):
    NEW = "2.1"
    OLD = "2.0"


def add_to(app: typer.Typer) -> None:
    app.command(cls=Command, help=N_("Serve the invented municipality as a school system would (SS 12000)."))(simulate)


def simulate(
    pupils: Annotated[int, typer.Option(min=12, max=2_000_000, help=N_("How many pupils."))] = 1_000,
    port: Annotated[int, typer.Option(min=1, max=65535, help=N_("Port of the web server."))] = 8120,
    host: Annotated[str, typer.Option(help=N_("Address that the web server listens on."))] = LOCAL,
    seed: Annotated[int, typer.Option(help=N_("The same seed gives the same municipality."))] = 1,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help=N_("The day on which its clock stands (default: today).")),
    ] = None,
    weeks: Annotated[
        int | None, typer.Option(min=0, help=N_("Weeks of lessons behind that day (default: the whole school year)."))
    ] = None,
    token: Annotated[str | None, typer.Option(help=N_("Bearer token (default: a new one)."))] = None,
    version: Annotated[Version, typer.Option(help=N_("Version of the standard: 2.1 or 2.0."))] = Version.NEW,
    fault: Annotated[list[str] | None, typer.Option(help=N_("A fault that it is to have; can be repeated."))] = None,
    faults: Annotated[bool, typer.Option("--faults", help=N_("List the faults."))] = False,
    lang: Lang = LanguageName.SV,
) -> None:
    if faults:
        _list_faults(lang)
        return
    chosen = fault or []
    if unknown := [name for name in chosen if name not in FAULTS]:
        fail(Message.of("There is no fault {name}. See narvaro simulate --faults.", name=unknown[0]), lang, WRONG_USAGE)
    day = since.date() if since else _today()
    access = Access(token=token or secrets.token_hex(24))
    with TemporaryDirectory(prefix="narvaro-simulator-") as folder:
        with progress(N_("Founding the municipality"), lang):
            simulation = Simulation(
                pupils=pupils, seed=seed, day=day, weeks=weeks, version=version.value, folder=Path(folder)
            )
        with simulation, served(simulation, access=access, faults=chosen, host=host, port=port) as at:
            _tell(at, simulation, chosen, lang)
            _until_stopped()


def _tell(at: Served, simulation: Simulation, chosen: Sequence[str], lang: str) -> None:
    day = simulation.today.isoformat()
    say(Message.of("An invented school system is at {address} (Ctrl-C stops it)", address=at.address), lang)
    say(Message.of("Its clock stands on {day}.", day=day), lang)
    say(Message.of("Bearer token: {token}", token=at.access.token), lang)
    say(
        Message.of(
            "Or client {client} with secret {secret}, at {address}",
            client=at.access.client_id,
            secret=at.access.client_secret,
            address=at.token_url,
        ),
        lang,
    )
    if chosen:
        say(Message.of("Faults: {names}", names=", ".join(chosen)), lang)
    bearer = f'-H "Authorization: Bearer {at.access.token}"'
    say(Message.of("A day further:"), lang)
    typer.echo(f"  curl -X POST {bearer} '{at.step_url}?hours=24'")
    say(Message.of("Read it:"), lang)
    typer.echo(f"  narvaro sync --base-url {at.address} --token {at.access.token} --store store")


def _list_faults(lang: str) -> None:
    table = Table(box=None, show_header=False)
    for name, fault in FAULTS.items():
        table.add_row(name, translate(fault.told, lang))
    Console().print(table)


def _until_stopped() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        Event().wait()


def _today() -> date:
    return datetime.now(UTC).astimezone(SWEDEN).date()
