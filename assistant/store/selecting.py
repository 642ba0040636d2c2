"""What papers are chosen by: the narrow tables that a filter is looked up in.

A filter has to be evaluated while its words are typed, also on a library of a hundred thousand
papers. So what it looks at stands apart from the papers' texts: a row of a few hundred bytes for
each paper, and an index of words as they are written (that of BM25 knows only their stems).
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence

from assistant.store.stored import StoredPaper
from assistant.text.query import FILTER_FIELDS, Condition, Filter, Query
from assistant.text.words import folded

SCHEMA = """
CREATE TABLE IF NOT EXISTS facets (
    number INTEGER PRIMARY KEY,
    paper_id TEXT NOT NULL,
    passages INTEGER NOT NULL,
    year INTEGER NOT NULL,
    listing TEXT NOT NULL,
    people TEXT NOT NULL,
    venue TEXT NOT NULL,
    labels TEXT NOT NULL,
    source TEXT NOT NULL,
    tags TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS facets_by_paper ON facets (paper_id);
CREATE VIRTUAL TABLE IF NOT EXISTS written
    USING fts5(title, abstract, content = '', tokenize = 'unicode61 remove_diacritics 2');
"""
"""A name is a line of words with a blank before each, a venue the same; labels, which are tags and
keywords, are lines between line breaks; tags are JSON, as they were given."""

_MAX_WORDS = 256
_MIN_BEGINNING = 4
"""So many letters of a name stand for all of it; ``li`` is Li, and not Lin and Liu as well."""

Sql = tuple[str, list[object]]
"""A condition, and the values of its question marks."""

_NONE: Sql = "0", []
"""Of a value of which nothing is left once it is readable."""

_TEXTS = "SELECT rowid, title, abstract FROM words WHERE rowid = ?"
_BEGUN = re.compile(rf"(?<!\S)-?(?i:{'|'.join(FILTER_FIELDS)}):\"?(?!\S)")
_WORD = re.compile(r"[^\W_]+")


def prepare(db: sqlite3.Connection) -> None:
    """Give a connection what the SQL of a filter calls."""
    db.create_function("same_name", 2, _same_name, deterministic=True)


def put_facets(db: sqlite3.Connection, number: int, item: StoredPaper) -> None:
    """Let a paper be chosen; ``number`` is its row, in which its words are already."""
    paper = item.paper
    db.execute(
        "INSERT INTO facets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            paper.paper_id,
            item.passages,
            paper.year or 0,
            folded(" ".join((paper.title, *paper.authors))),
            "\n".join(map(_spaced, paper.authors)),
            _spaced(paper.venue),
            "\n".join(("", *map(_label, (*paper.tags, *paper.keywords)), "")),
            folded(paper.source),
            json.dumps(paper.tags, ensure_ascii=False),
        ),
    )
    db.execute(f"INSERT INTO written (rowid, title, abstract) {_TEXTS}", (number,))


def drop_facets(db: sqlite3.Connection, number: int) -> None:
    """Take out what was put for the row ``number``, while its words are still there."""
    db.execute("DELETE FROM facets WHERE number = ?", (number,))
    db.execute(
        f"INSERT INTO written (written, rowid, title, abstract) SELECT 'delete', * FROM ({_TEXTS})",
        (number,),
    )


def filter_sql(limit: Filter, *, typed: bool = False) -> Sql:
    """Return a filter as an SQL condition on the columns of ``facets``, and its values."""
    parts: list[str] = []
    values: list[object] = []
    for condition in limit.conditions:
        sql, more = _SQL[condition.field](condition)
        if typed and condition.field == "author" and len(more) == 1:
            # One word, of which the end may still come.
            more = [str(more[0]).rstrip()]
        parts.append(f"NOT ({sql})" if condition.negated else f"({sql})")
        values += more
    return " AND ".join(parts) or "1", values


def browse_sql(query: Query) -> Sql:
    """Return the same for a query whose words are parts of words in titles and authors.

    It is still being typed: any beginning stands for an author.
    """
    where, values = filter_sql(query.filter, typed=True)
    # The list follows the typing: of a condition that is not yet written there is only the name.
    words = folded(_BEGUN.sub("", query.text)).replace('"', " ").split()[:_MAX_WORDS]
    return " AND ".join([where, *["instr(listing, ?)"] * len(words)]), [*values, *words]


def _year_sql(condition: Condition) -> Sql:
    return "year BETWEEN ? AND ?", list(condition.years)


def _author_sql(condition: Condition) -> Sql:
    wanted = _WORD.findall(folded(condition.value))
    names = [word for word in wanted if len(word) > 1] or wanted
    if not names:
        return _NONE
    if len(wanted) == 1:
        # Each line begins with a blank: without the breaks, one stands behind each word.
        ends = "" if _may_go_on(names[0]) else " "
        return "instr(replace(people, char(10), '') || ' ', ?)", [f" {names[0]}{ends}"]
    begun = " OR ".join(["instr(people, ?)"] * len(names))
    values: list[object] = [*(f" {word}" for word in names), " ".join(wanted)]
    return f"({begun}) AND same_name(people, ?)", values


def _venue_sql(condition: Condition) -> Sql:
    words = _spaced(condition.value)
    return ("instr(venue, ?)", [words]) if words else _NONE


def _tag_sql(condition: Condition) -> Sql:
    label = _label(condition.value)
    return ("instr(labels, ?)", [f"\n{label}\n"]) if label else _NONE


def _source_sql(condition: Condition) -> Sql:
    name = folded(condition.value)
    return ("instr(source, ?)", [name]) if name else _NONE


def _text_sql(condition: Condition) -> Sql:
    # The value has no quotation marks: in between them FTS5 takes the rest as plain words.
    return "number IN (SELECT rowid FROM written WHERE written MATCH ?)", [f'"{condition.value}"']


_SQL = {
    "year": _year_sql,
    "author": _author_sql,
    "venue": _venue_sql,
    "tag": _tag_sql,
    "source": _source_sql,
    "text": _text_sql,
}


def _same_name(people: str, wanted: str) -> bool:
    """Tell whether one person's name has a word of its own for each word that is wanted.

    An initial stands for any name that begins with it, on either side: references know "Hu, E. J."
    and "Edward Hu". One name at least has to be there in full.
    """
    # Longest first: what a shorter word could take then, a longer one cannot.
    words = sorted(wanted.split(), key=len, reverse=True)
    return any(_has_all(name.split(), words) for name in people.split("\n"))


def _has_all(name: list[str], wanted: Sequence[str]) -> bool:
    spelt = len(wanted[0]) == 1
    for word in wanted:
        found = max(name, key=lambda one: _likeness(one, word), default="")
        likeness = _likeness(found, word)
        if not likeness:
            return False
        spelt = spelt or likeness > 1
        name.remove(found)
    return spelt


def _likeness(one: str, wanted: str) -> int:
    """Return 3 for the same name, 2 for the beginning of one, 1 for an initial, 0 for another."""
    if one == wanted:
        return 3
    if one.startswith(wanted) and _may_go_on(wanted):
        return 1 if len(wanted) == 1 else 2
    return int(len(one) == 1 and wanted.startswith(one))


def _may_go_on(beginning: str) -> bool:
    """Tell whether a word may be the beginning of a longer name: an initial, or much of it."""
    return len(beginning) == 1 or len(beginning) >= _MIN_BEGINNING or not beginning.isascii()


def _spaced(text: str) -> str:
    return "".join(f" {word}" for word in _WORD.findall(folded(text)))


def _label(text: str) -> str:
    return " ".join(folded(text).replace('"', " ").split())
