"""Records of JSON whose kind is known by their members, and what these mean.

Known are Zotero (its own format and Better BibTeX's), CSL JSON and Crossref, OpenAlex, Semantic
Scholar (service, data sets, open corpus), the metadata of arXiv, Europe PMC, PubMed summaries,
DBLP, and papers as this program writes them. Where a kind has a member for it, a year is that of
the first publication; keywords are the authors', not a service's classification. A record of no
known kind is left to :mod:`assistant.readers.json.plain`.

What is cleaned here: the number that DBLP puts behind a name that several people have, and the
full stop behind its titles. Markup, white space and identifiers are left to
:mod:`assistant.readers.records`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.readers.json.plain import plain_fields
from assistant.readers.json.values import (
    Record,
    first_of,
    identifiers_of,
    people_of,
    person_of,
    plain_record,
    snake_record,
    text_of,
    text_of_inverted_index,
    words_of,
)
from assistant.readers.records import Fields, title_with

_COVERS = (
    *("info", "_source", "metadata", "bibjson", "attributes", "data", "csljson", "citedpaper"),
    *("citingpaper", "paper", "content", "item", "work", "article", "record", "document"),
)
"""Names under which an element of a list may hold the record proper."""

_TITLES = frozenset({"title", "titles", "display_name", "itemtype"})
_NOT_PAPERS = frozenset({"attachment", "note", "annotation"})
_CSL_TYPES = frozenset(
    "article article-journal article-magazine article-newspaper bill book broadcast chapter "
    "classic collection dataset document entry entry-dictionary entry-encyclopedia event figure "
    "graphic hearing interview legal_case legislation manuscript map motion_picture "
    "musical_score pamphlet paper-conference patent performance periodical personal_communication "
    "post post-weblog regulation report review review-book software song speech standard thesis "
    "treaty video webpage journal-article proceedings-article book-chapter posted-content "
    "monograph".split()
)
_ZOTERO_PLACES = (
    *("publicationtitle", "proceedingstitle", "booktitle", "conferencename", "encyclopediatitle"),
    *("dictionarytitle", "websitetitle", "blogtitle", "forumtitle", "programtitle", "university"),
    *("institution", "repository"),
)
_KEY_IN_EXTRA = re.compile(r"^[ \t]*(?:citation key|bibtex)[ \t]*:[ \t]*(\S+)", re.I | re.M)
_CSL_CREATORS = ("author", "director", "composer", "performer", "editor", "interviewer")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record."""

    name: str
    matches: Callable[[Record], bool]
    fields: Callable[[Record], Fields]


def unwrapped(value: Mapping[str, Any]) -> Record:
    """Return a record with plain keys, taken out of the object that covers it."""
    record = plain_record(value)
    for cover in _COVERS:
        inner = record.get(cover)
        if isinstance(inner, dict) and _TITLES.isdisjoint(record):
            return {**record, **plain_record(inner)}
    return record


def is_no_paper(record: Record) -> bool:
    """Tell whether a record is a note or an attachment of a paper."""
    return text_of(record.get("itemtype")) in _NOT_PAPERS


def kind_of(record: Record) -> Kind | None:
    """Return the kind of a record, None if it is not known."""
    return next((kind for kind in KINDS if kind.matches(record)), None)


def _zotero(record: Record) -> Fields:
    publishes = record.get("itemtype") in ("thesis", "report")
    return Fields(
        title=text_of(first_of(record, "title", "casename", "nameofact", "subject", "shorttitle")),
        abstract=text_of(record.get("abstractnote")),
        authors=_zotero_people(record.get("creators")),
        year=text_of(first_of(record, "date", "datedecided", "dateenacted", "issuedate")),
        venue=text_of(first_of(record, *_ZOTERO_PLACES, *(["publisher"] if publishes else []))),
        doi=text_of(record.get("doi")),
        pmid=text_of(record.get("pmid")),
        url=text_of(record.get("url")),
        keywords=words_of(record.get("tags") or []),
        notes=_notes(record, "extra", "archiveid", "archivelocation", "number", "reportnumber"),
        citation_key=_zotero_key(record),
    )


def _zotero_key(record: Record) -> str:
    """Return the citation key, for which older versions only have a line of the field "Extra"."""
    named = text_of(first_of(record, "citationkey", "citekey"))
    line = _KEY_IN_EXTRA.search(text_of(record.get("extra")))
    return named or (line[1] if line else "")


