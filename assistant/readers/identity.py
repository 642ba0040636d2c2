"""Which records are the same paper, decided from the record alone.

The id of a paper is made from the first of these that a record has: its DOI, its arXiv id, its
PMID, its title. So the same paper in two listings is one paper, a corrected abstract replaces
the old one, and no registry is asked. The price: a title in a listing and the same paper with a
DOI in an export are two papers.

Authors and year are left out of the identity of a titled paper. Listings do not know them,
preprints and journals disagree about the year, and exports spell names differently, so each of
them would split one paper into several. Only titles that name no paper ("Editorial") take them
in, as far as they are known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b

from assistant.text.authors import family_name
from assistant.text.clean import normalise, readable

ID_HEX_DIGITS = 12

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_PREFIX = re.compile(r"(?:https?://)?(?:dx\.)?doi\.org/|doi\s*:?\s*", re.IGNORECASE)
_ARXIV = re.compile(
    r"(?:arxiv\s*:\s*|https?://(?:www\.)?arxiv\.org/(?:abs|pdf|html)/)?"
    r"(\d{4}\.\d{4,5}|[a-z\-]{2,12}(?:\.[a-z]{2})?/\d{7})(?:v\d{1,3})?(?:\.pdf)?"
    r"(?:\s*\[[^\]]{0,20}\])?",
    re.IGNORECASE,
)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(\S+)", re.IGNORECASE)
_PMID = re.compile(r"(?:pmid\s*:?\s*|https?://pubmed\.ncbi\.nlm\.nih\.gov/)?(\d{1,9})/?", re.I)

_GENERIC_TITLES = frozenset({
    "abstract", "abstracts", "bookreview", "comment", "commentary", "contents", "correction",
    "corrigendum", "discussion", "editorial", "erratum", "foreword", "indexofauthors",
    "inreply", "inthisissue", "introduction", "lettertotheeditor", "notitle", "obituary",
    "preface", "reply", "response", "untitled",
})  # fmt: skip
"""Headings, as title keys, under which many papers appear."""


def paper_id(
    title: str,
    *,
    doi: str = "",
    arxiv_id: str = "",
    pmid: str = "",
    authors: Sequence[str] = (),
    year: int | None = None,
) -> str:
    """Return the id of a paper: 12 hexadecimal digits.

    They are the BLAKE2b digest of the first that exists and is well formed of: the DOI in lower
    case without its URL (an arXiv DOI counts as arXiv id), the arXiv id without its version, the
    PMID, and the title as readable text, NFKC, case-folded, letters and digits only. A title
    such as "Editorial" is joined by the first author's family name and the year, if given.
    """
    clean_doi = parse_doi(doi)
    arxiv_doi = _ARXIV_DOI.fullmatch(clean_doi)
    arxiv = parse_arxiv_id(arxiv_doi[1] if arxiv_doi else arxiv_id)
    if clean_doi and not (arxiv_doi and arxiv):
        key = f"doi:{clean_doi}"
    elif arxiv:
        key = f"arxiv:{arxiv}"
    elif number := parse_pmid(pmid):
        key = f"pmid:{number}"
    else:
        key = f"title:{_title_key(title, authors, year)}"
    return blake2b(key.encode(), digest_size=ID_HEX_DIGITS // 2).hexdigest()


def parse_doi(text: str) -> str:
    """Return the DOI in ``text`` in lower case and without its URL, or "" if there is none."""
    bare = _DOI_PREFIX.sub("", normalise(text), count=1)
    return bare.lower() if _DOI.fullmatch(bare) else ""


def parse_arxiv_id(text: str) -> str:
    """Return the arXiv id in ``text`` in lower case, without URL and version, or ""."""
    match = _ARXIV.fullmatch(normalise(text))
    return match[1].lower() if match else ""


def parse_pmid(text: str) -> str:
    """Return the PubMed id in ``text`` without leading zeros, or ""."""
    match = _PMID.fullmatch(normalise(text))
    return match[1].lstrip("0") if match else ""


def _title_key(title: str, authors: Sequence[str], year: int | None) -> str:
    key = _letters_and_digits(readable(title)) or normalise(title).casefold()
    if key not in _GENERIC_TITLES:
        return key
    family = _letters_and_digits(family_name(authors[0])) if authors else ""
    return f"{key}|{family}|{year or ''}"


def _letters_and_digits(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", folded)))
