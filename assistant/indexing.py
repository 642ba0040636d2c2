"""Brings papers into a library: what is new is cut, embedded and stored, in batches.

A batch goes into Chroma whole and only then into the mirror, so that a crash at any moment
leaves a library that the next run brings up to date: what was stored is recognised by its
digest and is not embedded again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from assistant.config import ChunkingSettings
from assistant.errors import Cancelled
from assistant.llm.embedder import Embedder
from assistant.store.chroma import ChromaStore, IndexedPaper, StoredPaper, paper_to_json
from assistant.store.lexical import LexicalMirror
from assistant.text.passages import cut_passages
from assistant.text.tokens import TokenCounter
from assistant.types import AddProgress, AddReport, Cancellation, Paper, Rejected

BATCH_PAPERS = 64
"""Papers stored at once: enough to sort by length, few enough to lose little when stopped."""


@dataclass(kw_only=True)
class Indexer:
    """Adds papers to one library."""

    store: ChromaStore
    mirror: LexicalMirror
    embedder: Embedder
    count_tokens: TokenCounter
    chunking: ChunkingSettings
    papers_total: int | None = None
    progress: Callable[[AddProgress], None] | None = None
    cancel: Cancellation | None = None
    _pending: dict[str, Paper] = field(default_factory=dict)
    _added: int = 0
    _updated: int = 0
    _unchanged: int = 0
    _rejected: list[Rejected] = field(default_factory=list)
    _started_s: float = field(default_factory=time.perf_counter)

    def add(self, records: Iterable[Paper | Rejected]) -> AddReport:
        """Index ``records``; raises Cancelled, with what was read so far stored, if asked to."""
        for record in records:
            if self.cancel is not None and self.cancel.cancelled:
                self._flush()
                raise Cancelled(
                    f"Stopped. {self._added + self._updated} papers were added and are kept.",
                    hint="Run the same command again to go on.",
                )
            if isinstance(record, Rejected):
                self._rejected.append(record)
            elif record.paper_id in self._pending:
                earlier = self._pending[record.paper_id]
                self._pending[record.paper_id] = _better(earlier, record)
                self._unchanged += 1
            else:
                self._pending[record.paper_id] = record
            if len(self._pending) >= BATCH_PAPERS:
                self._flush()
        self._flush()
        return AddReport(
            added=self._added,
            updated=self._updated,
            unchanged=self._unchanged,
            rejected=tuple(self._rejected),
        )

    def _flush(self) -> None:
        """Store what is pending and differs from what the library holds."""
        stored = self.mirror.get(list(self._pending))
        fresh = []
        for paper_id, paper in self._pending.items():
            old = stored.get(paper_id)
            chosen = paper if old is None else _better(old.paper, paper)
            digest = self._digest(chosen)
            if old is not None and old.digest == digest:
                self._unchanged += 1
            else:
                fresh.append((chosen, digest))
                self._added += old is None
                self._updated += old is not None
        self._pending.clear()
        if fresh:
            self._store(fresh, stored)
        if self.progress is not None:
            done = self._added + self._updated + self._unchanged
            elapsed_s = time.perf_counter() - self._started_s
            self.progress(
                AddProgress(papers_done=done, papers_total=self.papers_total, elapsed_s=elapsed_s)
            )

    def _store(self, fresh: list[tuple[Paper, str]], stored: dict[str, StoredPaper]) -> None:
        cut = [
            cut_passages(
                paper,
                count_tokens=self.count_tokens,
                window_sentences=self.chunking.window_sentences,
                step_sentences=self.chunking.step_sentences,
                max_tokens=self.chunking.max_tokens,
            )
            for paper, _ in fresh
        ]
        vectors = self.embedder.embed([passage.text for passages in cut for passage in passages])
        parts = np.split(vectors, np.cumsum([len(passages) for passages in cut])[:-1])
        indexed = [
            IndexedPaper(paper=paper, digest=digest, passages=passages, vectors=part)
            for (paper, digest), passages, part in zip(fresh, cut, parts, strict=True)
        ]
        with self.store.writing():
            # First what an old version has too much of: cut short, the new one is still missing
            # and is added again.
            for item in indexed:
                old = stored.get(item.paper.paper_id)
                if old is not None and old.passages > len(item.passages):
                    self.store.delete_passages(
                        item.paper.paper_id, first=len(item.passages), stop=old.passages
                    )
            self.store.upsert(indexed)
        self.mirror.put([item.stored for item in indexed], removed=(), revision=self.store.revision)

    def _digest(self, paper: Paper) -> str:
        parts = (paper_to_json(paper), repr(self.chunking), self.embedder.name)
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def _better(old: Paper, new: Paper) -> Paper:
    """Choose between two records of a paper.

    A file that is read again speaks for itself; between two files the longer abstract wins,
    then the longer record, so that adding both, in any order and any number of times, ends
    the same.
    """
    return new if new.source == old.source or _weight(new) > _weight(old) else old


def _weight(paper: Paper) -> tuple[int, int, str]:
    record = paper_to_json(replace(paper, source=""))
    return len(paper.abstract), len(record), record
