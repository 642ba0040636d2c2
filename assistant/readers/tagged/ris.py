"""RIS, as reference managers, databases and publishers write it.

The tag stands in the first two places, then two blanks, a hyphen and a blank; files with one
blank or a tab, without the blank at the end, in small letters, or with a dash or a fixed blank
that a word processor put there are read too. What programs disagree about is
taken from the first tag that has it: the abstract from ``AB`` or ``N2`` (the longer one), the
venue from ``JF``, ``T2``, ``JO`` and the abbreviations, the year from ``PY``, ``Y1`` and ``DA``.
Lines below a keyword are further keywords, and an address or a DOI is also taken from the tags
where older programs put it. A PMID is the accession number of a record from PubMed.

A record begins with ``TY`` and ends with ``ER`` or with the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.identity import parse_doi, parse_pmid
from assistant.readers.records import Fields
from assistant.readers.source import Source
from assistant.readers.tagged.records import TaggedRecord, heading, names_in, read_tagged
from assistant.types import Paper, Rejected

_TAG = re.compile(r"([ \t]{0,8})([A-Z][A-Z0-9]|PMID|DOI)([ \t]{0,4})-([ \t]?)(.*)", re.DOTALL)
_KNOWN = frozenset((
    "TY ER ID TI T1 T2 T3 TA TT CT BT ST AU A1 A2 A3 A4 ED PY Y1 Y2 DA N1 N2 AB KW RP JF JO JA J1 "
    "J2 VL VO IS CP SP EP CY PB SN AD AV M1 M2 M3 U1 U2 U3 U4 U5 UR L1 L2 L3 L4 LK LA LB DO DB DP "
    "AN C1 C2 C3 C4 C5 C6 C7 C8 CA CN ET NV OP RI RN SE PMID DOI"
).split())  # fmt: skip
_BEGINS = frozenset({"TI", "T1", "AU", "A1", "AB", "N2", "ID"})
"""Tags with which a record begins whose first line is missing."""
_LOOKS = re.compile(
    r"^[ \t]{0,8}(?i:TY[ \t]{0,4}-[ \t]?[A-Z0-9 ]{0,12}[ \t]*$(?=\s*[A-Z][A-Z0-9][ \t]{0,4}-))|"
    r"^[ \t]{0,8}(?:TI|T1|AU|A1)[ \t]{2}-[^\n]*\n(?:[^\n]*\n){0,200}?ER[ \t]{2}-[ \t]*$",
    re.MULTILINE,
)
_BOOKS = frozenset({"BOOK", "EDBOOK", "CONF", "SER", "EBOOK", "WHOLE"})
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_PUBMED_LINK = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d{1,9})\b")
_NAMED_PMID = re.compile(r"\bPMID\s*:?\s*(\d{1,9})\b", re.IGNORECASE)
_TY_LINE = re.compile(r"[ \t]{0,8}(TY)([ \t]{0,4})-([ \t]*)[A-Z]{3,8}[ \t]*", re.IGNORECASE)
_ODD_SIGNS = str.maketrans("\xa0\u2007\u2009\u202f‐‑‒–—−", "    ------")
_PREFIX_CHARS = 8
"""So far into a line its tag and hyphen reach."""


def looks_like_ris(source: Source) -> bool:
    """Tell whether a file holds records of RIS."""
    return _LOOKS.search(source.text.translate(_ODD_SIGNS)) is not None


def read_ris(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each record, or why it is none. Raises NotText and OSError."""
    return read_tagged(source, _Ris(), _fields)


