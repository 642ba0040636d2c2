"""EndNote XML, as EndNote, Zotero, Mendeley and others write it.

Since EndNote 8 in small letters, each text in a ``<style>``; before that in capitals without. The
venue is the secondary title (the journal, the book, the conference) or else the periodical. The
accession number is a PMID only where the record says that it comes from PubMed or Medline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.identity import parse_pmid
from assistant.readers.records import Fields
from assistant.readers.source import Source
from assistant.readers.xml.elements import Element
from assistant.readers.xml.files import read_records, root_of
from assistant.types import Paper, Rejected

_ROOTS = frozenset({"xml", "records", "record", "endnote"})
_OF_ENDNOTE = re.compile(
    r"<(?:ref-type|rec-number|source-app|contributors|titles|reference_type|refnum)\b|"
    r"<xml>\s*<records\s*/?>",
    re.IGNORECASE,
)
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_WORD_BREAK = re.compile(r"[\n;]")


def looks_like_endnote_xml(source: Source) -> bool:
    """Tell whether a file is EndNote XML."""
    return root_of(source).lower() in _ROOTS and _OF_ENDNOTE.search(source.text) is not None


def read_endnote_xml(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each record, or why it is none. Raises NotText and OSError."""
    return read_records(source, names={"record": ""}, to_fields=_fields)


def _fields(record: Element) -> Fields:
    number = record.text("electronic-resource-num", "doi")
    links = [
        *record.texts("urls/related-urls/url"),
        *record.texts("urls/web-urls/url"),
        *record.texts("urls/url", "url"),
    ]
    words = record.texts("keywords/keyword", "keywords")
    return Fields(
        title=record.text("titles/title", "title", "titles/translated-title", "titles/short-title"),
        abstract=record.text("abstract"),
        # A comma behind a name says that it is one of an organisation.
        authors=[
            name.rstrip(", ")
            for name in record.texts("contributors/authors/author", "authors/author")
        ],
        year=record.text("dates/year", "year", "dates/pub-dates/date", "date"),
        venue=record.text(
            "titles/secondary-title",
            "secondary_title",
            "periodical/full-title",
            "periodical/abbr-1",
            "titles/alt-title",
        ),
        doi=number if "10." in number else "",
        pmid=_pmid(record, links),
        url=next((link for link in links if link.startswith(("http://", "https://"))), ""),
        keywords=[part for word in words for part in _WORD_BREAK.split(word)],
        notes=[
            number,
            *links,
            *(record.text(name) for name in ("volume", "number", "pages", "report-id", "notes")),
        ],
    )


def _pmid(record: Element, links: list[str]) -> str:
    """Return the PMID: the accession number of PubMed, or what a link to PubMed names."""
    number = record.text("accession-num", "accession_number")
    database = record.text("remote-database-name", "remote-database-provider")
    if number.isdigit() and _PUBMED.search(database):
        return number
    named = [number if re.match("pmid", number, re.IGNORECASE) else "", *links]
    return next((pmid for text in named if not text.isdigit() and (pmid := parse_pmid(text))), "")
