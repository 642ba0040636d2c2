"""Proves that a library is consistent, or says where it is not.

The store is read once from end to end: every row must be a passage of a paper whose record is
there, with a vector of length 1, and every paper must have all of its rows. Then the mirror must
hold the same papers under the keys that their records give, no two papers may be the same, and a
search for the vectors of some rows must find them. Memory: about 300 bytes a paper.

To a server others go on writing. What they wrote to since it was read is read again, in a turn, so
that what is told is true of one moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field

import numpy as np

from assistant.errors import Cancelled, LibraryError
from assistant.indexing.crowds import near_pairs
from assistant.indexing.gathering import PROGRAM, file_records
from assistant.indexing.problems import CheckProgress, Problem, ProblemKind
from assistant.indexing.sameness import Identity, identities, why_same
from assistant.store.folder import LibraryFolder, Turn
from assistant.store.mirror_inspection import mirror_problems, with_shared_keys
from assistant.store.shared import SharedStore
from assistant.store.stored import (
    StoredPaper,
    StoredRow,
    Vectors,
    row_id,
    same_write,
    stored_from_metadata,
)
from assistant.types import Cancellation, is_cancelled

_PAGE_ROWS = 2000
_INDEX = re.compile(r"0|[1-9]\d{0,4}")
_SAMPLES = 20
_NEIGHBOURS = 20
_MAX_LENGTH_ERROR = 0.01
_ALIKE = 0.999
"""Cosine from which a row that a search found is the one it was asked for, or its twin."""


@dataclass(slots=True)
class _Seen:
    """What the rows of a paper were found to be."""

    passages: int | None = None
    """As its record says; None until that is read."""
    chars: int = 0
    """Length of its abstract."""
    sound: int = 0
    """A bit for each row that is as it should be."""
    rows: int = 0
    """A bit for each row."""
    end: int = 0
    """Where the last of its passages ends."""
    fault: str = ""
    """What is wrong with the first row that is not sound."""


@dataclass
class Inspection:
    """One look at a library, by whoever holds the right to write from its folder."""

    folder: LibraryFolder
    turn: Turn = nullcontext
    """What keeps others from writing to a server; they do already by default."""
    progress: CheckProgress | None = None
    cancel: Cancellation | None = None

    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    broken: list[str] = field(default_factory=list)
    """Ids of papers that are to be indexed again from their records."""
    orphans: list[str] = field(default_factory=list)
    """Ids of rows that are to be removed."""
    same: list[list[str]] = field(default_factory=list)
    """Ids of papers that are the same, those first that were added first."""
    revision: str = ""
    """What was looked at."""

    def __post_init__(self) -> None:
        """Begin with nothing seen."""
        self._dimension = 0
        self._seen: dict[str, _Seen] = {}
        self._samples: list[tuple[str, Vectors]] = []
        self._unreadable: dict[str, str] = {}
        self._differ: dict[str, str] = {}

    @property
    def papers(self) -> int:
        """Papers whose records were found."""
        return sum(seen.passages is not None for seen in self._seen.values())

    def run(self) -> list[Problem]:
        """Look at everything; return what is wrong."""
        with self.turn():
            self.revision = self.folder.store.revision
        self._read_store()
        with self.turn():
            self._read_again()
            lost = [paper_id for paper_id, vector in self._samples if not self._finds(vector)]
        self._judge_papers()
        self._compare_mirror()
        self.find_doubles()
        for paper_id in lost:
            if paper_id not in self.broken:
                self.broken.append(paper_id)
                self._tell("search", "a search does not find its passage", paper_id)
        return self.problems

    # The store

    def _read_store(self) -> None:
        total = self.folder.store.count()
        every = max(1, total // _SAMPLES)
        for ids in self._pages():
            self._read(ids)
            for place in range(-self.rows % every, len(ids), every):
                self._sample(ids[place])
            self.rows += len(ids)
            if self.progress is not None:
                self.progress("checking", min(self.rows, total), total)

    def _pages(self) -> Iterator[list[str]]:
        """Yield the ids of all rows; while others write, some may be left out."""
        offset = 0
        while ids := self.folder.store.ids(offset=offset, limit=_PAGE_ROWS):
            yield ids
            offset += len(ids)

    def _read(self, ids: list[str]) -> None:
        if is_cancelled(self.cancel):
            raise Cancelled("Stopped. The check was not finished.")
        records: dict[str, StoredPaper] = {}
        for row in self._rows(ids):
            self._look_at(row, records)
        self._compare_records(records)

    def _read_again(self) -> None:
        """Read what others wrote since it was read, and forget what they removed."""
        store, since = self.folder.store, self.revision
        self.revision = store.revision
        if self.revision == since or not isinstance(store, SharedStore):
            return
        there = dict.fromkeys(found for ids in self._pages() for found in ids)
        stale = {
            paper_id
            for paper_id, seen in self._seen.items()
            if any(row_id(paper_id, index) not in there for index in _bits(seen.rows))
        }
        stale |= store.written_since(since) & self._seen.keys()
        for paper_id in stale:
            for seen in (self._seen, self._unreadable, self._differ):
                seen.pop(paper_id, None)
        self._samples = [sample for sample in self._samples if sample[0] not in stale]
        self.orphans.clear()
        self.problems.clear()
        self.rows = len(there)
        unseen = [found for found in there if not self._has_seen(found)]
        for first in range(0, len(unseen), _PAGE_ROWS):
            self._read(unseen[first : first + _PAGE_ROWS])

    def _has_seen(self, found: str) -> bool:
        paper_id, _, number = found.rpartition(":")
        if paper_id not in self._seen or not _INDEX.fullmatch(number):
            return False
        return bool(self._seen[paper_id].rows >> int(number) & 1)

    def _rows(self, ids: list[str]) -> Iterator[StoredRow]:
        """Yield rows; those whose vectors cannot be read without them."""
        try:
            rows = self.folder.store.rows(ids)
        except LibraryError:
            if len(ids) == 1:
                yield from self.folder.store.rows(ids, vectors=False)
                return
            middle = len(ids) // 2
            yield from self._rows(ids[:middle])
            yield from self._rows(ids[middle:])
        else:
            yield from rows

    def _look_at(self, row: StoredRow, records: dict[str, StoredPaper]) -> None:
        paper_id, _, number = row.row_id.rpartition(":")
        if not paper_id or not _INDEX.fullmatch(number):
            self.orphans.append(row.row_id)
            self._tell("orphans", f"the row '{row.row_id[:60]}' is no passage")
            return
        index = int(number)
        seen = self._seen.setdefault(paper_id, _Seen())
        seen.rows |= 1 << index
        if index == 0:
            try:
                item = stored_from_metadata(row.metadata)
                if item.paper.paper_id != paper_id or item.passages < 1:
                    raise LibraryError("It is another paper's.")
            except (LibraryError, KeyError, ValueError):
                self._unreadable[paper_id] = str(row.metadata.get("title", ""))
            else:
                seen.passages, seen.chars = item.passages, len(item.paper.abstract)
                records[paper_id] = item
        fault = self._fault(row, paper_id, index)
        if fault:
            seen.fault = seen.fault or fault
        else:
            seen.sound |= 1 << index
            seen.end = max(seen.end, int(row.metadata["end"]))

    def _fault(self, row: StoredRow, paper_id: str, index: int) -> str:
        """Return what is wrong with a row, "" if nothing is."""
        told = row.metadata
        start, end = told.get("start"), told.get("end")
        if (told.get("paper_id"), told.get("index")) != (paper_id, index):
            return "it is marked as another paper's"
        if not (row.text and isinstance(start, int) and isinstance(end, int) and 0 <= start <= end):
            return "it has no text or no place in the abstract"
        if row.vector is None:
            return "its vector cannot be read"
        self._dimension = self._dimension or row.vector.size
        if row.vector.size != self._dimension:
            return f"its vector has {row.vector.size} numbers and not {self._dimension}"
        if not abs(float(np.linalg.norm(row.vector)) - 1) < _MAX_LENGTH_ERROR:
            return "its vector has not the length 1"
        return ""

    def _sample(self, sample_id: str) -> None:
        for row in self._rows([sample_id]):
            if row.vector is not None:
                self._samples.append((row.row_id.rpartition(":")[0], row.vector))

    def _compare_records(self, records: dict[str, StoredPaper]) -> None:
        """Compare the papers of a page with what the mirror holds of them."""
        try:
            shown = self.folder.mirror.get(list(records))
        except LibraryError:
            return  # said by the inspection of the mirror
        for paper_id, item in records.items():
            if paper_id not in shown:
                self._differ[paper_id] = f"'{item.paper.title[:60]}' is missing"
            elif shown[paper_id] != item:
                self._differ[paper_id] = f"'{item.paper.title[:60]}' is another"

    # Papers

    def _judge_papers(self) -> None:
        known = self._known_to_the_mirror()
        for paper_id, seen in self._seen.items():
            if seen.passages is None:
                self._judge_without_record(paper_id, seen, known.get(paper_id))
                continue
            wanted = (1 << seen.passages) - 1
            missing = (wanted & ~seen.rows).bit_count()
            extra = seen.rows & ~wanted
            self.orphans += [row_id(paper_id, index) for index in _bits(extra)]
            if extra:
                self._tell("orphans", f"{_rows(extra)} more than it has passages", paper_id)
            if missing:
                self._break(paper_id, f"{missing} of its {seen.passages} passages are missing")
            elif wanted & ~seen.sound:
                self._break(paper_id, f"a passage is unsound: {seen.fault}")
            elif seen.end > seen.chars:
                self._break(paper_id, "a passage goes beyond its abstract")
        for paper_id in known.keys() - self._seen.keys():
            self._break(paper_id, "all of its passages are missing")

    def _judge_without_record(self, paper_id: str, seen: _Seen, title: str | None) -> None:
        if title is not None:
            self._break(paper_id, "its record is missing or cannot be read")
            return
        self.orphans += [row_id(paper_id, index) for index in _bits(seen.rows)]
        if paper_id in self._unreadable:
            what = f"the record of '{self._unreadable[paper_id][:60]}' cannot be read"
            self._tell("unreadable", what, paper_id)
        else:
            self._tell("orphans", f"{_rows(seen.rows)} of no paper", paper_id)

    def _known_to_the_mirror(self) -> dict[str, str]:
        """Return the papers of the mirror that the store holds no whole record of, with titles."""
        try:
            return {
                item.paper.paper_id: item.paper.title
                for item in self.folder.mirror.stored()
                if self._seen.get(item.paper.paper_id, _Seen()).passages is None
            }
        except LibraryError:
            return {}

    def _break(self, paper_id: str, what: str) -> None:
        self.broken.append(paper_id)
        self._tell("incomplete", what, paper_id)

    def _tell(self, kind: ProblemKind, what: str, *paper_ids: str) -> None:
        message = f"{', '.join(paper_ids)}: {what}" if paper_ids else what
        self.problems.append(Problem(kind=kind, message=message, papers=paper_ids))

    # The mirror

    def _compare_mirror(self) -> None:
        mirror = self.folder.mirror
        for what in mirror_problems(self.folder.mirror_path):
            self._tell("mirror", f"the mirror: {what}")
            return
        if not same_write(mirror.revision, self.revision):
            self._tell("mirror", "the mirror shows another revision than the store has")
        if self._differ:
            first = next(iter(self._differ.values()))
            what = f"the mirror shows {len(self._differ)} papers otherwise than the store: {first}"
            problem = Problem(kind="mirror", message=what, papers=tuple(self._differ))
            self.problems.append(problem)

    # The same paper twice

    def find_doubles(self) -> None:
        """Look for papers that are the same, as far as the mirror can be read."""
        with suppress(LibraryError):  # said by the inspection of the mirror
            self._find_doubles()

    def _find_doubles(self) -> None:
        groups: dict[str, list[StoredPaper]] = {}
        for ids in with_shared_keys(self.folder.mirror_path):
            papers = self.folder.mirror.get(ids)
            told = [(papers[i], _identities([papers[i]])) for i in ids if i in papers]
            for one, other in near_pairs(told):
                first, second = one.paper.paper_id, other.paper.paper_id
                mine, theirs = groups.get(first, [one]), groups.get(second, [other])
                if mine is theirs or not (reason := _why_same(mine, theirs)):
                    continue
                self._tell("twice", f"the same paper twice, by {reason}", first, second)
                joined = [*mine, *theirs]
                groups |= {item.paper.paper_id: joined for item in joined}
        same = {id(group): group for group in groups.values()}.values()
        self.same = [[item.paper.paper_id for item in group] for group in same]

    # Search

    def _finds(self, vector: Vectors) -> bool:
        """Tell whether a search finds a row with a vector."""
        try:
            found = self.folder.store.nearest(vector, limit=_NEIGHBOURS)
        except LibraryError:
            return False
        return max(found.values(), default=0.0) >= _ALIKE


def _why_same(ones: list[StoredPaper], others: list[StoredPaper]) -> str:
    """Return what tells that papers are the same; those of programs go by their ids."""
    origins = [{name for item in papers for name in item.origins} for papers in (ones, others)]
    if {PROGRAM} in origins or all(PROGRAM in names for names in origins):
        return ""
    return why_same(_identities(ones), _identities(others))


def _identities(papers: list[StoredPaper]) -> list[Identity]:
    return identities(record for item in papers for record in file_records(item.origins))


def _bits(mask: int) -> list[int]:
    return [index for index in range(mask.bit_length()) if mask >> index & 1]


def _rows(mask: int) -> str:
    return "1 row" if mask.bit_count() == 1 else f"{mask.bit_count()} rows"
