"""A store on a real Chroma server: turns, mirrors that follow, and servers that are none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest

from assistant.config import StoreSettings
from assistant.errors import (
    Cancelled,
    LibraryBusy,
    LibraryError,
    LibraryMissing,
)
from assistant.store import lease, server
from assistant.store.chroma import ChromaStore
from assistant.store.filling import Filling
from assistant.store.folder import LibraryFolder
from assistant.store.server import ServerConnection
from assistant.store.shared import Revision, SharedStore
from assistant.store.stored import IndexedPaper, in_pieces, record_metadata, stored_from_metadata
from assistant.types import Cancellation, Paper, Passage
from tests.chroma_server import ChromaServer, Gate

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

Open = Callable[..., LibraryFolder]

TOKEN = "ck-token-of-the-tests-0123456789"
VARIABLE = StoreSettings().token_variable


def indexed(paper_id: str, passages: int = 2, *, title: str = "") -> IndexedPaper:
    paper = Paper(paper_id=paper_id, title=title or f"Title of {paper_id}", abstract="We win.")
    vectors = (
        np.random.default_rng(crc32(paper_id.encode()))
        .normal(size=(passages, 8))
        .astype(np.float32)
    )
    return IndexedPaper(
        paper=paper,
        digest=f"digest {passages}",
        origins={"a.bib": (paper,)},
        passages=[
            Passage(paper_id=paper_id, index=n, text=f"passage {n}", start=0, end=7)
            for n in range(passages)
        ],
        vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
    )


def put(folder: LibraryFolder, *papers: IndexedPaper) -> None:
    with folder.store.writing():
        folder.store.upsert(papers)
    stored = [item.stored for item in papers]
    folder.mirror.put(stored, removed=(), revision=folder.store.revision)


def shown(folder: LibraryFolder) -> set[str]:
    """Return the papers of the mirror once it was brought up to date, if it could be."""
    folder._follow_again_s = 0.0
    folder.follow()
    return {paper.paper_id for paper in folder.mirror.papers()}


@pytest.fixture
def machine(tmp_path: Path, on_server: StoreSettings) -> Iterator[Open]:
    """Open the library on the server from a folder, as another machine would."""
    opened = []

    def begin(name: str, settings: StoreSettings = on_server, **options: Any) -> LibraryFolder:
        path = tmp_path / name
        path.mkdir(exist_ok=True)
        opened.append(LibraryFolder(path, embedder="e", server=settings, **options))
        return opened[-1]

    yield begin
    for folder in opened:
        folder.close()


# Mirrors


def test_a_mirror_follows_what_others_add_change_and_remove(machine: Open) -> None:
    one, other = machine("one"), machine("other")
    with one.writing():
        put(one, *(indexed(f"p{n}") for n in range(40)))
    assert shown(other) == {f"p{n}" for n in range(40)}
    with other.writing():
        put(other, indexed("p3", 5, title="Another title"))
    assert shown(one) == shown(other)
    assert one.mirror.get(["p3"])["p3"] == indexed("p3", 5, title="Another title").stored
    with one.writing():
        with one.store.writing():
            one.store.delete_passages("p7", first=0, stop=2)
        one.mirror.put((), removed=["p7"], revision=one.store.revision)
    assert shown(other) == {f"p{n}" for n in range(40)} - {"p7"}
    assert shown(machine("third")) == shown(other)
    assert one.mirror.revision == other.mirror.revision == one.store.revision


def test_what_was_seen_is_not_read_again(
    machine: Open, chroma_server: ChromaServer, on_server: StoreSettings
) -> None:
    one = machine("one")
    for first in range(0, 400, 100):
        with one.writing():
            put(one, *(indexed(f"p{n}") for n in range(first, first + 100)))
    gate = Gate(chroma_server)
    other = machine("other", replace(on_server, url=gate.url))
    whole = gate.bytes_out
    assert len(shown(other)) == 400
    for action in (lambda: put(one, indexed("new")), lambda: None):
        with one.writing():
            action()
        gate.bytes_out = gate.requests = 0
        assert "new" in shown(other)
        assert gate.bytes_out < whole / 10
        assert gate.requests < 8
    gate.close()


def test_a_mirror_that_was_cut_short_goes_on(
    machine: Open, on_server: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = machine("one"), machine("other")
    for first in range(0, 100, 4):
        with one.writing():
            put(one, *(indexed(f"p{n}") for n in range(first, first + 4)))
    read, real = [], SharedStore.written

    def written(self: SharedStore, *, after: int, until: int) -> Any:
        if read:
            raise LibraryError("The server is gone.")
        read.append(after)
        return real(self, after=after, until=until)

    monkeypatch.setattr(SharedStore, "written", written)
    with pytest.raises(LibraryError, match="gone"):
        other._catch_up_alone(Filling())
    shown(other)  # stays as it is, and tells nobody
    monkeypatch.undo()
    assert 0 < other.mirror.count() < 100
    seen = Revision.parse(other.mirror.revision)
    assert seen is not None
    assert seen.done == 16
    assert len(shown(other)) == 100


def test_papers_of_a_write_that_was_cut_short_are_shown_and_finished_later(machine: Open) -> None:
    one, other = machine("one"), machine("other")
    with one.writing():
        put(one, indexed("a"))
        # As a program that was killed: the write has begun, and part of it is there.
        one.store.note({"begun": one.store.progress.begun + 1})
        one.store._writes = True
        one.store.upsert([indexed("b")])
        assert shown(other) == {"a", "b"}
        one.store.upsert([indexed("late")])
        one.store._writes = False
    with one.writing():
        put(one, indexed("c"))
    assert shown(other) == {"a", "b", "late", "c"} == shown(one)


def test_a_library_that_was_deleted_and_begun_anew_is_shown_as_it_is(
    machine: Open, on_server: StoreSettings
) -> None:
    one = machine("one")
    with one.writing():
        put(one, indexed("old"), indexed("both"))
    one.store._connection.delete(on_server.collection)
    with pytest.raises(LibraryMissing, match="There is no library"):
        _ = one.store.revision
    other = machine("other")
    with other.writing():
        put(other, indexed("both"), indexed("new"))
    assert shown(one) == {"both", "new"}


def test_each_library_has_a_mirror_of_its_own(machine: Open, on_server: StoreSettings) -> None:
    one = machine("same")
    with one.writing():
        put(one, indexed("a"))
    elsewhere = machine("same", replace(on_server, collection=f"{on_server.collection}-2"))
    assert shown(elsewhere) == set()
    assert shown(one) == {"a"}


def test_a_library_is_begun_only_if_that_is_wanted(machine: Open) -> None:
    with pytest.raises(LibraryMissing, match=r"There is no library '.*' on http"):
        machine("one", create=False)
    machine("one")
    machine("other", create=False)


# Search


def test_a_search_on_a_server_finds_what_one_in_a_folder_does(
    machine: Open, tmp_path: Path
) -> None:
    papers = [indexed(f"p{n}", 1 + n % 3) for n in range(120)]
    there, here = machine("one").store, ChromaStore(tmp_path / "chroma", embedder="e")
    for store in (there, here):
        store.upsert(papers)
    query = papers[5].vectors[0]
    pairs = [(item.paper.paper_id, len(item.passages)) for item in papers]
    for limit in (1, 20, 10_000):
        found = there.nearest(query, limit=limit)
        assert found == pytest.approx(here.nearest(query, limit=limit), abs=1e-5)
        some = there.nearest(query, limit=limit, passages=pairs[:40])
        assert some == pytest.approx(here.nearest(query, limit=limit, passages=pairs[:40]))
    assert there.cosines(query, pairs) == pytest.approx(here.cosines(query, pairs), abs=1e-5)
    assert there.cosines(query, []) == there.nearest(query, limit=5, passages=[]) == {}
    gone = [*pairs[:3], ("nobody", 2)]
    assert there.cosines(query, gone) == pytest.approx(here.cosines(query, gone), abs=1e-5)
    assert there.nearest(query, limit=9, passages=gone).keys() == dict(pairs[:3]).keys()
    here.close()


def test_pages_of_a_server_that_gives_few_rows_at_once(
    machine: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_CLOUD", "127.0.0.1")
    monkeypatch.setattr(server, "_CLOUD_ROWS", 30)
    one, other = machine("one"), machine("other")
    papers = [indexed(f"p{n}", 2) for n in range(100)]
    with one.writing():
        put(one, *papers)
    assert one.store._connection.max_rows == 30
    assert len(shown(other)) == len(list(other.store.papers())) == 100
    pairs = [(item.paper.paper_id, 2) for item in papers]
    assert len(other.store.cosines(papers[0].vectors[0], pairs)) == 100
    with one.writing(), one.store.writing():
        one.store.delete_rows([f"p{n}:{i}" for n in range(90) for i in range(2)])
    assert len(shown(other)) == 10


def test_a_long_record_is_kept_in_pieces() -> None:
    paper = Paper(paper_id="p", title="T", abstract="naïve 中文 😀 " * 2000)
    item = replace(indexed("p"), paper=paper, origins={"a": (paper,), "b": (paper,) * 2}).stored
    metadata = in_pieces(record_metadata(item))
    assert max(len(value.encode()) for value in metadata.values() if isinstance(value, str)) <= 4096
    assert stored_from_metadata(metadata) == item
    # What is left of a longer record is not read.
    short = indexed("p").stored
    assert stored_from_metadata(metadata | in_pieces(record_metadata(short))) == short


# A successor


def test_a_successor_takes_its_place_for_all(machine: Open) -> None:
    one, other = machine("one"), machine("other")
    with one.writing():
        put(one, indexed("a"), indexed("b"))
        put(one, indexed("gone"))
    assert shown(other) == {"a", "b", "gone"}
    with one.turns() as turn:
        successor = one.store.successor(embedder="f")
        successor.upsert([indexed("a", 3), indexed("b", 3)])
        successor.close()
        with turn():
            one.store.succeed()
    assert shown(other) == shown(one) == {"a", "b"}
    assert one.store.embedder == other.store.embedder == "f"
    assert other.mirror.get(["a"])["a"].passages == 3
    with other.writing():
        put(other, indexed("c"))
    assert shown(one) == {"a", "b", "c"}


def test_a_succession_that_was_cut_short_is_finished_before_others_write(machine: Open) -> None:
    one, other = machine("one"), machine("other")
    with one.writing():
        put(one, indexed("old"))
        with one.store.successor(embedder="f").writing():
            pass
        successor = one.store.successor(embedder="f")
        with successor.writing():
            successor.upsert([indexed("new")])
        successor.note({"whole": True})
        successor.close()
    with other.writing():
        put(other, indexed("added"))
    assert shown(other) == shown(one) == {"new", "added"}
    assert other.store.embedder == "f"


# Turns


def test_two_machines_take_turns(machine: Open) -> None:
    folders = [machine("one"), machine("other")]
    inside, most = [0], [0]

    def work(number: int) -> None:
        for n in range(6):
            with folders[number].turns() as turn, turn():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                put(folders[number], indexed(f"m{number}-{n}"))
                inside[0] -= 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert shown(folders[0]) == shown(folders[1]) == {f"m{m}-{n}" for m in (0, 1) for n in range(6)}
    # Nothing is left of the turns.
    names = folders[0].store._connection.names()
    assert not [name for name in names if name.startswith(f"{folders[0].store._name}-")]


def test_who_waits_too_long_is_told_and_can_stop(
    machine: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = machine("one"), machine("other")
    monkeypatch.setattr(lease, "_PATIENCE_S", 0.2)
    cancel = Cancellation()
    cancel.cancel()
    with one.writing():
        with pytest.raises(LibraryBusy, match="Another program is writing to the library on http"):
            other.writing().__enter__()
        with pytest.raises(Cancelled), other.writing(cancel=cancel):
            pass
    with other.writing():
        put(other, indexed("a"))


def test_the_turn_of_one_who_died_is_taken_over(machine: Open, on_server: StoreSettings) -> None:
    one, other = machine("one"), machine("other")
    name = f"{on_server.collection}-writer"
    connection = one.store._connection
    assert isinstance(connection, ServerConnection)
    # Of another machine it has to run out,
    past = {"owner": "someone", "until_s": connection.now_s() - 1}
    assert connection.claim(name, metadata=past) is not None
    with one.writing():
        put(one, indexed("a"))
    # of the same folder, whose lock is free, it need not.
    mine = {"owner": lease.owner_at(one.path), "until_s": connection.now_s() + 1000}
    assert connection.claim(name, metadata=mine) is not None
    with one.writing():
        put(one, indexed("b"))
    assert shown(other) == {"a", "b"}


def test_who_lost_the_turn_writes_no_more(machine: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = machine("one"), machine("other")
    store = one.store
    assert isinstance(store, SharedStore)
    with one.writing():
        # A machine that slept: its lease ran out, and another took the turn.
        store._lease._held.modify(metadata={"owner": "x", "until_s": 0.0})
        with other.writing():
            # While it slept, one of its clocks stood still.
            monkeypatch.setattr(lease, "_clocks_s", lambda: (time.monotonic(), time.time() + 1000))
            with pytest.raises(LibraryBusy, match="ran out"):
                store.upsert([indexed("too late")])
    with other.writing():
        put(other, indexed("a"))
    assert shown(one) == shown(other) == {"a"}


def test_a_turn_is_renewed_while_it_lasts(machine: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "VALID_S", 0.6)
    monkeypatch.setattr(lease, "_RENEW_S", 0.1)
    monkeypatch.setattr(lease, "_PATIENCE_S", 1.5)
    one, other = machine("one"), machine("other")
    with one.writing():
        with pytest.raises(LibraryBusy):
            other.writing().__enter__()
        put(one, indexed("a"))
    assert shown(other) == {"a"}
