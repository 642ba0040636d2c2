"""What keeps a library safe and lets it out: export, backup, check. A part of ``Library``."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from assistant.backup import Contents, back_up, restore
from assistant.config import Settings, expanded, load_settings
from assistant.indexing import CheckReport, Checkup, Indexer
from assistant.store.folder import LibraryFolder
from assistant.types import Cancellation, Paper
from assistant.writers.export import export_papers

if TYPE_CHECKING:
    from os import PathLike


class Upkeep(ABC):
    """The methods of a library that concern it as a whole."""

    settings: Settings
    _folder: LibraryFolder

    @abstractmethod
    def paper(self, reference: str) -> Paper:
        """Return the paper that is meant."""

    @abstractmethod
    def _indexer(self) -> Indexer:
        """Return what indexes papers again."""

    def export(
        self,
        target: TextIO | str | PathLike[str],
        *,
        format: str | None = None,  # noqa: A002 - what it is called everywhere
        papers: Iterable[str] | None = None,
        force: bool = False,
    ) -> int:
        """Write the papers, in the order of their adding, to a file or a stream; return how many.

        With ``papers``, named as for :meth:`paper`, these alone, in this order. The format is one
        of bibtex, ris, csl, csv, markdown and jsonl; if none is named, that of the file's ending,
        and bibtex for a stream. A file is there whole or not at all.

        Raises UsageError for a format that is not known, InputError if the file is there already
        (unless ``force``) or cannot be written.
        """
        chosen: Iterable[Paper]
        if papers is None:
            chosen = (item.paper for item in self._folder.mirror.stored())
        else:
            chosen = {found.paper_id: found for found in map(self.paper, papers)}.values()
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
        file is there already (unless ``force``), LibraryBusy while another process writes.
        """
        with self._folder.writing():
            return back_up(
                self._folder,
                Path(path),
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
        return restore(Path(backup), folder, settings=chosen, progress=progress, cancel=cancel)

    def check(
        self,
        *,
        repair: bool = False,
        progress: Callable[[int, int], None] | None = None,
        cancel: Cancellation | None = None,
    ) -> CheckReport:
        """Prove that the library is consistent, or say where it is not and, if asked to, mend it.

        ``progress`` is told how many passages are read, and of how many. Raises LibraryBusy while
        another process writes, ModelMissing if a repair needs the encoder and there is none.
        """
        with self._folder.writing():
            checkup = Checkup(
                folder=self._folder, indexer=self._indexer, progress=progress, cancel=cancel
            )
            return checkup.run(repair=repair)


def folder_of(path: str | PathLike[str] | None, settings: Settings) -> Path:
    """Return the folder at a path that a person wrote, or the one that the settings name."""
    return expanded(os.fspath(path)).absolute() if path else settings.library_folder
