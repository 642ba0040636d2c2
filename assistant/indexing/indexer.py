"""Brings papers into a library: what is new is cut, embedded and stored, in batches.

A batch goes into Chroma whole and only then into the mirror, so that a crash at any moment
leaves a library that the next run brings up to date: what was stored is recognised by its
digest and is not embedded again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from assistant.config import ChunkingSettings
from assistant.encoders.embedder import Embedder
from assistant.errors import Cancelled
from assistant.indexing.gathering import Entry, Gathering
from assistant.indexing.sameness import identity_of
from assistant.store.chroma import ChromaStore
from assistant.store.folder import Turn
from assistant.store.lexical import LexicalMirror
from assistant.store.stored import IndexedPaper, Origins, StoredPaper
from assistant.text.passages import cut_passages
from assistant.text.tokens import TokenCounter
from assistant.types import (
    AddProgress,
    AddReport,
    Cancellation,
    Paper,
    Passage,
    Rejected,
    is_cancelled,
)

BATCH_PAPERS = 64
"""Papers stored at once: enough to sort by length, few enough to lose little when stopped."""


@dataclass(kw_only=True)
class Indexer:
    """Adds papers to one library, in one run."""

    store: ChromaStore
    mirror: LexicalMirror
    embedder: Embedder
    count_tokens: TokenCounter
    chunking: ChunkingSettings
    papers_total: int | None = None
    progress: Callable[[AddProgress], None] | None = None
    cancel: Cancellation | None = None
    turn: Turn | None = None
    """What makes it this run's turn to write; None if nobody else writes until it ends.

    With turns, ``embedder`` is one that remembers.
    """
    _added: int = 0
    _updated: int = 0
    _unchanged: int = 0
    _removed: int = 0
    _without_abstract: int = 0
    _rejected: list[Rejected] = field(default_factory=list)
    _stopped: bool = False
    _started_s: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        """Begin with nothing read."""
        self._gathering = Gathering(self.mirror)

    def add(
        self, records: Iterable[tuple[str, Paper | Rejected]], *, sync: Collection[str] = ()
    ) -> AddReport:
        """Index records, each with its origin: the path of its file, or PROGRAM.

        Of the folders ``sync``, what their files no longer hold is taken back. Raises Cancelled,
        with what was read so far stored, if asked to stop.
        """
        unread: set[str] = set()
        for batch in self._batches(records, unread):
            with self._own_turn(batch):
                for origin, paper in batch:
                    self._gathering.take(paper, origin)
                self._flush(self._gathering.drain())
        if self._stopped:
            raise stopped(self._added + self._updated)
        with self._own_turn():
            self._revise(self._gathering.outdated(unread=unread))
            if sync:
                self._revise(self._gathering.gone(sync, unread=unread))
        return AddReport(
            added=self._added,
            updated=self._updated,
            unchanged=self._unchanged,
            removed=self._removed,
            without_abstract=self._without_abstract,
            rejected=tuple(self._rejected),
            merged=tuple(self._gathering.merged),
        )

    def _batches(
        self, records: Iterable[tuple[str, Paper | Rejected]], unread: set[str]
    ) -> Iterator[list[tuple[str, Paper]]]:
        """Yield the papers that are read, a batch at a time, until asked to stop."""
        batch: list[tuple[str, Paper]] = []
        for origin, record in records:
            if is_cancelled(self.cancel):
                self._stopped = True
                break
            if isinstance(record, Rejected):
                self._rejected.append(record)
                if record.line is None:
                    unread.add(origin)
                continue
            batch.append((origin, record))
            if len(batch) == BATCH_PAPERS:
                yield batch
                batch = []
        if batch:
            yield batch

    @contextmanager
    def _own_turn(self, batch: Sequence[tuple[str, Paper]] = ()) -> Iterator[None]:
        """Write to a library that others write to as well: embed first, and then wait."""
        if self.turn is None:
            yield
            return
        self._embed_ahead([paper for _, paper in batch])
        before = self.mirror.revision
        with self.turn():
            if self.mirror.revision != before:
                self._gathering.forget_crowds()
            yield

    def _embed_ahead(self, papers: Sequence[Paper]) -> None:
        """Embed papers that the library does not seem to hold; the embedder remembers that."""
        texts: dict[str, None] = {}
        for paper in papers:
            held = self.mirror.find(identity_of(paper).keys).values()
            if all(item.digest != self.digest(paper) for item in held):
                texts.update((passage.text, None) for passage in self._cut(paper))
        self.embedder.embed(list(texts))

    def index_again(self, papers: Sequence[StoredPaper]) -> list[StoredPaper]:
        """Cut, embed and store papers anew; return them as they are stored now.

        The revision stays, for the mirror shows these papers already: it may hold their only
        record, and would be brought up to date without them if this were cut short.
        """
        anew = [(item.paper, self.digest(item.paper), item.origins) for item in papers]
        written = self._indexed(anew)
        self.store.upsert(written)
        return [item.stored for item in written]

    def join(self, papers: Sequence[StoredPaper]) -> None:
        """Make one paper, the first, of several of the library that are the same."""
        entry, *others = [
            Entry(paper_id=item.paper.paper_id, origins=dict(item.origins), stored=item)
            for item in papers
        ]
        for other in others:
            entry.take_over(other)
        self._store([entry])

    def _flush(self, entries: list[Entry]) -> None:
        """Store a batch, count what it changed and tell the progress."""
        if not entries:
            return
        changed = self._store(entries)
        for entry in entries:
            paper = changed.get(entry.paper_id)
            self._unchanged += entry.records - (paper is not None)
            if entry.stored is not None:
                self._updated += paper is not None
            elif paper is not None:
                self._added += 1
                self._without_abstract += not paper.abstract
        if self.progress is not None:
            done = self._added + self._updated + self._unchanged
            elapsed_s = time.perf_counter() - self._started_s
            self.progress(
                AddProgress(papers_done=done, papers_total=self.papers_total, elapsed_s=elapsed_s)
            )

    def _revise(self, entries: Iterable[Entry]) -> None:
        """Store papers of which files say less than before; remove those that none speaks of."""
        kept, gone = [], []
        for entry in entries:
            if entry.origins:
                kept.append(entry)
            elif entry.stored is not None:
                gone.append(entry.stored)
        for first in range(0, len(kept), BATCH_PAPERS):
            batch = kept[first : first + BATCH_PAPERS]
            changed = self._store(batch)
            parted = sum(entry.stored is None for entry in batch)
            self._added += parted
            self._updated += len(changed) - parted
        if gone:
            remove(gone, store=self.store, mirror=self.mirror)
        self._removed += len(gone)

    def _store(self, entries: list[Entry]) -> dict[str, Paper]:
        """Store what differs from what the library holds; return papers that read differently."""
        changed: dict[str, Paper] = {}
        anew: list[tuple[Paper, str, Origins]] = []
        told: list[StoredPaper] = []
        for entry in entries:
            paper, old = entry.paper, entry.stored
            digest = self.digest(paper)
            if old is None or old.digest != digest:
                anew.append((paper, digest, entry.origins))
            elif (old.paper, old.origins) != (paper, entry.origins):
                told.append(replace(old, paper=paper, origins=entry.origins))
            # In one more file than before, a paper is the same paper.
            if (
                old is None
                or old.digest != digest
                or replace(old.paper, source="") != replace(paper, source="")
            ):
                changed[entry.paper_id] = paper
        absorbed = [item for entry in entries for item in entry.absorbed]
        if anew or told or absorbed:
            before = {entry.paper_id: entry.stored for entry in entries if entry.stored}
            self._write(self._indexed(anew), told, before=before, absorbed=absorbed)
        return changed

    def _write(
        self,
        anew: list[IndexedPaper],
        told: list[StoredPaper],
        *,
        before: dict[str, StoredPaper],
        absorbed: list[StoredPaper],
    ) -> None:
        with self.store.writing():
            # First what an old version has too much of: cut short, the new one is still missing
            # and is added again. What a paper takes over goes last: until then it is told twice.
            for item in anew:
                old = before.get(item.paper.paper_id)
                if old is not None and old.passages > len(item.passages):
                    self.store.delete_passages(
                        item.paper.paper_id, first=len(item.passages), stop=old.passages
                    )
            self.store.upsert(anew)
            self.store.update(told)
            for other in absorbed:
                self.store.delete_passages(other.paper.paper_id, first=0, stop=other.passages)
        self.mirror.put(
            [*(item.stored for item in anew), *told],
            removed=[item.paper.paper_id for item in absorbed],
            revision=self.store.revision,
        )

    def _indexed(self, papers: list[tuple[Paper, str, Origins]]) -> list[IndexedPaper]:
        """Cut and embed papers; the tuples hold their digests and origins too."""
        cut = [self._cut(paper) for paper, _, _ in papers]
        vectors = self.embedder.embed([passage.text for passages in cut for passage in passages])
        starts = np.cumsum([0, *(len(passages) for passages in cut)])[:-1]
        parts = [vectors[start : start + len(p)] for start, p in zip(starts, cut, strict=True)]
        return [
            IndexedPaper(
                paper=paper, digest=digest, origins=origins, passages=passages, vectors=part
            )
            for (paper, digest, origins), passages, part in zip(papers, cut, parts, strict=True)
        ]

    def _cut(self, paper: Paper) -> list[Passage]:
        return cut_passages(
            paper,
            count_tokens=self.count_tokens,
            window_sentences=self.chunking.window_sentences,
            step_sentences=self.chunking.step_sentences,
            max_tokens=self.chunking.max_tokens,
        )

    def digest(self, paper: Paper) -> str:
        """Return a fingerprint of all that the vectors of a paper depend on."""
        return digest_of(paper, chunking=self.chunking, embedder=self.embedder.name)


def digest_of(paper: Paper, *, chunking: ChunkingSettings, embedder: str) -> str:
    """Return a fingerprint of all that the vectors of a paper depend on: 32 hex digits."""
    parts = (paper.title, paper.abstract, repr(chunking), embedder)
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def stopped(papers: int) -> Cancelled:
    """Return what an adding ends with that was asked to stop when so many papers were stored."""
    return Cancelled(
        f"Stopped. {papers} papers were added and are kept.",
        hint="Run the same command again to go on.",
    )


def remove(papers: Iterable[StoredPaper], *, store: ChromaStore, mirror: LexicalMirror) -> None:
    """Take papers out of a library."""
    gone = list(papers)
    with store.writing():
        for item in gone:
            store.delete_passages(item.paper.paper_id, first=0, stop=item.passages)
    ids = [item.paper.paper_id for item in gone]
    mirror.put((), removed=ids, revision=store.revision)