class _Ris:
    """The lines of RIS."""

    last_tags = frozenset({"ER"})
    paragraph_tags = frozenset({"AB", "N2", "N1"})

    def __init__(self) -> None:
        self._min_gap = 1
        """Blanks between tag and hyphen. None only if the file writes ``TY- JOUR``."""
        self._is_tight = False
        """Whether the file leaves out the blank behind the hyphen."""
        self._is_small = False
        """Whether its tags are in small letters."""

    def split(self, text: str) -> tuple[str, str] | None:
        """Return tag and value; a lone "T2 -" within a text is none."""
        prefix = text[:_PREFIX_CHARS]
        if not prefix.isascii():
            text = prefix.translate(_ODD_SIGNS) + text[_PREFIX_CHARS:]
        if prefix.lstrip()[:2] in ("TY", "Ty", "ty") and (first := _TY_LINE.fullmatch(text)):
            self._min_gap = 1 if first[2] else 0
            self._is_tight = not first[3]
            self._is_small = first[1] != "TY"
        match = _TAG.match(text)
        if match is None and self._is_small:
            match = _TAG.match(text[:_PREFIX_CHARS].upper() + text[_PREFIX_CHARS:])
        if match is None:
            return None
        indent, tag, gap, blank, value = match.groups()
        value = text[len(text) - len(value) :]
        if len(gap) > 1 or "\t" in gap:
            return tag, value
        is_broken = len(gap) < self._min_gap or (value and not blank and not self._is_tight)
        return None if tag not in _KNOWN or indent or is_broken else (tag, value)

    def begins(self, record: TaggedRecord | None, tag: str) -> bool:
        """Tell whether ``TY`` comes, or what usually follows it outside of a record."""
        if tag == "TY":
            return record is None or record.has("TY")
        return record is None and tag in _BEGINS


def _fields(record: TaggedRecord) -> Fields:
    kind = record.text("TY").upper()
    is_book = kind in _BOOKS
    url = record.url("UR", "LK", "L2", "L1", "M3", "M1")
    return Fields(
        title=record.text("TI", "T1", "CT", *(("BT",) if is_book else ()), "TT", "ST"),
        abstract=max(record.whole("AB"), record.whole("N2"), key=len),
        authors=_authors(record, with_editors=is_book or kind in {"CHAP", "GEN"}),
        year=" ".join(record.texts("PY", "Y1", "DA", "YR")),
        venue=_venue(record, kind),
        doi=_doi(record),
        pmid=_pmid(record, url),
        url=url,
        keywords=[
            heading(word) for line in record.lines("KW", "KY", "DE") for word in line.split(";")
        ],
        notes=record.texts("UR", "M1", "AN", "ID", "T2", "JO", "JF", "N1", "VL", "C7", "L1", "L2"),
    )


def _authors(record: TaggedRecord, *, with_editors: bool) -> list[str]:
    return names_in(record.texts("AU", "A1") or (record.texts("ED", "A2") if with_editors else []))


def _venue(record: TaggedRecord, kind: str) -> str:
    if kind == "THES":
        return record.text("PB", "T2", "JF", "JO")
    if kind in {"BOOK", "EDBOOK", "EBOOK"}:
        return record.text("JF", "JO", "T2", "T3")
    return record.text("JF", "T2", "BT", "JO", "JA", "J2", "J1", "C3", "T3")


def _doi(record: TaggedRecord) -> str:
    own = [line for line in record.texts("DO", "DOI", "DI") if line]
    others = record.texts("M3", "L3", "LB", "AN", "ID")
    return next((doi for text in [*own, *others] if (doi := parse_doi(text))), "") or next(
        iter(own), ""
    )


def _pmid(record: TaggedRecord, url: str) -> str:
    from_pubmed = any(map(_PUBMED.search, record.texts("DB", "DP")))
    numbers = record.lines("PMID", "PM") + (record.texts("AN", "ID", "M1") if from_pubmed else [])
    if record.text("DB").lower() == "scopus":
        numbers += record.texts("C2")
    found = next((pmid for number in numbers if (pmid := parse_pmid(number))), "")
    if found:
        return found
    mention = _PUBMED_LINK.search(url) or next(
        filter(None, map(_NAMED_PMID.search, record.texts("N1", "AN", "M1", "M2"))), None
    )
    return mention[1] if mention else ""
