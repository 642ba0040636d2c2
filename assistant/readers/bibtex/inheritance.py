"""What an entry of BibTeX takes from others: ``crossref`` and ``xdata``.

BibTeX wants a parent behind its children, biblatex lets it stand anywhere. So a child waits for
its parent, but only among the latest ``MAX_WAITING`` that wait; and of the parents that came
first the latest ``MAX_PARENTS`` are remembered. So memory does not grow with the file, and what
is not found is missing from one entry only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from assistant.readers.bibtex.entries import Entry
from assistant.types import Rejected

MAX_WAITING = 5_000
MAX_PARENTS = 20_000
_MAX_REMEMBERED_CHARS = 1_000
"""Of each field of a parent that came first."""

_CONTAINER = "xdata"
_PARENTS = frozenset({
    "book", "mvbook", "collection", "mvcollection", "proceedings", "mvproceedings",
    "reference", "mvreference", "periodical", "booklet", "xdata",
})  # fmt: skip
"""Kinds of entries that others refer to."""
_TO_ALL = ("booktitle", "booksubtitle", "year", "date", "journal", "journaltitle", "eventtitle")
_IN_A_BOOK = frozenset({"inbook", "bookinbook", "suppbook"})
_OWN = frozenset({"crossref", "xdata", "xref", "ids", "abstract", "doi", "url", "eprint", "pmid"})
"""Fields that say something about one entry alone."""


def resolve(entries: Iterable[Entry | Rejected]) -> Iterator[Entry | Rejected]:
    """Yield the entries with what they inherit; those that had to wait come later."""
    families = _Families()
    for entry in entries:
        if isinstance(entry, Rejected):
            yield entry
        else:
            yield from families.take(entry)
    yield from families.rest()


@dataclass(slots=True)
class _Child:
    entry: Entry
    missing: list[str]
    """Keys of the parents that have not come yet."""


class _Families:
    """Knows who waits for whom."""

    def __init__(self) -> None:
        self._waiting: dict[int, _Child] = {}
        """By their number in the file."""
        self._awaited: dict[str, list[int]] = {}
        self._parents: dict[str, Entry] = {}
        self._number = 0

    def take(self, entry: Entry) -> Iterator[Entry]:
        """Take the next entry; yield those that wait for nothing any more."""
        key = entry.key.lower()
        yield from self._release(key, entry)
        if entry.kind in _PARENTS:
            self._remember(key, entry)
        if entry.kind == _CONTAINER:
            return
        child = _Child(entry, [])
        for name in dict.fromkeys(_references(entry)):
            if name in self._parents:
                child.entry = _inherit(child.entry, self._parents[name])
            elif name != key:
                child.missing.append(name)
        if not child.missing:
            yield child.entry
            return
        self._number += 1
        self._waiting[self._number] = child
        for name in child.missing:
            self._awaited.setdefault(name, []).append(self._number)
        if len(self._waiting) > MAX_WAITING:
            yield self._give_up(next(iter(self._waiting)))

    def rest(self) -> Iterator[Entry]:
        """Yield the entries whose parents never came."""
        return (child.entry for child in self._waiting.values())

    def _release(self, key: str, parent: Entry) -> Iterator[Entry]:
        for number in self._awaited.pop(key, ()):
            child = self._waiting[number]
            child.entry = _inherit(child.entry, parent)
            child.missing.remove(key)
            if not child.missing:
                yield self._waiting.pop(number).entry

    def _give_up(self, number: int) -> Entry:
        child = self._waiting.pop(number)
        for name in child.missing:
            self._awaited[name].remove(number)
            if not self._awaited[name]:
                del self._awaited[name]
        return child.entry

    def _remember(self, key: str, entry: Entry) -> None:
        if key in self._parents:
            return
        if len(self._parents) >= MAX_PARENTS:
            del self._parents[next(iter(self._parents))]
        short = {
            name: value
            for name, value in entry.fields.items()
            if name not in _OWN and len(value) <= _MAX_REMEMBERED_CHARS
        }
        self._parents[key] = replace(entry, fields=short)


def _references(entry: Entry) -> list[str]:
    names = [entry.fields.get("crossref", ""), *entry.fields.get("xdata", "").split(",")]
    return [name.strip(" {}\n\t").lower() for name in names if name.strip(" {}\n\t")]


def _inherit(child: Entry, parent: Entry) -> Entry:
    """Return a child with the fields of its parent that it has not got itself.

    The title of the parent is where the child appeared. A child without a title stands for
    the parent itself, and has everything from it.
    """
    given = dict(parent.fields)
    if parent.kind != _CONTAINER and child.fields.get("title", "").strip():
        place = "journaltitle" if parent.kind in {"periodical", "article"} else "booktitle"
        taken = {name: given[name] for name in _TO_ALL if name in given}
        if "title" in given and parent.kind not in {"periodical", "article"}:
            taken.pop("booksubtitle", None)
            taken |= {"booktitle": given["title"]}
            if given.get("subtitle"):
                taken["booksubtitle"] = given["subtitle"]
        elif "title" in given:
            taken.setdefault(place, given["title"])
        if child.kind in _IN_A_BOOK and given.get("author"):
            taken["author"] = given["author"]
        given = taken
    given.pop("crossref", None)
    own = {name: value for name, value in child.fields.items() if value.strip()}
    return replace(child, fields=given | own)
