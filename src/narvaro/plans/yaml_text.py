"""A plan's file as plain data that still knows its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from narvaro.facts.plain_yaml import NotPlain, PlainYaml, TooLarge, plain_of, read_plain
from narvaro.language import Message
from narvaro.plans.errors import PlanError

Place = Sequence[int | str]


@dataclass(frozen=True, slots=True)
class Document:
    """``data``: dicts, lists and texts."""

    file: str
    data: Any
    root: yaml.Node | None

    def line(self, place: Place) -> int:
        """The line on which the part at ``place`` begins, or the innermost part around it that is written."""
        node = self.root
        for step in place:
            inner = _inside(node, step)
            if inner is None:
                break
            node = inner
        return node.start_mark.line + 1 if node else 1

    def name(self, place: Place) -> str:
        """``rules.total_15.when``: an item of a list by its id, or by its number from 1."""
        part, names = self.data, []
        for step in place:
            part = _part(part, step)
            own = part.get("id") if isinstance(step, int) and isinstance(part, dict) else None
            number = str(step + 1) if isinstance(step, int) else step
            names.append(own if isinstance(own, str) and own else number)
        return ".".join(names)

    def at(self, place: Place) -> Any:
        """The data there; None where nothing is written."""
        part = self.data
        for step in place:
            part = _part(part, step)
        return part


def read_document(path: Path) -> Document:
    """Raise PlanError when the file cannot be read as YAML."""
    try:
        plain = read_plain(path)
    except FileNotFoundError:
        raise PlanError(Message.of("The plan {file} does not exist.", file=str(path))) from None
    except TooLarge:
        raise PlanError(Message.of("The plan {file} is too large to be a plan.", file=path.name)) from None
    except NotPlain as error:
        raise _not_plain(path.name, error) from None
    except (OSError, ValueError):
        raise PlanError(Message.of("The plan {file} cannot be read as UTF-8 text.", file=path.name)) from None
    return _document(path.name, plain)


def document_of(text: str, file: str) -> Document:
    """The same of a text; ``file`` is what errors call it."""
    try:
        return _document(file, plain_of(text))
    except NotPlain as error:
        raise _not_plain(file, error) from None


def _document(file: str, plain: PlainYaml) -> Document:
    return Document(file, plain.data, plain.root)


def _not_plain(file: str, error: NotPlain) -> PlanError:
    return PlanError(
        Message.of(
            "The plan {file} is not plain YAML near line {line}: check indents and quotes, and that no key stands "
            "there twice.",
            file=file,
            line=error.line,
        )
    )


def _inside(node: Any, step: int | str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return node.value[step] if isinstance(node, yaml.SequenceNode) and isinstance(step, int) else None


def _part(part: Any, step: int | str) -> Any:
    if isinstance(part, list) and isinstance(step, int):
        return part[step] if step < len(part) else None
    return part.get(step) if isinstance(part, dict) else None
