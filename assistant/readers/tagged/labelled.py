"""Text with a label before each value: exports of the Cochrane Library, and of Ovid with labels.

Cochrane writes ``Record #1 of 20`` and then ``TI: value``, one line a value. Ovid writes ``<1>``
and then a label on a line of its own, with its value in the lines below, which are indented; the
tag that it may put behind a label (``Title [TI]``) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.identity import parse_pmid
from assistant.readers.people import split_names
from assistant.readers.records import Fields
from assistant.readers.source import Source
from assistant.readers.tagged.records import (
    TaggedRecord,
    bare_name,
    cited_journal,
    heading,
    read_tagged,
)
from assistant.types import Paper, Rejected

_RECORD = re.compile(r"\s*(?:Record #\d+ of \d+|<\d+>)\s*", re.IGNORECASE)
_COCHRANE_TAG = re.compile(r"([A-Z]{2}|DOI|PMID): ?(.*)", re.DOTALL)
_LABEL = re.compile(r"([A-Z][A-Za-z/&()]*(?: [A-Za-z/&()]+){0,4})(?: ?[\[{][A-Z]{2}[\]}])?\s*:?\s*")
_COCHRANE_LOOKS = re.compile(r"^Record #\d+ of \d+\s+(?:[A-Z]{2}|DOI): ", re.MULTILINE)
_OVID_LOOKS = re.compile(r"^<\d+>\s+[A-Z][A-Za-z/&()\[\] ]{2,40}\n[ \t]+\S", re.MULTILINE)
_START = "<>"
_FIRST = frozenset({"ID", "unique identifier"})
"""What a record has once; a second one begins the next where the line with its number is gone."""


def looks_like_labelled(source: Source) -> bool:
    """Tell whether a file is such an export of Cochrane or Ovid."""
    looks = (_COCHRANE_LOOKS, _OVID_LOOKS)
    return any(pattern.search(source.text) is not None for pattern in looks)


def read_labelled(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each record, or why it is none. Raises NotText and OSError."""
    is_cochrane = _COCHRANE_LOOKS.search(source.text) is not None
    return read_tagged(source, _Labelled(is_cochrane=is_cochrane), _fields)


class _Labelled:
    """The lines of these formats. Labels are in small letters, tags in capitals."""

    last_tags: frozenset[str] = frozenset()
    paragraph_tags = frozenset({"abstract", "AB"})

    def __init__(self, *, is_cochrane: bool) -> None:
        self._is_cochrane = is_cochrane

    def split(self, text: str) -> tuple[str, str] | None:
        """Return tag and value; for a label the value is in the lines below."""
        if _RECORD.fullmatch(text):
            return _START, ""
        if self._is_cochrane:
            tag = _COCHRANE_TAG.match(text)
            return (tag[1], tag[2]) if tag else None
        label = _LABEL.fullmatch(text)
        return (label[1].lower(), "") if label else None

    def begins(self, record: TaggedRecord | None, tag: str) -> bool:
        """Tell whether the line that numbers a record comes."""
        return tag == _START or (record is not None and tag in _FIRST and record.has(tag))


def _fields(record: TaggedRecord) -> Fields:
    cited = record.text("source", "SO")
    authors = record.lines("AU", "authors", "author", "author name", "authors full name")
    return Fields(
        title=record.text("TI", "title", "original title"),
        abstract=record.text("AB", "abstract", "english abstract"),
        authors=[bare_name(name) for line in authors for name in split_names(line)],
        year=record.text("YR", "year of publication", "publication year", "date of publication")
        or cited,
        venue=record.text("journal name", "journal")
        or (cited if record.has("SO") else cited_journal(cited)),
        doi=record.text("DOI", "digital object identifier", "doi"),
        pmid=_pmid(record),
        url=record.url("US", "url", "link to the ovid full text or citation"),
        keywords=[
            heading(word)
            for line in record.lines("KY", "keywords", "keyword heading", "author keywords")
            for word in line.split(";")
        ],
        notes=record.texts("SO", "source"),
    )


def _pmid(record: TaggedRecord) -> str:
    """Return the PMID; Cochrane writes ``PUBMED 123``, and Ovid's number may be another's."""
    number = record.text("PM", "PMID", "pmid", "pubmed id")
    return parse_pmid(re.sub(r"(?i)^pubmed\s*", "", number))
