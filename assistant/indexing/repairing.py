"""Checks a library, and mends what is wrong with it; every repair is said.

What can be made again is: vectors from the records of papers, the mirror from the store. What
belongs to no paper is removed, and papers that are the same become one. Each step leaves a
library that opens, so that a repair that was cut short can be run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field

from assistant.encoders.embedder import Embedder
from assistant.errors import Cancelled, LibraryError, ModelError
from assistant.indexing.comparing import Comparison
from assistant.indexing.consistency import Inspection
from assistant.indexing.indexer import BATCH_PAPERS, Indexer
from assistant.indexing.problems import CheckProgress, CheckReport
from assistant.store.folder import LibraryFolder, Turn
from assistant.store.stored import StoredPaper, row_id, stored_from_metadata
from assistant.types import Cancellation, is_cancelled


@dataclass(kw_only=True)
class Checkup:
    """A check of one library, and its repair if that is wanted."""

    folder: LibraryFolder
    turn: Turn
    """What keeps others from writing to a server while something is mended or looked at again."""
    indexer: Callable[[], Indexer]
    """Called if papers have to be indexed again or joined: only that needs all models."""
    embedder: Callable[[], Embedder]
    """Called to compare vectors; they are not compared if it raises ModelError."""
    progress: CheckProgress | None = None
    cancel: Cancellation | None = None
    _compared: int = 0
    _repairs: list[str] = field(default_factory=list)

    def run(self, *, repair: bool) -> CheckReport:
        """Look at everything and, with ``repair``, mend it and look again.

        The caller holds the right to write from the folder. Raises Cancelled if asked to stop,
        ModelMissing if papers have to be indexed again and there is no encoder.
        """
        found = left = self._inspect(self.turn, compare_all=repair)
        if found.problems and repair:
            with self.turn():
                if self.folder.store.revision != found.revision:
                    found = self._inspect(nullcontext, compare_all=True)
                self._mend(found)
            left = self._inspect(self.turn)
        return CheckReport(
            papers=left.papers,
            rows=left.rows,
            problems=tuple(found.problems),
            repairs=tuple(self._repairs),
            left=tuple(left.problems),
            compared=self._compared,
        )

    def _inspect(self, turn: Turn, *, compare_all: bool = False) -> Inspection:
        inspection = Inspection(self.folder, turn=turn, progress=self.progress, cancel=self.cancel)
        inspection.run()
        self._compare(inspection, turn, everything=compare_all)
        return inspection

    def _compare(self, found: Inspection, turn: Turn, *, everything: bool) -> None:
        """Compare a sample of vectors with their texts, and all of them if some differ."""
        try:
            embedder = self.embedder()
        except ModelError:
            self._compared = 0
            return
        comparison = Comparison(
            store=self.folder.store,
            embedder=embedder,
            known=frozenset(found.broken),
            progress=self.progress,
            cancel=self.cancel,
        )
        with turn():
            comparison.sample()
            if everything and comparison.differing:
                comparison.all()
        self._compared = comparison.compared
        found.problems += comparison.problems
        found.broken += comparison.differing

    def _mend(self, found: Inspection) -> None:
        """Mend in an order in which no step can lose what another one needs."""
        surplus = dict.fromkeys(found.orphans)
        for first in range(0, len(found.broken), BATCH_PAPERS):
            self._index_again(found.broken[first : first + BATCH_PAPERS], surplus)
            if self.progress is not None:
                done = min(first + BATCH_PAPERS, len(found.broken))
                self.progress("embedding", done, len(found.broken))
        if surplus:
            self._repairs.append(f"removed {_counted(len(surplus), 'row')} of no paper")
        if self._repairs or any(problem.kind == "mirror" for problem in found.problems):
            with self.folder.store.writing():
                self.folder.store.delete_rows(list(surplus))
            self.folder.mirror.clear()
            self.folder.mirror.catch_up(self.folder.store.revision, self.folder.store.papers())
            self._repairs.append("rebuilt the mirror")
        doubles = Inspection(self.folder)
        doubles.find_doubles()
        for ids in doubles.same:
            self._join(ids)

    def _index_again(self, paper_ids: list[str], surplus: dict[str, None]) -> None:
        """Index papers again, and keep account of the rows that are not theirs (any more)."""
        if is_cancelled(self.cancel):
            raise Cancelled("Stopped. The repair goes on where it was, if it is run again.")
        old = [item for paper_id in paper_ids for item in self._record(paper_id)]
        for before, now in zip(old, self.indexer().index_again(old), strict=True):
            paper_id = now.paper.paper_id
            for index in range(now.passages):
                surplus.pop(row_id(paper_id, index), None)
            for index in range(now.passages, before.passages):
                surplus[row_id(paper_id, index)] = None
            self._repairs.append(f"indexed again: {now.paper.title}")

    def _record(self, paper_id: str) -> Iterator[StoredPaper]:
        """Yield what the store says of a paper, or else what the mirror does."""
        rows = self.folder.store.rows([row_id(paper_id, 0)], vectors=False)
        try:
            for row in rows:
                item = stored_from_metadata(row.metadata)
                if item.paper.paper_id == paper_id and item.passages > 0:
                    yield item
                    return
        except (LibraryError, KeyError, ValueError):
            pass
        yield from self.folder.mirror.get([paper_id]).values()

    def _join(self, ids: list[str]) -> None:
        held = self.folder.mirror.get(ids)
        papers = [held[paper_id] for paper_id in ids if paper_id in held]
        self.indexer().join(papers)
        gone = ", ".join(item.paper.paper_id for item in papers[1:])
        self._repairs.append(f"joined {gone} with {papers[0].paper.paper_id}: the same paper")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
