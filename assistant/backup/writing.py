"""Writes a backup: in batches, so that a library of any size needs the memory of one batch.

It shows the library as it was at one moment. The mirror tells what there was then, and keeps to it:
nobody else may write from its folder. To a server others go on writing, between one batch and the
next. What they add or tag changes no passage of before; where they changed or removed one that was
still to be read, the backup is begun again, and the third time they have to wait.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from assistant.backup.archive import (
    CHUNK_BYTES,
    FORMAT,
    MANIFEST,
    MEMBER,
    PART_PAPERS,
    VERSION,
    Contents,
    Manifest,
    Member,
    Progress,
    paper_line,
)
from assistant.config import Settings
from assistant.errors import Cancelled, LibraryError
from assistant.newfile import new_file
from assistant.retrieval.scale import CosineScale
from assistant.store.folder import SESSIONS_FOLDER, LibraryFolder, Turn
from assistant.store.stored import StoredPaper, StoredRow, Vectors, row_id
from assistant.types import Cancellation, Passage, is_cancelled

_TRIES_WITH_OTHERS = 2


class _Overtaken(Exception):
    """Others changed or removed a paper before it was read."""


def back_up(
    library: LibraryFolder,
    path: Path,
    *,
    turn: Turn,
    settings: Settings,
    force: bool = False,
    progress: Progress | None = None,
    cancel: Cancellation | None = None,
) -> Contents:
    """Write all papers and conversations of a library to ``path``; return what was written.

    The caller holds the right to write from its folder; ``turn`` keeps others from a server, and
    brings the mirror up to date. The file is there whole or not at all.

    Raises InputError if it is there already (unless ``force``) or cannot be written, LibraryError
    if passages of a paper are missing, Cancelled once ``cancel`` is set.
    """
    write = partial(
        _write, library, path, settings=settings, force=force, progress=progress, cancel=cancel
    )
    between = partial(library.store.turn, cancel=cancel)
    for _ in range(_TRIES_WITH_OTHERS if library.is_shared else 0):
        with turn():
            about = library.store.about
        with suppress(_Overtaken):
            return write(about, between=between)
    with turn():
        return write(library.store.about, between=None)


def _write(
    library: LibraryFolder,
    path: Path,
    about: Mapping[str, Any],
    *,
    between: Turn | None,
    settings: Settings,
    force: bool,
    progress: Progress | None,
    cancel: Cancellation | None,
) -> Contents:
    with (
        new_file(path, force=force) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        writer = _Writer(archive)
        for part, papers in enumerate(_parts(library), start=1):
            if is_cancelled(cancel):
                raise Cancelled("Stopped. No backup was written.")
            writer.add_papers(part, papers, _rows(library, papers, between))
            if progress is not None:
                progress(writer.papers, library.mirror.count())
        writer.add_sessions(library.path / SESSIONS_FOLDER)
        scale = CosineScale.of(about)
        contents = Contents(
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            embedder=str(about.get("embedder")),
            dimension=writer.dimension,
            chunking=repr(settings.chunking),
            papers=writer.papers,
            passages=writer.passages,
            sessions=writer.sessions,
            scale=scale if scale.rows else None,
        )
        manifest = Manifest(
            format=FORMAT, version=VERSION, contents=contents, members=tuple(writer.members)
        )
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
    return contents


def _parts(library: LibraryFolder) -> Iterator[list[StoredPaper]]:
    papers = library.mirror.stored()
    while part := list(islice(papers, PART_PAPERS)):
        yield part


def _rows(
    library: LibraryFolder, papers: list[StoredPaper], between: Turn | None
) -> dict[str, StoredRow]:
    """Return the rows of papers, read in a turn ``between`` those of others, if there are any.

    Raises _Overtaken if they are no longer those of the papers.
    """
    ids = [row_id(item.paper.paper_id, index) for item in papers for index in range(item.passages)]
    with (between or nullcontext)():
        rows = {row.row_id: row for row in library.store.rows(ids)}
    for item in papers if between else ():
        first = rows.get(row_id(item.paper.paper_id, 0))
        if first is None or first.metadata.get("digest") != item.digest:
            raise _Overtaken
    return rows


@dataclass
class _Writer:
    """The members of an archive that were written, and what is in them."""

    archive: zipfile.ZipFile
    members: list[Member] = field(default_factory=list)
    papers: int = 0
    passages: int = 0
    sessions: int = 0
    dimension: int = 0

    def add_papers(
        self, part: int, papers: list[StoredPaper], rows: Mapping[str, StoredRow]
    ) -> None:
        """Write the papers of a part, and the vectors of their passages."""
        lines: list[bytes] = []
        vectors: list[Vectors] = []
        for item in papers:
            passages = []
            for index in range(item.passages):
                row = rows.get(row_id(item.paper.paper_id, index))
                if row is None or row.vector is None:
                    raise _incomplete(item)
                passages.append(
                    Passage(
                        paper_id=item.paper.paper_id,
                        index=index,
                        text=row.text,
                        start=int(row.metadata["start"]),
                        end=int(row.metadata["end"]),
                    )
                )
                vectors.append(row.vector)
            lines.append(paper_line(item, passages))
            self.passages += len(passages)
        self.papers += len(papers)
        matrix = np.stack(vectors).astype("<f4")
        self.dimension = matrix.shape[1]
        self._add(f"papers/{part:05}.jsonl", lines)
        # Floats do not shrink.
        self._add(f"vectors/{part:05}.f32", [matrix.tobytes()], compression=zipfile.ZIP_STORED)

    def add_sessions(self, folder: Path) -> None:
        """Write the files of conversations."""
        try:
            paths = sorted(path for path in folder.iterdir() if path.is_file())
        except FileNotFoundError:
            return
        for path in paths:
            name = f"{SESSIONS_FOLDER}/{path.name}"
            if MEMBER.fullmatch(name):
                with path.open("rb") as file:
                    self._add(name, _chunks(file))
                self.sessions += 1

    def _add(
        self, name: str, pieces: Iterator[bytes] | list[bytes], *, compression: int | None = None
    ) -> None:
        digest, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo(name, date_time=datetime.now().timetuple()[:6])
        info.compress_type = self.archive.compression if compression is None else compression
        info.external_attr = 0o600 << 16
        with self.archive.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        self.members.append(Member(name=name, bytes=size, sha256=digest.hexdigest()))


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file as long as it was when it was opened: a chat may go on writing to it."""
    left = os.fstat(file.fileno()).st_size
    while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
        left -= len(chunk)
        yield chunk


def _incomplete(item: StoredPaper) -> LibraryError:
    return LibraryError(
        f"The paper '{item.paper.title[:60]}' lacks passages: the library is damaged.",
        hint="No backup was written. Mend the library with 'assistant check --repair'.",
    )
