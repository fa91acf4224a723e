"""What a file really is. Its first bytes decide, never its extension: several systems name HTML or CSV ``.xls``."""

import re
from enum import Enum
from pathlib import Path

from narvaro.facts.errors import ImportRefused
from narvaro.facts.readers.edlevo_xml import NAMESPACE
from narvaro.language import Message

_HEAD = 4096
_JSON = re.compile(rb'\[\s*[{\]]|\{\s*"')
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")


class Content(Enum):
    TEXT = "text"
    ZIP = "zip"
    OLE = "ole"
    XML = "xml"
    JSON = "json"


def content_of(path: Path) -> Content:
    """Raise ImportRefused for an empty file and for what can never be a table (PDF, web page, archive)."""
    head = _first_bytes(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Content.ZIP
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Content.OLE
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<") and NAMESPACE.encode() in start:
        return Content.XML
    if _JSON.match(start):
        return Content.JSON
    _refuse_other_kinds(path.name, head)
    return Content.TEXT


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ImportRefused(Message.of("The file {file} cannot be opened.", file=path.name)) from error
    if not head:
        raise ImportRefused(Message.of("The file {file} is empty. Nothing was imported.", file=path.name))
    return head


def _refuse_other_kinds(name: str, head: bytes) -> None:
    if head.startswith(b"%PDF"):
        raise ImportRefused(Message.of("The file {file} is a PDF. Export the report as CSV or Excel.", file=name))
    if head.startswith(_COMPRESSED):
        raise ImportRefused(Message.of("The file {file} is compressed. Unpack it first.", file=name))
    if head.removeprefix(b"\xef\xbb\xbf").strip(b"\xff\xfe\0 \t\r\n").startswith(b"<"):
        raise ImportRefused(
            Message.of("The file {file} is a web page (HTML or XML). Export the report as CSV or Excel.", file=name)
        )
