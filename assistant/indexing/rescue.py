"""Makes the store of a library anew whose files are damaged: of what can still be read.

Chroma's database has texts, records and some vectors; the mirror has the records once more. The
new store is built beside the old one, which is kept: a rescue that was cut short has changed
nothing, and can be run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from assistant.errors import Cancelled, StoreDamaged
from assistant.indexing.indexer import BATCH_PAPERS, Indexer
from assistant.indexing.problems import CheckProgress, CheckReport, Problem
from assistant.store.chroma import ChromaStore
from assistant.store.chroma_files import DATABASE, database_fault
from assistant.store.folder import CHROMA_FOLDER, MIRROR_FILE
from assistant.store.salvage import ChromaRecords, MirrorRecords
from assistant.store.stored import StoredPaper, check_collection, same_write
from assistant.types import Cancellation, is_cancelled

Records = TypeVar("Records", ChromaRecords, MirrorRecords)


class Remains:
    """What can be read of a library whose store is damaged."""

    def __init__(self, folder: Path) -> None:
        """Choose what to read: a whole database, else a whole mirror, else what there is.

        Raises LibraryError for a library of another version.
        """
        self.papers = self.passages = 0
        self.embedder = ""
        """The name of what made the vectors; empty if that cannot be read."""
        self.unread: list[str] = []
        """Ids of papers whose records are nowhere to be read."""
        with ExitStack() as files:
            chroma = _opened(ChromaRecords, folder / CHROMA_FOLDER, files)
            if chroma is not None:
                check_collection(chroma.about)
                self.embedder = str(chroma.about.get("embedder", ""))
            mirror = _opened(MirrorRecords, folder / MIRROR_FILE, files)
            # A mirror without papers may be one that was begun anew.
            self.mirror = mirror if _papers_in(mirror) else None
            whole = not database_fault(folder / CHROMA_FOLDER / DATABASE)
            useful = whole or self.mirror is None
            self.chroma = chroma if useful and _papers_in(chroma) is not None else None
            for item in self.read():
                self.papers += 1
                self.passages += item.passages
            self._files = files.pop_all()

    def close(self) -> None:
        """Let go of the files."""
        self._files.close()

    @property
    def source(self) -> str:
        """Where the papers are read from; empty if there is nothing that can be read."""
        if self.chroma is not None:
            return "Chroma's database"
        return "the mirror" if self.mirror is not None else ""

    def read(self) -> Iterator[StoredPaper]:
        """Yield the papers, in the order of their adding."""
        seen: set[str] = set()
        if self.chroma is not None:
            for item in self.chroma.papers():
                seen.add(item.paper.paper_id)
                yield item
            self.unread = list(self.chroma.unread)
        # A mirror that shows another write may hold papers that were removed since.
        if self.mirror is not None and self._mirror_is_current():
            for item in self.mirror.papers():
                if item.paper.paper_id not in seen:
                    yield item
                    with suppress(ValueError):
                        self.unread.remove(item.paper.paper_id)

    def _mirror_is_current(self) -> bool:
        assert self.mirror is not None
        return self.chroma is None or same_write(self.mirror.revision, self.chroma.revision)


@dataclass(kw_only=True)
class Rescue:
    """Making one store anew."""

    remains: Remains
    progress: CheckProgress | None = None
    cancel: Cancellation | None = None
    papers: int = 0
    passages: int = 0
    embedded: int = 0
    """Of the passages, those that were embedded again."""

    def build(self, store: ChromaStore, indexer: Callable[[], Indexer]) -> None:
        """Fill an empty store; ``indexer``, which writes to it, is called if a vector is gone.

        Raises Cancelled, with the old store as it was, once ``cancel`` is set.
        """
        papers = self.remains.read()
        while batch := list(islice(papers, BATCH_PAPERS)):
            if is_cancelled(self.cancel):
                raise Cancelled("Stopped. The library is as it was: damaged, and nothing is lost.")
            self._put(batch, store, indexer)
            if self.progress is not None:
                self.progress("embedding", self.papers, self.remains.papers)
        if (self.papers, self.passages) != (self.remains.papers, store.count()):
            raise StoreDamaged(
                "The library changed while it was mended; nothing was replaced.",
                hint="Run the command again while no other program uses the library.",
            )

    def _put(
        self, batch: list[StoredPaper], store: ChromaStore, indexer: Callable[[], Indexer]
    ) -> None:
        """Store papers, with the vectors that are there still or with new ones."""
        chroma = self.remains.chroma
        whole = [found for item in batch if chroma and (found := chroma.indexed(item))]
        kept = {item.paper.paper_id for item in whole}
        store.upsert(whole)
        rest = [item for item in batch if item.paper.paper_id not in kept]
        anew = indexer().index_again(rest) if rest else []
        self.papers += len(batch)
        self.embedded += sum(item.passages for item in anew)
        self.passages += sum(len(item.passages) for item in whole)
        self.passages += sum(item.passages for item in anew)

    def said(self, aside: Path | None) -> list[str]:
        """Return what was done, in words; ``aside`` is where the damaged store is now."""
        papers = f"{self.papers:,} paper{'' if self.papers == 1 else 's'}"
        lines = [
            f"made the store anew from {self.remains.source}: {papers}, "
            f"{self.embedded:,} of {self.passages:,} passages embedded again"
        ]
        if self.remains.chroma is None:
            lines.append(
                "papers that an interrupted add had just stored may be missing: add the files again"
            )
        if self.remains.unread:
            some = ", ".join(self.remains.unread[:5])
            lines.append(f"left out {len(self.remains.unread)} whose records are damaged: {some}")
        if aside is not None:
            lines.append(f"kept the damaged store in {aside}: delete it once all is well")
        return lines


def _opened(kind: type[Records], path: Path, files: ExitStack) -> Records | None:
    with suppress(StoreDamaged):
        return files.enter_context(closing(kind(path)))
    return None


def _papers_in(records: ChromaRecords | MirrorRecords | None) -> int | None:
    """Return how many papers can be read; None if something cannot be."""
    if records is not None:
        with suppress(StoreDamaged):
            return sum(1 for _ in records.papers())
    return None


def damage_report(faults: Sequence[str], remains: Remains) -> CheckReport:
    """Return what is wrong with a library that is damaged.

    Raises StoreDamaged if nothing of it can be read.
    """
    first, *others = faults
    if not remains.source:
        raise StoreDamaged(
            f"{first}; neither Chroma's database nor the mirror of the library can be read.",
            hint="Restore a backup into a new folder: assistant --library NEW_FOLDER restore "
            "FILE.zip. Or add your files to a new library.",
        )
    can = f"{remains.papers:,} papers can be read from {remains.source}"
    problems = tuple(
        Problem(kind="store", message=message) for message in (f"{first}; {can}", *others)
    )
    return CheckReport(
        papers=remains.papers, rows=remains.passages, problems=problems, left=problems
    )
