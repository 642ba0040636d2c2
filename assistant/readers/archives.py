"""ZIP, gzip and tar: the files in them, read as if they lay in a folder.

Nothing is written to disk, so that a path such as ``../../etc/passwd`` or a link does no harm;
names are cleaned for reports, links and hidden files are passed over. What a member unpacks to is
counted while it is read: an archive that goes beyond the limits is a bomb and ends there, with
one line in the report. An archive in an archive is read, one in that is not.
"""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from io import BufferedIOBase
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from assistant.readers.lines import NotText
from assistant.readers.source import Source
from assistant.text.clean import normalise
from assistant.types import Paper, Rejected

MAX_MEMBERS = 100_000
MAX_UNPACKED_BYTES = 100 * 2**30
MAX_RATIO = 200
"""Bytes that one byte of an archive may unpack to on average; text rarely goes beyond 50."""

RATIO_FREE_BYTES = 8 * 2**20
"""So much may be unpacked whatever the ratio."""

MAX_HELD_BYTES = 256 * 2**20
"""A ZIP file that comes out of another archive or a pipe is held in memory up to this size."""

_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP_MAGIC = b"\x1f\x8b"
_TAR_MAGIC, _TAR_MAGIC_AT = b"ustar", 257
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2})
"""Those that unpack in little memory, whatever the file says."""
_OFFICE = {
    "[Content_Types].xml": "a Word, Excel or PowerPoint file",
    "META-INF/container.xml": "an EPUB file",
    "META-INF/manifest.xml": "an OpenDocument file",
}

_END_RECORD, _END_RECORD_64 = b"PK\x05\x06", b"PK\x06\x06"
_END_BYTES = 65_536 + 22 + 76
_MAX_DIRECTORY_BYTES = MAX_MEMBERS * 256

ReadMember = Callable[[BinaryIO, str], Iterator[Paper | Rejected]]
"""Reads one file of an archive: its content and its path there, "" for a compressed file."""


class Bomb(Exception):
    """An archive goes beyond the limits; the message says which. Stays within the readers."""


class _Damaged(OSError):
    """An archive or a file in it cannot be unpacked."""


class Meter:
    """What has come out of an archive and the archives within it, against what went in."""

    def __init__(self) -> None:
        self.packed_bytes = 0
        self.unpacked_bytes = 0
        self.members = 0
        self.too_deep = False
        """Whether an archive was found that is in too many others."""

    def count_members(self, number: int) -> None:
        """Note more members. Raises Bomb if there are too many."""
        self.members += number
        if self.members > MAX_MEMBERS:
            raise Bomb(f"an archive of more than {MAX_MEMBERS:,} files; it was not read to its end")

    def count_unpacked(self, number_bytes: int) -> None:
        """Note what came out. Raises Bomb if it is too much."""
        self.unpacked_bytes += number_bytes
        self.expect(self.unpacked_bytes)

    def expect(self, unpacked_bytes: int) -> None:
        """Raise Bomb if it is too much that so many bytes come out."""
        limit = ""
        if unpacked_bytes > MAX_UNPACKED_BYTES:
            limit = f"{MAX_UNPACKED_BYTES // 2**30} GB"
        elif unpacked_bytes > max(RATIO_FREE_BYTES, MAX_RATIO * self.packed_bytes):
            limit = f"{MAX_RATIO} times its size"
        if limit:
            raise Bomb(f"an archive that unpacks to more than {limit}; it was not read to its end")


def is_archive(head: bytes) -> bool:
    """Tell whether a file that begins so is an archive or a compressed file."""
    return head.startswith((*_ZIP_MAGIC, _GZIP_MAGIC)) or _is_tar(head)


def read_archive(
    source: Source,
    *,
    meter: Meter,
    is_outermost: bool,
    extensions: Collection[str],
    read: ReadMember,
) -> Iterator[Paper | Rejected]:
    """Yield the records of the files in an archive that have one of these extensions.

    Raises:
        Bomb: it goes beyond the limits.
        NotText: it is a document of an office program, or too large to be held in memory.
        OSError: it cannot be read.
    """
    if source.head.startswith(_GZIP_MAGIC):
        packed = io.BufferedReader(_Counted(source.bytes(), meter if is_outermost else None))
        unpacked = _Unpacked(gzip.GzipFile(fileobj=packed), meter)
        inner = Source.of(io.BufferedReader(unpacked), file=source.file)
        if not _is_tar(inner.head):
            yield from read(inner.bytes(), "")
            yield from unpacked.report(source.file)
            return
        members = _tar_members(inner, meter)
    elif _is_tar(source.head):
        members = _tar_members(source, meter)
    else:
        members = _zip_members(source, meter, is_outermost=is_outermost, extensions=extensions)
    found = False
    for name, stream in members:
        if not _is_wanted(name, extensions):
            continue
        found = True
        if isinstance(stream, str):
            yield Rejected(file=f"{source.file}/{name}", line=None, reason=stream)
        else:
            yield from read(io.BufferedReader(stream), name)
            yield from stream.report(f"{source.file}/{name}")
    if not found:
        yield Rejected(file=source.file, line=None, reason="no text files in this archive")


def _tar_members(source: Source, meter: Meter) -> Iterator[tuple[str, _Unpacked | str]]:
    """Yield the names of the files in a tar archive, cleaned, and their contents."""
    try:
        # As a stream: nothing is looked for further on, and links lead nowhere.
        archive = tarfile.open(fileobj=source.bytes(), mode="r|")  # noqa: SIM115
        for member in archive:
            meter.count_members(1)
            content = archive.extractfile(member) if member.isreg() else None
            if content is not None:
                yield _clean(member.name), _Unpacked(cast("BufferedIOBase", content), None)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise _damaged("tar archive", error) from error


