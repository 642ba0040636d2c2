"""Which records are the same paper.

Two records are the same paper if they share an identifier, their title, or their title but for
a subtitle, and nothing speaks against it: so a preprint and its published version, or a title
in a listing and the same paper with a DOI in an export, become one.

Titles are weaker than identifiers: first authors who differ keep papers of one title apart.
And the records of one paper agree, each with each: two DOIs (of which none is a preprint
server's), two arXiv ids or two PMIDs are never in one paper, whatever third record has the title
of both. Such a record goes to one of the two, and which one is the only thing that may depend on
the order in which files are added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.identity import (
    arxiv_id_of,
    head_key,
    is_preprint_doi,
    keys,
    parse_pmid,
    title_key,
)
from assistant.text.authors import family_name
from assistant.text.words import content_words, folded
from assistant.types import Paper

_MAX_YEARS_TO_PUBLISH = 3
_ALIKE = 0.6
"""Share of the words of the shorter abstract from which two are versions of one text."""
_MIN_WORDS = 8
"""Abstracts of fewer words say too little."""
_AKIN = 0.5
"""Share of the words of the shorter title from which two are titles of one paper."""

_PARTICLES = frozenset(
    "al am bin da dal de del della den der des di do dos du el ibn la le san te ten ter van von y "
    "zu zum zur".split()
)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_INITIALS = re.compile(r"(\w[\w'’\-]+(?: [\w'’\-]+)*) ([A-Z](?:[.\-]? ?[A-Z]){0,2}\.?)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a record says about which paper it is."""

    keys: tuple[str, ...]
    """See :func:`assistant.identity.keys`."""
    doi: str
    published_doi: str
    """The DOI unless it is a preprint server's."""
    arxiv_id: str
    pmid: str
    title: str
    """Its key; so is ``head``, the title without a subtitle."""
    head: str
    words: frozenset[str]
    """The words of the title that carry meaning."""
    author: frozenset[str]
    """How the first author may be called, small letters without accents; empty if unknown."""
    year: int | None
    abstract: str

    @property
    def of_kinds(self) -> tuple[str, str, str]:
        """The identifiers of which a paper has one of each kind: DOI, arXiv id, PMID."""
        return self.published_doi, self.arxiv_id, self.pmid


@lru_cache(maxsize=4096)
def identity_of(record: Paper) -> Identity:
    """Return what a record says about which paper it is."""
    known = keys(record)
    doi = next((key[4:] for key in known if key.startswith("doi:")), "")
    title = title_key(record.title, authors=record.authors, year=record.year)
    words = frozenset(content_words(folded(record.title)))
    return Identity(
        keys=known,
        doi=doi,
        published_doi="" if is_preprint_doi(doi) else doi,
        arxiv_id=arxiv_id_of(record),
        pmid=parse_pmid(record.pmid),
        title=title,
        head=head_key(record.title) or title,
        words=words or frozenset({title}),
        author=_names(record.authors[0]) if record.authors else frozenset(),
        year=record.year,
        abstract=record.abstract,
    )


def identities(records: Iterable[Paper]) -> list[Identity]:
    """Return what records say about which paper each is, each thing once."""
    return list(dict.fromkeys(map(identity_of, records)))


def contradict(one: Identity, other: Identity) -> bool:
    """Tell whether two records cannot be of one paper, whatever other records say."""
    if any(a and b and a != b for a, b in zip(one.of_kinds, other.of_kinds, strict=True)):
        return True
    if _shared_id(one, other):
        return _is_a_part(one, other)
    if one.title != other.title:
        return False
    if one.author and other.author:
        return not one.author & other.author
    return _years_apart(one, other)


def why_same(ones: Sequence[Identity], others: Sequence[Identity]) -> str:
    """Return what tells that two papers are the same, by what their records say.

    That is "DOI", "arXiv id", "PMID", "title", "title without subtitle", the first of them that
    fits; "" if none does, or if a record of the one contradicts one of the other.
    """
    found: set[str] = set()
    for one in ones:
        for other in others:
            if contradict(one, other):
                return ""
            found.add(_why_same(one, other))
    return min(found - {""}, key=_REASONS.index, default="")


_REASONS = ("DOI", "arXiv id", "PMID", "title", "title without subtitle")


