"""A SQLite mirror of the library: BM25 over words, and quick lists of papers.

Chroma's local mode has no word index. The mirror is a cache: whatever it holds came from
the collection, it notices when the collection has moved on, and it can be deleted at any
time. FTS5 (``porter unicode61``) does the stemming and the ranking.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.errors import LibraryError
from assistant.store import selecting
from assistant.store.mirror_tables import (
    PASSING_ERRORS,
    STORED,
    drop_paper,
    empty_tables,
    open_tables,
    put_paper,
    remember_revision,
    stored_of,
)
from assistant.store.stored import StoredPaper, origins_to_json, paper_from_json, paper_to_json
from assistant.text.clean import normalise, readable
from assistant.text.query import NO_FILTER, Filter, parse_query
from assistant.text.words import content_words
from assistant.text.words import words as word_parts
from assistant.types import Listing, Paper, PaperOrder

_MAX_QUERY_WORDS = 256
"""An OR of more words than this is a pasted text, not a question."""

_PAGE_PAPERS = 1000

_ORDERS: dict[PaperOrder, str] = {
    "title": "title COLLATE NOCASE",
    "year": "year DESC, title COLLATE NOCASE",
    "author": "author, title COLLATE NOCASE",
}


class LexicalMirror:
    """The mirror of one library. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open the mirror at ``path``; one that cannot be used is thrown away and made anew.

        Raises LibraryError if no file can be written there.
        """
        self._lock = threading.RLock()
        self._path = path
        try:
            self._db = open_tables(path)
        except sqlite3.OperationalError as error:
            # Locked, full, or no file at all: nothing that a new file would mend.
            raise _unwritable(path, error) from error
        except sqlite3.DatabaseError:
            try:
                path.unlink(missing_ok=True)
                self._db = open_tables(path)
            except (OSError, sqlite3.DatabaseError) as error:
                raise _unwritable(path, error) from error

    def catch_up(self, revision: str, papers: Iterable[StoredPaper]) -> None:
        """Make the mirror hold exactly ``papers`` and remember that this is ``revision``."""
        with self._writing() as db:
            rows = db.execute("SELECT paper_id, digest, passages, record, origins FROM papers")
            old = {row[0]: hash(row[1:]) for row in rows}
            kept = set()
            for item in papers:
                kept.add(item.paper.paper_id)
                told = (
                    item.digest,
                    item.passages,
                    paper_to_json(item.paper),
                    origins_to_json(item),
                )
                if old.get(item.paper.paper_id) != hash(told):
                    put_paper(db, item)
            for paper_id in old.keys() - kept:
                drop_paper(db, paper_id)
            remember_revision(db, revision)

    def clear(self) -> None:
        """Forget everything, whatever state the file is in; :meth:`catch_up` fills it again."""
        with self._lock:
            try:
                # Other programs may have the file open: it stays the same if it can.
                empty_tables(self._db)
            except sqlite3.DatabaseError as error:
                self._db.rollback()
                if _code(error) in PASSING_ERRORS:
                    raise _failure(error) from error
                self._db.close()
                for suffix in ("", "-wal", "-shm"):
                    Path(f"{self._path}{suffix}").unlink(missing_ok=True)
                self._db = open_tables(self._path)

    @property
    def revision(self) -> str:
        """The revision of the collection that the mirror shows; empty if there is none."""
        rows = self._rows("SELECT value FROM state WHERE key = 'revision'")
        return str(rows[0][0]) if rows else ""

    def put(self, papers: Iterable[StoredPaper], *, removed: Iterable[str], revision: str) -> None:
        """Show these papers, no longer show ``removed``, and remember ``revision``."""
        with self._writing() as db:
            for item in papers:
                put_paper(db, item)
            for paper_id in removed:
                drop_paper(db, paper_id)
            remember_revision(db, revision)

    def bm25(self, text: str, *, limit: int, among: Collection[str] = ()) -> dict[str, float]:
        """Return the BM25 score of the best papers for the words of ``text``, best first.

        ``among`` are the ids of the papers to look at, if not at all of them. A word that is
        asked for twice counts twice: that is worth .07 nDCG on long questions.
        """
        terms = content_words(readable(text))[:_MAX_QUERY_WORDS]
        if not terms:
            return {}
        query = " OR ".join(map(_quoted, terms))
        if among:
            # The order is given, as each look at a single row of an FTS5 table is a whole search.
            rows = self._rows(
                "SELECT paper_id, -rank FROM words CROSS JOIN facets ON number = words.rowid "
                "WHERE words MATCH ? AND paper_id IN (SELECT value FROM json_each(?)) "
                "ORDER BY rank LIMIT ?",
                (query, json.dumps(list(among)), limit),
            )
        else:
            rows = self._rows(
                "SELECT paper_id, -score FROM (SELECT rowid AS found, rank AS score FROM words "
                "WHERE words MATCH ? ORDER BY rank LIMIT ?) "
                "CROSS JOIN facets ON number = found ORDER BY score, number",
                (query, limit),
            )
        return {str(paper_id): float(score) for paper_id, score in rows}

    def document_frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """Return in how many papers each word occurs, in any of its forms.

        Of a name of several parts (``GPT-4``) the rarest part counts.
        """
        # FTS5 itself is asked, so that a word has the forms here that it has in a search.
        query = "SELECT count(*) FROM words WHERE words MATCH ?"
        return {
            word: min(
                (int(self._rows(query, (_quoted(part),))[0][0]) for part in word_parts(word)),
                default=0,
            )
            for word in set(words)
        }

    def count(self) -> int:
        """Return the number of papers."""
        return int(self._rows("SELECT count(*) FROM facets")[0][0])

    def count_passages(self) -> int:
        """Return the number of passages of all papers."""
        return int(self._rows("SELECT coalesce(sum(passages), 0) FROM facets")[0][0])

    def digests(self) -> Iterator[str]:
        """Yield the fingerprints of the texts of all papers, see :class:`StoredPaper`."""
        return (digest for (digest,) in self._rows("SELECT digest FROM papers"))

    def select(self, limit: Filter) -> list[str]:
        """Return the ids of the papers that pass a filter, in the order of their adding."""
        where, values = selecting.filter_sql(limit)
        query = f"SELECT paper_id FROM facets WHERE {where} ORDER BY number"
        return [paper_id for (paper_id,) in self._rows(query, values)]

    def passages(self, paper_ids: Collection[str]) -> dict[str, int]:
        """Return the numbers of passages of those of the papers that are there."""
        query = "SELECT paper_id, passages FROM facets JOIN json_each(?) ON paper_id = value"
        return dict(self._rows(query, (json.dumps(list(paper_ids)),)))

    def tags(self) -> dict[str, int]:
        """Return every tag and on how many papers it is, most used first."""
        rows = self._rows(
            "SELECT value, count(*) AS papers FROM facets, json_each(tags) WHERE tags != '[]' "
            "GROUP BY value ORDER BY papers DESC, value"
        )
        return dict(rows)

    def papers(self, limit: Filter = NO_FILTER) -> Iterator[Paper]:
        """Yield every paper that passes a filter, by title."""
        where, values = _numbers(*selecting.filter_sql(limit))
        query = f"SELECT record FROM papers WHERE {where} ORDER BY title COLLATE NOCASE"
        for (record,) in self._rows(query, values):
            yield paper_from_json(record)

    def browse(self, text: str, *, order: PaperOrder, limit: int) -> Listing:
        """Return the first papers whose titles and authors hold every word of ``text``.

        The conditions of a filter are looked up as such. Raises UsageError if one is malformed.
        """
        query = parse_query(text)
        where, values = selecting.browse_sql(query)
        total = self._rows(f"SELECT count(*) FROM facets WHERE {where}", values)
        where, values = _numbers(where, values)
        rows = self._rows(
            f"SELECT record FROM papers WHERE {where} ORDER BY {_ORDERS[order]} LIMIT ?",
            (*values, limit),
        )
        return Listing(
            papers=tuple(paper_from_json(record) for (record,) in rows), total=int(total[0][0])
        )

    def get(self, paper_ids: Sequence[str]) -> dict[str, StoredPaper]:
        """Return those of the papers that are there, by id."""
        query = f"{STORED} WHERE paper_id IN (SELECT value FROM json_each(?))"
        rows = self._rows(query, (json.dumps(list(paper_ids)),))
        return {item.paper.paper_id: item for item in map(stored_of, rows)}

    def find(self, keys: Collection[str]) -> dict[str, StoredPaper]:
        """Return the papers that are known by one of the keys (see :mod:`assistant.identity`)."""
        rows = self._rows(
            f"{STORED} WHERE number IN (SELECT number FROM keys WHERE key IN "
            "(SELECT value FROM json_each(?))) ORDER BY number",
            (json.dumps(list(keys)),),
        )
        return {item.paper.paper_id: item for item in map(stored_of, rows)}

    def stored(self) -> Iterator[StoredPaper]:
        """Yield every paper with all that is stored about it, in the order of its adding."""
        last = -1
        while rows := self._rows(
            f"{STORED} WHERE number > ? ORDER BY number LIMIT ?", (last, _PAGE_PAPERS)
        ):
            yield from map(stored_of, rows)
            last = rows[-1][0]

    def match(self, reference: str, *, limit: int = 10) -> list[Paper]:
        """Return the papers that a person may mean by an id, a title, or a part of one.

        The first of these that fits any paper decides: the id, the title, the start of an id
        (4 characters or more), the start of a title, words of a title.
        """
        words = readable(reference)
        if not words:
            return []
        ids, titles = _like(normalise(reference)), _like(words)
        for condition, value in (
            ("paper_id = ?", normalise(reference)),
            ("title = ? COLLATE NOCASE", words),
            ("paper_id LIKE ? ESCAPE '\\'", ids + "%" if len(ids) >= 4 else ""),
            ("title LIKE ? ESCAPE '\\'", titles + "%"),
            ("title LIKE ? ESCAPE '\\'", "%" + titles + "%"),
        ):
            query = f"SELECT record FROM papers WHERE {condition} ORDER BY title LIMIT ?"
            if rows := self._rows(query, (value, limit)):
                return [paper_from_json(record) for (record,) in rows]
        return []

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock:
            try:
                return self._db.execute(query, values).fetchall()
            except sqlite3.DatabaseError as error:
                raise _failure(error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with self._db:
                    yield self._db
            except sqlite3.DatabaseError as error:
                raise _failure(error) from error


def _unwritable(path: Path, error: Exception) -> LibraryError:
    return LibraryError(
        f"{path} cannot be written: {getattr(error, 'strerror', None) or error}.",
        hint="Check the permissions of the folder and the free space on the disk.",
    )


def _code(error: sqlite3.DatabaseError) -> int:
    """Return the code of an error; 0 for one of Python's own: the file was closed."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _failure(error: sqlite3.DatabaseError) -> LibraryError:
    if _code(error) == sqlite3.SQLITE_FULL:
        return LibraryError(
            f"The library's word index failed: {error}.",
            hint="Free space on the disk, then run the command again: what was stored is kept.",
        )
    return LibraryError(
        f"The library's word index failed: {error}.",
        hint="Make it anew from the papers with 'assistant check --repair'.",
    )


def _quoted(word: str) -> str:
    """Return a word of letters and digits as FTS5's query language writes plain text."""
    return f'"{word}"'


def _numbers(where: str, values: list[object]) -> tuple[str, list[object]]:
    """Return a condition on ``facets`` as one on ``papers``."""
    if where == "1":
        return where, values
    return f"number IN (SELECT number FROM facets WHERE {where})", values


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
