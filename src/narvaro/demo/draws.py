"""Random numbers that are the same on every machine and for every size.

Each number is a function of the seed and of what it is for, not of what was drawn before. SQL has the same function
(``draw`` in sql/schema.sql); DuckDB's own hash() and random() promise no such thing.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")
_RANGE = 2**64


@dataclass(frozen=True, slots=True)
class Draws:
    seed: int

    def whole(self, *key: object) -> int:
        """0 .. 2**64 - 1: the last eight bytes of an MD5 digest, as DuckDB's md5_number_lower gives them."""
        text = "|".join(map(str, (self.seed, *key)))
        return int.from_bytes(md5(text.encode(), usedforsecurity=False).digest()[8:], "little")

    def share(self, *key: object) -> float:
        """At least 0, below 1."""
        return (self.whole(*key) >> 11) / (_RANGE >> 11)

    def one_of(self, choices: Sequence[T], *key: object) -> T:
        return choices[self.whole(*key) % len(choices)]

    def shuffled(self, items: Sequence[T], *key: object) -> list[T]:
        order = sorted(range(len(items)), key=lambda place: (self.whole(*key, place), place))
        return [items[place] for place in order]

    def weighted(self, choices: Sequence[tuple[T, float]], *key: object) -> T:
        limits = list(accumulate(weight for _, weight in choices))
        place = bisect_right(limits, self.share(*key) * limits[-1])
        return choices[min(place, len(choices) - 1)][0]
