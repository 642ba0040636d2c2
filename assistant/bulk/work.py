"""What the machines of a cluster do: read files, and cut and embed the papers in them.

Rows go from one to the other as tables of Arrow. A row is a record, with the path of its file, and
then the texts of its passages and their vectors. All machines need this program, its models and
the files under the same paths.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.config import EmbeddingSettings, Settings
from assistant.encoders.embedder import Vectors
from assistant.indexing import digest_of
from assistant.models import LoadedModels
from assistant.readers import read_with_origins
from assistant.store.stored import paper_from_json, paper_to_json
from assistant.text.passages import cut_passages
from assistant.types import Paper, Rejected

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK_RECORDS = 32
"""Records that go together from machine to machine."""

Digests = NDArray[np.uint64]
"""The first 8 bytes of fingerprints, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A record as it comes back, with the vectors of its passages."""

    origin: str
    record: Paper | Rejected
    texts: Sequence[str]
    vectors: Vectors


def reading(columns: Mapping[str, str]) -> Callable[[pa.Table], Iterator[pa.Table]]:
    """Return what reads the files of a table and yields tables of their records."""

    def read(files: pa.Table) -> Iterator[pa.Table]:
        records = read_with_origins(files["path"].to_pylist(), columns=columns)
        while batch := list(islice(records, BLOCK_RECORDS)):
            yield _table(
                origin=[origin for origin, _ in batch],
                record=[_packed(record) for _, record in batch],
            )

    return read


class PassageEmbedder:
    """Cuts and embeds the papers of tables. One of these is on each processor of a cluster."""

    def __init__(self, settings: Settings, source: EmbeddingSettings, known: Digests) -> None:
        """Load the embedder ``source``; papers with a ``known`` fingerprint are passed over."""
        models = LoadedModels(settings)
        self._embedder = models.embedder(replace(source, threads=1))
        self._count_tokens = models.count_tokens
        self._chunking = settings.chunking
        self._known = known

    def __call__(self, records: pa.Table) -> pa.Table:
        """Return the records with the texts of their passages and their vectors."""
        packed = records["record"].to_pylist()
        texts = [self._texts(_unpacked(record)) for record in packed]
        vectors = self._embedder.embed([text for of_one in texts for text in of_one])
        ends = np.cumsum([len(of_one) for of_one in texts])
        parts = np.split(np.asarray(vectors, dtype="<f4"), ends[:-1])
        return _table(
            origin=records["origin"].to_pylist(),
            record=packed,
            texts=[json.dumps(of_one) for of_one in texts],
            vectors=[part.tobytes() for part in parts],
        )

    def _texts(self, record: Paper | Rejected) -> list[str]:
        if isinstance(record, Rejected) or self._is_known(record):
            return []
        passages = cut_passages(
            record,
            count_tokens=self._count_tokens,
            window_sentences=self._chunking.window_sentences,
            step_sentences=self._chunking.step_sentences,
            max_tokens=self._chunking.max_tokens,
        )
        return [passage.text for passage in passages]

    def _is_known(self, paper: Paper) -> bool:
        digest = digest_of(paper, chunking=self._chunking, embedder=self._embedder.name)
        (wanted,) = first_bytes([digest])
        place = int(np.searchsorted(self._known, wanted))
        return place < len(self._known) and self._known[place] == wanted


def first_bytes(digests: Sequence[str]) -> Digests:
    """Return the beginnings of fingerprints, in order: enough to tell them apart."""
    return np.sort(np.array([int(digest[:16], 16) for digest in digests], dtype=np.uint64))


def rows_of(table: pa.Table, *, dimension: int) -> Iterator[Read]:
    """Yield the rows of a table that a :class:`PassageEmbedder` made."""
    for row in table.to_pylist():
        yield Read(
            origin=row["origin"],
            record=_unpacked(row["record"]),
            texts=json.loads(row["texts"]),
            vectors=np.frombuffer(row["vectors"], dtype="<f4").reshape(-1, dimension),
        )


def _table(**columns: list[str] | list[bytes]) -> pa.Table:
    import pyarrow as pa

    return pa.table({name: list(values) for name, values in columns.items()})


def _packed(record: Paper | Rejected) -> str:
    if isinstance(record, Rejected):
        return json.dumps({"rejected": asdict(record)})
    return paper_to_json(record)


def _unpacked(text: str) -> Paper | Rejected:
    if text.startswith('{"rejected"'):
        return Rejected(**json.loads(text)["rejected"])
    return paper_from_json(text)
