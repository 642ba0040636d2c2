"""The format of refer and BibIX that EndNote, Google Scholar and others export (.enw).

Each line begins with a per cent sign, a letter or digit and a blank. A record begins with
``%0``, or in files without it after a blank line; what has no tag continues the value before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.identity import parse_doi, parse_pmid
from assistant.readers.people import split_names
from assistant.readers.records import Fields
from assistant.readers.source import Source
from assistant.readers.tagged.records import TaggedRecord, heading, read_tagged
from assistant.types import Paper, Rejected

_TAG = re.compile(r"%([0-9A-Z@!#$&()*+.<=>?\[\]^~])(?:[ \t](.*)|\s*$)", re.DOTALL)
_LOOKS = re.compile(
    r"\A\s*(?:%0 [A-Z]|(?:%[A-Z] [^\n]*\n(?:(?!%)[^\n]+\n)*){1,40}?%T |%T [^\n]+\n%[A-Z] )"
)
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)


def looks_like_refer(source: Source) -> bool:
    """Tell whether a file begins with a record of refer."""
    return _LOOKS.match(source.text) is not None


def read_refer(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each record, or why it is none. Raises NotText and OSError."""
    return read_tagged(source, _Refer(), _fields)


class _Refer:
    """The lines of refer."""

    last_tags: frozenset[str] = frozenset()
    paragraph_tags = frozenset({"X", "Z"})

    def __init__(self) -> None:
        self._has_kinds = False

    def split(self, text: str) -> tuple[str, str] | None:
        """Return the sign after the per cent sign, and the value."""
        match = _TAG.match(text)
        return (match[1], match[2] or "") if match else None

    def begins(self, record: TaggedRecord | None, tag: str) -> bool:
        """Tell whether ``%0`` comes, or a blank line was the end of a record."""
        if tag == "0":
            self._has_kinds = True
            return True
        return record is None or (record.before_blank and not self._has_kinds)


def _fields(record: TaggedRecord) -> Fields:
    number = record.text("R")
    is_book = "book" in record.text("0").lower() and "section" not in record.text("0").lower()
    names = record.lines("A") or (record.lines("E") if is_book else [])
    return Fields(
        title=record.whole("T", "Q", "!"),
        abstract=record.whole("X"),
        authors=[name for text in names for name in _names(text)],
        year=" ".join(record.texts("D", "8")),
        venue=record.text("J", "B", "S"),
        doi=number if parse_doi(number) else "",
        pmid=_pmid(record),
        url=record.url("U", ">"),
        keywords=[heading(word) for line in record.lines("K") for word in line.split(";")],
        notes=[number, *record.texts("U", "J", "Z", "V", "M", "N", "1")],
    )


def _names(text: str) -> list[str]:
    return split_names(text) if ";" in text else [text.strip(" ,")]


def _pmid(record: TaggedRecord) -> str:
    from_pubmed = any(map(_PUBMED.search, record.texts("W", "~")))
    return parse_pmid(record.text("M")) if from_pubmed else ""
