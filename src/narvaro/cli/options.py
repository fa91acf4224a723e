"""What the commands that read attendance can be asked, declared once."""

import inspect
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from narvaro.cli.analysing import Request
from narvaro.language import N_

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        help=N_("Attendance exports; later files correct earlier ones. None: what --store holds."), exists=True
    ),
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
LessonMinutes = Annotated[
    int | None, typer.Option(min=1, max=1440, help=N_("Minutes of a lesson, for files that count lessons."))
]
Folder = Annotated[Path | None, typer.Option(file_okay=False, help=N_("Keep the facts in this folder between runs."))]
Confirmed = Annotated[bool, typer.Option("--confirm-fewer", help=N_("Yes, fewer rows than usual are right."))]
EngineAddress = Annotated[
    str | None,
    typer.Option(help=N_("A Spark server that computes instead, as in sc://localhost:15002. Needs --store.")),
]


def asking(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options of a request; it gets the Request in their place, as its first argument."""
    shared = inspect.signature(_request).parameters
    _, *own = inspect.signature(command).parameters.values()

    @wraps(command)
    def asked(**given: Any) -> None:
        options = {name: given.pop(name) for name in shared}
        command(_request(**options), **given)

    # Typer reads the options from here. By keyword only, since a needed option may follow those with a default.
    options = [option.replace(kind=inspect.Parameter.KEYWORD_ONLY) for option in (*shared.values(), *own)]
    asked.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    asked.__annotations__ = {option.name: option.annotation for option in options}
    return asked


def _request(
    files: Files = None,
    pupils: Pupils = None,
    units: Units = None,
    mapping: Mapped = None,
    plan: PlanName = None,
    as_of: Day = None,
    since: Since = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    lesson_minutes: LessonMinutes = None,
    store: Folder = None,
    engine: EngineAddress = None,
    confirm_fewer: Confirmed = False,
) -> Request:
    return Request(
        files=tuple(files or ()),
        today=today_here(),
        pupils=pupils,
        units=units,
        mapping=mapping,
        plan=plan,
        as_of=_day(as_of),
        first_day=_day(since),
        encoding=encoding,
        delimiter=delimiter,
        lesson_minutes=lesson_minutes,
        store=store,
        engine=engine,
        confirmed=confirm_fewer,
    )


def today_here() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo("Europe/Stockholm")).date()


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
