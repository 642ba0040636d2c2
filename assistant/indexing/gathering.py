"""Finds out which paper a record belongs to, among those of a batch and those of the library.

What each file says about a paper is kept apart, by *origin*, so that a file that is added again
speaks for itself: an edit replaces what it said before, and what it no longer says can be taken
back.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import chain

from assistant.identity import ID_HEX_DIGITS
from assistant.indexing.crowds import CROWD, Crowds
from assistant.indexing.merging import merge
from assistant.indexing.sameness import (
    Identity,
    agree,
    grouped,
    identities,
    identity_of,
    is_by_title,
    why_same,
)
from assistant.store.lexical import LexicalMirror
from assistant.store.mirror_tables import id_key, known_by
from assistant.store.stored import Origins, StoredPaper
from assistant.types import Merged, Paper

PROGRAM = ""
"""The origin of papers that a program made: they go by the ids that it gave them."""

_PAGE_PAPERS = 1000


@dataclass(kw_only=True)
class Entry:
    """One paper of a batch."""

    paper_id: str
    origins: Origins
    """What each file says about it."""
    stored: StoredPaper | None = None
    """As the library holds it; None if it is new."""
    absorbed: list[StoredPaper] = field(default_factory=list)
    """Other papers of the library that turned out to be this one."""
    records: int = 0
    """Records of the batch that belong to it."""

    @property
    def paper(self) -> Paper:
        """The paper that its records make together, with the tags that a person gave it."""
        merged = merge(chain.from_iterable(self.origins.values()), paper_id=self.paper_id)
        held = [*([self.stored] if self.stored else []), *self.absorbed]
        tags = dict.fromkeys(chain(merged.tags, *(item.paper.tags for item in held)))
        return replace(merged, tags=tuple(tags))

    @property
    def identities(self) -> list[Identity]:
        """What its records say about which paper it is."""
        return identities(file_records(self.origins))

    def take_over(self, other: Entry) -> None:
        """Let this paper take the place of another one, which turned out to be the same."""
        for origin, records in other.origins.items():
            mine = self.origins.get(origin, ())
            self.origins[origin] = (*mine, *(r for r in records if r not in mine))
        self.absorbed += [*other.absorbed, *([other.stored] if other.stored else [])]
        self.records += other.records


class Gathering:
    """The records of one run, by paper. A batch of papers is taken out at a time."""

    def __init__(self, mirror: LexicalMirror) -> None:
        self.merged: list[Merged] = []
        """Records that joined a paper which was known from another record."""
        self._mirror = mirror
        self._batch: dict[str, Entry] = {}
        self._by_key: dict[str, dict[str, None]] = {}
        self._seen: dict[tuple[str, str], set[int]] = {}
        self._read: set[str] = set()
        self._suspect: set[str] = set()
        self._crowds = Crowds()
        self._edited: dict[str, str] = {}
        """Papers that a file told otherwise before, and the papers that it tells instead."""

    def __len__(self) -> int:
        """Return the number of papers in the batch."""
        return len(self._batch)

    def take(self, record: Paper, origin: str) -> None:
        """Put a record to the paper that it belongs to."""
        self._read.add(origin)
        found = self._find(record, origin)
        entry, *others = self._chosen(record, origin, found) or [self._new(record)]
        for other in others:
            self._join(entry, other)
        self._note(entry, record, origin)
        self._put(entry, record, origin)
        known = identity_of(record)
        for key in (id_key(entry.paper_id), *known.keys):
            self._by_key.setdefault(key, {})[entry.paper_id] = None
        self._crowds.put(entry.paper_id, known)
        if record.abstract and origin != PROGRAM:
            self._edited |= {
                old.paper_id: entry.paper_id
                for old in found
                if old is not entry
                and any(told.abstract == record.abstract for told in old.origins.get(origin, ()))
            }

    def drain(self) -> list[Entry]:
        """Return the papers of the batch, and begin a new one."""
        entries = list(self._batch.values())
        self._batch.clear()
        self._by_key.clear()
        return entries

    def forget_crowds(self) -> None:
        """Look at the library again where many papers share a key: others have written to it."""
        self._suspect.update(self._crowds)
        self._crowds = Crowds()

    def outdated(self, *, unread: Collection[str]) -> Iterator[Entry]:
        """Yield the papers of which a file of this run says less than when it was last added.

        Those that only such a record held together are yielded apart.
        """
        entries: dict[str, Entry] = {}
        replaced: dict[str, list[StoredPaper]] = {}
        for item in self._suspects():
            paper_id = item.paper.paper_id
            kept = {
                origin: tuple(
                    r for r in records if origin in unread or self._is_current(paper_id, origin, r)
                )
                for origin, records in item.origins.items()
            }
            if any(kept.values()):  # only a synchronised folder takes a whole paper away
                entries |= {entry.paper_id: entry for entry in self._parted(item, kept)}
            elif paper_id in self._edited:  # or an edit that made another paper of it
                replaced.setdefault(self._edited[paper_id], []).append(item)
        for paper_id, items in replaced.items():
            for stored in self._mirror.get([paper_id]).values():
                entry = Entry(paper_id=paper_id, origins=stored.origins, stored=stored)
                entries.setdefault(paper_id, entry).absorbed += items
        yield from entries.values()

    def _suspects(self) -> Iterator[StoredPaper]:
        """Yield the papers of which a file may have said more, those of crowds among them."""
        ids = sorted(self._suspect.union(self._crowds))
        for first in range(0, len(ids), _PAGE_PAPERS):
            yield from self._mirror.get(ids[first : first + _PAGE_PAPERS]).values()

    def gone(self, folders: Collection[str], *, unread: Collection[str]) -> Iterator[Entry]:
        """Yield the papers of which a file in ``folders`` no longer speaks, or is not there.

        What those files said is left out; a paper without origins is to be removed. ``unread``
        are files and folders that could not be read: what they said before still counts.
        """
        synced = tuple(folder.rstrip(os.sep) + os.sep for folder in folders if folder not in unread)
        for item in self._mirror.stored():
            paper_id = item.paper.paper_id
            kept: Origins = {
                origin: records
                for origin, records in item.origins.items()
                if (paper_id, origin) in self._seen
                or origin in unread
                or not origin.startswith(synced)
            }
            if len(kept) < len(item.origins):
                yield from self._parted(item, kept)

    def _find(self, record: Paper, origin: str) -> list[Entry]:
        """Return the papers of the batch and the library that a record may belong to."""
        known = identity_of(record)
        wanted = (id_key(record.paper_id),) if origin == PROGRAM else known.keys
        ids = dict.fromkeys(chain.from_iterable(self._by_key.get(key, ()) for key in wanted))
        found = {paper_id: self._batch[paper_id] for paper_id in ids}
        taken = {item.paper.paper_id: e for e in self._batch.values() for item in e.absorbed}
        for paper_id, item in self._stored(known, wanted).items():
            entry = taken.get(paper_id) or self._batch.get(paper_id)
            if entry is None:
                entry = Entry(paper_id=paper_id, origins=dict(item.origins), stored=item)
            found[entry.paper_id] = entry
        return list(found.values())

    def _stored(self, record: Identity, wanted: Collection[str]) -> dict[str, StoredPaper]:
        """Return the papers of the library that are known by a key; of crowds those near."""
        found = self._mirror.find([key for key in wanted if key not in self._crowds.keys])
        if len(found) > CROWD:
            self._make_crowds(wanted, found.values())
        near = [paper_id for paper_id in self._crowds.near(record) if paper_id not in found]
        return {**found, **self._mirror.get(near)} if near else found

    def _make_crowds(self, wanted: Collection[str], papers: Collection[StoredPaper]) -> None:
        """Remember the papers of keys that many have, so as not to read them all again."""
        known = [known_by(item) for item in papers]
        self._crowds.keys.update(
            key for key in wanted if sum(key in keys for keys in known) > CROWD // 4
        )
        for item in papers:
            for record in identities(file_records(item.origins)):
                self._crowds.put(item.paper.paper_id, record)
        for entry in self._batch.values():
            for record in entry.identities:
                self._crowds.put(entry.paper_id, record)

    def _chosen(self, record: Paper, origin: str, found: list[Entry]) -> list[Entry]:
        """Return the entries that a record belongs to: none or one, or several that it joins.

        Of those that contradict each other the first counts: where the record was before, then
        where an identifier leads it, then where the abstract is the same.
        """
        if origin == PROGRAM:
            entries = found
        else:
            known = identity_of(record)
            reasons = {entry.paper_id: why_same([known], entry.identities) for entry in found}
            linked = [entry for entry in found if reasons[entry.paper_id]]
            linked.sort(
                key=lambda e: (
                    e.origins.keys() == {PROGRAM},
                    record not in e.origins.get(origin, ()),
                    is_by_title(reasons[e.paper_id]),
                    all(told.abstract != record.abstract for told in file_records(e.origins)),
                    origin not in e.origins,
                )
            )
            entries, group = [], [known]
            for entry in linked:
                if agree(group, entry.identities):
                    entries.append(entry)
                    group += entry.identities
            # What the file said of a paper with a common key may have been edited away.
            refused = (entry for entry in found if entry not in entries)
            self._suspect.update(entry.paper_id for entry in refused if origin in entry.origins)
        # A paper of a program or one that is stored keeps its id, whatever joins it.
        entries.sort(
            key=lambda e: (PROGRAM not in e.origins, not e.stored, origin not in e.origins)
        )
        if origin != PROGRAM:
            entries = _without_kept_apart(entries)
        for entry in entries:
            self._batch.setdefault(entry.paper_id, entry)
        return entries

    def _new(self, record: Paper) -> Entry:
        paper_id = self._free_id(record, taken=self._batch)
        self._batch[paper_id] = Entry(paper_id=paper_id, origins={})
        return self._batch[paper_id]

    def _free_id(self, record: Paper, *, taken: Collection[str]) -> str:
        """Return the id of a record, or another one if that is the id of another paper."""
        paper_id = record.paper_id
        said = "\n".join((*sorted(identity_of(record).keys), *record.authors, str(record.year)))
        while paper_id in taken or self._mirror.get([paper_id]):
            # A chapter that has the DOI of its book, say, or a record that was edited since.
            paper_id = blake2b(said.encode(), digest_size=ID_HEX_DIGITS // 2).hexdigest()
            said += paper_id
        return paper_id

    def _parted(self, item: StoredPaper, kept: Origins) -> Iterator[Entry]:
        """Yield a stored paper as what is kept of its records makes it, if it differs.

        If these are several papers, the one that has the id of the stored one comes last: until
        it is written, the records of the others are told twice.
        """
        paper_id = item.paper.paper_id
        parts = parted(kept)
        parts.sort(key=lambda part: _has_record_with(paper_id, part))
        *others, own = parts or [{}]
        new_ids: set[str] = set()
        for part in others:
            first = next(chain.from_iterable(part.values()))
            new_id = self._free_id(first, taken=new_ids)
            new_ids.add(new_id)
            for origin, records in part.items():
                if (paper_id, origin) in self._seen:
                    self._seen[new_id, origin] = set(map(hash, records))
            yield Entry(paper_id=new_id, origins=part)
        if own != item.origins:
            yield Entry(paper_id=paper_id, origins=own, stored=item)

    def _join(self, entry: Entry, other: Entry) -> None:
        """Let ``entry`` take over another paper: a record says that both are the same."""
        for origin in other.origins:
            seen = self._seen.pop((other.paper_id, origin), None)
            if seen:
                self._seen.setdefault((entry.paper_id, origin), set()).update(seen)
        entry.take_over(other)
        del self._batch[other.paper_id]
        self._suspect.add(entry.paper_id)
        self._crowds.rename(other.paper_id, entry.paper_id)
        for papers in self._by_key.values():
            if papers.pop(other.paper_id, 1) is None:
                papers[entry.paper_id] = None

    def _note(self, entry: Entry, record: Paper, origin: str) -> None:
        """Remember that a record joins others, unless it did so before."""
        known = entry.origins.get(origin, ())
        again = (entry.paper_id, origin) in self._seen
        elsewhere = any(other != origin for other in entry.origins)
        if origin == PROGRAM or record in known or not (again or (elsewhere and not known)):
            return
        first = next(chain.from_iterable(entry.origins.values()))
        self.merged.append(
            Merged(
                title=record.title,
                source=record.source,
                into=first.title,
                into_source=first.source,
                by=why_same([identity_of(record)], entry.identities),
            )
        )

    def _put(self, entry: Entry, record: Paper, origin: str) -> None:
        known = entry.origins.get(origin, ())
        seen = self._seen.setdefault((entry.paper_id, origin), set())
        if record not in known:
            # The first record of this run replaces what the file said when it was last added.
            entry.origins[origin] = (*known, record) if seen else (record,)
        if len(known) > 1 or (known and record not in known):
            self._suspect.add(entry.paper_id)
        seen.add(hash(record))
        entry.records += 1

    def _is_current(self, paper_id: str, origin: str, record: Paper) -> bool:
        """Tell whether a file of this run still holds a record, or was not read at all."""
        return origin not in self._read or hash(record) in self._seen.get((paper_id, origin), ())


def parted(origins: Origins) -> list[Origins]:
    """Return the papers that records make: one, unless what held them together has gone.

    What goes by the id that a program gave it stays together.
    """
    if PROGRAM in origins:
        return [origins]
    told = [(origin, record) for origin, records in origins.items() for record in records]
    parts: list[Origins] = []
    for group in grouped([identity_of(record) for _, record in told]):
        part: Origins = {}
        for origin, record in (told[place] for place in group):
            part[origin] = (*part.get(origin, ()), record)
        parts.append(part)
    return parts


def _has_record_with(paper_id: str, origins: Origins) -> bool:
    return any(record.paper_id == paper_id for record in chain.from_iterable(origins.values()))


def _without_kept_apart(entries: list[Entry]) -> list[Entry]:
    """Leave out papers that a program keeps apart: from each other, and from those of files."""
    of_files = [entry for entry in entries if entry.origins.keys() != {PROGRAM}] or entries
    own = [entry for entry in of_files if PROGRAM in entry.origins]
    return [*own[:1], *of_files[len(own) :]]


def file_records(origins: Origins) -> Iterable[Paper]:
    """Return what files say about a paper: what a program says counts only of its own."""
    files = [records for origin, records in origins.items() if origin != PROGRAM]
    return chain.from_iterable(files or origins.values())
