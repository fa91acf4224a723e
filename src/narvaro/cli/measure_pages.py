"""``narvaro measures``: what each number means, and the texts that compute them."""

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

from narvaro.domain.measure_words import WORDS
from narvaro.domain.rules import MEASURES
from narvaro.facts.sql_text import SqlText
from narvaro.language import N_, translate

_HEADER = (("grain", N_("Grain")), ("reads", N_("Reads")), ("units", N_("Units")), ("about", N_("About")))


def list_measures(*, console: Console, language: str) -> None:
    console.print(_words(language))
    console.print(_texts(language))


def explain_measure(name: str, *, console: Console, language: str) -> bool:
    """Whether there is such a number or text."""
    if name in WORDS:
        word = WORDS[name]
        console.print(f"{name} ({translate(word.unit, language)})", style="bold", highlight=False)
        console.print(translate(word.meaning, language), highlight=False)
        console.print(translate(N_("Defined in docs/explanation/numbers.md."), language), highlight=False)
        return True
    if name not in SqlText.names():
        return False
    _explain_text(SqlText.load(name), console, language)
    return True


def _words(language: str) -> Table:
    table = _table(language, N_("Number"), N_("Unit"), N_("Meaning"), N_("In rules"))
    for name, word in WORDS.items():
        in_rules = translate(N_("yes"), language) if name in MEASURES else ""
        table.add_row(name, translate(word.unit, language), translate(word.meaning, language), in_rules)
    return table


def _texts(language: str) -> Table:
    table = _table(language, N_("Text that computes"), N_("Grain"), N_("About"))
    for name in SqlText.names():
        text = SqlText.load(name)
        table.add_row(name, text.grain, text.about)
    return table


def _table(language: str, *titles: str) -> Table:
    table = Table(box=None)
    for title in titles:
        table.add_column(translate(title, language), overflow="fold")
    return table


def _explain_text(text: SqlText, console: Console, language: str) -> None:
    console.print(f"{text.name}: {text.title}", style="bold", highlight=False)
    for field, title in _HEADER:
        console.print(f"{translate(title, language)}: {getattr(text, field)}", highlight=False)
    console.print(Syntax(text.body.strip(), "sql", background_color="default", word_wrap=True))
