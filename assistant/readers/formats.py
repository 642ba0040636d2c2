"""The formats that are read, and how each is told by the beginning of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.readers.bibtex.reader import looks_like_bibtex, read_bibtex
from assistant.readers.json.documents import looks_like_json, read_json
from assistant.readers.listings.listing import read_listing
from assistant.readers.pdf import looks_like_pdf, read_pdf
from assistant.readers.source import Source
from assistant.readers.tables.by_row import looks_like_fields_by_row, read_fields_by_row
from assistant.readers.tables.table import looks_like_table, read_table
from assistant.readers.tagged.labelled import looks_like_labelled, read_labelled
from assistant.readers.tagged.medline import looks_like_medline, read_medline
from assistant.readers.tagged.refer import looks_like_refer, read_refer
from assistant.readers.tagged.refworks import looks_like_refworks, read_refworks
from assistant.readers.tagged.ris import looks_like_ris, read_ris
from assistant.readers.tagged.wos import looks_like_wos, read_wos
from assistant.readers.xml.arxiv_atom import looks_like_arxiv_atom, read_arxiv_atom
from assistant.readers.xml.endnote import looks_like_endnote_xml, read_endnote_xml
from assistant.readers.xml.files import looks_like_xml, refuse_xml
from assistant.readers.xml.jats import looks_like_jats, read_jats
from assistant.readers.xml.oai import looks_like_oai, read_oai
from assistant.readers.xml.pubmed import looks_like_pubmed_xml, read_pubmed_xml
from assistant.readers.xml.wos import looks_like_wos_xml, read_wos_xml
from assistant.types import Paper, Rejected

Record = Paper | Rejected


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file."""

    name: str
    looks_like: Callable[[Source], bool]
    read: Callable[[Source], Iterator[Record]]


FORMATS = (
    Format("PDF", looks_like_pdf, read_pdf),
    Format("JSON", looks_like_json, read_json),
    Format("PubMed XML", looks_like_pubmed_xml, read_pubmed_xml),
    Format("arXiv Atom", looks_like_arxiv_atom, read_arxiv_atom),
    Format("OAI-PMH", looks_like_oai, read_oai),
    Format("Web of Science XML", looks_like_wos_xml, read_wos_xml),
    Format("EndNote XML", looks_like_endnote_xml, read_endnote_xml),
    Format("JATS", looks_like_jats, read_jats),
    Format("BibTeX", looks_like_bibtex, read_bibtex),
    Format("RIS", looks_like_ris, read_ris),
    Format("Web of Science", looks_like_wos, read_wos),
    Format("RefWorks", looks_like_refworks, read_refworks),
    Format("refer", looks_like_refer, read_refer),
    Format("Cochrane or Ovid", looks_like_labelled, read_labelled),
    Format("MEDLINE", looks_like_medline, read_medline),
    # A web page may show records of these in plain text.
    Format("XML", looks_like_xml, refuse_xml),
    Format("fields by row", looks_like_fields_by_row, read_fields_by_row),
    Format("table", looks_like_table, read_table),
    # Last: any text may be a list of papers.
    Format(
        "listing",
        lambda _: True,
        lambda source: read_listing(source.lines(), file=source.file),
    ),
)
"""In this order the formats are tried; the first that fits reads the file."""


def detect(source: Source) -> Format:
    """Return the format of a file."""
    return next(candidate for candidate in FORMATS if candidate.looks_like(source))
