"""Web of Science tagged text ("ISI" files, plain text exports), also of Scopus converted to it.

The tag stands in the first two places, then a blank; a value goes on in lines with three blanks
in front, each of which is an author of its own in a list of authors. A record begins with ``PT``
and ends with ``ER``; ``FN``, ``VR`` and ``EF`` belong to the file. Names are the full ones
(``AF``) where there are as many; groups are authors too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.readers.records import Fields
from assistant.readers.source import Source
from assistant.readers.tagged.records import TaggedRecord, read_tagged
from assistant.types import Paper, Rejected

_TAG = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|\s*$)", re.DOTALL)
_LOOKS = re.compile(
    r"\A\s*FN [^\n]+\n\s*VR [\d.]+|^PT [A-Z][\w ]*\n(?:(?:[A-Z][A-Z0-9] | {2,})[^\n]*\n){0,400}?"
    r"(?:TI|AU|SO) ",
    re.MULTILINE,
)
_BEGINS = frozenset({"AU", "BA", "TI", "SO"})
"""Tags with which a record begins whose first line is missing."""


def looks_like_wos(source: Source) -> bool:
    """Tell whether a file holds tagged records of the Web of Science."""
    return _LOOKS.search(source.text) is not None


def read_wos(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each record, or why it is none. Raises NotText and OSError."""
    return read_tagged(source, _Wos(), _fields)


class _Wos:
    """The lines of the Web of Science."""

    last_tags = frozenset({"ER", "EF"})
    paragraph_tags = frozenset({"AB"})

    def split(self, text: str) -> tuple[str, str] | None:
        """Return tag and value of a line that is not indented."""
        match = _TAG.match(text)
        return (match[1], match[2] or "") if match else None

    def begins(self, record: TaggedRecord | None, tag: str) -> bool:
        """Tell whether ``PT`` comes, or what usually follows it outside of a record."""
        if tag == "PT":
            return record is None or record.has("PT")
        return record is None and tag in _BEGINS


def _fields(record: TaggedRecord) -> Fields:
    return Fields(
        title=record.whole("TI", "BT", "CT"),
        abstract=record.whole("AB"),
        authors=_authors(record),
        year=" ".join(record.texts("PY", "PD", "EY", "EA", "CY", "BY")),
        venue=record.text("SO", "BS", "SE", "JI", "J9", "CT"),
        doi=record.text("DI", "D2"),
        pmid=record.text("PM"),
        url=record.url("UR", "DL", "EL"),
        keywords=[word for text in record.texts("DE", "ID") for word in text.split(";")],
        notes=record.texts("AR", "BN", "UT"),
    )


def _authors(record: TaggedRecord) -> list[str]:
    short, full = record.lines("AU"), record.lines("AF")
    names = full if len(full) >= len(short) else short
    names = names or record.lines("BF") or record.lines("BA")
    return [*names, *record.texts("CA", "GP")] or record.lines("BE", "ED")
