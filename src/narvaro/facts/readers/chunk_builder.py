"""Rows gathered into a Chunk, with the source line of each."""

from narvaro.facts.layout import Chunk, LineNumbers


class ChunkBuilder:
    """Feed rows in order; ``add`` takes any number of rows that lie on consecutive lines."""

    def __init__(self) -> None:
        self.rows = 0
        self.size = 0
        self.ragged: list[int] = []
        self._parts: list[bytes] = []
        self._runs: list[tuple[int, int]] = []
        self._next_line = -1

    def add(self, text: bytes, rows: int, line: int) -> None:
        if line != self._next_line:
            self._runs.append((self.rows, line))
        self._parts.append(text)
        self.rows += rows
        self.size += len(text)
        self._next_line = line + rows

    @property
    def holds_anything(self) -> bool:
        return bool(self.rows or self.ragged)

    def chunk(self, share: float) -> Chunk:
        text = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        return Chunk(text, LineNumbers(tuple(self._runs)), share, self.rows, tuple(self.ragged))
