"""BibTeX and biblatex, as reference managers, publishers and people write it.

Values are turned from LaTeX into text (:mod:`assistant.readers.bibtex.latex`), the abstract too; an
address or an identifier is freed of escapes only. Besides ``doi``, ``eprint`` and ``pmid``, an
identifier is looked for where some programs put it: the journal, the number or the note of an arXiv
preprint, "PMID: 1" in a note, the key itself. Editors count as the authors of a book
or of proceedings that has none, and the school or the institution of a thesis or a report as
the place where it appeared. "and others" is left out.

Each entry is a paper, also one whose key occurs twice. ``@string``, ``@preamble``, ``@comment``
and ``@xdata`` are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.identity import parse_arxiv_id, parse_doi, parse_pmid
from assistant.readers.bibtex.blocks import ENTRY_ENDS
from assistant.readers.bibtex.entries import Entry, read_entries
from assistant.readers.bibtex.inheritance import resolve
from assistant.readers.bibtex.journal_macros import JOURNALS
from assistant.readers.bibtex.latex import plain_text, verbatim_text
from assistant.readers.bibtex.names import names_in, words_in
from assistant.readers.records import Fields, title_with, to_paper
from assistant.readers.source import Source
from assistant.types import Paper, Rejected

_SPECIAL_ENTRY = re.compile(r"^[ \t]*@[ \t]*(?:string|preamble|comment)\s*[{(]", re.I | re.M)
_ENTRY = re.compile(
    r"^[ \t]*@[ \t]*(?:[A-Za-z]+\s*\{|(?i:article|book(?:let)?|conference|in(?:book|collection|"
    r"proceedings)|manual|m(?:aster|sc)?sthesis|misc|phdthesis|proceedings|techreport|"
    r"unpublished)\s*\()\s*"
    r"(?:[^{}=,\n]*,\s*(?:[^\s={}()]+\s*=\s*[\"{\w]|\})|[\w-]+\s*=\s*[\"{\w])",
    re.MULTILINE,
)
_MAX_CHARS_BEFORE = 2_000
"""In lines that are no comments, before the first entry; after more it is part of a text."""
_NAMES = (".bib", ".bibtex", ".biblatex")
"""Ends of the names of files in which as much as you like may stand before the first entry."""

_TO_VENUE = (
    *("fjournal", "journaltitle", "journal", "booktitle", "eventtitle", "venue", "conference"),
    *("school", "institution", "shortjournal", "journal-iso", "howpublished"),
)
_WITH_EDITORS = frozenset({
    "book", "mvbook", "collection", "mvcollection", "proceedings", "mvproceedings",
    "reference", "mvreference", "periodical", "booklet",
})  # fmt: skip
_YEARS = ("year", "date", "issue_date", "eventdate")
_KEYWORDS = ("keywords", "keyword", "author_keywords", "keywords-plus", "mendeley-tags", "tags")
_NAMED_PMID = re.compile(r"\bPMID\s*:?\s*(\d{1,9})\b", re.IGNORECASE)
_PUBMED_LINK = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d{1,9})\b")
_ADDRESS = re.compile(r"(?:https?|ftp)://\S+|www\.\S+")
_OLD_ARXIV_NUMBER = re.compile(r"\d{7}(?:v\d+)?")


def looks_like_bibtex(source: Source) -> bool:
    """Tell whether a file begins with an entry of BibTeX, after comments or a few other lines."""
    matches = [_ENTRY.search(source.text), _SPECIAL_ENTRY.search(source.text)]
    starts = [match.start() for match in matches if match]
    if not starts or source.file.lower().endswith(_NAMES):
        return bool(starts)
    before = (line.strip() for line in source.text[: min(starts)].splitlines())
    return sum(len(line) for line in before if not line.startswith("%")) <= _MAX_CHARS_BEFORE


def read_bibtex(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each entry, or why it is none. Raises NotText and OSError."""
    lines = source.lines(breaks=ENTRY_ENDS)
    for entry in resolve(read_entries(lines, file=source.file)):
        if isinstance(entry, Rejected):
            yield entry
        else:
            yield to_paper(_fields(entry), file=source.file, line=entry.line)


