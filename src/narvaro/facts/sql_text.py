"""The measures' SQL texts, each with a header that says what it is (``narvaro measures``)."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template

_HEADER = ("name", "title", "grain", "reads", "units", "about")


@dataclass(frozen=True, slots=True)
class SqlText:
    """One portable SELECT. ``$as_of`` and ``$first_day`` in the body are day numbers."""

    name: str
    title: str
    grain: str
    reads: str
    units: str
    about: str
    body: str

    @classmethod
    def load(cls, name: str) -> "SqlText":
        """Raises FileNotFoundError for a name that is no measure."""
        return _load(name)

    @classmethod
    def names(cls) -> list[str]:
        folder = resources.files("narvaro.facts") / "sql"
        return sorted(path.name.removesuffix(".sql") for path in folder.iterdir() if path.name.endswith(".sql"))

    def filled(self, **numbers: int) -> str:
        """The text with its parameters; only integers, so that nothing can be injected."""
        return Template(self.body).substitute({name: int(number) for name, number in numbers.items()})


@cache
def _load(name: str) -> SqlText:
    text = (resources.files("narvaro.facts") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    lines = text.splitlines()
    header = dict(line.removeprefix("-- ").split(": ", 1) for line in lines[: len(_HEADER)])
    if tuple(header) != _HEADER:
        raise ValueError(f"{name}.sql must begin with the header lines {', '.join(_HEADER)}")
    return SqlText(**header, body="\n".join(lines[len(_HEADER) :]))
