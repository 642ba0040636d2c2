"""MEDLINE text as PubMed (.nbib) and ERIC write it, and the tagged formats of Ovid.

The tag stands in the first four places, then a hyphen and a blank; a value goes on in lines with
six blanks in front (Ovid: with none). Records are divided by blank lines, and each begins with one
of a few tags. A collective name is an author, and so is an editor where nobody else is. Headings
lose the asterisks of main subjects. Of Ovid's ``SO`` only the journal in front is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.identity import parse_doi, parse_pmid
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

_TAG = re.compile(
    r"(?:([A-Z][A-Z0-9]) {2}|([A-Z][A-Z0-9]{2}) |([A-Z]{4}) ?)-(?: (.*)|(\d{1,9}\s*)?$)", re.DOTALL
)
_LONG_TAGS = frozenset((
    "PMID PMCR STAT DCOM PUBM EDAT MHDA CRDT PHST ISSN ISBN CTDT CIN NLM OABL LID"
).split())  # fmt: skip
_FIRST_TAGS = frozenset({"PMID", "PMC", "OWN", "UI", "VN", "AN", "DN", "ST", "DB"})
"""Tags with which a record can begin."""
_LOOKS = re.compile(r"^(?:PMID- ?\d+|VN {1,2}- Ovid Technologies)", re.MULTILINE)
_ANY_TAG = re.compile(r"^([A-Z][A-Z0-9]{1,3}) {0,2}- \S", re.MULTILINE)
_USUAL = frozenset({"TI", "AB", "AU", "FAU", "JT", "TA", "DP", "SO", "PT", "LA", "OWN", "UI", "IN"})
_MIN_USUAL = 4

_NO_ABSTRACT = re.compile(r"(?:Publisher: )?Abstract available from the publisher", re.IGNORECASE)
_MARKED_DOI = re.compile(r"\b(10\.\d{4,9}/\S+) ?\[doi\]", re.IGNORECASE)
_OTHER_MARK = re.compile(r"\[(?:pii|isbn|pmc|bookaccession)\]\s*$", re.IGNORECASE)
_DOI_IN_SOURCE = re.compile(r"\bdoi: ?(10\.\d{4,9}/\S+?)\.?(?:\s|$)", re.IGNORECASE)


def looks_like_medline(source: Source) -> bool:
    """Tell whether a file holds records of MEDLINE."""
    if _LOOKS.search(source.text):
        return True
    tags = {match[1] for match in _ANY_TAG.finditer(source.text)}
    return "TI" in tags and "TY" not in tags and len(tags & _USUAL) >= _MIN_USUAL


def read_medline(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each record, or why it is none. Raises NotText and OSError."""
    return read_tagged(source, _Medline(), _fields)


class _Medline:
    """The lines of MEDLINE."""

    last_tags: frozenset[str] = frozenset()
    paragraph_tags: frozenset[str] = frozenset()

    def split(self, text: str) -> tuple[str, str] | None:
        """Return tag and value of a line that is not indented."""
        match = _TAG.match(text)
        if match is None or (match[3] and match[3] not in _LONG_TAGS):
            return None
        return match[1] or match[2] or match[3], match[4] or match[5] or ""

    def begins(self, record: TaggedRecord | None, tag: str) -> bool:
        """Tell whether a blank line was the end of a record, or a second PMID comes."""
        if record is None or (tag == "PMID" and record.has("PMID")):
            return True
        if not record.before_blank:
            return False
        return tag in _FIRST_TAGS or record.has("TI", tag)


def _fields(record: TaggedRecord) -> Fields:
    title = record.whole("TI", "BTI", "BT", "TT", "CTI")
    abstracts = filter(None, map(record.whole, ("AB", "OAB")))
    return Fields(
        title=title,
        abstract=next((text for text in abstracts if not _NO_ABSTRACT.match(text)), ""),
        authors=_authors(record),
        year=" ".join(record.texts("DP", "YR", "PY", "DEP", "DA", "EDAT")) or record.text("SO"),
        venue=_venue(record, title),
        doi=_doi(record),
        pmid=_pmid(record),
        url=record.url("URL", "UR", "LID", "AID", "JL"),
        keywords=[
            heading(w) for text in record.texts("OT", "KW", "DE", "MH") for w in text.split(";")
        ],
        notes=record.texts("AID", "LID", "SO", "GN"),
    )


def _authors(record: TaggedRecord) -> list[str]:
    """Return the full names; the short one of an author who has no full one."""
    names: list[str] = []
    has_full, before = record.has("FA"), ""
    for tag, lines in record.fields:
        name = bare_name(" ".join(lines))
        is_short = tag == "AU" and (before == "FAU" or has_full)
        if tag in {"FAU", "FA", "CN", "AU"} and not is_short:
            names.append(name)
        before = tag
    return names or record.texts("FED") or record.texts("ED")


def _venue(record: TaggedRecord, title: str) -> str:
    journal = record.whole("JT", "JN", "TA") or record.text("BTI", "BT", "CTI")
    if journal and journal != title:
        return journal
    cited = record.text("SO")
    return cited_journal(cited) if record.has("VN", "DB", "UI") else ""


def _doi(record: TaggedRecord) -> str:
    named = record.texts("LID", "AID")
    marked = next(filter(None, map(_MARKED_DOI.search, named)), None)
    if marked:
        return marked[1]
    others = (text for text in named if not _OTHER_MARK.search(text))
    for text in [*record.texts("DO", "DI"), *others]:
        if doi := parse_doi(text):
            return doi
    cited = _DOI_IN_SOURCE.search(record.text("SO"))
    return cited[1] if cited else ""


def _pmid(record: TaggedRecord) -> str:
    """Return the PMID; Ovid's ``UI`` is one only in its MEDLINE."""
    if pmid := parse_pmid(record.text("PMID", "PM")):
        return pmid
    from_medline = "medline" in record.text("DB").lower() or not record.has("DB")
    return parse_pmid(record.text("UI")) if from_medline else ""
