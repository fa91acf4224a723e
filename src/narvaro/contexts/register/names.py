"""Names as they are searched: one case, one Unicode form, single spaces."""

import unicodedata


def search_form(text: str) -> str:
    """``A\N{COMBINING RING ABOVE}sa`` and ``Åsa`` become the same; control characters become spaces."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(" " if _is_control(each) else each for each in folded).split())


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs")
