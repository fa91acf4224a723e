"""Which rows of a table are data: blank rows, repeated headers, totals and group headings are not."""

from collections.abc import Sequence
from dataclasses import dataclass

from narvaro.facts.readers.cell_changes import CellChange
from narvaro.facts.readers.cell_rows import NoRow


@dataclass(slots=True)
class PlainRules:
    """``width``: number of cells of every data row. ``header``: the header's cells, empty when there is none."""

    width: int
    header: Sequence[str] = ()

    def judge(self, cells: list[str]) -> list[str] | NoRow:
        if cells and (not any(cells) or cells == list(self.header)):
            return NoRow.SKIP
        return cells if len(cells) == self.width else NoRow.RAGGED


@dataclass(slots=True)
class MappedRules:
    """Rules a mapping states. ``width``: cells in the source; with ``group_block`` the kept rows end in one more, the
    group. ``totals_column`` None: the row's first cell with text.
    """

    width: int
    header: Sequence[str] = ()
    group_block: str | None = None
    totals: Sequence[str] = ()
    totals_column: int | None = None
    changes: Sequence[CellChange] = ()
    group: str = ""

    def judge(self, cells: list[str]) -> list[str] | NoRow:
        verdict = PlainRules(len(cells), self.header).judge(cells)
        if verdict is NoRow.SKIP or self._is_block(cells) or self._is_total(cells):
            return NoRow.SKIP
        if not cells or len(cells) != self.width:
            return NoRow.RAGGED
        kept = list(cells)
        for change in self.changes:
            change(kept)
        return [*kept, self.group] if self.group_block else kept

    def _is_block(self, cells: list[str]) -> bool:
        group = block_group(cells, self.group_block) if self.group_block else None
        self.group = self.group if group is None else group
        return group is not None

    def _is_total(self, cells: list[str]) -> bool:
        column = self.totals_column
        cell = first_text(cells) if column is None else cells[column] if column < len(cells) else ""
        return any(begins_with_word(cell, word) for word in self.totals)


def first_text(cells: Sequence[str]) -> str:
    return next((cell.strip() for cell in cells if cell.strip()), "")


def block_group(cells: Sequence[str], prefix: str) -> str | None:
    """``7A`` for a row whose first text is ``Klass: 7A``, or ``Klass:`` with ``7A`` in the next filled cell; else
    None."""
    texts = [cell.replace("\xa0", " ").strip() for cell in cells if cell.strip()]
    if not texts or not texts[0].casefold().startswith(prefix.casefold()):
        return None
    return texts[0][len(prefix) :].strip() or (texts[1] if len(texts) > 1 else "")


def begins_with_word(text: str, word: str) -> bool:
    """``Summa 7A`` begins with ``summa``; ``Summanen`` does not."""
    text = text.strip().lower()
    return text.startswith(word) and not text[len(word) : len(word) + 1].isalpha()