def _zip_members(
    source: Source, meter: Meter, *, is_outermost: bool, extensions: Collection[str]
) -> Iterator[tuple[str, _Unpacked | str]]:
    """Yield the names of the files in a ZIP archive, cleaned, with their contents.

    In place of the content of a file that cannot be unpacked stands why.
    """
    stream = source.random_access(MAX_HELD_BYTES)
    size_bytes = stream.seek(0, io.SEEK_END)
    if is_outermost:
        meter.packed_bytes = size_bytes
    if _directory_bytes(stream, size_bytes) > _MAX_DIRECTORY_BYTES:
        raise Bomb(f"an archive of more than {MAX_MEMBERS:,} files; it was not read")
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise _damaged("ZIP file", error) from error
    infos = [info for info in archive.infolist() if _is_file(info)]
    for info in infos:
        if kind := _OFFICE.get(info.filename):
            raise NotText(f"not text: {kind}")
    meter.count_members(len(infos))
    wanted = [info for info in infos if _is_wanted(_clean(info.filename), extensions)]
    meter.expect(meter.unpacked_bytes + sum(info.file_size for info in wanted))
    for info in wanted:
        yield _clean(info.filename), _opened(archive, info, meter)


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> _Unpacked | str:
    """Return the content of a file in a ZIP archive, or why there is none."""
    if info.flag_bits & 0x1:
        return "an encrypted file; unpack it and add it from there"
    if info.compress_type not in _METHODS:
        return "a file compressed in a way that is not known; unpack it and add it from there"
    try:
        return _Unpacked(cast("BufferedIOBase", archive.open(info)), meter)
    except (zipfile.BadZipFile, ValueError, RuntimeError) as error:
        return f"cannot be read: {_damaged('ZIP file', error)}"


def _directory_bytes(stream: BinaryIO, size_bytes: int) -> int:
    """Return how long a ZIP file says its list of files is, which ``zipfile`` reads whole."""
    stream.seek(max(0, size_bytes - _END_BYTES))
    tail = stream.read(_END_BYTES)
    end, end_64 = tail.rfind(_END_RECORD), tail.rfind(_END_RECORD_64)
    if end_64 >= 0 and len(tail) >= end_64 + 48:
        return int(struct.unpack_from("<Q", tail, end_64 + 40)[0])
    if end >= 0 and len(tail) >= end + 16:
        return int(struct.unpack_from("<I", tail, end + 12)[0])
    return 0


def _is_tar(head: bytes) -> bool:
    return head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + len(_TAR_MAGIC)] == _TAR_MAGIC


def _is_file(info: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a file: no folder and no link."""
    return not info.filename.endswith("/") and not stat.S_ISLNK(info.external_attr >> 16)


def _is_wanted(name: str, extensions: Collection[str]) -> bool:
    """Tell whether a file would be read in a folder."""
    parts = name.split("/")
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return bool(name) and not hidden and PurePosixPath(name).suffix.lower() in extensions


def _clean(name: str) -> str:
    """Return a path within an archive without ``..``, drives, and signs that cannot be shown."""
    parts = normalise(name.replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and part[-1] != ":")


def _damaged(kind: str, error: Exception) -> _Damaged:
    return _Damaged(f"damaged {kind} ({normalise(str(error)) or type(error).__name__})")


class _Counted(io.RawIOBase):
    """A compressed stream, of which it is noted how much was read."""

    def __init__(self, stream: BinaryIO, meter: Meter | None) -> None:
        super().__init__()
        self._stream = stream
        self._meter = meter

    def readable(self) -> bool:
        """Tell the buffer above that there is something to read."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Fill ``buffer`` as far as one read goes and return the number of bytes."""
        piece = self._stream.read(len(buffer))
        if self._meter is not None:
            self._meter.packed_bytes += len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


class _Unpacked(io.RawIOBase):
    """What comes out of an archive: counted, and ended where it is damaged."""

    def __init__(self, stream: BufferedIOBase, meter: Meter | None) -> None:
        super().__init__()
        self._stream = stream
        self._meter = meter
        self._any = False
        self._damage = ""

    def readable(self) -> bool:
        """Tell the buffer above that there is something to read."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Fill ``buffer`` as far as one read goes and return the number of bytes."""
        try:
            piece = b"" if self._damage else self._stream.read1(len(buffer))
        except (OSError, EOFError, ValueError, RuntimeError, zlib.error) as error:
            piece = self._end(error)
        except (zipfile.BadZipFile, tarfile.TarError) as error:
            piece = self._end(error)
        self._any = self._any or bool(piece)
        if self._meter is not None:
            self._meter.count_unpacked(len(piece))
        buffer[: len(piece)] = piece
        return len(piece)

    def report(self, file: str) -> Iterator[Rejected]:
        """Yield why the file could not be read to its end, if so."""
        if self._damage:
            reason = f"cannot be read to its end: {self._damage}"
            yield Rejected(file=file, line=None, reason=reason)

    def _end(self, error: Exception) -> bytes:
        """End the file here, so that what came before is read; raise if that is nothing."""
        damaged = _damaged("compressed file", error)
        if not self._any:
            raise damaged from error
        self._damage = str(damaged)
        return b""
