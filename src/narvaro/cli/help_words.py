"""The words around the commands in the reader's language: help texts, and those that typer adds itself in English."""

from collections.abc import Callable
from typing import Any

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup
from typer.models import CommandInfo

from narvaro.language import DEFAULT_LANGUAGE, N_, Message, translate

_PANELS = {
    "ARGUMENTS_PANEL_TITLE": N_("Arguments"),
    "OPTIONS_PANEL_TITLE": N_("Options"),
    "COMMANDS_PANEL_TITLE": N_("Commands"),
    "REQUIRED_LONG_STRING": N_("[needed]"),
    "DEFAULT_STRING": N_("[default: {}]"),
}
_SOURCES: dict[int, str] = {}
_spoken = {"language": DEFAULT_LANGUAGE}


class _Spoken:
    """What typer says in English about any command, said in the reader's language."""

    def get_usage(self, ctx: Any) -> str:
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return usage.replace("Usage:", translate(N_("Usage:"), _spoken["language"]))

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = translate(N_("Show this help."), _spoken["language"])
        return option


class Command(_Spoken, TyperCommand):
    pass


class Group(_Spoken, TyperGroup):
    pass


def localise(app: typer.Typer, language: str) -> None:
    _spoken["language"] = language
    for name, text in _PANELS.items():
        setattr(rich_utils, name, translate(text, language))
    app.info.help = translate(str(app.info.help), language)
    for group in app.registered_groups:
        group.help = translate(str(group.help), language)
        for command in group.typer_instance.registered_commands if group.typer_instance else ():
            _localise_command(command, language)
    for command in app.registered_commands:
        _localise_command(command, language)


def run_command(app: typer.Typer, language: str, tell: Callable[[Message], None]) -> int:
    """The exit status. Wrong usage is told by our own sentences; values are not repeated."""
    try:
        status = app(standalone_mode=False)
    except typer.Exit as finished:
        return finished.exit_code
    except typer.BadParameter as error:
        tell(_about_parameter(error))
        return 2
    except typer.Abort:
        return 130
    except Exception as error:
        if not hasattr(error, "exit_code"):
            raise
        if type(error).__name__ != "NoArgsIsHelpError":
            tell(_about_usage(error))
        return 2
    return status if isinstance(status, int) else 0


def _about_parameter(error: typer.BadParameter) -> Message:
    name = error.param.name if error.param is not None else None
    if name in (None, "files", "plan", "older", "newer") and type(error).__name__ == "MissingParameter":
        return Message.of("A file is missing. See narvaro --help.")
    option = "--" + str(name).replace("_", "-")
    if type(error).__name__ == "MissingParameter":
        return Message.of("{option} is missing. See narvaro --help.", option=option)
    if name == "files":
        return Message.of("One of the files does not exist. See narvaro --help.")
    if "does not exist" in str(error.message):
        return Message.of("There is no such file or folder ({option}). See narvaro --help.", option=option)
    return Message.of("The value of {option} cannot be used. See narvaro --help.", option=option)


def _about_usage(error: Exception) -> Message:
    option = getattr(error, "option_name", None)
    if option:
        return Message.of("There is no option {option}. See narvaro --help.", option=option)
    return Message.of("The command cannot be understood. See narvaro --help.")


def _localise_command(command: CommandInfo, language: str) -> None:
    command.help = translate(str(command.help), language)
    hints = getattr(command.callback, "__annotations__", {})
    for hint in hints.values():
        for option in getattr(hint, "__metadata__", ()):
            # Commands share options; each is translated from its English text, not from a translation.
            option.help = translate(_SOURCES.setdefault(id(option), option.help), language)
