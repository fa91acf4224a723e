"""A sent file on its way to the data directory: written as it comes, under a random name, hashed while it passes, and
gone again unless a run claims it."""

import hashlib
import os
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from narvaro.contexts.intake import places
from narvaro.facts.errors import ImportRefused
from narvaro.facts.readers.archive import MOST_BYTES, MOST_MEMBERS
from narvaro.facts.readers.content import Content, content_of
from narvaro.language import Message

LONGEST_NAME = 200
LARGEST_WORKBOOK = 200 << 20
# What a file may be called, and what must then be in it. Several systems name CSV ".xls".
ENDINGS = {
    ".csv": (Content.TEXT,),
    ".txt": (Content.TEXT,),
    ".tsv": (Content.TEXT,),
    ".xlsx": (Content.ZIP,),
    ".ods": (Content.ZIP,),
    ".xls": (Content.OLE, Content.TEXT),
    ".xml": (Content.XML,),
    ".json": (Content.JSON,),
}
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"SQLite format 3")
_END_OF_ARCHIVE = 22 + (1 << 16)
_LONGEST_ENTRY = 512
_MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class SentFile(UploadedFile):  # type: ignore[type-arg]
    """``file_name`` is the sender's own, made one line. ``refusal``: why it is not taken at all."""

    def __init__(self, path: Path, file_name: str, size: int, sha256: str, refusal: Message | None) -> None:
        super().__init__(None, path.name, size=size)
        self.path, self.file_name, self.sha256, self.refusal = path, file_name, sha256, refusal
        self._claimed = False

    def claim(self) -> str:
        """The file stays when the request is over; returns its stored name."""
        self._claimed = True
        return self.path.name

    def close(self) -> None:
        """Django calls this when the request is over."""
        if not self._claimed:
            self.path.unlink(missing_ok=True)


class ImportUpload(FileUploadHandler):
    """Takes the place of Django's own handlers on the route that takes imports."""

    chunk_size = 1 << 20
    too_large = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.path = places.new_upload(self.request.actor.authority_id)  # type: ignore[union-attr]
        self.target = open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")  # noqa: SIM115
        self.digest, self.size = hashlib.sha256(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > settings.UPLOAD_LARGEST:
            self._discard()
            self.request.upload_too_large = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        self.digest.update(raw_data)
        self.target.write(raw_data)

    def file_complete(self, file_size: int) -> SentFile:
        self.target.flush()
        os.fsync(self.target.fileno())
        self.target.close()
        name = shown_name(self.file_name or "")
        return SentFile(self.path, name, self.size, self.digest.hexdigest(), refusal_of(self.path, name))

    def upload_interrupted(self) -> None:
        self._discard()

    def _discard(self) -> None:
        self.target.close()
        self.path.unlink(missing_ok=True)


def shown_name(name: str) -> str:
    """The last part of the name as text for people: one line, without characters that hide or turn the order around."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(
        "�" if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") else letter for letter in last
    )
    return plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME - 20]}…{plain[-16:]}"


def refusal_of(path: Path, name: str) -> Message | None:
    """What can be told at once, without unpacking anything. The first look does the rest."""
    ending = PurePosixPath(name).suffix.lower()
    if ending not in ENDINGS:
        return Message.of(
            "The file {file} is of a kind that is not taken. Send CSV or Excel: {kinds}.",
            file=name,
            kinds=" ".join(ENDINGS),
        )
    try:
        content = content_of(path)
    except ImportRefused as error:
        return Message.of(error.message.text, **{**dict(error.message.values), "file": name})
    if content not in ENDINGS[ending] or (content is Content.TEXT and not _can_be_text(path)):
        return Message.of(
            "The file {file} is called {ending}, but something else is in it. Export it again.",
            file=name,
            ending=ending,
        )
    return _refused_workbook(path, name, content) if content in (Content.ZIP, Content.OLE) else None


def _can_be_text(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(4096)
    return not head.startswith(_PROGRAMS) and (b"\0" not in head or head.startswith(_MARKS_OF_UTF_16))


def _refused_workbook(path: Path, name: str, content: Content) -> Message | None:
    """By what the archive says of itself; that it speaks the truth is measured in the first look."""
    if path.stat().st_size > LARGEST_WORKBOOK:
        return _too_large(name, LARGEST_WORKBOOK)
    if content is Content.OLE:
        return None
    if _members_stated(path) > MOST_MEMBERS:
        return _too_large(name, MOST_BYTES)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Message.of("The workbook {file} is damaged and cannot be read. Nothing was imported.", file=name)
    return _too_large(name, MOST_BYTES) if unpacked > MOST_BYTES else None


def _members_stated(path: Path) -> int:
    """How many members the archive's last record claims, by count and by the room their list takes; read before the
    list itself, which could be larger than memory."""
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, _END_OF_ARCHIVE), os.SEEK_END)
        end = file.read().rpartition(b"PK\x05\x06")[2]
    if len(end) < 12:
        return 0
    count, room = int.from_bytes(end[6:8], "little"), int.from_bytes(end[8:12], "little")
    return max(count, room // _LONGEST_ENTRY)


def _too_large(name: str, limit: int) -> Message:
    return Message.of(
        "The workbook {file} would be larger than {limit} MB unpacked. Export it as CSV.", file=name, limit=limit >> 20
    )
