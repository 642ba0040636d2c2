"""What a backup looks like: a zip file of papers, vectors, conversations and a manifest.

``papers/00001.jsonl`` holds a paper a line with its records by file, its digest and its passages;
``vectors/00001.f32`` holds the vectors of these passages in their order, as little-endian floats
of 32 bits. ``sessions/`` holds the files of conversations. ``manifest.json``, the last member,
names all others with their sizes and SHA-256 digests: what it does not name is not read.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any

from assistant.errors import InputError
from assistant.retrieval.scale import CosineScale
from assistant.shapes import restore
from assistant.store.stored import (
    Origins,
    StoredPaper,
    origins_to_json,
    paper_to_json,
)
from assistant.text.clean import normalise
from assistant.types import Paper, Passage

FORMAT = "abstract-assistant backup"
VERSION = 1
MANIFEST = "manifest.json"
PART_PAPERS = 256
"""Papers a member: what is held in memory at a time."""

MAX_LINE_BYTES = 64 * 1024 * 1024
"""A longer line is nobody's paper."""
CHUNK_BYTES = 1024 * 1024

_MAX_MANIFEST_BYTES = 64 * 1024 * 1024
_MAX_RATIO = 200
"""Real papers shrink to a quarter, the same paper again and again to a hundredth."""
_MIN_SUSPICIOUS_BYTES = 10 * 1024 * 1024
MEMBER = re.compile(
    r"papers/\d{5,}\.jsonl|vectors/\d{5,}\.f32|sessions/[0-9A-Za-z][0-9A-Za-z-]{0,63}\.jsonl"
)
_SHA256 = re.compile(r"[0-9a-f]{64}")

Progress = Callable[[int, int], None]
"""Told how many papers are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file within the archive."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup holds."""

    created_at: str
    """UTC, as ISO 8601."""
    embedder: str
    """The encoder that made the vectors."""
    dimension: int
    """Numbers in a vector; 0 if there is none."""
    chunking: str
    """How abstracts were cut, for information: the settings at the time of the backup."""
    papers: int
    passages: int
    sessions: int
    scale: CosineScale | None = None
    """Of the cosines, if it was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The table of a backup."""

    format: str
    version: int
    contents: Contents
    members: tuple[Member, ...]


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive for reading; whatever is wrong with it is an InputError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", hint="Name a backup file.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{path} cannot be read: {reason}.", hint="Check the file.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        # RuntimeError: encrypted; or, as NotImplementedError, packed in another way.
        raise damaged(path, normalise(str(error)) or type(error).__name__) from error


def damaged(path: Path, reason: str) -> InputError:
    """Return the error of an archive that is not what was written."""
    return InputError(
        f"{path} is no backup of a library, or it is damaged: {reason}.",
        hint="Nothing was restored. Use another copy of the file.",
    )


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """Return the table of an archive that has exactly the members which it names.

    Raises ValueError if it does not, if a member has a name that no backup has, and if one would
    take more room than papers do.
    """
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if MANIFEST not in names:
        raise ValueError("it has no manifest")
    with archive.open(MANIFEST) as file:
        text = file.read(_MAX_MANIFEST_BYTES + 1)
    if len(text) > _MAX_MANIFEST_BYTES:
        raise ValueError("its manifest is too long")
    value = _json(text)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ValueError("its manifest is another program's")
    if value.get("version") != VERSION:
        raise ValueError(f"it has the format {value.get('version')}, and {VERSION} is read here")
    manifest = restore(Manifest, value)
    members = {member.name: member for member in manifest.members}
    if sorted([*(member.name for member in manifest.members), MANIFEST]) != sorted(names):
        raise ValueError("its members are not those that its manifest names")
    for info in infos:
        if info.filename != MANIFEST:
            _check_member(info, members[info.filename])
    return manifest


def _check_member(info: zipfile.ZipInfo, member: Member) -> None:
    if not MEMBER.fullmatch(info.filename) or not _SHA256.fullmatch(member.sha256):
        raise ValueError("it has a member that no backup has")
    if info.file_size != member.bytes:
        raise ValueError(f"{info.filename} has another size than its manifest says")
    packed = max(info.compress_size, 1)
    if info.file_size > _MIN_SUSPICIOUS_BYTES and info.file_size > _MAX_RATIO * packed:
        raise ValueError(f"{info.filename} would take {info.file_size:,} bytes")


def check_digest(archive: zipfile.ZipFile, member: Member) -> None:
    """Read a member to its end. Raises ValueError if it is not the one that was written."""
    digest, size = hashlib.sha256(), 0
    with archive.open(member.name) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            if size > member.bytes:
                break
    if size != member.bytes or digest.hexdigest() != member.sha256:
        raise ValueError(f"{member.name} was altered")


# A paper as a line


def paper_line(item: StoredPaper, passages: list[Passage]) -> bytes:
    """Return a paper and its passages as one line."""
    rows = [{"text": p.text, "start": p.start, "end": p.end} for p in passages]
    return (
        f'{{"paper": {paper_to_json(item.paper)}, "origins": {origins_to_json(item)}, '
        f'"digest": {json.dumps(item.digest)}, "passages": {json.dumps(rows, ensure_ascii=False)}}}'
        "\n"
    ).encode("utf-8", "surrogatepass")


def read_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a member. Raises ValueError if one is too long."""
    while line := file.readline(MAX_LINE_BYTES):
        if not line.endswith(b"\n"):
            raise ValueError("a line is too long or cut off")
        yield line


def parse_line(line: bytes) -> tuple[Paper, str, Origins, list[Passage]]:
    """Return paper, digest, records by file and passages. Raises ValueError if they are none."""
    value = _json(line)
    if not isinstance(value, dict) or not isinstance(value.get("digest"), str):
        raise ValueError("a line is no paper")
    paper = _paper(value.get("paper"))
    told, rows = value.get("origins"), value.get("passages")
    if not isinstance(told, dict) or not isinstance(rows, list) or not rows:
        raise ValueError("a line is no paper")
    own = replace(paper, tags=())
    origins = {
        origin: tuple(own if fields is None else _paper(fields) for fields in records)
        for origin, records in told.items()
    }
    passages = [
        restore(Passage, {**row, "paper_id": paper.paper_id, "index": index})
        for index, row in enumerate(rows)
    ]
    if any(not 0 <= p.start <= p.end <= len(paper.abstract) for p in passages):
        raise ValueError("a passage is not in its abstract")
    return paper, value["digest"], origins, passages


def _paper(fields: Any) -> Paper:
    if not isinstance(fields, dict):
        raise ValueError("a record is no paper")
    paper = Paper.from_json({"abstract": "", **fields})
    # What is restored is shown, so it has to be as clean as what is read.
    clean: dict[str, Any] = {
        name: tuple(map(normalise, value)) if isinstance(value, tuple) else normalise(value)
        for name, value in asdict(paper).items()
        if isinstance(value, str | tuple)
    }
    if not paper.paper_id or clean["paper_id"] != paper.paper_id or not clean["title"]:
        raise ValueError("a record has no id or no title")
    return replace(paper, **clean | {"abstract": _without_unseen(paper.abstract)})


def _without_unseen(text: str) -> str:
    """Return a text with blanks for unseen characters: places in it stay what they are."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if normalise(char) == char else " " for char in text)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
