"""Papers as BibTeX entries that BibTeX, biber and reference managers read back.

Written by hand rather than with bibtexparser: writing is a few lines, and the care goes where no
library helps (names, capitals that must survive, keys), or where one errs: pylatexenc escapes what
has to stand verbatim in a URL.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from assistant.text.clean import normalise, readable
from assistant.text.words import STOP_WORDS
from assistant.types import Paper
from assistant.writers.citation_keys import CitationKeys
from assistant.writers.latex import latex
from assistant.writers.lists import joined_with_commas
from assistant.writers.names import divide, stands_for_others
from assistant.writers.venues import PublicationKind, publication_kind

_HEADLINE_SHARE = 0.75
"""Share of capital initials from which a title is a headline, not a sentence."""

_UNFIT_IN_URL = re.compile(r"[^!#-\[\]_a-z~]")
"""Everything but what stands in URLs and DOIs and means nothing to BibTeX."""

_PLACES: dict[PublicationKind, tuple[str, str]] = {
    "article": ("article", "journal"),
    "proceedings": ("inproceedings", "booktitle"),
    "preprint": ("misc", "howpublished"),
    "other": ("misc", "howpublished"),
}
"""The kind of entry, and the field that names the venue."""


def bibtex(papers: Iterable[Paper]) -> str:
    """Return one entry for each paper, in their order; "" for none.

    A paper that is given twice is written once. See :func:`write_bibtex`.
    """
    return "".join(write_bibtex({paper.paper_id: paper for paper in papers}.values()))


def write_bibtex(papers: Collection[Paper]) -> Iterator[str]:
    """Yield one entry for each paper, under its citation key.

    Titles, venues and names are written as they are shown, because they are typeset: read back,
    ``$^2$`` is ``^2``. Of an abstract, which is not, every character is kept. Not carried are
    identifiers with signs that BibTeX does not take (they are written as in a URL), keywords
    with semicolons, and tags. "and others" is no author to those who read it.
    """
    keys = CitationKeys(papers)
    for number, paper in enumerate(papers):
        yield ("\n" if number else "") + _entry(paper, keys.new(paper))


def _entry(paper: Paper, key: str) -> str:
    """Return one entry, with a line break at its end."""
    kind, place = _PLACES[publication_kind(paper)]
    words = [latex(normalise(word)) for word in paper.keywords]
    fields = {
        "author": " and ".join(name for name in map(_author, paper.authors) if name),
        "title": _title(readable(paper.title)),
        place: latex(readable(paper.venue)),
        "year": str(paper.year) if paper.year is not None else "",
        "eprint": _verbatim(paper.arxiv_id),
        "archivePrefix": "arXiv" if paper.arxiv_id else "",
        "doi": _verbatim(paper.doi),
        "pmid": _verbatim(paper.pmid),
        "url": _verbatim(paper.url),
        "keywords": joined_with_commas(words),
        "abstract": latex(normalise(paper.abstract)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _verbatim(text: str) -> str:
    """Return an address or an identifier, which LaTeX takes as it stands, fit for braces."""
    return _UNFIT_IN_URL.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), normalise(text)
    )


# Titles


def _title(title: str) -> str:
    """Return a title whose capitals survive styles that write titles in small letters."""
    words = title.split()
    inner = [word for word in words[1:] if word[0].isalpha() and word.lower() not in STOP_WORDS]
    # In a sentence, unlike in a Headline Like This, a capital marks a name.
    capitals = sum(word[0].isupper() for word in inner)
    is_sentence = capitals < _HEADLINE_SHARE * len(inner)
    written = []
    begins = True
    for word in words:
        written.append(_protected(word, names=is_sentence and not begins))
        begins = word[-1] in ":.?!"
    return " ".join(written)


def _protected(word: str, *, names: bool) -> str:
    """Put braces around the letters of a word that must keep its capitals: ``({BERT})``."""
    core = re.search(r"[^\W_](?:.*[^\W_])?", word)
    if core is None:
        return latex(word)
    parts = re.split(r"[-–—/]", core[0])
    keeps = any(_is_name(part) for part in parts) or (names and core[0][0].isupper())
    if not keeps:
        return latex(word)
    return f"{latex(word[: core.start()])}{{{latex(core[0])}}}{latex(word[core.end() :])}"


def _is_name(part: str) -> bool:
    """Tell whether a word has capitals beside its first (``BERT``), or is one (``D``, ``T5``)."""
    if any(letter.isupper() for letter in part[1:]):
        return True
    return part[:1].isupper() and part != "A" and not any(map(str.isalpha, part[1:]))


# Authors


def _author(name: str) -> str:
    """Return a name as BibTeX divides it rightly: particles, suffixes, organisations."""
    clean = readable(name).strip(" ,")
    if stands_for_others(clean):
        return "others"
    written = ", ".join(latex(part, is_name=True) for part in divide(clean))
    return written or (f"{{{latex(clean, is_name=True)}}}" if clean else "")
