"""A library on a Chroma server that several programs write to, in turns.

Whoever writes has the lease of the library and gives its writes a number: ``begun`` before and
``done`` after, in the metadata of the collection. The first row of each paper bears the number of
the write that it comes from, so that a mirror reads what is newer than what it has seen, and not
the whole library; a write that removed papers is noted, and only then are the ids compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Self

from assistant.errors import LibraryError, LibraryMissing
from assistant.store.chroma import ChromaStore
from assistant.store.connection import translate
from assistant.store.filling import Filling
from assistant.store.lease import Lease
from assistant.store.lexical import LexicalMirror
from assistant.store.server import ServerConnection
from assistant.store.stored import (
    FORMAT,
    IndexedPaper,
    StoredPaper,
    Vectors,
    check_collection,
    in_pieces,
    record_metadata,
    row_id,
    stored_from_metadata,
)
from assistant.store.succession import current
from assistant.text.query import NO_FILTER
from assistant.types import Cancellation

_WINDOW_WRITES = 16
"""Writes whose papers are asked for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """How far a collection has come."""

    collection: str
    """Its id: one that was made anew counts from 0."""
    begun: int
    done: int

    def __str__(self) -> str:
        return f"{self.collection}:{self.begun}:{self.done}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the revision of a text; None for that of another kind of store."""
        parts = text.split(":")
        if len(parts) != 3 or not all(part.isdecimal() for part in parts[1:]):
            return None
        return cls(collection=parts[0], begun=int(parts[1]), done=int(parts[2]))


