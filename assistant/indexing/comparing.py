"""Compares stored vectors with those that the encoder makes of the stored texts now.

A vector can be sound and still be another text's: after damage to an index, or written by an
encoder that was exchanged under the same name. All other checks would miss that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from assistant.encoders.embedder import Embedder
from assistant.errors import Cancelled, LibraryError
from assistant.indexing.problems import CheckProgress, Problem
from assistant.store.chroma import ChromaStore
from assistant.store.stored import StoredRow
from assistant.types import Cancellation, is_cancelled

SAMPLE_ROWS = 50
_PAGE_ROWS = 256
_SAME = 0.99
"""Cosine of two vectors of one text: the int8 encoder is moved by what else is in its batch."""


@dataclass(kw_only=True)
class Comparison:
    """A comparison of some or all rows of a store."""

    store: ChromaStore
    embedder: Embedder
    known: Collection[str] = ()
    """Ids of papers that are to be indexed again anyhow."""
    progress: CheckProgress | None = None
    cancel: Cancellation | None = None
    compared: int = 0
    differing: dict[str, int] = field(default_factory=dict)
    """Ids of the papers of rows that differ, and how many rows."""

    def sample(self) -> None:
        """Compare rows that are spread evenly over the store, each time the same."""
        total = self.store.count()
        places = sorted({total * n // SAMPLE_ROWS for n in range(SAMPLE_ROWS)} if total else ())
        self._compare([found for n in places for found in self.store.ids(offset=n, limit=1)])

    def all(self) -> None:
        """Compare every row. Raises Cancelled if asked to stop."""
        total, done = self.store.count(), 0
        self.compared = 0
        self.differing.clear()
        while ids := self.store.ids(offset=done, limit=_PAGE_ROWS):
            if is_cancelled(self.cancel):
                raise Cancelled("Stopped. The vectors were not all compared.")
            self._compare(ids)
            done += len(ids)
            if self.progress is not None:
                self.progress("comparing", min(done, total), total)

    @property
    def problems(self) -> list[Problem]:
        """What is wrong: one problem, however many papers it is about."""
        if not self.differing:
            return []
        wrong = sum(self.differing.values())
        message = f"{wrong} of {self.compared} vectors that were compared are not of their texts"
        return [Problem(kind="vectors", message=message, papers=tuple(self.differing))]

    def _compare(self, ids: Sequence[str]) -> None:
        rows = [row for row in self._rows(ids) if self._is_comparable(row)]
        fresh = self.embedder.embed([row.text for row in rows])
        for row, vector in zip(rows, fresh, strict=True):
            assert row.vector is not None
            self.compared += 1
            cosine = float(row.vector @ vector) / max(float(np.linalg.norm(row.vector)), 1e-12)
            if not cosine >= _SAME:  # nor NaN
                paper_id = _paper_of(row)
                self.differing[paper_id] = self.differing.get(paper_id, 0) + 1

    def _rows(self, ids: Sequence[str]) -> Iterator[StoredRow]:
        """Yield rows; one whose vector cannot be read was told before."""
        try:
            yield from self.store.rows(ids)
        except LibraryError:
            if len(ids) > 1:
                middle = len(ids) // 2
                yield from self._rows(ids[:middle])
                yield from self._rows(ids[middle:])

    def _is_comparable(self, row: StoredRow) -> bool:
        if not row.text or row.vector is None or row.vector.size != self.embedder.dimension:
            return False
        return _paper_of(row) not in self.known


def _paper_of(row: StoredRow) -> str:
    return row.row_id.rpartition(":")[0]
