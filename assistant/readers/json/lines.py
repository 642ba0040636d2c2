"""JSON lines: one paper a line, with the fields of :class:`~assistant.types.Paper`.

Other tools' names for the same fields are understood (``text``, ``journal-ref``, ``DOI``,
``published`` …). ``id`` and ``_id`` are somebody's own numbering and only count if they are a
DOI or an arXiv id. Fields that are not known are passed over. Such a line needs an abstract, and
what it says must be of the right kind: it was written for this program, and a mistake in it is
worth a word. Lines of a kind that is known (:mod:`assistant.readers.json.kinds`) are read as that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from assistant.identity import paper_id, parse_arxiv_id, parse_doi
from assistant.readers.json.kinds import is_no_paper, kind_of, unwrapped
from assistant.readers.json.own import own_paper
from assistant.readers.limits import overlong_line, problem_of
from assistant.readers.lines import MAX_LINE_CHARS, Line
from assistant.readers.people import split_names
from assistant.readers.records import citation_key_of, to_paper
from assistant.text.clean import normalise
from assistant.types import Paper, Rejected

_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "abstract": ("abstract", "text", "summary"),
    "authors": ("authors", "author"),
    "year": ("year", "published", "publication_year", "publication_date", "date"),
    "venue": ("venue", "journal", "journal_ref", "container_title", "booktitle"),
    "doi": ("doi",),
    "arxiv_id": ("arxiv_id", "arxiv", "eprint"),
    "pmid": ("pmid", "pubmed_id"),
    "url": ("url", "link"),
    "keywords": ("keywords", "tags"),
    "citation_key": ("citation_key", "citationkey", "citekey"),
    "id": ("id", "_id"),
}
"""The names under which a field is looked for, in lower case, blanks and hyphens as ``_``."""

_YEAR = re.compile(r"(?<!\d)(?:1[4-9]|20)\d\d(?!\d)")


class _Unfit(Exception):
    """A record cannot be taken; the message says why. Stays within this module."""


def read_json_lines(lines: Iterable[Line], *, file: str) -> Iterator[Paper | Rejected]:
    """Yield the paper of each line that is not blank, or why it has none."""
    for line in lines:
        if line.text is None:
            yield overlong_line(file, line.number, MAX_LINE_CHARS)
        elif line.text.strip():
            try:
                record = unwrapped(_parse(line.text))
                if is_no_paper(record):
                    continue
                if own := own_paper(record, file=file):
                    yield own
                elif kind := kind_of(record):
                    yield to_paper(kind.fields(record), file=file, line=line.number)
                else:
                    yield _paper(record, source=PurePath(file).name)
            except _Unfit as error:
                yield Rejected(file=file, line=line.number, reason=str(error))


def _parse(text: str) -> Mapping[str, Any]:
    """Return the object of one line."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        detail = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise _Unfit(f"not valid JSON: {detail}") from error
    if not isinstance(record, dict):
        raise _Unfit("not a JSON object")
    return record


def _paper(record: Mapping[str, Any], *, source: str) -> Paper:
    """Build the paper of a record."""
    title, abstract = _text(record, "title"), _text(record, "abstract")
    if problem := problem_of(title, abstract):
        raise _Unfit(problem)
    number = _text(record, "id")
    doi = _text(record, "doi") or parse_doi(number)
    arxiv_id = _text(record, "arxiv_id") or parse_arxiv_id(number)
    pmid, authors, year = _text(record, "pmid"), _authors(record), _year(record)
    return Paper(
        paper_id=paper_id(title, doi=doi, arxiv_id=arxiv_id, pmid=pmid, authors=authors, year=year),
        title=title,
        abstract=abstract,
        authors=authors,
        year=year,
        venue=_text(record, "venue"),
        doi=parse_doi(doi) or doi,
        arxiv_id=parse_arxiv_id(arxiv_id) or arxiv_id,
        pmid=pmid,
        url=_text(record, "url"),
        keywords=_keywords(record),
        source=source,
        citation_key=citation_key_of(_text(record, "citation_key")),
    )


def _value(record: Mapping[str, Any], field: str) -> Any:
    """Return the first value given for a field under any of its names, or None."""
    for name in _NAMES[field]:
        if record.get(name) not in (None, "", [], {}):
            return record[name]
    return None


def _text(record: Mapping[str, Any], field: str) -> str:
    value = _value(record, field)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and field in ("pmid", "id"):
        return str(value)
    if isinstance(value, str):
        return normalise(value)
    if field == "id":
        return ""
    raise _Unfit(f'"{field}" is {_kind(value)}, not text')


def _year(record: Mapping[str, Any]) -> int | None:
    """Return the year of ``2017``, ``"2017"`` or any date that names one."""
    value = _value(record, "year")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _Unfit(f'"year" is {_kind(value)}, not a year')
    match = _YEAR.search(value if isinstance(value, str) else f"{value:.0f}")
    return int(match[0]) if match else None


def _authors(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the authors of a list of names or objects, or of one text with several."""
    value = _value(record, "authors")
    if value is None:
        return ()
    if isinstance(value, str):
        names = split_names(value)
    elif isinstance(value, list):
        names = [_author(author) for author in value]
    else:
        raise _Unfit(f'"authors" is {_kind(value)}, not a list of names')
    return tuple(name for name in map(normalise, names) if name)


def _author(author: object) -> str:
    """Return the name of one author: a text, or an object of a known kind."""
    if isinstance(author, str):
        return author
    if isinstance(author, dict):
        parts = [author.get("given"), author.get("family")]
        name = author.get("name") or " ".join(part for part in parts if isinstance(part, str))
        if isinstance(name, str) and name:
            return name
    raise _Unfit('"authors" holds something that is not a name')


def _keywords(record: Mapping[str, Any]) -> tuple[str, ...]:
    value = _value(record, "keywords")
    if value is None:
        return ()
    words = re.split(r"[,;]", value) if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise _Unfit(f'"keywords" is {_kind(value)}, not a list of words')
    return tuple(word for word in map(normalise, words) if word)


def _kind(value: object) -> str:
    """Name the JSON kind of a value."""
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return kinds.get(type(value), "an object" if isinstance(value, dict) else "text")
