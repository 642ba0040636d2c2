"""PubMed XML: what efetch, PubMed's "Save" and the yearly baseline give.

``PubmedArticle``, ``MedlineCitation`` alone as in older files, and ``PubmedBookArticle``, with or
without a set around them. Taken are the journal's full name, the year of publication (of a
"1998 Dec-1999 Jan" the first), and as keywords the authors' and those of MeSH. The parts of an
abstract that have a label are written ``METHODS: ...`` and joined by blanks. Of an article
without a title in English, the title in its own language is taken; an abstract that PubMed holds
in another form only (in another language, in plain language) is better than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.readers.records import Fields
from assistant.readers.source import Source
from assistant.readers.xml.elements import Element
from assistant.readers.xml.files import holds_record, read_records
from assistant.types import Paper, Rejected

_RECORDS = {"pubmedarticle": "", "pubmedbookarticle": "", "medlinecitation": "", "bookdocument": ""}
_SETS = {"pubmedarticleset": "", "pubmedbookarticleset": "", "medlinecitationset": ""}
_NO_TITLE = re.compile(r"\[?not available\]?\.?", re.IGNORECASE)
_UNNAMED = frozenset({"", "unlabelled", "unlabeled", "unassigned"})


def looks_like_pubmed_xml(source: Source) -> bool:
    """Tell whether a file is PubMed XML."""
    return holds_record(source, _RECORDS | _SETS)


def read_pubmed_xml(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each record, or why it is none. Raises NotText and OSError."""
    return read_records(source, names=_RECORDS, to_fields=_fields)


def _fields(record: Element) -> Fields:
    # Citation and article are left out in some of the forms.
    top = record.first("MedlineCitation") or record.first("BookDocument") or record
    article = top.first("Article") or top
    title = article.text("ArticleTitle")
    if not title or _NO_TITLE.fullmatch(title):
        title = article.text("VernacularTitle", "Book/BookTitle") or title
    venues = [
        article.text("Journal/Title", "Journal/ISOAbbreviation"),
        top.text("MedlineJournalInfo/MedlineTA"),
        *article.texts("Book/BookTitle"),
        *article.texts("Book/CollectionTitle"),
    ]
    return Fields(
        title=title,
        abstract=_abstract(article.all("Abstract")) or _abstract(top.all("OtherAbstract")),
        authors=_authors(article),
        year=article.text(
            "Journal/JournalIssue/PubDate/Year",
            "Journal/JournalIssue/PubDate/MedlineDate",
            "ArticleDate/Year",
            "ContributionDate/Year",
            "Book/PubDate/Year",
            "Book/BeginningDate/Year",
        )
        or record.text("PubmedData/History/PubMedPubDate/Year"),
        venue=next((venue for venue in venues if venue and venue != title), ""),
        doi=_doi(record, top, article),
        pmid=top.text("PMID"),
        keywords=top.texts("KeywordList/Keyword")
        + top.texts("MeshHeadingList/MeshHeading/DescriptorName"),
    )


def _abstract(abstracts: Iterator[Element]) -> str:
    """Return the first abstract that has words."""
    return next((text for abstract in abstracts if (text := _parts(abstract))), "")


def _parts(abstract: Element) -> str:
    written = []
    for part in abstract.all("AbstractText"):
        label = part.attributes.get("label", "").strip().rstrip(":")
        text = part.words()
        if text and label.lower() not in _UNNAMED and not text.startswith(f"{label}:"):
            text = f"{label}: {text}"
        written.append(text)
    return " ".join(filter(None, written))


def _authors(article: Element) -> list[str]:
    """Return the authors, and of a book without authors its editors."""
    lists = [*article.all("AuthorList"), *article.all("Book/AuthorList")]
    lists.sort(key=lambda people: people.attributes.get("type", "").lower() == "editors")
    for people in lists:
        if names := [name for author in people.all("Author") if (name := _name(author))]:
            return names
    return []


def _name(author: Element) -> str:
    # ValidYN="N" is a name that the next element corrects.
    if author.attributes.get("validyn") == "N":
        return ""
    family = author.text("LastName")
    given = author.text("ForeName", "FirstName", "Initials")
    parts = (family, given, author.text("Suffix"))
    return ", ".join(filter(None, parts)) if family else given or author.text("CollectiveName")


def _doi(record: Element, top: Element, article: Element) -> str:
    """Return the DOI of the record itself: its references have lists of ids too."""
    candidates = (
        *record.all("PubmedData/ArticleIdList/ArticleId"),
        *record.all("PubmedBookData/ArticleIdList/ArticleId"),
        *top.all("ArticleIdList/ArticleId"),
        *article.all("ELocationID"),
    )
    for candidate in candidates:
        kind = candidate.attributes.get("idtype") or candidate.attributes.get("eidtype", "")
        if kind == "doi" and candidate.attributes.get("validyn") != "N" and candidate.words():
            return candidate.words()
    return ""
