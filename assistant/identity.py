"""Which records are the same paper.

A paper is known by its DOI, its arXiv id (any version), its PMID, and its title. The first of
these that a record has makes the id of a new paper. Two records are the same paper if they
share one of them and nothing speaks against it: so a preprint and its published version, or a
title in a listing and the same paper with a DOI in an export, become one paper.

Titles alone are weaker: first authors who differ, two arXiv ids, two PMIDs or two DOIs of
which none is a preprint server's keep papers apart. Titles that name no paper ("Editorial")
take in author and year, as far as they are known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b

from assistant.text.authors import family_name
from assistant.text.clean import normalise, readable
from assistant.types import Paper

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

_WORDS = re.compile(r"\w{3,}")
_MAX_YEARS_TO_PUBLISH = 3
_PREPRINT_PREFIXES = (
    "10.1101/",  # bioRxiv, medRxiv
    "10.2139/",  # SSRN
    "10.5281/",  # Zenodo
    "10.12688/",  # F1000Research
    "10.20944/",  # Preprints.org
    "10.21203/",  # Research Square
    "10.26434/",  # ChemRxiv
    "10.31219/",  # OSF
    "10.31234/",  # PsyArXiv
    "10.36227/",  # TechRxiv
    "10.48550/",  # arXiv
)

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


def keys(paper: Paper) -> dict[str, str]:
    """Return all that a paper is known by, as ``kind:value``, each with its name for a reader."""
    doi, pmid = parse_doi(paper.doi), parse_pmid(paper.pmid)
    found = {f"title:{_title_key(paper.title, paper.authors, paper.year)}": "title"}
    if pmid:
        found[f"pmid:{pmid}"] = "PMID"
    if arxiv_id := _arxiv_id(paper):
        found[f"arxiv:{arxiv_id}"] = "arXiv id"
    if doi and not _ARXIV_DOI.fullmatch(doi):
        found[f"doi:{doi}"] = "DOI"
    return dict(reversed(found.items()))


def same_because(one: Paper, other: Paper) -> str:
    """Return what tells that two records are the same paper ("DOI", "title", …), or ""."""
    shared = keys(one).keys() & keys(other).keys()
    for key, name in keys(one).items():
        if key in shared and name != "title" and not _is_a_part(one, other):
            return name
    if any(key.startswith("title:") for key in shared) and not _differ(one, other):
        return "title"
    return ""


def is_preprint_doi(doi: str) -> bool:
    """Tell whether a DOI was given by a server of preprints."""
    return doi.startswith(_PREPRINT_PREFIXES)


def _arxiv_id(paper: Paper) -> str:
    doi = _ARXIV_DOI.fullmatch(parse_doi(paper.doi))
    for text in (paper.arxiv_id, doi[1] if doi else "", paper.url):
        if found := parse_arxiv_id(text):
            return found
    return ""


def _is_a_part(one: Paper, other: Paper) -> bool:
    """Tell whether records share only the identifier of the book that they stand in."""
    words = [set(_WORDS.findall(readable(paper.title).casefold())) for paper in (one, other)]
    return not words[0] & words[1] and _other_first_author(one, other)


def _differ(one: Paper, other: Paper) -> bool:
    """Tell whether two records of the same title are different papers."""
    if _other_first_author(one, other):
        return True
    for ids in ([_arxiv_id(p) for p in (one, other)], [parse_pmid(p.pmid) for p in (one, other)]):
        if all(ids) and ids[0] != ids[1]:
            return True
    dois = [parse_doi(paper.doi) for paper in (one, other)]
    if all(dois) and dois[0] != dois[1] and not any(map(is_preprint_doi, dois)):
        return True
    nameless = not (one.authors and other.authors)
    if nameless and one.year is not None and other.year is not None:
        return abs(one.year - other.year) > _MAX_YEARS_TO_PUBLISH
    return False


def _other_first_author(one: Paper, other: Paper) -> bool:
    if not (one.authors and other.authors):
        return False
    families = [
        _without_accents(family_name(paper.authors[0])).casefold() for paper in (one, other)
    ]
    # Exports put particles and second family names to either side, and glue them together.
    words = [set(re.findall(r"\w+", family)) for family in families]
    return not words[0] & words[1] and len({_letters_and_digits(f) for f in families}) > 1


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _title_key(title: str, authors: Sequence[str], year: int | None) -> str:
    key = _letters_and_digits(readable(title)) or normalise(title).casefold()
    if key not in _GENERIC_TITLES:
        return key
    family = _letters_and_digits(family_name(authors[0])) if authors else ""
    return f"{key}|{family}|{year or ''}"


def _letters_and_digits(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", folded)))
