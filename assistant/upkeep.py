"""What keeps a library safe and lets it out: export, backup, check. A part of ``Library``."""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self, TextIO

from assistant.backup import Contents, back_up, restore
from assistant.config import EmbeddingSettings, Settings, expanded, load_settings
from assistant.encoders.embedder import Embedder
from assistant.errors import ModelError, StoreDamaged
from assistant.indexing import (
    CheckProgress,
    CheckReport,
    Checkup,
    IndexEmbedder,
    Indexer,
    Reindexing,
    ReindexProgress,
    ReindexReport,
)
from assistant.indexing.embedder_sources import source_of
from assistant.indexing.rescue import Remains, Rescue, damage_report
from assistant.models import LoadedModels
from assistant.store.chroma_files import damage
from assistant.store.folder import CHROMA_FOLDER, LibraryFolder, locked, prepare, replace_store
from assistant.store.lexical import LexicalMirror
from assistant.text.clean import normalise
from assistant.text.query import Filter, as_filter
from assistant.types import Cancellation, Paper
from assistant.writers.export import export_papers

if TYPE_CHECKING:
    from os import PathLike


REPAIR_FOLDER = "repairing"
"""Where a new store is built within the folder of a library."""


_PAGE_PAPERS = 500


class Upkeep(ABC):
    """The methods of a library that concern it as a whole."""

    settings: Settings
    _folder: LibraryFolder
    _index: IndexEmbedder
    _models: LoadedModels

    @classmethod
    @abstractmethod
    def open(
        cls,
        path: str | PathLike[str] | None = None,
        *,
        settings: Settings | None = None,
        create: bool = True,
    ) -> Self:
        """Return the library at a path."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the folder."""

    @abstractmethod
    def paper(self, reference: str) -> Paper:
        """Return the paper that is meant."""

    @property
    @abstractmethod
    def embedder(self) -> Embedder:
        """Return what made the index, loaded when it is first used."""

    @abstractmethod
    def _indexer(self) -> Indexer:
        """Return what indexes papers again."""

    def export(
        self,
        target: TextIO | str | PathLike[str],
        *,
        format: str | None = None,  # noqa: A002 - what it is called everywhere
        papers: Iterable[str] | None = None,
        filter: Filter | str | None = None,  # noqa: A002 - what it is called everywhere
        force: bool = False,
    ) -> int:
        """Write the papers, in the order of their adding, to a file or a stream; return how many.

        With ``papers``, named as for :meth:`paper`, these alone, in this order; with ``filter``,
        those of them that pass it. The format is one of bibtex, ris, csl, csv, markdown and
        jsonl; if none is named, that of the file's ending, and bibtex for a stream. A file is
        there whole or not at all, and not for no papers.

        Raises UsageError for a format or a filter that is none, InputError if the file is there
        already (unless ``force``) or cannot be written.
        """
        ids = self._folder.mirror.select(as_filter(filter))
        if papers is not None:
            passing = frozenset(ids)
            named = dict.fromkeys(self.paper(reference).paper_id for reference in papers)
            ids = [paper_id for paper_id in named if paper_id in passing]
        chosen = _Papers(self._folder.mirror, ids)
        return export_papers(chosen, target, format=format, force=force)

    def back_up(
        self,
        path: str | PathLike[str],
        *,
        force: bool = False,
        progress: Callable[[int, int], None] | None = None,
        cancel: Cancellation | None = None,
    ) -> Contents:
        """Write the papers, vectors and conversations to a zip file; return what it holds.

        ``progress`` is told how many papers are done, and of how many. Raises InputError if the
        file is there already (unless ``force``), LibraryBusy while another process writes (to a
        server several may).
        """
        with self._folder.turns(cancel=cancel) as turn:
            return back_up(
                self._folder,
                Path(path),
                turn=turn,
                settings=self.settings,
                force=force,
                progress=progress,
                cancel=cancel,
            )

    @staticmethod
    def restore(
        backup: str | PathLike[str],
        path: str | PathLike[str] | None = None,
        *,
        settings: Settings | None = None,
        progress: Callable[[int, int], None] | None = None,
        cancel: Cancellation | None = None,
    ) -> Contents:
        """Make the library at ``path`` (default: as for :meth:`open`) of a backup.

        No model is needed. Raises InputError if the file is no backup or damaged, LibraryError if
        there is a library that is not empty; nothing is restored then.
        """
        chosen = settings or load_settings().settings
        folder = folder_of(path, chosen)
        return restore(Path(backup), folder, server=chosen.store, progress=progress, cancel=cancel)

    @property
    def indexed_with(self) -> str:
        """The name of the embedder that the library is indexed with."""
        return self._index.name

    @property
    def embedder_settings(self) -> EmbeddingSettings:
        """Settings that name the embedder that the library is indexed with."""
        return self._index.source

    def digests(self) -> Iterator[str]:
        """Yield the fingerprints of the texts of all papers: see ``assistant.indexing.digest_of``.

        A text with one of them is embedded already.
        """
        return self._folder.mirror.digests()

    @property
    def outdated_index(self) -> str:
        """The name of the embedder that :meth:`reindex` would move the library to.

        Empty if it is indexed with what the settings name, or holds nothing.
        """
        return self._index.wanted if self._index.is_outdated else ""

    @property
    def index_note(self) -> str:
        """What is to be told of an index that is outdated, or nothing."""
        before, now = normalise(self.indexed_with), normalise(self.outdated_index)
        if not now:
            return ""
        return f"This library is indexed with {before}; 'assistant reindex' moves it to {now}."

    def reindex(
        self,
        *,
        progress: ReindexProgress | None = None,
        cancel: Cancellation | None = None,
    ) -> ReindexReport | None:
        """Index the library with the embedder that the settings name, from what it holds.

        The old index serves until the new one is whole. ``progress`` is told how many papers are
        done, and of how many. None comes back, and nothing is done, if the index is what it would
        be made to be.

        Raises Cancelled once ``cancel`` is set; the next run goes on from there. Raises
        LibraryBusy while another process writes, ModelMissing and ModelError without the embedder.
        """
        embedder = self._index.load_wanted()
        with self._folder.turns(cancel=cancel) as turn:
            reindexing = Reindexing(
                folder=self._folder,
                embedder=embedder,
                encoder=self._models.encoder,
                count_tokens=self._models.count_tokens,
                chunking=self.settings.chunking,
                progress=progress,
                cancel=cancel,
            )
            if reindexing.is_needed():
                return reindexing.run(turn)
            with turn():
                self._folder.store.drop_successor()
            return None

    def check(
        self,
        *,
        repair: bool = False,
        progress: CheckProgress | None = None,
        cancel: Cancellation | None = None,
    ) -> CheckReport:
        """Prove that the library is consistent, or say where it is not and, if asked to, mend it.

        The vectors of 50 passages are compared with new ones of their texts, if there is an
        encoder; all of them, if one of these is wrong and is to be mended.

        ``progress`` is told the step ("checking", "comparing", "embedding"), how much of it is
        done, and of how much. Raises LibraryBusy while another process writes (to a server several
        may), ModelMissing if a repair needs the encoder and there is none. For a library that does
        not open, see :meth:`check_folder`.
        """
        with self._folder.turns(cancel=cancel) as turn:
            checkup = Checkup(
                folder=self._folder,
                turn=turn,
                indexer=self._indexer,
                embedder=lambda: self.embedder,
                progress=progress,
                cancel=cancel,
            )
            return checkup.run(repair=repair)

    @classmethod
    def check_folder(
        cls,
        path: str | PathLike[str] | None = None,
        *,
        settings: Settings | None = None,
        repair: bool = False,
        progress: CheckProgress | None = None,
        cancel: Cancellation | None = None,
    ) -> CheckReport:
        """Check the library at ``path`` (default: as for :meth:`open`), even if it does not open.

        The files of the store are looked at before they are used. A repair makes a store that is
        damaged anew, of Chroma's database or of the mirror, and keeps the damaged one in the
        folder of the library.

        Raises what :meth:`open` and :meth:`check` raise; StoreDamaged if nothing can be read.
        """
        chosen = settings or load_settings().settings
        folder = folder_of(path, chosen)
        on_server = bool(chosen.store.url)
        prepare(folder, create=False, on_server=on_server)

        def check() -> CheckReport:
            with closing(cls.open(folder, settings=chosen, create=False)) as library:
                return library.check(repair=repair, progress=progress, cancel=cancel)

        if on_server:  # whose files are not here
            return check()
        with locked(folder):
            if repair:
                shutil.rmtree(folder / REPAIR_FOLDER, ignore_errors=True)  # of one that was killed
            faults = damage(folder / CHROMA_FOLDER)
        if not faults:
            try:
                return check()
            except StoreDamaged as error:
                faults = [error.message.rstrip(".")]
        with locked(folder), closing(Remains(folder)) as remains:
            found = damage_report(faults, remains)
            if not repair:
                return found
            rescue = Rescue(remains=remains, progress=progress, cancel=cancel)
            said = cls._make_anew(folder, rescue, settings=chosen)
        after = check()
        return replace(
            after,
            problems=(*found.problems, *after.problems),
            repairs=(*said, *after.repairs),
        )

    @classmethod
    def _make_anew(cls, folder: Path, rescue: Rescue, *, settings: Settings) -> list[str]:
        """Build a store beside that of the library, and put it in its place."""
        staging = folder / REPAIR_FOLDER
        if rescue.remains.embedder:
            # Vectors that can be read are kept: the others have to be of the same embedder.
            source = source_of(rescue.remains.embedder, settings.embedding)
            settings = replace(settings, embedding=source)
        try:
            with closing(cls.open(staging, settings=settings)) as library:
                rescue.build(library._folder.store, library._indexer)
                with suppress(ModelError):
                    library._index.calibrate()
            return rescue.said(replace_store(folder, staging / CHROMA_FOLDER))
        finally:
            shutil.rmtree(staging, ignore_errors=True)


class _Papers(Collection[Paper]):
    """Papers of a library, read as they are gone through."""

    def __init__(self, mirror: LexicalMirror, ids: Sequence[str]) -> None:
        self._mirror = mirror
        self._ids = ids

    def __iter__(self) -> Iterator[Paper]:
        for first in range(0, len(self._ids), _PAGE_PAPERS):
            page = self._ids[first : first + _PAGE_PAPERS]
            held = self._mirror.get(page)
            yield from (held[paper_id].paper for paper_id in page if paper_id in held)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, paper: object) -> bool:
        return isinstance(paper, Paper) and paper in iter(self)


def folder_of(path: str | PathLike[str] | None, settings: Settings) -> Path:
    """Return the folder at a path that a person wrote, or the one that the settings name."""
    return expanded(os.fspath(path)).absolute() if path else settings.library_folder
