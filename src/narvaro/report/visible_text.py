"""Text from files shown as it is: nothing hidden, nothing reordered, nothing obeyed.

A name may hold terminal commands, characters that turn the reading order around or that take no room. Each is written
out as ⟨U+202E⟩. The joiners U+200C and U+200D stay, as several scripts need them in ordinary names.
"""

import re
from functools import lru_cache
from html import escape

HIDDEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, among them the escape that starts terminal commands
    "\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff"  # halves of characters, which can not be written as UTF-8
    "\U000e0000-\U000e0fff"  # invisible tags
    "]"
)
_BLANKS = re.compile(r"[\t\r\n]+")


def visible(text: str) -> str:
    """One line of ``text`` where every hidden character can be seen; line breaks and tabs become a space."""
    if text.isprintable() and not HIDDEN.search(text):
        return text
    return HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", _BLANKS.sub(" ", text))


def shortened(text: str, most: int = 60) -> str:
    """Names from files can be of any length; a list can not."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


@lru_cache(maxsize=4096)
def html_text(text: str) -> str:
    """For element content and quoted attributes."""
    return escape(visible(text), quote=True)