def is_by_title(reason: str) -> bool:
    """Tell whether such a reason is one of the weaker ones."""
    return reason.startswith("title")


def grouped(records: Sequence[Identity]) -> list[list[int]]:
    """Return which of the records are the same papers, by their places in the sequence.

    Those with identifiers come together first, so that a bare title cannot come between.
    """
    groups: list[list[int]] = []
    for place in sorted(range(len(records)), key=lambda i: not any(records[i].of_kinds)):
        joined = [place]
        reasons = [why_same([records[place]], [records[i] for i in group]) for group in groups]
        order = sorted(filter(reasons.__getitem__, range(len(groups))), key=lambda i: (
            is_by_title(reasons[i])
        ))  # fmt: skip
        taken = set()
        for i in order:
            if agree([records[j] for j in joined], [records[j] for j in groups[i]]):
                joined += groups[i]
                taken.add(i)
        groups = [group for i, group in enumerate(groups) if i not in taken] + [joined]
    return sorted(map(sorted, groups))


def agree(ones: Sequence[Identity], others: Sequence[Identity]) -> bool:
    """Tell whether no record of the one paper contradicts one of the other."""
    return not any(contradict(one, other) for one in ones for other in others)


def _why_same(one: Identity, other: Identity) -> str:
    if shared := _shared_id(one, other):
        return shared
    if one.title == other.title:
        return "title"
    # Only one of them may have a subtitle: parts of a series have one each.
    if one.head != other.head or (one.title != one.head) == (other.title != other.head):
        return ""
    alike = one.author & other.author and not _years_apart(one, other)
    return "title without subtitle" if alike and _same_text(one, other) else ""


def _shared_id(one: Identity, other: Identity) -> str:
    """Return the kind of an identifier that two records share, or ""."""
    if one.doi and one.doi == other.doi:
        return "DOI"
    if one.arxiv_id and one.arxiv_id == other.arxiv_id:
        return "arXiv id"
    return "PMID" if one.pmid and one.pmid == other.pmid else ""


def _is_a_part(one: Identity, other: Identity) -> bool:
    """Tell whether records share only the identifier of the book that they stand in."""
    if one.title == other.title or one.head == other.head or one.words == other.words:
        return False
    if one.author and other.author:
        return not one.author & other.author
    # Books have DOIs; whatever has an arXiv id or a PMID is a whole paper.
    shared_doi = one.doi and one.doi == other.doi
    return bool(shared_doi) and not _akin(one.words, other.words)


def _akin(one: frozenset[str], other: frozenset[str]) -> bool:
    numbers = [{word for word in words if word.isdecimal()} for words in (one, other)]
    if all(numbers) and numbers[0] != numbers[1]:
        return False  # Chapter 1, Chapter 2
    return len(one & other) >= _AKIN * min(len(one), len(other))


def _years_apart(one: Identity, other: Identity) -> bool:
    if one.year is None or other.year is None:
        return False
    return abs(one.year - other.year) > _MAX_YEARS_TO_PUBLISH


def _same_text(one: Identity, other: Identity) -> bool:
    words = [set(content_words(folded(record.abstract))) for record in (one, other)]
    fewer = min(map(len, words))
    return fewer >= _MIN_WORDS and len(words[0] & words[1]) >= _ALIKE * fewer


def _names(author: str) -> frozenset[str]:
    """Return the forms of an author's family name that two spellings of it may share.

    Exports put particles and second family names to either side, glue them together, write
    initials behind a name without a comma ("Lee AB") and family names first ("Li Wei").
    """
    whole = " ".join(
        word for word in author.split() if word.strip(".,").casefold() not in _SUFFIXES
    )
    match = _INITIALS.fullmatch(whole)
    family = match[1] if match else family_name(whole.rstrip(","))
    found: set[str] = set()
    for text in {family, family.casefold().translate(_UMLAUTS)}:
        words = re.findall(r"\w+", folded(text))
        found |= {word for word in words if word not in _PARTICLES} or set(words)
        found.add("".join(words))
    full = sorted(re.findall(r"\w{2,}", folded(whole)))
    if len(full) == 2:
        found.add(" ".join(full))
    return frozenset(filter(None, found))