def _fields(entry: Entry) -> Fields:
    value = entry.fields.get
    note = plain_text(value("note", ""))
    url = _url(entry)
    return Fields(
        title=_title(entry),
        abstract=plain_text(_first(entry, "abstract", "abstractnote", "abstract_note")),
        authors=_authors(entry),
        year=" ".join(plain_text(value(name, "")) for name in _YEARS),
        venue=_venue(entry),
        doi=_doi(entry),
        arxiv_id=_arxiv_id(entry),
        pmid=_pmid(entry, note, url),
        url=url,
        keywords=[word for name in _KEYWORDS for word in words_in(value(name, ""))],
        citation_key=entry.key,
        notes=[value("volume", ""), value("number", ""), note, verbatim_text(value("doi", ""))],
    )


def _first(entry: Entry, *names: str) -> str:
    """Return the first value of these names that is not empty."""
    return next((v for name in names if (v := entry.fields.get(name, "").strip())), "")


def _title(entry: Entry) -> str:
    title = plain_text(_first(entry, "title", "maintitle"))
    if not title.strip() and entry.kind in _WITH_EDITORS:
        title = plain_text(_first(entry, "booktitle", "issuetitle"))
    subtitle = plain_text(_first(entry, "subtitle"))
    return title_with(title or plain_text(_first(entry, "shorttitle")), subtitle)


def _authors(entry: Entry) -> list[str]:
    names = names_in(_first(entry, "author", "authors"))
    if not names and entry.kind in _WITH_EDITORS:
        names = names_in(_first(entry, "editor", "editors"))
    return names


def _venue(entry: Entry) -> str:
    for name in _TO_VENUE:
        raw = entry.fields.get(name, "").strip()
        venue = JOURNALS.get(raw.strip("{} ")) or plain_text(raw)
        if venue.strip() and not _ADDRESS.search(venue):
            subtitle = "booksubtitle" if name == "booktitle" else "journalsubtitle"
            has_subtitle = name in {"booktitle", "journaltitle"}
            return title_with(venue, plain_text(_first(entry, subtitle)) if has_subtitle else "")
    return ""


def _url(entry: Entry) -> str:
    for name in ("url", "link", "ee", "bdsk-url-1", "howpublished", "note"):
        found = _ADDRESS.search(verbatim_text(entry.fields.get(name, "")))
        if found:
            return found[0].rstrip(".,;")
    return verbatim_text(entry.fields.get("url", ""))


# Identifiers


def _doi(entry: Entry) -> str:
    doi = verbatim_text(_first(entry, "doi", "di"))
    if parse_doi(doi):
        return doi
    eprint = verbatim_text(_first(entry, "eprint"))
    number = eprint if _eprint_kind(entry) in {"doi", ""} else ""
    return parse_doi(number) or doi or parse_doi(entry.key)


def _eprint_kind(entry: Entry) -> str:
    return _first(entry, "eprinttype", "archiveprefix").strip("{} ").lower()


def _arxiv_id(entry: Entry) -> str:
    named = verbatim_text(_first(entry, "arxivid", "arxiv", "arxiv_id"))
    if parse_arxiv_id(named):
        return named
    eprint = verbatim_text(_first(entry, "eprint"))
    if _eprint_kind(entry) not in {"arxiv", ""}:
        return ""
    if _OLD_ARXIV_NUMBER.fullmatch(eprint):
        archive = verbatim_text(_first(entry, "eprintclass", "primaryclass")).partition(".")[0]
        eprint = f"{archive}/{eprint}"
    return parse_arxiv_id(eprint)


def _pmid(entry: Entry, note: str, url: str) -> str:
    named = parse_pmid(verbatim_text(_first(entry, "pmid", "pubmedid", "pubmed_id")))
    if not named and _eprint_kind(entry) in {"pubmed", "pmid", "medline"}:
        named = parse_pmid(verbatim_text(_first(entry, "eprint")))
    mention = _NAMED_PMID.search(note) or _NAMED_PMID.match(entry.key) or _PUBMED_LINK.search(url)
    return named or (mention[1] if mention else "")
