"""The tagged format of RefWorks, which publishers and Chinese databases write too.

The tag stands in the first two places, then a blank. Nothing marks a line in which a value goes
on. So only the tags of RefWorks are tags, and where a text goes on, "ED visits fell" and
"RT was given." are lines of it. A record begins with ``RT`` and has no end of its own: a heading
that stands alone in front of the next one is no part of the abstract above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.identity import parse_pmid
from assistant.readers.records import Fields
from assistant.readers.source import Source
from assistant.readers.tagged.records import TaggedRecord, heading, names_in, read_tagged
from assistant.types import Paper, Rejected

_REPEATED = frozenset("A1 A2 A3 A4 A5 A6 AB AD CR DS K1 LK NO RD SN UL".split())
_SINGLE = frozenset((
    "RT SR ID T1 T2 T3 JF JO YR FD VO vo IS SP OP ED PB PP AV AN LA CL SF OT DO CN DB IP ST SL LL "
    "WT WV WP OL PMID PMCID"
).split())  # fmt: skip
"""Tags that a record has once. Exports of CNKI have ``vo``."""
_TAG = re.compile(
    rf"({'|'.join(sorted(_REPEATED | _SINGLE, reverse=True))}|U1[0-5]|U\d)(?:[ \t]+(.*)|\s*$)",
    re.DOTALL,
)
_KIND = re.compile(r"[A-Z][A-Za-z]*(?:[ ,/-]+[A-Za-z]+){0,4} ?(?:\(\d+\))?[ \t]*")
_LOOKS = re.compile(
    rf"^RT[ \t]+{_KIND.pattern}\n+(?:[A-Z][A-Z0-9](?:[ \t][^\n]*)?\n+){{0,60}}?(?:A1|T1)[ \t]+\S",
    re.MULTILINE,
)
_TEXTS = frozenset({"AB", "NO", "T1", "T2", "OT"})
"""Tags whose values go on in further lines."""
_SMALL = frozenset({"JF", "JO", "K1", "DO", "UL", "LK", "LA", "DS", "vo"})
"""Tags whose values may begin with a small letter."""
_NAME = re.compile(r"[^\W\d][^,.;:]{1,40},[^,;:]{1,40}")
_HEADING = re.compile(r"[^\W\d_a-z][^\d.?!:;,]{2,58}[^\W\d_]")
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_NAMED_PMID = re.compile(r"\bPMID\s*:?\s*(\d{1,9})\b", re.IGNORECASE)


def looks_like_refworks(source: Source) -> bool:
    """Tell whether a file holds tagged records of RefWorks."""
    return _LOOKS.search(source.text) is not None


def read_refworks(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each record, or why it is none. Raises NotText and OSError."""
    return read_tagged(source, _RefWorks(), _fields)


class _RefWorks:
    """The lines of RefWorks."""

    last_tags: frozenset[str] = frozenset()
    paragraph_tags = frozenset({"AB", "NO"})

    def __init__(self) -> None:
        self._tag = ""
        """The tag of the value under way."""
        self._tags: set[str] = set()
        """The tags of the record under way."""
        self._is_after_blank = False
        self._heading = ""
        """What may be one: the last line of a value, blank lines above and below it."""

    def split(self, text: str) -> tuple[str, str] | None:
        """Return tag and value of a line that is not indented."""
        if not text.strip():
            self._is_after_blank = True
            return None
        after_blank, self._is_after_blank = self._is_after_blank, False
        match = _TAG.match(text)
        if match is None or self._goes_on(match[1], match[2] or "", after_blank=after_blank):
            is_heading = after_blank and _HEADING.fullmatch(text.strip())
            self._heading = text.strip() if is_heading else ""
            return None
        if not after_blank:
            self._heading = ""
        return match[1], match[2] or ""

    def _goes_on(self, tag: str, value: str, *, after_blank: bool) -> bool:
        """Tell whether what could be a tag is a word of the text under way."""
        if self._tag not in _TEXTS:
            return False
        if tag == "RT":
            return _KIND.fullmatch(value) is None
        if tag in _SINGLE & self._tags and not (after_blank and tag in {"SR", "T1"}):
            return True
        is_name = tag[0] == "A" and tag[1].isdigit() and _NAME.fullmatch(value) is not None
        return value[:1].islower() and tag not in _SMALL and not is_name

    def begins(self, record: TaggedRecord | None, tag: str) -> bool:
        """Tell whether ``RT`` comes, or in a record without it what there is only once."""
        is_first = tag == "RT" or (
            tag in {"A1", "T1"} if record is None else tag in {"SR", "T1"} and record.has(tag)
        )
        if is_first:
            self._tags.clear()
            if record is not None and self._heading and record.fields[-1][1][1:]:
                record.fields[-1][1].pop()
        self._heading = ""
        self._tag = tag
        self._tags.add(tag)
        return is_first


def _fields(record: TaggedRecord) -> Fields:
    kind = record.text("RT").lower()
    is_book = "book" in kind and "section" not in kind
    is_thesis = "thesis" in kind or "dissertation" in kind
    return Fields(
        title=record.whole("T1", "OT", "ST"),
        abstract=record.whole("AB"),
        authors=names_in(record.texts("A1") or (record.texts("A2") if is_book else [])),
        year=" ".join(record.texts("YR", "FD", "WP")),
        venue=record.text(*(["PB"] if is_thesis else []), "JF", "T2", "JO", "WT"),
        doi=record.text("DO"),
        pmid=_pmid(record),
        url=record.url("UL", "LK"),
        keywords=[heading(word) for line in record.lines("K1") for word in line.split(";")],
        notes=record.texts("UL", "LK", "AN", "JF", "VO", "NO"),
    )


def _pmid(record: TaggedRecord) -> str:
    from_pubmed = any(map(_PUBMED.search, record.texts("DB", "DS", "SF")))
    numbers = record.texts("PMID") + (record.texts("AN") if from_pubmed else [])
    mentions = filter(None, map(_NAMED_PMID.search, record.texts("AN", "ID")))
    found = [*map(parse_pmid, numbers), *(match[1] for match in mentions)]
    return next(filter(None, found), "")
