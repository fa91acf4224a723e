"""Text cells that a spreadsheet can not take for formulas (CWE-1236; ASVS V1.2.10).

A cell that could start a formula gets an apostrophe in front. So does what follows ; TAB or a line break inside a cell,
since a spreadsheet set to another separator than ours begins a new cell there. ``restored`` undoes exactly this.
Numbers are never passed through here: -3.5 stays a number.
"""

import re

# What spreadsheets may skip before they look for a formula: blanks, control and zero-width characters, the BOM.
# Apostrophes are skipped as well: adding some changes nothing in where they are needed; so the way back is exact.
_SKIPPED = r"['\s\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
_STARTS = r"[=+\-@|%\uff1d\uff0b\uff0d\uff20]"
_FORMULA = rf"(?:'*[\t\r]|{_SKIPPED}*{_STARTS})"
_UNSAFE = re.compile(rf"(^|[;\t\r\n])(?={_FORMULA})")
_MADE_SAFE = re.compile(rf"(^|[;\t\r\n])'(?={_FORMULA})")


def neutralised(text: str) -> str:
    return _UNSAFE.sub(r"\1'", text)


def restored(cell: str) -> str:
    return _MADE_SAFE.sub(r"\1", cell)
