"""How every command speaks: its language, its form, its progress, and errors as a sentence and an exit status."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from narvaro.cli.analysing import WrongUsage
from narvaro.core.errors import PeopleError
from narvaro.domain.rules import RuleError
from narvaro.facts.errors import FactsError
from narvaro.language import N_, Message, translate
from narvaro.plans import PlanError
from narvaro.report.staging import OutputNotWritten
from narvaro.ss12000.errors import SourceRefused

WRONG_USAGE, REFUSED = 2, 3


class Form(StrEnum):
    TABLE = "table"
    JSON = "json"


class LanguageName(StrEnum):
    SV = "sv"
    EN = "en"


Format = Annotated[Form, typer.Option("--format", help=N_("What to print."))]
Lang = Annotated[LanguageName, typer.Option("--lang", help=N_("Language: sv or en."))]


@contextmanager
def telling(lang: str) -> Iterator[None]:
    """Errors for people become a sentence and an exit status."""
    try:
        yield
    except (RuleError, PlanError, WrongUsage) as error:
        fail(error.message, lang, WRONG_USAGE)
    except (FactsError, OutputNotWritten, PeopleError, SourceRefused) as error:
        fail(error.message, lang, REFUSED)


def fail(message: Message, lang: str, status: int) -> None:
    typer.echo(message.say(lang), err=True)
    raise typer.Exit(status)


def say(message: Message, lang: str) -> None:
    typer.echo(message.say(lang))


@contextmanager
def progress(text: str, lang: str) -> Iterator[Callable[[float], None]]:
    """One kind of work as a bar on standard error; silent when nobody watches."""
    with stages(lang) as told:
        yield lambda share: told(text, share)


@contextmanager
def stages(lang: str) -> Iterator[Callable[[str, float], None]]:
    """Kinds of work after each other; each is told with its name and the share that is done."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda text, share: bar.update(task, description=translate(text, lang), completed=share)
