"""Feeds of arXiv: the answers of its query interface, and its daily ones in Atom and RSS.

The year is that of the first version, the categories are keywords, ``journal_ref`` is the venue.
What the daily feeds put before an abstract ("arXiv:2101.00001v1 Announce Type: new Abstract:")
is left out. Names whose UTF-8 was taken for Latin-1 (``JosÃ©``), as the interface has given them
since 2026, are mended where that is certain. The entry with which arXiv reports an error is
rejected with its message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.readers.people import split_names
from assistant.readers.records import Fields
from assistant.readers.source import Source
from assistant.readers.xml.elements import Element
from assistant.readers.xml.files import read_records, root_of
from assistant.types import Paper, Rejected

_OAI_ID = re.compile(r"oai:arxiv\.org:", re.IGNORECASE)
_ANNOUNCEMENT = re.compile(
    r"\s*arXiv:\S+\s+Announce Type:\s*[\w-]+\s+(?:Abstract:\s*)?", re.IGNORECASE
)


def looks_like_arxiv_atom(source: Source) -> bool:
    """Tell whether a file is a feed of arXiv, or one entry of it."""
    return root_of(source) in ("feed", "entry", "rss", "RDF") and "arxiv.org" in source.text.lower()


def read_arxiv_atom(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each entry, or why it is none. Raises NotText and OSError."""
    return read_records(source, names={"entry": "", "item": ""}, to_fields=_fields)


def _fields(entry: Element) -> Fields | str:
    identifier = entry.text("id", "guid")
    abstract = entry.text("summary", "content", "description")
    if "/api/errors" in identifier:
        return f"arXiv answered with an error: {abstract or entry.text('title')}"
    names = [*map(_mended, entry.texts("author/name"))] or split_names(entry.text("creator"))
    categories = [*entry.all("primary_category"), *entry.all("category")]
    links = {
        link.attributes.get("rel", "alternate"): link for link in reversed([*entry.all("link")])
    }
    return Fields(
        title=entry.text("title"),
        abstract=_ANNOUNCEMENT.sub("", abstract, count=1),
        authors=names,
        year=entry.text("published", "updated", "pubdate", "date"),
        venue=entry.text("journal_ref", "journal_reference"),
        doi=entry.text("doi"),
        arxiv_id=_OAI_ID.sub("", identifier),
        url=links["alternate"].attributes.get("href") or links["alternate"].words()
        if "alternate" in links
        else "",
        keywords=[category.attributes.get("term") or category.words() for category in categories],
    )


def _mended(name: str) -> str:
    """Return a name as UTF-8, if its characters are bytes that are UTF-8."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name