def _zotero_people(value: Any) -> list[str]:
    """Return the authors; of a work without any, those who made it in the first place."""
    items = value if isinstance(value, list) else []
    people = [snake_record(item) for item in items if isinstance(item, dict)]
    roles = [text_of(person.get("creator_type")) for person in people]
    role = "author" if "author" in roles else next(iter(roles), "")
    return [person_of(person) for person, own in zip(people, roles, strict=True) if own == role]


def _csl(record: Record) -> Fields:
    subtitle, title = text_of(record.get("subtitle")), text_of(record.get("title"))
    title = title or text_of(first_of(record, "original_title", "title_short", "shorttitle"))
    places = ["container_title", "event_title", "event", "collection_title"]
    if text_of(record.get("type")) in ("thesis", "report"):
        places.append("publisher")
    return Fields(
        title=title_with(title, subtitle),
        abstract=text_of(record.get("abstract")),
        authors=people_of(first_of(record, *_CSL_CREATORS)),
        year=_csl_date(record),
        venue=text_of(first_of(record, *places)),
        doi=text_of(record.get("doi")),
        arxiv_id=text_of(record.get("arxiv_id")),
        pmid=text_of(record.get("pmid")),
        url=text_of(record.get("url")),
        keywords=words_of(first_of(record, "keyword", "keywords", "subject") or []),
        notes=_notes(record, "note", "number", "archive_location", "archive", "source"),
        citation_key=text_of(first_of(record, "citation_key", "id")),
    )


def _csl_date(record: Record) -> str:
    """Return the date of ``issued`` or, with Crossref, the earliest that is known."""
    for name in ("issued", "published_print", "published_online", "published", "submitted"):
        value = record.get(name)
        if isinstance(value, dict):
            value = first_of(plain_record(value), "date_parts", "literal", "raw", "year", "season")
        while isinstance(value, list) and value:
            value = value[0]
        if date := text_of(value):
            return date
    return ""


def _openalex(record: Record) -> Fields:
    place = first_of(record, "primary_location", "host_venue")
    place = place if isinstance(place, dict) else {}
    ids = record.get("ids")
    ids = ids if isinstance(ids, dict) else {}
    locations = record.get("locations")
    links = [
        text_of(location.get("landing_page_url"))
        for location in (locations if isinstance(locations, list) else [])
        if isinstance(location, dict)
    ]
    return Fields(
        title=text_of(first_of(record, "title", "display_name")),
        abstract=text_of_inverted_index(record.get("abstract_inverted_index"))
        or text_of(record.get("abstract")),
        authors=people_of(record.get("authorships") or []),
        year=text_of(first_of(record, "publication_year", "publication_date")),
        venue=text_of(place.get("source") or place.get("display_name")),
        doi=text_of(record.get("doi") or ids.get("doi")),
        pmid=text_of(ids.get("pmid")),
        url=text_of(place.get("landing_page_url") or place.get("url") or record.get("id")),
        keywords=words_of(record.get("keywords") or []),
        notes=links,
    )


def _semantic_scholar(record: Record) -> Fields:
    ids = first_of(record, "externalids", "external_ids")
    ids = plain_record(ids) if isinstance(ids, dict) else {}
    abstract = text_of(first_of(record, "abstract", "paperabstract"))
    return Fields(
        title=text_of(record.get("title")),
        abstract=abstract
        or text_of_inverted_index(first_of(record, "indexedabstract", "indexed_abstract")),
        authors=people_of(record.get("authors") or []),
        year=text_of(first_of(record, "year", "publicationdate")),
        venue=text_of(
            first_of(record, "venue", "publicationvenue", "journal", "journalname", "journal_name")
        ),
        doi=text_of(record.get("doi") or ids.get("doi")),
        arxiv_id=text_of(first_of(record, "arxivid", "arxiv_id") or ids.get("arxiv")),
        pmid=text_of(first_of(record, "pmid", "pubmed_id") or ids.get("pubmed")),
        url=text_of(first_of(record, "url", "s2url", "s2_url")),
        keywords=words_of(record.get("keywords") or []),
    )