class SharedStore(ChromaStore):
    """The passages of one library on a Chroma server. Safe to share between threads."""

    _connection: ServerConnection

    def __init__(
        self,
        place: ServerConnection,
        *,
        embedder: str,
        collection: str,
        owner: str = "",
        create: bool = True,
    ) -> None:
        """Open the collection on the server, or, with ``create``, make it for ``embedder``.

        ``owner`` marks those who hold the same lock, see :func:`assistant.store.lease.owner_at`.
        Raises LibraryMissing if it is not there, LibraryError if the server cannot be used.
        """
        self._may_create = create
        self._lease = Lease(place, collection, owner=owner)
        self._in_turn = False
        super().__init__(place, embedder=embedder, collection=collection)

    @property
    def revision(self) -> str:
        """A mark that changes with every write, whoever writes."""
        return str(self.progress)

    @property
    @translate
    def progress(self) -> Revision:
        """How far the collection has come; in one's own turn, by one's own writes."""
        with self._lock:
            if not self._in_turn:
                self._look_again()
            about = self._collection.metadata or {}
            return Revision(
                collection=self._collection.id.hex,
                begun=int(about.get("begun", 0)),
                done=int(about.get("done", 0)),
            )

    @contextmanager
    def turn(self, *, cancel: Cancellation | None = None) -> Iterator[None]:
        """Be the only one who writes to the library; others wait until it is their turn.

        Raises LibraryBusy if that takes too long, Cancelled once ``cancel`` is set.
        """
        with self._lease.held(cancel=cancel):
            self._begin_turn()
            try:
                yield
            finally:
                self._in_turn = False

    @translate
    def _begin_turn(self) -> None:
        with self._lock:
            self._look_again()
            self._in_turn = True

    @translate
    def note(self, values: Mapping[str, str | int | float | bool]) -> None:
        """Note something about the collection. The caller has the turn."""
        with self._lock:
            self._check_turn()
            if not self._in_turn:
                self._look_again()
            self._collection.modify(metadata={**(self._collection.metadata or {}), **values})

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Number a write: its papers bear the number. The caller has the turn."""
        begun = self.progress.begun + 1
        self.note({"begun": begun})
        self._writes = True
        try:
            yield
        finally:
            self._writes = False
            self._note_done(begun)

    def _note_done(self, write: int) -> None:
        # In the place of the collection there may be its successor by now, which counts anew.
        last = max(write, self.progress.begun)
        self.note({"begun": last, "done": last})

    def upsert(self, papers: Sequence[IndexedPaper]) -> None:
        """Store papers, overwriting what they had. Rows beyond their last are not removed."""
        self._check_turn()
        super().upsert(papers)

    def update(self, papers: Sequence[StoredPaper]) -> None:
        """Change what is told about papers whose text, and so their rows, stays the same."""
        self._check_turn()
        super().update(papers)

    def delete_passages(self, paper_id: str, *, first: int, stop: int) -> None:
        """Remove the passages ``first`` to ``stop - 1`` of a paper."""
        if first == 0:
            self._note_removal()
        super().delete_passages(paper_id, first=first, stop=stop)

    def delete_rows(self, ids: Sequence[str]) -> None:
        """Remove rows."""
        self._check_turn()
        if any(found.endswith(":0") for found in ids):
            self._note_removal()
        super().delete_rows(ids)

    def written(self, *, after: int, until: int) -> Iterator[list[StoredPaper]]:
        """Yield the papers, by pages, that were last written by the writes ``after + 1 … until``.

        A record that cannot be read must not cost all others: it is left to ``assistant check``.
        """
        offset = 0
        while page := self._written_page(after, until, offset):
            papers = []
            for metadata in page:
                with suppress(LibraryError, KeyError, ValueError):
                    papers.append(stored_from_metadata(metadata))
            yield papers
            if len(page) < self._connection.page_rows:
                return
            offset += len(page)

    def written_since(self, revision: str) -> set[str]:
        """Return the ids of the papers that were written after a revision."""
        since, now = Revision.parse(revision), self.progress
        same = since is not None and since.collection == now.collection
        pages = self.written(after=since.done if since and same else -1, until=now.begun)
        return {item.paper.paper_id for page in pages for item in page}

    @translate
    def _written_page(self, after: int, until: int, offset: int) -> list[Any]:
        result = self._collection.get(
            where={"$and": [{"write": {"$gt": after}}, {"write": {"$lte": until}}]},
            include=["metadatas"],
            limit=self._connection.page_rows,
            offset=offset,
        )
        return list(result["metadatas"])

    @translate
    def missing(self, paper_ids: Sequence[str]) -> list[str]:
        """Return those of the papers that are not there."""
        found: set[str] = set()
        step = self._connection.page_rows
        for first in range(0, len(paper_ids), step):
            ids = [row_id(paper_id, 0) for paper_id in paper_ids[first : first + step]]
            found.update(self._collection.get(ids=ids, include=[])["ids"])
        return [paper_id for paper_id in paper_ids if row_id(paper_id, 0) not in found]

    @property
    def removed(self) -> int:
        """The number of the last write that removed papers, as far as was seen."""
        with self._lock:
            return int((self._collection.metadata or {}).get("removed", 0))

    def cosines(self, vector: Vectors, passages: Iterable[tuple[str, int]]) -> dict[str, float]:
        """Return the cosine of the best passage of given papers.

        The server compares: to send the vectors takes ten times as long.
        """
        wanted = list(passages)
        best: dict[str, float] = {}
        while wanted:
            part: list[tuple[str, int]] = []
            rows = 0
            while wanted and (not part or rows + wanted[-1][1] <= self._connection.page_rows):
                part.append(wanted.pop())
                rows += part[-1][1]
            try:
                best |= self.nearest(vector, limit=rows, passages=part)
            except LibraryError:
                best |= super().cosines(vector, part)
        return best

    def _nearest_rows(
        self, vector: Vectors, limit: int, ids: list[str] | None
    ) -> list[tuple[str, float]]:
        most = self._connection.max_results
        if ids == []:
            return []
        try:
            return self._query(vector, limit=min(limit, most), ids=ids)
        except Exception as error:
            if ids is None or self._connection.passes(error):
                raise
            # A row has gone since it was named: look for the others in the order of all.
            named = frozenset(ids)
            return [row for row in self._query(vector, limit=most) if row[0] in named][:limit]

    def _note_removal(self) -> None:
        with self._lock:
            begun = int((self._collection.metadata or {}).get("begun", 0))
            if self.removed < begun:
                self.note({"removed": begun})

    def _check_turn(self) -> None:
        if self._in_turn:
            self._lease.check()

    def _look_again(self) -> None:
        """See how far the collection has come, or which one has taken its place.

        In one's own turn nobody else may put another there.
        """
        before = self._collection
        self._reopen()
        if self._in_turn and self._collection.id != before.id:
            raise LibraryError(
                f"The library '{self._name}' on {self._connection.address} was deleted while it "
                "was written to.",
                hint="Run the command again.",
            )

    @translate
    def _open(self) -> None:
        self._connection.open()
        try:
            self._collection = current(self._connection, self._name) or self._create()
            check_collection(self._collection.metadata or {})
        except BaseException:
            self._connection.close()
            raise

    def _create(self) -> Any:
        if not self._may_create:
            raise self._missing()
        about = {"embedder": self._wanted, "format": FORMAT, "begun": 0, "done": 0, "removed": 0}
        return self._connection.create(self._name, metadata=about)

    def _missing(self) -> LibraryMissing:
        return LibraryMissing(
            f"There is no library '{self._name}' on {self._connection.address}.",
            hint="Add papers with 'assistant add PATH', or correct [store] collection.",
        )

    def _reopen(self, *, sweep: bool = False) -> None:  # noqa: ARG002 - its files are the server's
        found = current(self._connection, self._name)
        if found is None:
            raise self._missing()
        with self._lock:
            self._collection = found

    def _refresh(self) -> None:
        """Nothing: the server keeps the index of vectors, for all."""

    def _record(self, item: StoredPaper) -> dict[str, str | int]:
        begun = int((self._collection.metadata or {}).get("begun", 0))
        write = begun if self._writes else begun + 1
        return {**in_pieces(record_metadata(item)), "write": write}


def follow(store: SharedStore, mirror: LexicalMirror, filling: Filling) -> None:
    """Bring a mirror up to date with what others wrote and removed.

    Cut short, it goes on there the next time. Nobody is kept from writing meanwhile: what is not
    ``done`` at the beginning is read again the next time.
    """
    seen, now = Revision.parse(mirror.revision), store.progress
    if seen == now:
        return
    if seen is None or seen.collection != now.collection:
        # Of another library or of no server: what it shows must be there, and is read again.
        seen = replace(now, begun=0, done=0)
        mirror.put((), removed=store.missing(mirror.select(NO_FILTER)), revision=str(seen))
    elif store.removed > seen.done:
        mirror.put((), removed=store.missing(mirror.select(NO_FILTER)), revision=str(seen))
    filling.begin(lambda: store.count() - mirror.count_passages())
    done = seen.done
    while done < now.begun:
        until = min(done + _WINDOW_WRITES, now.begun)
        for papers in store.written(after=done, until=until):
            held = mirror.get([item.paper.paper_id for item in papers])
            read = filling.watch(papers)
            changed = [item for item in read if held.get(item.paper.paper_id) != item]
            mirror.put(changed, removed=(), revision=str(seen))
        done = until
        seen = replace(now, begun=min(done, now.done), done=min(done, now.done))
        mirror.put((), removed=(), revision=str(seen))
    if store.progress.collection != now.collection:
        # Another took its place meanwhile, and of one that goes no row may be found.
        follow(store, mirror, filling)
        return
    mirror.put((), removed=(), revision=str(now))
