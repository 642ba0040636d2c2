"""By what a paper is known: its identifiers, and its title.

A paper is known by its DOI, its arXiv id (any version), its PMID, and its title. The first of
these that a record has makes the id of a new paper. Which records are the same paper is decided
in :mod:`assistant.indexing.sameness`; here is what a title and an identifier are, however they
are written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b

from assistant.text.authors import family_name
from assistant.text.clean import normalise, readable
from assistant.text.latex import GREEK_NAMES
from assistant.types import Paper

ID_HEX_DIGITS = 12

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_PREFIX = re.compile(r"(?:https?://)?(?:dx\.)?doi\.org/|doi\s*:?\s*", re.IGNORECASE)
_QUOTED_SLASH = re.compile(r"^(10\.\d{4,9})%2f", re.IGNORECASE)
_ARXIV = re.compile(
    r"(?:arxiv\s*:\s*|https?://(?:www\.)?arxiv\.org/(?:abs|pdf|html)/)?"
    r"(\d{4}\.\d{4,5}|[a-z\-]{2,12}(?:\.[a-z]{2})?/\d{7})(?:v\d{1,3})?(?:\.pdf)?"
    r"(?:\s*\[[^\]]{0,20}\])?",
    re.IGNORECASE,
)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(\S+)", re.IGNORECASE)
_PMID = re.compile(r"(?:pmid\s*:?\s*|https?://pubmed\.ncbi\.nlm\.nih\.gov/)?(\d{1,9})/?", re.I)

_PREPRINT_DOI = re.compile(
    r"10\.1101/\d"  # bioRxiv, medRxiv; the journals of the same house go on with a letter
    r"|10\.1590/scielopreprints"
    r"|10\.7287/peerj\.preprints"
    r"|10\.(?:"
    r"2139"  # SSRN
    r"|5281"  # Zenodo
    r"|12688"  # F1000Research
    r"|20944"  # Preprints.org
    r"|21203"  # Research Square
    r"|22541"  # Authorea
    r"|26434"  # ChemRxiv
    r"|3121[89]|3122[0-9]|3123[0-9]"  # OSF: PsyArXiv, SocArXiv, EarthArXiv, …
    r"|32942"  # EcoEvoRxiv
    r"|35542"  # EdArXiv
    r"|36227"  # TechRxiv
    r"|48550"  # arXiv
    r"|64898"  # openRxiv
    r")/"
)

_SPELT_OUT = str.maketrans({"&": " and ", "+": " plus ", **GREEK_NAMES})
"""Signs of a title that some exports write as words."""
_BEFORE_SUBTITLE = re.compile(r"(.*?\w\W{0,3}?)(?:[:?!.] | [-\u2010-\u2015] )\s*\w")

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
        key = f"title:{_key(readable(title), title, authors, year)}"
    return blake2b(key.encode(), digest_size=ID_HEX_DIGITS // 2).hexdigest()


def parse_doi(text: str) -> str:
    """Return the DOI in ``text`` in lower case and without its URL, or "" if there is none."""
    bare = _DOI_PREFIX.sub("", normalise(text), count=1)
    # A full stop behind it belongs to the sentence that it ended; links write / as %2F.
    bare = _QUOTED_SLASH.sub(r"\1/", bare).rstrip(".,;")
    return bare.lower() if _DOI.fullmatch(bare) else ""


def parse_arxiv_id(text: str) -> str:
    """Return the arXiv id in ``text`` in lower case, without URL and version, or ""."""
    match = _ARXIV.fullmatch(normalise(text))
    return match[1].lower() if match else ""


def parse_pmid(text: str) -> str:
    """Return the PubMed id in ``text`` without leading zeros, or ""."""
    match = _PMID.fullmatch(normalise(text))
    return match[1].lstrip("0") if match else ""


def keys(paper: Paper) -> tuple[str, ...]:
    """Return all that a paper is found by, as ``kind:value``.

    Records of the same paper have one in common, but not all that have are: see
    :mod:`assistant.indexing.sameness`. ``head`` is the title without its subtitle, of a paper
    with authors and an abstract, which can tell whether it is the same with and without.
    """
    doi, arxiv_id, pmid = parse_doi(paper.doi), arxiv_id_of(paper), parse_pmid(paper.pmid)
    found = []
    if doi and not _ARXIV_DOI.fullmatch(doi):
        found.append(f"doi:{doi}")
    if arxiv_id:
        found.append(f"arxiv:{arxiv_id}")
    if pmid:
        found.append(f"pmid:{pmid}")
    found.append(f"title:{title_key(paper.title, authors=paper.authors, year=paper.year)}")
    head = head_key(paper.title)
    if head and paper.authors and paper.abstract:
        found.append(f"head:{head}")
    return tuple(found)


def title_key(title: str, *, authors: Sequence[str] = (), year: int | None = None) -> str:
    """Return the letters and digits of a title, the same for all spellings of it.

    ``&`` and ``+`` are words, and so are Greek letters; headings as "Editorial" are told apart
    by the first author and the year.
    """
    folded = unicodedata.normalize("NFKC", readable(title)).casefold()
    return _key(folded.translate(_SPELT_OUT), title, authors, year)


def head_key(title: str) -> str:
    """Return the key of a title without its subtitle, "" if that names no paper."""
    shown = readable(title)
    match = _BEFORE_SUBTITLE.match(shown)
    head = title_key(match[1] if match else shown)
    return head if _letters_and_digits(head) not in _GENERIC_TITLES else ""


def is_preprint_doi(doi: str) -> bool:
    """Tell whether a DOI, as :func:`parse_doi` returns it, was given by a server of preprints."""
    return _PREPRINT_DOI.match(doi) is not None


def arxiv_id_of(paper: Paper) -> str:
    """Return the arXiv id of a paper from wherever it stands: the field, a DOI, a link."""
    doi = _ARXIV_DOI.fullmatch(parse_doi(paper.doi))
    for text in (paper.arxiv_id, doi[1] if doi else "", paper.url):
        if found := parse_arxiv_id(text):
            return found
    return ""


def _key(shown: str, title: str, authors: Sequence[str], year: int | None) -> str:
    key = _letters_and_digits(shown) or normalise(title).casefold()
    if key not in _GENERIC_TITLES:
        return key
    family = _letters_and_digits(family_name(authors[0])) if authors else ""
    return f"{key}|{family}|{year or ''}"


def _letters_and_digits(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", folded)))
