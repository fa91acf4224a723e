"""The help texts in the reader's language: those of the options, and the words that typer and click add themselves."""

import typer
from typer import rich_utils
from typer.models import CommandInfo

from narvaro.language import N_, translate

_PANELS = {
    "ARGUMENTS_PANEL_TITLE": N_("Arguments"),
    "OPTIONS_PANEL_TITLE": N_("Options"),
    "COMMANDS_PANEL_TITLE": N_("Commands"),
    "ERRORS_PANEL_TITLE": N_("Wrong usage"),
    "REQUIRED_LONG_STRING": N_("[needed]"),
    "DEFAULT_STRING": N_("[default: {}]"),
    "RICH_HELP": N_("Try [blue]'{command_path} {help_option}'[/] for help."),
}

_SOURCES: dict[int, str] = {}


def localise(app: typer.Typer, language: str) -> None:
    for name, text in _PANELS.items():
        setattr(rich_utils, name, translate(text, language))
    app.info.help = translate(str(app.info.help), language)
    for command in app.registered_commands:
        _localise_command(command, language)


def _localise_command(command: CommandInfo, language: str) -> None:
    command.help = translate(str(command.help), language)
    hints = getattr(command.callback, "__annotations__", {})
    for hint in hints.values():
        for option in getattr(hint, "__metadata__", ()):
            # Commands share options; each is translated from its English text, not from a translation.
            option.help = translate(_SOURCES.setdefault(id(option), option.help), language)
