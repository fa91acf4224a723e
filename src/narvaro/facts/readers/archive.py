"""A workbook is a zip archive from outside: it is measured, without unpacking it anywhere, before anything else opens
it."""

import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from narvaro.facts.errors import ImportRefused
from narvaro.language import Message

MOST_MEMBERS = 2_000
MOST_BYTES = 768 << 20
_STEP = 1 << 20
_LOCAL_HEADER = 30
_SYMLINK = 0o120000


def check_workbook(path: Path) -> None:
    """Raise ImportRefused unless the archive is a workbook (.xlsx or .ods) of reasonable size with honest sizes and
    names."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_kind({member.filename for member in members}, path.name)
            _check_members(members, path.name)
            with path.open("rb") as file:
                for member in members:
                    _check_size(file, member, path.name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise broken_workbook(path.name) from error


def broken_workbook(file: str) -> ImportRefused:
    return ImportRefused(
        Message.of("The workbook {file} is damaged and cannot be read. Nothing was imported.", file=file)
    )


def _check_kind(names: set[str], file: str) -> None:
    if not names & {"xl/workbook.xml", "content.xml"}:
        raise ImportRefused(
            Message.of(
                "The file {file} is a zip archive but no workbook that can be read here. Unpack it first.", file=file
            )
        )


def _check_members(members: list[zipfile.ZipInfo], file: str) -> None:
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_BYTES:
        raise _too_large(file)
    for member in members:
        steps = member.filename.replace("\\", "/").split("/")
        symlink = (member.external_attr >> 16) & 0o170000 == _SYMLINK
        if ".." in steps or member.filename.startswith(("/", "\\")) or symlink:
            raise ImportRefused(
                Message.of("The workbook {file} holds unsafe names or links. Nothing was imported.", file=file)
            )
        if member.flag_bits & 1:
            raise protected_workbook(file)


def _too_large(file: str) -> ImportRefused:
    return ImportRefused(
        Message.of(
            "The workbook {file} would be larger than {limit} MB unpacked. Export it as CSV.",
            file=file,
            limit=MOST_BYTES >> 20,
        )
    )


def protected_workbook(file: str) -> ImportRefused:
    return ImportRefused(
        Message.of("The workbook {file} is protected by a password. Save it without one and try again.", file=file)
    )


def _check_size(file: BinaryIO, member: zipfile.ZipInfo, name: str) -> None:
    """The size that is stated can be a lie; unpacking stops as soon as there is more."""
    if member.compress_type == zipfile.ZIP_STORED:
        if member.compress_size != member.file_size:
            raise broken_workbook(name)
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise broken_workbook(name)
    file.seek(member.header_offset)
    header = file.read(_LOCAL_HEADER)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    if _unpacked_size(file, member.compress_size, limit=member.file_size) > member.file_size:
        raise _too_large(name)


def _unpacked_size(file: BinaryIO, packed: int, *, limit: int) -> int:
    """Bytes that the next ``packed`` bytes unpack to; counting stops above ``limit``."""
    unpacker, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    while packed > 0 and size <= limit and (piece := file.read(min(_STEP, packed))):
        packed -= len(piece)
        while piece and size <= limit:
            size += len(unpacker.decompress(piece, _STEP))
            piece = unpacker.unconsumed_tail
    return size