def _arxiv(record: Record) -> Fields:
    versions = record.get("versions")
    first = versions[0] if isinstance(versions, list) and versions else {}
    created = text_of(first.get("created")) if isinstance(first, dict) else ""
    parsed = record.get("authors_parsed")
    names = [name for name in parsed if isinstance(name, list)] if isinstance(parsed, list) else []
    authors = [", ".join(filter(None, map(text_of, name[:3]))) for name in names]
    arxiv_id = text_of(first_of(record, "id", "arxiv_id"))
    return Fields(
        title=text_of(record.get("title")),
        abstract=text_of(record.get("abstract")),
        authors=authors or people_of(record.get("authors")),
        year=created or text_of(first_of(record, "published", "update_date")),
        venue=text_of(first_of(record, "journal_ref", "journal")),
        doi=text_of(record.get("doi")).partition(" ")[0],
        arxiv_id=arxiv_id,
        url=text_of(record.get("url")) or (f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else ""),
    )


def _europe_pmc(record: Record) -> Fields:
    journal = record.get("journalinfo")
    journal = journal.get("journal") if isinstance(journal, dict) else None
    return Fields(
        title=text_of(record.get("title")),
        abstract=text_of(record.get("abstracttext")),
        authors=people_of(first_of(record, "authorlist", "authorstring") or []),
        year=text_of(first_of(record, "pubyear", "firstpublicationdate")),
        venue=text_of(record.get("journaltitle") or journal),
        doi=text_of(record.get("doi")),
        pmid=text_of(record.get("pmid")),
        keywords=words_of(record.get("keywordlist") or []),
    )


def _pubmed_summary(record: Record) -> Fields:
    ids = identifiers_of(record.get("articleids"))
    return Fields(
        title=text_of(record.get("title")),
        authors=people_of(record.get("authors") or []),
        year=text_of(first_of(record, "pubdate", "epubdate")),
        venue=text_of(first_of(record, "fulljournalname", "source")),
        doi=ids.get("doi", ""),
        pmid=ids.get("pubmed") or text_of(record.get("uid")),
    )


def _dblp(record: Record) -> Fields:
    links = record.get("ee")
    return Fields(
        title=re.sub(r"(?<=[^.])\.$", "", text_of(record.get("title")).strip()),
        authors=people_of(record.get("authors") or []),
        year=text_of(record.get("year")),
        venue=text_of(first_of(record, "venue", "journal", "booktitle", "school")),
        doi=text_of(record.get("doi")),
        url=text_of(links) or text_of(record.get("url")),
        notes=[text_of(record.get("volume"))],
    )


def _notes(record: Record, *names: str) -> list[str]:
    """Return the texts under some names, all of a list."""
    values = (record.get(name) for name in names)
    return ["\n".join(map(text_of, v)) if isinstance(v, list) else text_of(v) for v in values]


def _is_csl(record: Record) -> bool:
    if "container_title" in record or {"citation_key", "type"} <= record.keys():
        return True
    issued, people = record.get("issued"), record.get("author")
    if isinstance(issued, dict) or text_of(record.get("type")) in _CSL_TYPES:
        return not {"issued", "author", "id", "doi"}.isdisjoint(record)
    names = people[0] if isinstance(people, list) and people else None
    return isinstance(names, dict) and not {"family", "literal"}.isdisjoint(names)


def _has(*names: str) -> Callable[[Record], bool]:
    """Return a test for records that have one of these members."""
    return lambda record: not record.keys().isdisjoint(names)


KINDS = (
    Kind("Zotero", _has("itemtype"), _zotero),
    Kind("OpenAlex", _has("abstract_inverted_index", "authorships"), _openalex),
    Kind(
        "Semantic Scholar",
        _has("paperid", "corpusid", "externalids", "s2url", "paperabstract", "s2orc_parse"),
        _semantic_scholar,
    ),
    Kind("arXiv", _has("authors_parsed"), _arxiv),
    Kind("Europe PMC", _has("authorstring", "abstracttext", "journalinfo"), _europe_pmc),
    Kind("PubMed summary", _has("articleids"), _pubmed_summary),
    Kind("DBLP", lambda r: _has("ee", "venue")(r) and _has("key", "@key")(r), _dblp),
    Kind("CSL or Crossref", _is_csl, _csl),
    Kind(
        "paper of this program", lambda r: {"paper_id", "source", "title"} <= r.keys(), plain_fields
    ),
)
"""In this order the kinds are tried."""
