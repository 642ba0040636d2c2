"""Finds among the many papers of one key the few that may be the same as a record.

Hundreds of papers may have one title ("Introduction to the special issue") or, as chapters, the
DOI of their book. To compare each with each would take hours; here they are filed under what
two of them must share besides to be the same: the first author, a word of the title, and that
not both have a DOI, an arXiv id or a PMID, which would be the same or contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

from assistant.indexing.sameness import Identity
from assistant.store.stored import StoredPaper

CROWD = 16
"""So many papers are still compared each with each."""

_KINDS = 3
_ANYONE = "*"

Place = tuple[str | int | bool, ...]
"""Where a paper is filed: a key, and what it must share besides."""


class Crowds:
    """The papers of some keys. Chosen are a superset of those that are the same."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self.keys = set(keys)
        self._papers: dict[Place, dict[str, None]] = {}
        self._places: dict[str, set[Place]] = {}

    def __iter__(self) -> Iterator[str]:
        """Yield the ids of all papers."""
        return iter(self._places)

    def put(self, paper_id: str, record: Identity) -> None:
        """File a paper under what one of its records says."""
        for key in self.keys.intersection(record.keys):
            self._put(paper_id, ((key, *place) for place in _filed(key, record)))

    def near(self, record: Identity) -> list[str]:
        """Return the ids of papers that may be the same as a record."""
        found: dict[str, None] = {}
        for key in filter(self.keys.__contains__, record.keys):
            for place in _sought(key, record):
                found.update(self._papers.get((key, *place), {}))
        return list(found)

    def rename(self, paper_id: str, other: str) -> None:
        """Let the paper ``other`` take the place of one."""
        if places := self._places.pop(paper_id, None):
            for place in places:
                del self._papers[place][paper_id]
            self._put(other, places)

    def _put(self, paper_id: str, places: Iterable[Place]) -> None:
        known = self._places.setdefault(paper_id, set())
        for place in places:
            known.add(place)
            self._papers.setdefault(place, {})[paper_id] = None


def near_pairs(
    papers: Sequence[tuple[StoredPaper, Sequence[Identity]]],
) -> Iterator[tuple[StoredPaper, StoredPaper]]:
    """Yield those pairs of papers with a common key that may be the same; records with each."""
    if len(papers) <= CROWD:
        for (one, _), (other, _) in combinations(papers, 2):
            yield one, other
        return
    crowd = Crowds(key for _, records in papers for record in records for key in record.keys)
    before: dict[str, StoredPaper] = {}
    for item, records in papers:
        for paper_id in dict.fromkeys(i for record in records for i in crowd.near(record)):
            yield before[paper_id], item
        before[item.paper.paper_id] = item
        for record in records:
            crowd.put(item.paper.paper_id, record)


def _filed(key: str, record: Identity) -> list[Place]:
    kind, has = key.partition(":")[0], _kinds(record)
    if kind == "title":
        return [(name, has) for name in (_ANYONE, *(record.author or ("",)))]
    if kind == "head":
        return [(name, record.title == record.head, has) for name in record.author]
    words = _words(kind, record)
    places = [*_titles(record), *(("word", word) for word in words)]
    if record.author:
        return [*places, *(("author", name) for name in record.author)]
    return [*places, *(("no author", word) for word in words)]


def _sought(key: str, record: Identity) -> list[Place]:
    kind, has = key.partition(":")[0], _kinds(record)
    others = [other for other in range(1 << _KINDS) if not other & has]
    if kind == "title":
        names = (*record.author, "") if record.author else (_ANYONE,)
        return list(product(names, others))
    if kind == "head":
        return list(product(record.author, (record.title != record.head,), others))
    words = _words(kind, record)
    if not record.author:
        return [*_titles(record), *(("word", word) for word in words)]
    return [
        *_titles(record),
        *(("author", name) for name in record.author),
        *(("no author", word) for word in words),
    ]


def _kinds(record: Identity) -> int:
    """Return a bit for each kind of identifier that a record has."""
    return sum(1 << place for place, value in enumerate(record.of_kinds) if value)


def _titles(record: Identity) -> list[Place]:
    return [
        ("title", record.title),
        ("head", record.head),
        ("words", " ".join(sorted(record.words))),
    ]


def _words(kind: str, record: Identity) -> Iterable[str]:
    # Only of a DOI do the words of titles matter where an author is unknown.
    return record.words if kind == "doi" else ("",)
