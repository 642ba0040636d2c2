"""A library without vectors: what records make which papers needs none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from assistant.identity import paper_id
from assistant.indexing.gathering import Entry, Gathering
from assistant.store.lexical import LexicalMirror
from assistant.store.stored import StoredPaper
from assistant.types import Paper

Told = tuple[str, Paper]
"""A record and the file that it stands in."""


def record(title: str, abstract: str = "It is so.", **fields: Any) -> Paper:
    """A record as a reader gives it."""
    known = {
        name: fields[name]
        for name in ("doi", "arxiv_id", "pmid", "authors", "year")
        if name in fields
    }
    return Paper(paper_id=paper_id(title, **known), title=title, abstract=abstract, **fields)


class CountingMirror(LexicalMirror):
    """A mirror that counts the papers read from it."""

    read = 0

    def find(self, keys: Collection[str]) -> dict[str, StoredPaper]:
        found = super().find(keys)
        self.read += len(found)
        return found

    def get(self, paper_ids: Sequence[str]) -> dict[str, StoredPaper]:
        found = super().get(paper_ids)
        self.read += len(found)
        return found


class Shelf:
    """Papers gathered into a mirror, in small batches."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory()
        self.mirror = CountingMirror(Path(self._folder.name) / "mirror.sqlite3")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.mirror.close()
        self._folder.cleanup()

    def add(self, told: Iterable[Told], *, batch: int = 3) -> Gathering:
        gathering = Gathering(self.mirror)
        for origin, paper in told:
            gathering.take(paper, origin)
            if len(gathering) >= batch:
                self._put(gathering.drain())
        self._put(gathering.drain())
        self._put(gathering.outdated(unread=()))
        return gathering

    @property
    def papers(self) -> set[frozenset[Told]]:
        """The papers, each as the records that make it."""
        return {
            frozenset(
                (origin, told) for origin, records in item.origins.items() for told in records
            )
            for item in self.mirror.stored()
        }

    def _put(self, entries: Iterable[Entry]) -> None:
        held = list(entries)
        self.mirror.put(
            [StoredPaper(paper=e.paper, passages=1, digest="", origins=e.origins) for e in held],
            removed=[item.paper.paper_id for e in held for item in e.absorbed],
            revision="1",
        )
