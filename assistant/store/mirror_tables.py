"""The tables of a mirror, and papers in and out of them.

A paper has a row of its own, one for each key by which it is known, its words, and what filters
look at (see :mod:`assistant.store.selecting`). ``author`` is folded: small letters, no accents.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from assistant.identity import keys
from assistant.store import selecting
from assistant.store.stored import (
    StoredPaper,
    origins_from_json,
    origins_to_json,
    paper_from_json,
    paper_to_json,
)
from assistant.text.authors import family_name
from assistant.text.clean import matching_forms, readable
from assistant.text.words import folded

_VERSION = 4

_LAST = "\U0010ffff"
"""Sorts papers without authors behind all others."""

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS papers (
    number INTEGER PRIMARY KEY,
    paper_id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    passages INTEGER NOT NULL,
    title TEXT NOT NULL,
    year INTEGER NOT NULL,
    author TEXT NOT NULL,
    record TEXT NOT NULL,
    origins TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS keys (
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (key, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS keys_by_number ON keys (number);
CREATE INDEX IF NOT EXISTS papers_by_title ON papers (title COLLATE NOCASE);
CREATE INDEX IF NOT EXISTS papers_by_year ON papers (year DESC, title COLLATE NOCASE);
CREATE INDEX IF NOT EXISTS papers_by_author ON papers (author, title COLLATE NOCASE);
CREATE VIRTUAL TABLE IF NOT EXISTS words
    USING fts5(title, abstract, tokenize = 'porter unicode61');
{selecting.SCHEMA}
"""

PASSING_ERRORS = (
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR),
    *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN),
)
"""Errors that say nothing about what the file holds."""

_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
    "ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC"
)

STORED = "SELECT number, record, passages, digest, origins FROM papers"
"""Selects what :func:`stored_of` reads."""


def open_tables(path: Path) -> sqlite3.Connection:
    """Open or create the tables at a path. Raises sqlite3.DatabaseError."""
    db = sqlite3.connect(path, check_same_thread=False, timeout=30)
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError("written by another version")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        selecting.prepare(db)
        if version == 0:
            db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT")
    except BaseException:
        db.close()
        raise
    return db


def empty_tables(db: sqlite3.Connection) -> None:
    """Take everything out, whatever tables there are."""
    names = [name for (name,) in db.execute(_TABLES)]
    drops = "".join(f'DROP TABLE IF EXISTS "{name}";' for name in names)
    db.executescript(f"BEGIN IMMEDIATE; {drops} {_SCHEMA} COMMIT")


def id_key(paper_id: str) -> str:
    """Return the key by which a paper is found that a program gave its own id."""
    return f"id:{paper_id}"


def known_by(item: StoredPaper) -> set[str]:
    """Return all keys by which a paper is found: its id's, and those of its records."""
    found = {id_key(item.paper.paper_id)}
    found.update(*(keys(record) for records in item.origins.values() for record in records))
    return found


def stored_of(row: tuple[int, str, int, str, str]) -> StoredPaper:
    """Return the paper of a row that STORED selects. Raises LibraryError if it holds none."""
    _, record, passages, digest, origins = row
    paper = paper_from_json(record)
    return StoredPaper(
        paper=paper, passages=passages, digest=digest, origins=origins_from_json(origins, paper)
    )


def put_paper(db: sqlite3.Connection, item: StoredPaper) -> None:
    """Put a paper in, in place of what was there of it: its number stays."""
    paper = item.paper
    known = db.execute("SELECT number FROM papers WHERE paper_id = ?", (paper.paper_id,))
    place = known.fetchone()
    drop_paper(db, paper.paper_id)
    number = db.execute(
        "INSERT INTO papers "
        "(number, paper_id, digest, passages, title, year, author, record, origins) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            place and place[0],
            paper.paper_id,
            item.digest,
            item.passages,
            readable(paper.title),
            paper.year or 0,
            folded(family_name(paper.authors[0])) if paper.authors else _LAST,
            paper_to_json(paper),
            origins_to_json(item),
        ),
    ).lastrowid
    assert number is not None
    db.executemany(
        "INSERT INTO keys (key, number) VALUES (?, ?)", [(key, number) for key in known_by(item)]
    )
    db.execute(
        "INSERT INTO words (rowid, title, abstract) VALUES (?, ?, ?)",
        (number, matching_forms(paper.title), matching_forms(paper.abstract)),
    )
    selecting.put_facets(db, number, item)


def drop_paper(db: sqlite3.Connection, paper_id: str) -> None:
    """Take a paper out."""
    for (number,) in db.execute("SELECT number FROM papers WHERE paper_id = ?", (paper_id,)):
        selecting.drop_facets(db, number)
        db.execute("DELETE FROM words WHERE rowid = ?", (number,))
        db.execute("DELETE FROM keys WHERE number = ?", (number,))
    db.execute("DELETE FROM papers WHERE paper_id = ?", (paper_id,))


def remember_revision(db: sqlite3.Connection, revision: str) -> None:
    """Note which revision of the collection the tables show."""
    db.execute("INSERT OR REPLACE INTO state VALUES ('revision', ?)", (revision,))
