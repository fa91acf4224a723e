"""Hostile or handwritten YAML to plain data: dicts, lists and texts, as mapping files and plans are read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LARGEST = 256 * 1024


class TooLarge(ValueError):
    """No file that a person wrote."""


class NotPlain(ValueError):
    """Not YAML, or more than plain YAML: an alias, or a key that stands there twice."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True, slots=True)
class PlainYaml:
    """``root`` knows where in the file each part of ``data`` stands."""

    data: Any
    root: yaml.Node | None


def read_plain(path: Path) -> PlainYaml:
    """Raise OSError, TooLarge, UnicodeDecodeError or NotPlain."""
    return plain_of(_text(path))


def plain_of(text: str) -> PlainYaml:
    """Raise NotPlain."""
    loader = _PlainLoader(text)
    try:
        root = loader.get_single_node()
        return PlainYaml(loader.construct_document(root) if root else None, root)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise NotPlain(mark.line + 1 if mark else 1) from None
    finally:
        loader.dispose()


def _text(path: Path) -> str:
    with path.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise TooLarge
    return content.decode("utf-8-sig")


class _PlainLoader(yaml.BaseLoader):
    """Every scalar stays text, so that ``no`` is a word and ``01234567`` keeps its zero. No aliases, which could grow
    without end; no key twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "alias", self.current_event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key.value, str) or key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, "key", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)
