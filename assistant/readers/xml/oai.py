"""OAI-PMH: what arXiv and other archives give to harvesters.

Records with metadata in the formats of arXiv (``arXiv``, ``arXivRaw``, ``arXivOld``), in Dublin
Core (``oai_dc``) and in JATS, as whole answers, lists of records, or the metadata alone. A record
that was deleted and one with other metadata are rejected as such. The year is that of the first
version;
arXiv's categories are keywords. Dublin Core says less clearly what is what: the title is the
first, the abstract the longest description in its language that is no comment, the year the
earliest date, and identifiers are told apart by their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.identity import parse_arxiv_id, parse_doi, parse_pmid
from assistant.readers.people import split_names
from assistant.readers.records import Fields, year_of
from assistant.readers.source import Source
from assistant.readers.xml.elements import Element
from assistant.readers.xml.files import holds_record, read_records, root_of
from assistant.readers.xml.jats import fields_of_article
from assistant.types import Paper, Rejected

_RECORDS = {"record": "header", "arxiv": "", "arxivraw": "", "arxivold": "", "dc": ""}
_ANSWERS = frozenset({"oai-pmh", "listrecords", "getrecord"})
_DUBLIN_CORE = frozenset({"dc", "qualifieddc", "oai_qdc"})
_COMMENT = re.compile(r"comments?:", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"info:(?:eu-repo/semantics/altIdentifier/)?(doi|pmid|arxiv)/", re.I)
"""What stands before an identifier of the same work in the forms of OpenAIRE and OpenURL."""
_PMID = re.compile(r"pmid|https?://pubmed\.|https?://www\.ncbi\.nlm\.nih\.gov/pubmed/", re.I)
_IDENTIFIER = re.compile(r"\w+:|\w+/|10\.")
_ID_YEAR = re.compile(r"^(?:[\w.-]+/)?(\d\d)\d\d(?:\.\d{4,5}|\d{3})")
_AFFILIATION = re.compile(r"\([^()]*\)")
_MAX_NESTED_AFFILIATIONS = 4


def looks_like_oai(source: Source) -> bool:
    """Tell whether a file is an answer of an OAI archive, or records of one."""
    if root_of(source).lower() in {*_ANSWERS, *_RECORDS} - {"record"}:
        return True
    return holds_record(source, {"record": "header"})


def read_oai(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each record, or why it is none. Raises NotText and OSError."""
    return read_records(source, names=_RECORDS, to_fields=_fields)


def _fields(record: Element) -> Fields | str:
    header, metadata = record.first("header"), record.first("metadata")
    identifier = header.text("identifier") if header else ""
    if header and header.attributes.get("status") == "deleted":
        return f"deleted from its archive: {identifier}"
    if record.name == "record":
        contents = metadata.elements() if metadata else []
        if not contents:
            return f"no metadata: {identifier}"
        record = contents[0]
    if record.name in ("arxiv", "arxivraw", "arxivold"):
        return _fields_of_arxiv(record)
    if record.name in _DUBLIN_CORE:
        return _fields_of_dublin_core(record)
    if record.name == "article":
        return fields_of_article(record)
    return f'metadata of a kind that is not read ("{record.name}"): {identifier}'


def _fields_of_arxiv(record: Element) -> Fields:
    people = [_name(author) for author in record.all("authors/author")]
    return Fields(
        title=record.text("title"),
        abstract=record.text("abstract"),
        authors=people or _split_names(record.text("authors")),
        year=_year_of_first_version(record),
        venue=record.text("journal-ref"),
        doi=record.text("doi"),
        arxiv_id=record.text("id"),
        keywords=record.text("categories").split(),
    )


def _year_of_first_version(record: Element) -> str:
    """Return the earlier one of the year of a record and the year in its id.

    In recent answers ``created`` is the date of the newest version; the first one may be of the
    last days of the year before that of the id.
    """
    date = record.text("created", "version/date", "date")
    number = _ID_YEAR.search(record.text("id"))
    if number is None:
        return date
    century = "19" if number[1] > "90" else "20"
    return min(filter(None, (str(year_of(date) or ""), century + number[1])))


def _name(author: Element) -> str:
    parts = (author.text("keyname"), author.text("forenames"), author.text("suffix"))
    return ", ".join(filter(None, parts))


def _split_names(text: str) -> list[str]:
    """Return the names in arXiv's line of authors, their affiliations ``(...)`` left out."""
    for _ in range(_MAX_NESTED_AFFILIATIONS):
        text, count = _AFFILIATION.subn("", text)
        if not count:
            break
    return split_names(text)


def _fields_of_dublin_core(record: Element) -> Fields:
    titles = [title for title in record.all("title") if title.words()]
    language = titles[0].attributes.get("lang", "") if titles else ""
    descriptions = [
        text
        for element in [*record.all("abstract"), *record.all("description")]
        if element.attributes.get("lang", language) in (language, "")
        and (text := element.words())
        and not _COMMENT.match(text)
    ]
    identifiers = [
        *record.texts("identifier"),
        *filter(_ALTERNATIVE.match, record.texts("relation")),
    ]
    own = [_ALTERNATIVE.sub(r"\1:", text) for text in identifiers]
    dates = [date for date in record.texts("date", "issued", "created") if year_of(date)]
    arxiv_id = next(filter(None, map(parse_arxiv_id, own)), "")
    # In arXiv's records, what is no address and no DOI is a reference to the journal.
    journals = [text for text in own if arxiv_id and not _IDENTIFIER.match(text)]
    return Fields(
        title=titles[0].words() if titles else "",
        abstract=max(descriptions, key=len, default=""),
        authors=record.texts("creator", "contributor"),
        year=min(dates, key=lambda date: year_of(date) or 0, default=""),
        venue=record.text("source") or next(iter(journals), ""),
        doi=next(filter(None, map(parse_doi, own)), ""),
        arxiv_id=arxiv_id,
        pmid=next((parse_pmid(text) for text in own if _PMID.match(text)), ""),
        url=next((text for text in own if text.startswith(("http://", "https://"))), ""),
        keywords=record.texts("subject"),
    )
