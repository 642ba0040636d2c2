"""Checking and backing up a library on a server keeps nobody else from writing to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.config import EmbeddingSettings, LlmSettings, Settings, StoreSettings
from assistant.errors import LibraryBusy
from assistant.library import Library
from assistant.store import lease
from assistant.types import Paper

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

PAPERS = 24


def paper(number: int, *, more: str = "") -> Paper:
    return Paper(
        paper_id=f"zebra-{number}",
        title=f"On the zebra{number} of the savanna",
        abstract=f"We count zebra{number}. There are {number}. They are seen. We go on.{more}",
    )


@pytest.fixture
def open_from(tmp_path: Path, on_server: StoreSettings) -> Iterator[Callable[[str], Library]]:
    """Open the library on the server as another machine would."""
    opened = []
    settings = Settings(
        store=on_server, embedding=EmbeddingSettings(threads=1), llm=LlmSettings(enabled=False)
    )

    def begin(name: str) -> Library:
        opened.append(Library.open(tmp_path / name, settings=settings))
        return opened[-1]

    yield begin
    for library in opened:
        library.close()


@pytest.fixture
def mine(open_from: Callable[[str], Library]) -> Library:
    library = open_from("mine")
    library.add_papers(paper(n) for n in range(PAPERS))
    return library


@pytest.fixture
def other(open_from: Callable[[str], Library], monkeypatch: pytest.MonkeyPatch) -> Library:
    """Another machine, which waits for nobody."""
    monkeypatch.setattr(lease, "_PATIENCE_S", 0.5)
    return open_from("other")


class Once:
    """Does one thing after the other, one whenever it is told of progress."""

    def __init__(self, *actions: Callable[[], object]) -> None:
        self.left = list(actions)

    def __call__(self, *_: object) -> None:
        if self.left:
            self.left.pop(0)()


# Checking


def test_others_write_while_a_check_reads(
    mine: Library, other: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.indexing.consistency._PAGE_ROWS", 7)
    writes = Once(
        lambda: other.add_papers([paper(n) for n in range(PAPERS, 2 * PAPERS)]),
        lambda: other.remove("zebra-0"),
        # Its rows are read in part before, and in part after that.
        lambda: other.add_papers([paper(n, more=" It is late." * 20) for n in range(1, PAPERS, 2)]),
        lambda: other.tag("zebra-2", add="read"),
        lambda: other.add_papers([paper(3)]),
    )
    report = mine.check(progress=writes)
    assert not writes.left
    assert report.problems == ()
    assert (report.papers, report.rows) == (2 * PAPERS - 1, mine._store.count())
    assert mine.papers() == other.papers()


def test_what_is_wrong_is_found_while_others_write(
    mine: Library, other: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.indexing.consistency._PAGE_ROWS", 7)
    mine._store.delete_rows(["zebra-20:1"])
    (row,) = mine._store.rows(["zebra-21:1"])
    assert row.vector is not None
    writes = Once(
        lambda: other.remove(*(f"zebra-{n}" for n in range(8))),  # moves later rows forward
        lambda: other.add_papers([paper(n) for n in range(PAPERS, 2 * PAPERS)]),
        lambda: mine._store._collection.upsert(
            ids=["nobody:1"],
            embeddings=[row.vector],
            documents=["text"],
            metadatas=[{**row.metadata, "paper_id": "nobody"}],
        ),
        lambda: other.add_papers([paper(2 * PAPERS)]),
    )
    report = mine.check(progress=writes)
    assert not writes.left
    assert sorted(problem.kind for problem in report.problems) == ["incomplete", "orphans"]
    assert {name for problem in report.problems for name in problem.papers} == {
        "zebra-20",
        "nobody",
    }


def test_a_repair_keeps_what_others_wrote_since_the_check(
    mine: Library, other: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine._store.delete_rows(["zebra-20:1"])
    writes = Once(lambda: other.add_papers([paper(PAPERS), paper(20, more=" It is late.")]))
    real = Library.embedder.fget
    assert real is not None

    def load(library: Library) -> object:
        writes()
        return real(library)

    monkeypatch.setattr(Library, "embedder", property(load))
    report = mine.check(repair=True)
    assert not writes.left
    assert report.left == ()
    assert report.papers == PAPERS + 1
    assert other.paper("zebra-20").abstract.endswith("late.")
    assert mine.papers() == other.papers()
    assert other.check().problems == ()


# Backing up


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.backup.writing.PART_PAPERS", 5)


def restored(file: Path, folder: Path) -> list[Paper]:
    """Return the papers of a backup, which must be whole."""
    Library.restore(file, folder, settings=Settings())
    with Library.open(folder, settings=Settings()) as library:
        assert library.check().problems == ()
        return library.papers()


@pytest.mark.usefixtures("in_parts")
def test_a_backup_shows_the_moment_when_it_was_begun(
    mine: Library, other: Library, tmp_path: Path
) -> None:
    before = mine.papers()
    writes = Once(
        lambda: other.add_papers([paper(n) for n in range(PAPERS, 2 * PAPERS)]),
        lambda: other.tag("zebra-0", "zebra-23", add="read"),
        lambda: other.remove("zebra-0"),
        lambda: other.add_papers([paper(1, more=" It is late.")]),
    )
    contents = mine.back_up(tmp_path / "backup.zip", progress=writes)
    assert not writes.left
    assert contents.papers == PAPERS
    assert restored(tmp_path / "backup.zip", tmp_path / "restored") == before
    assert len(other.papers()) == 2 * PAPERS - 1


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("change", ["remove", "rewrite", "replace"])
def test_a_backup_that_was_overtaken_is_begun_again(
    mine: Library, other: Library, tmp_path: Path, change: str
) -> None:
    def act() -> None:
        if change == "rewrite":
            other.add_papers([paper(23, more=" It is late." * 20)])
            return
        other.remove("zebra-23")
        if change == "replace":
            other.add_papers([paper(23, more=" It is late.")])

    writes = Once(act)
    mine.back_up(tmp_path / "backup.zip", progress=writes)
    assert not writes.left
    assert restored(tmp_path / "backup.zip", tmp_path / "restored") == other.papers()


@pytest.mark.usefixtures("in_parts")
def test_a_backup_that_is_overtaken_again_and_again_lets_others_wait(
    mine: Library, other: Library, tmp_path: Path
) -> None:
    refused = []

    def try_to_remove() -> None:
        try:
            other.remove("zebra-21")
        except LibraryBusy as error:
            refused.append(error)

    writes = Once(
        lambda: other.remove("zebra-23"),
        *[lambda: None] * 3,
        lambda: other.remove("zebra-22"),
        *[lambda: None] * 3,
        try_to_remove,
    )
    mine.back_up(tmp_path / "backup.zip", progress=writes)
    assert not writes.left
    assert len(refused) == 1
    assert len(restored(tmp_path / "backup.zip", tmp_path / "restored")) == PAPERS - 2
