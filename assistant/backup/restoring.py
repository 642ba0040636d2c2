"""Makes a library of a backup: beside its place first, and then in it, at one stroke.

The archive is read to its end and compared with its manifest before anything is written. What is
built stands in a folder of its own within that of the library; putting the store into its place
is the last step, so that a restore that was cut short leaves no library, and can be run again.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np

from assistant.backup.archive import (
    CHUNK_BYTES,
    Contents,
    Manifest,
    Member,
    Progress,
    check_digest,
    opened,
    parse_line,
    read_lines,
    read_manifest,
)
from assistant.config import StoreSettings
from assistant.errors import Cancelled, InputError, LibraryError
from assistant.store.chroma import ChromaStore
from assistant.store.folder import (
    CHROMA_FOLDER,
    MIRROR_FILE,
    SESSIONS_FOLDER,
    LibraryFolder,
    locked,
    prepare,
)
from assistant.store.stored import IndexedPaper, Vectors
from assistant.types import Cancellation, is_cancelled

_STAGING = "restoring"
_BATCH_PAPERS = 64
_ROOM = 3
"""Bytes on disk for each byte of papers and vectors: Chroma keeps both twice for a while."""


def restore(
    path: Path,
    folder: Path,
    *,
    server: StoreSettings | None = None,
    progress: Progress | None = None,
    cancel: Cancellation | None = None,
) -> Contents:
    """Make a library in ``folder`` of the backup at ``path``; return what is in it.

    ``folder`` may hold a library without papers and conversations, or none. With ``server``, if
    that has an address, the papers go there.

    Raises InputError if the file is no backup, damaged or altered, or needs more room than there
    is; LibraryError if there is a library already; LibraryBusy while another process writes to
    it; Cancelled once ``cancel`` is set. The folder's library then is what it was.
    """
    with opened(path) as archive:
        manifest = read_manifest(archive)
        for member in manifest.members:
            _stop_if(cancel)
            check_digest(archive, member)
        if server is not None and server.url:
            prepare(folder, create=True, on_server=True)
            _restore_to_server(archive, manifest, folder, server, progress, cancel)
            return manifest.contents
        prepare(folder, create=True)
        with locked(folder):
            _check_empty(folder, manifest)
            _check_room(path, folder, manifest)
            staging = folder / _STAGING
            shutil.rmtree(staging, ignore_errors=True)
            try:
                staging.mkdir()
                _build(archive, manifest, staging, progress=progress, cancel=cancel)
                _stop_if(cancel)
                _move(staging, folder)
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise LibraryError(
                    f"The library folder {folder} cannot be written: {reason}.",
                    hint="Nothing was restored. Correct the permissions, or free space.",
                ) from error
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    LibraryFolder(folder, embedder=manifest.contents.embedder).close()
    return manifest.contents


def _stop_if(cancel: Cancellation | None) -> None:
    if is_cancelled(cancel):
        raise Cancelled("Stopped. Nothing was restored.")


# Before


def _check_empty(folder: Path, manifest: Manifest) -> None:
    """Refuse a folder with papers or conversations, those of this backup excepted."""
    chroma = folder / CHROMA_FOLDER
    if (chroma / "chroma.sqlite3").exists():
        with closing(ChromaStore(chroma, embedder=manifest.contents.embedder)) as store:
            rows = store.count()
        if rows:
            raise _is_taken(folder, "papers")
    _check_no_conversations(folder, manifest)


def _check_no_conversations(folder: Path, manifest: Manifest) -> None:
    digests = {member.name: member.sha256 for member in manifest.members}
    for file in (folder / SESSIONS_FOLDER).glob("*.jsonl"):
        # A restore that was cut short may have put it there.
        found = hashlib.sha256(file.read_bytes()).hexdigest()
        if digests.get(f"{SESSIONS_FOLDER}/{file.name}") != found:
            raise _is_taken(folder, "conversations")


def _is_taken(place: object, what: str) -> LibraryError:
    return LibraryError(
        f"There is a library with {what} in {place} already.",
        hint="Restore into another folder: assistant --library NEW_FOLDER restore FILE.zip",
    )


def _check_room(path: Path, folder: Path, manifest: Manifest) -> None:
    needed = _ROOM * sum(member.bytes for member in manifest.members)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise InputError(
            f"{path} needs up to {needed / 1e6:,.0f} MB; {folder} has {free / 1e6:,.0f} MB left.",
            hint="Free space on the disk, or restore into a folder on another one.",
        )


# Building


def _build(
    archive: zipfile.ZipFile,
    manifest: Manifest,
    staging: Path,
    *,
    progress: Progress | None,
    cancel: Cancellation | None,
) -> None:
    """Make the library in ``staging``. Raises ValueError if the counts are not those promised."""
    with closing(LibraryFolder(staging, embedder=manifest.contents.embedder)) as library:
        for batch in _counted(archive, manifest, progress=progress, cancel=cancel):
            with library.store.writing():
                library.store.upsert(batch)
            stored = [item.stored for item in batch]
            library.mirror.put(stored, removed=(), revision=library.store.revision)
        _finish(library.store, manifest, papers=library.mirror.count())
    _extract_sessions(archive, manifest, staging)


def _restore_to_server(
    archive: zipfile.ZipFile,
    manifest: Manifest,
    folder: Path,
    server: StoreSettings,
    progress: Progress | None,
    cancel: Cancellation | None,
) -> None:
    """Build the library beside its place on the server, and put it there when it is whole."""
    embedder = manifest.contents.embedder
    with (
        closing(LibraryFolder(folder, embedder=embedder, server=server)) as library,
        library.writing(cancel=cancel),
    ):
        store = library.store
        if store.count():
            raise _is_taken(server.url, "papers")
        _check_no_conversations(folder, manifest)
        store.discard_successor()
        try:
            with closing(store.successor(embedder=embedder)) as built, built.writing():
                for batch in _counted(archive, manifest, progress=progress, cancel=cancel):
                    built.upsert(batch)
                _finish(built, manifest, papers=sum(1 for _ in built.papers()))
            _extract_sessions(archive, manifest, folder)
        except BaseException:
            store.discard_successor()
            raise
        store.succeed()


def _counted(
    archive: zipfile.ZipFile,
    manifest: Manifest,
    *,
    progress: Progress | None,
    cancel: Cancellation | None,
) -> Iterator[list[IndexedPaper]]:
    """Yield the papers in batches, no more than were promised, and tell the progress."""
    contents = manifest.contents
    papers = passages = 0
    for batch in _batches(_papers(archive, manifest)):
        _stop_if(cancel)
        papers += len(batch)
        passages += sum(len(item.passages) for item in batch)
        if papers > contents.papers or passages > contents.passages:
            raise _broken_promise()
        yield batch
        if progress is not None:
            progress(papers, contents.papers)


def _finish(store: ChromaStore, manifest: Manifest, *, papers: int) -> None:
    """Note what is known of the vectors; make sure that all is there that was promised."""
    contents = manifest.contents
    if contents.scale is not None:
        store.note(contents.scale.notes())
    # Papers with the same id would have taken each other's place.
    if (papers, store.count()) != (contents.papers, contents.passages):
        raise _broken_promise()


def _broken_promise() -> ValueError:
    return ValueError("it does not hold the papers that its manifest promises")


def _extract_sessions(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> None:
    (folder / SESSIONS_FOLDER).mkdir(exist_ok=True)
    for member in manifest.members:
        if member.name.startswith(f"{SESSIONS_FOLDER}/"):
            target = folder / member.name
            target.unlink(missing_ok=True)  # of a restore that was cut short
            _extract(archive, member, target)


def _extract(archive: zipfile.ZipFile, member: Member, target: Path) -> None:
    with archive.open(member.name) as source, target.open("xb") as copy:
        shutil.copyfileobj(source, copy, CHUNK_BYTES)


def _batches(papers: Iterator[IndexedPaper]) -> Iterator[list[IndexedPaper]]:
    while batch := list(islice(papers, _BATCH_PAPERS)):
        yield batch


def _papers(archive: zipfile.ZipFile, manifest: Manifest) -> Iterator[IndexedPaper]:
    """Yield the papers of all parts. Raises ValueError if a part is not as it should be."""
    dimension = manifest.contents.dimension
    names = {member.name for member in manifest.members}
    for name in sorted(name for name in names if name.startswith("papers/")):
        vectors_name = name.replace("papers/", "vectors/").replace(".jsonl", ".f32")
        if vectors_name not in names or dimension < 1:
            raise ValueError(f"{name} has no vectors")
        with archive.open(name) as file, archive.open(vectors_name) as packed:
            for line in read_lines(file):
                paper, digest, origins, passages = parse_line(line)
                wanted = len(passages) * dimension * 4
                data = packed.read(wanted)
                if len(data) != wanted:
                    raise ValueError(f"{vectors_name} is too short")
                vectors = np.frombuffer(data, dtype="<f4").reshape(len(passages), dimension)
                yield IndexedPaper(
                    paper=paper,
                    digest=digest,
                    origins=origins,
                    passages=passages,
                    vectors=_checked(vectors, vectors_name),
                )
            if packed.read(1):
                raise ValueError(f"{vectors_name} is too long")


def _checked(vectors: Vectors, name: str) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.all(np.abs(lengths - 1) < 0.01):
        raise ValueError(f"{name} holds what is no vector of length 1")
    return vectors


# After


def _move(staging: Path, folder: Path) -> None:
    """Put what was built into its place; from the last step on it is the library."""
    sessions = folder / SESSIONS_FOLDER
    sessions.mkdir(exist_ok=True)
    for file in (staging / SESSIONS_FOLDER).iterdir():
        file.replace(sessions / file.name)
    if not (folder / MIRROR_FILE).exists():
        (staging / MIRROR_FILE).replace(folder / MIRROR_FILE)
    # Else it belongs to a library without papers, which another program may have open; it is
    # brought up to date when the library is opened.
    shutil.rmtree(folder / CHROMA_FOLDER, ignore_errors=True)
    (staging / CHROMA_FOLDER).replace(folder / CHROMA_FOLDER)
