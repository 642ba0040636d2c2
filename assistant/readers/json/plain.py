"""Records of JSON that no tool is known for: each field under any of the names it usually has.

Names are compared in lower case, with ``_`` for blanks and hyphens, and without the prefix of a
vocabulary (``dc:title``, ``prism:doi``). ``id`` and ``_id`` are somebody's own numbering and only
count if they are a DOI or an arXiv id.
"""

from __future__ import annotations

import re

from assistant.identity import parse_arxiv_id, parse_doi
from assistant.readers.json.values import (
    Record,
    first_of,
    identifiers_of,
    people_of,
    text_of,
    words_of,
)
from assistant.readers.records import Fields, title_with

_PREFIX = re.compile(r"^(?:dc|dcterms|prism|bib)[:.]")
_TITLE = ("title", "titles", "display_name", "article_title", "document_title", "title_display")
_ABSTRACT = (
    *("abstract", "abstracts", "text", "summary", "abstract_text", "abstracttext", "description"),
    "descriptions",
)
_AUTHORS = ("authors", "author", "creators", "creator", "author_display", "authorships")
_YEAR = (
    *("year", "publication_year", "year_published", "yearpublished", "publicationyear", "pubyear"),
    *("published", "publication_date", "publicationdate", "publishedat", "coverdate", "pubdate"),
    *("date", "issued", "online_date", "preprint_date", "earliest_date"),
)
_VENUE = (
    *("venue", "journal", "journal_ref", "container_title", "booktitle", "publicationname"),
    *("publication_title", "publication_name", "journal_title", "journal_name", "journaltitle"),
    *("proceeding", "conference", "container", "publication_info", "pub"),
)
_ARXIV = ("arxiv_id", "arxiv", "eprint", "arxiv_eprints", "arxivid")


_URL = ("url", "link", "links", "url_abs", "html_url", "landing_page_url", "paper_url")
_KEYWORDS = ("keywords", "keyword", "author_keywords", "tags")


def plain_fields(record: Record) -> Fields:
    """Return the fields of a record, as far as it has them under a name that is known."""
    bare = {_PREFIX.sub("", key): value for key, value in record.items()}
    ids = identifiers_of(first_of(bare, "identifier", "identifiers", "external_ids"))
    number, link = text_of(first_of(bare, "id", "_id")), first_of(bare, *_URL)
    return Fields(
        title=title_with(text_of(first_of(bare, *_TITLE)), text_of(bare.get("subtitle"))),
        abstract=text_of(first_of(bare, *_ABSTRACT)),
        authors=people_of(first_of(bare, *_AUTHORS) or []),
        year=text_of(first_of(bare, *_YEAR)),
        venue=text_of(first_of(bare, *_VENUE)),
        doi=text_of(first_of(bare, "doi", "dois")) or ids.get("doi", "") or parse_doi(number),
        arxiv_id=text_of(first_of(bare, *_ARXIV)) or ids.get("arxiv", "") or parse_arxiv_id(number),
        pmid=text_of(first_of(bare, "pmid", "pubmed_id", "pubmedid")) or ids.get("pmid", ""),
        url=text_of(link),
        citation_key=text_of(first_of(bare, "citation_key", "citationkey", "citekey")),
        keywords=words_of(first_of(bare, *_KEYWORDS) or []),
    )
