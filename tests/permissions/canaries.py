"""A word of its own for every field of every row, to be recognised wherever it comes out."""

import hashlib
import re
from dataclasses import dataclass, field

LENGTH = 12
TOKEN = re.compile(r"kn[0-9a-f]{10}", re.IGNORECASE)


@dataclass(frozen=True)
class Kept:
    """Where a canary sits. ``child`` None: a row of the authority, about nobody in particular."""

    authority: str
    child: str | None
    place: str
    category: str


@dataclass
class Canaries:
    known: dict[str, Kept] = field(default_factory=dict)

    def put(self, kept: Kept) -> str:
        token = f"kn{hashlib.sha256(repr(kept).encode()).hexdigest()[: LENGTH - 2]}"
        assert self.known.setdefault(token, kept) == kept
        return token.capitalize()

    def seen_in(self, text: str) -> set[Kept]:
        found = {token.lower() for token in TOKEN.findall(text)}
        return {self.known[token] for token in found & self.known.keys()}
