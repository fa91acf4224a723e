"""Lists of texts as a person writes them: one a line in Swedish, and beside it the same lines in English."""

import re
from collections.abc import Iterable, Sequence

from narvaro.language import Words

PARAGRAPH, LINE = "\n\n", "\n"


def lines_of(texts: Iterable[Words], between: str = LINE) -> tuple[str, str]:
    """The Swedish and the English; English is empty when no text has it."""
    texts = tuple(texts)
    english = [text.en for text in texts]
    return between.join(text.sv for text in texts), between.join(english).strip() if any(english) else ""


def texts_of(swedish: str, english: str, between: str = LINE) -> tuple[Words, ...]:
    """English goes with the Swedish in the same place. Raises ValueError when there is more English than Swedish."""
    sv, en = _split(swedish, between), _split(english, between)
    if len(en) > len(sv):
        raise ValueError
    return tuple(Words(text, en[place] if place < len(en) else "") for place, text in enumerate(sv))


def _split(text: str, between: str) -> Sequence[str]:
    pieces = re.split(r"\n\s*\n" if between == PARAGRAPH else r"\n", text.replace("\r\n", "\n"))
    return [" ".join(piece.split()) for piece in pieces if piece.strip()]
