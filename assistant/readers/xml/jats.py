"""JATS: the articles of PubMed Central, of publishers and of preprint servers, one file or a set.

Taken are the words of ``front``; the article itself and its references are passed over. The year
is the earliest date of publication. Keywords are the authors'. Of several abstracts the first that
is neither a summary for lay people nor a picture counts; its heading "Abstract" is left out, those
of its sections are written ``METHODS: ...``.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.readers.records import Fields, title_with, year_of
from assistant.readers.source import Source
from assistant.readers.xml.elements import Element
from assistant.readers.xml.files import read_records, root_of
from assistant.types import Paper, Rejected

_ROOTS = frozenset({"article", "articles", "article-set", "pmc-articleset", "collection"})
_OTHER_ABSTRACTS = frozenset({
    "executive-summary", "graphical", "key-points", "plain-language-summary", "short", "teaser",
    "toc", "video", "web-summary",
})  # fmt: skip
_HEADINGS = frozenset({"abstract", "summary"})


def looks_like_jats(source: Source) -> bool:
    """Tell whether a file is an article of JATS, or a set of them."""
    return root_of(source).lower() in _ROOTS and "<article-meta" in source.text


def read_jats(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each article, or why it is none. Raises NotText and OSError."""
    return read_records(source, names={"article": ""}, to_fields=fields_of_article)


def fields_of_article(article: Element) -> Fields:
    """Return what the front matter of an article says."""
    journal = article.first("front/journal-meta") or article
    meta = article.first("front/article-meta") or article
    numbers = {
        number.attributes.get("pub-id-type", ""): number.words()
        for number in meta.all("article-id")
    }
    titles = meta.first("title-group") or meta
    dates = [date.text("year") for date in meta.all("pub-date") if year_of(date.text("year"))]
    links = [link.attributes.get("href", "") for link in meta.all("self-uri")]
    return Fields(
        title=title_with(titles.text("article-title"), titles.text("subtitle")),
        abstract=_abstract(meta),
        authors=_authors(meta),
        year=min(dates, default=""),
        venue=journal.text("journal-title-group/journal-title", "journal-title", "journal-id"),
        doi=numbers.get("doi", ""),
        arxiv_id=numbers.get("arxiv", ""),
        pmid=numbers.get("pmid", ""),
        url=next((link for link in links if link.startswith("http")), ""),
        keywords=meta.texts("kwd-group/kwd", "kwd-group/compound-kwd"),
    )


def _authors(meta: Element) -> list[str]:
    people = [*meta.all("contrib-group/contrib")]
    kinds = [person.attributes.get("contrib-type", "author") for person in people]
    kind = "author" if "author" in kinds else next(iter(kinds), "")
    return [_name(person) for person, own in zip(people, kinds, strict=True) if own == kind]


def _name(person: Element) -> str:
    name = person.first("name") or person.first("name-alternatives/name") or person
    parts = (name.text("surname"), name.text("given-names"), name.text("suffix"))
    return ", ".join(filter(None, parts)) or person.text("string-name", "collab")


def _abstract(meta: Element) -> str:
    """Return the first abstract that has words; one of another kind is better than none."""
    abstracts = sorted(
        meta.all("abstract"),
        key=lambda element: element.attributes.get("abstract-type", "") in _OTHER_ABSTRACTS,
    )
    texts = [_sections(element) for element in [*abstracts, *meta.all("trans-abstract")]]
    return next(filter(None, texts), "")


def _sections(element: Element) -> str:
    written = ""
    for child in element.elements():
        text = _sections(child) if child.name == "sec" else child.words()
        if child.name == "title" and text:
            text = "" if text.lower().rstrip(".:") in _HEADINGS else f"{text.rstrip('.:')}:"
        written += f" {text}" if text else ""
    return written.strip() or element.words()
