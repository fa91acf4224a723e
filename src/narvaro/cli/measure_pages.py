"""``narvaro measures``: what each number means, straight from the texts that compute it."""

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

from narvaro.facts.sql_text import SqlText
from narvaro.language import N_, translate

_FACTS = (("grain", N_("Grain")), ("reads", N_("Reads")), ("units", N_("Units")), ("about", N_("About")))


def list_measures(*, console: Console, language: str) -> None:
    table = Table(box=None)
    for title in (N_("Measure"), N_("Grain"), N_("About")):
        table.add_column(translate(title, language), overflow="fold")
    for name in SqlText.names():
        text = SqlText.load(name)
        table.add_row(name, text.grain, text.about)
    console.print(table)


def explain_measure(name: str, *, console: Console, language: str) -> bool:
    """Whether there is such a measure."""
    if name not in SqlText.names():
        return False
    text = SqlText.load(name)
    console.print(f"{name}: {text.title}", style="bold", highlight=False)
    for field, title in _FACTS:
        console.print(f"{translate(title, language)}: {getattr(text, field)}", highlight=False)
    console.print(Syntax(text.body.strip(), "sql", background_color="default", word_wrap=True))
    return True
