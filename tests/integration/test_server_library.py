"""A library on a real Chroma server: several who add at once, a server that dies, every feature."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.backup import Contents
from assistant.config import EmbeddingSettings, LlmSettings, Settings, StoreSettings
from assistant.errors import InputError, LibraryError, NothingFound
from assistant.indexing import BATCH_PAPERS
from assistant.library import Library
from assistant.types import AddProgress, Paper
from tests.chroma_server import ChromaServer

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

Start = Callable[..., Any]

ADD = """
import sys
from assistant.config import EmbeddingSettings, LlmSettings, Settings, StoreSettings
from assistant.library import Library

settings = Settings(
    store=StoreSettings(url=sys.argv[1], collection=sys.argv[2]),
    embedding=EmbeddingSettings(threads=1),
    llm=LlmSettings(enabled=False),
)
with Library.open(sys.argv[3], settings=settings) as library:
    library.warm_up()
    print("ready", flush=True)
    sys.stdin.readline()
    report = library.add(sys.argv[4], progress=lambda now: print(now.papers_done, flush=True))
    print(report.added, library.count(), flush=True)
"""


def settings_of(store: StoreSettings) -> Settings:
    return Settings(
        store=store, embedding=EmbeddingSettings(threads=1), llm=LlmSettings(enabled=False)
    )


def record(number: int, **more: object) -> dict[str, object]:
    title = f"On the zebra{number} of the savanna"
    return {"title": title, "abstract": f"We count zebra{number}. There are {number}.", **more}


def write(path: Path, *records: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return path


def titles(library: Library) -> list[str]:
    library._folder._follow_again_s = 0.0
    return sorted(paper.title for paper in library.papers())


# Several at once


def test_two_machines_that_add_at_once_end_with_every_paper_once(
    tmp_path: Path, on_server: StoreSettings, start: Start
) -> None:
    doi, arxiv = "10.1000/zebra", "2101.00001"
    # The same paper by its DOI, by its arXiv id, and what tells that both are one.
    one = write(
        tmp_path / "one.jsonl",
        *(record(n) for n in range(100)),
        {"title": "Zebras", "abstract": "They have stripes.", "doi": doi},
        *(record(n, doi=f"10.1000/{n}") for n in range(300, 310)),
    )
    other = write(
        tmp_path / "other.jsonl",
        {"title": "Zebras at large", "abstract": "They have stripes.", "arxiv_id": arxiv},
        *(record(n, arxiv_id=f"2102.{n:05}") for n in range(300, 310)),
        *(record(n) for n in reversed(range(50, 150))),
        {"title": "Zebras", "abstract": "They have stripes.", "doi": doi, "arxiv_id": arxiv},
    )
    where = (on_server.url, on_server.collection)
    machines = [
        start(ADD, *where, tmp_path / name, file) for name, file in (("a", one), ("b", other))
    ]
    for machine in machines:
        assert machine.stdout.readline() == "ready\n"
    for machine in machines:
        machine.stdin.write("\n")
        machine.stdin.flush()
    ended = [machine.communicate() for machine in machines]
    assert [machine.returncode for machine in machines] == [0, 0], ended
    with Library.open(tmp_path / "third", settings=settings_of(on_server), create=False) as library:
        assert library.count() == 150 + 1 + 10
        assert {f"On the zebra{n} of the savanna" for n in (*range(150), *range(300, 310))} < set(
            titles(library)
        )
        (zebras,) = (paper for paper in library.papers() if paper.title.startswith("Zebras"))
        assert (zebras.doi, zebras.arxiv_id) == (doi, arxiv)
        both = library.paper("On the zebra305 of the savanna")
        assert (both.doi, both.arxiv_id) == ("10.1000/305", "2102.00305")
        assert both.source == "one.jsonl; other.jsonl"
        report = library.check()
        assert not report.problems
    added = sum(int(out.splitlines()[-1].split()[0]) for out, _ in ended)
    assert added >= 161
    for name in ("a", "b"):
        with Library.open(tmp_path / name, settings=settings_of(on_server)) as library:
            assert library.count() == 161


def test_one_removes_while_another_lists(tmp_path: Path, on_server: StoreSettings) -> None:
    settings = settings_of(on_server)
    with (
        Library.open(tmp_path / "one", settings=settings) as one,
        Library.open(tmp_path / "other", settings=settings) as other,
    ):
        one.add(write(tmp_path / "papers.jsonl", *(record(n) for n in range(40))))
        seen: list[int] = []
        done = threading.Event()

        def look() -> None:
            while not done.is_set():
                seen.append(len(titles(other)))

        thread = threading.Thread(target=look)
        thread.start()
        while 40 not in seen:
            time.sleep(0.01)
        for n in range(0, 40, 10):
            one.remove(*(f"On the zebra{k} of the savanna" for k in range(n, n + 9)))
        done.set()
        thread.join()
        assert len(titles(other)) == 4
        later = seen[seen.index(40) :]
        assert later == sorted(later, reverse=True)
        assert [hit.title for hit in other.search("zebra9 of the savanna", limit=1)] == [
            "On the zebra9 of the savanna"
        ]
        with pytest.raises(NothingFound):
            other.paper("On the zebra8 of the savanna")


def test_a_chat_that_is_open_sees_what_others_add(
    tmp_path: Path, on_server: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.store.folder._FOLLOW_S", 0.0)
    settings = settings_of(on_server)
    with (
        Library.open(tmp_path / "one", settings=settings) as one,
        Library.open(tmp_path / "other", settings=settings) as other,
    ):
        one.add_papers([Paper(paper_id="a", title="Quagga", abstract="It is extinct since 1883.")])
        assert [hit.title for hit in other.search("quagga")] == ["Quagga"]
        assert other.browse("quag").total == 1
        assert other.ask("When did the quagga go extinct?").citations[0].title == "Quagga"
        other.tag("Quagga", add="horses")
        assert [paper.tags for paper in one.papers()] == [("horses",)]
        assert one.tags() == {"horses": 1}


# A server that dies


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path / "server")
    server.start()
    yield server
    server.kill()


def test_a_server_that_is_killed_in_the_middle_of_an_add_loses_nothing(
    tmp_path: Path, own_server: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = 3 * BATCH_PAPERS
    file = write(tmp_path / "papers.jsonl", *(record(n) for n in range(papers)))
    settings = settings_of(StoreSettings(url=own_server.url))
    told: list[int] = []

    def kill_at(batch: int, *, for_s: float | None) -> Callable[[AddProgress], None]:
        """Kill the server while the batch that follows is written."""

        def tell(now: AddProgress) -> None:
            told.append(now.papers_done)
            if len(told) == batch:
                own_server.kill()
                if for_s is not None:
                    threading.Timer(for_s, own_server.start).start()

        return tell

    with Library.open(tmp_path / "library", settings=settings) as library:
        with pytest.raises(LibraryError, match="does not answer"):
            library.add(file, progress=kill_at(1, for_s=None))
        # What is in the mirror can still be read.
        assert library.count() == BATCH_PAPERS
    with pytest.raises(LibraryError, match="does not answer"):
        Library.open(tmp_path / "library", settings=settings)
    own_server.start()
    told.clear()
    with Library.open(tmp_path / "library", settings=settings) as library:
        # Gone for a moment only, it is not even noticed.
        report = library.add(file, progress=kill_at(2, for_s=0.3))
        assert (report.added, report.unchanged) == (papers - BATCH_PAPERS, BATCH_PAPERS)
        assert library.count() == papers
        assert not library.check().problems
    with Library.open(tmp_path / "other", settings=settings) as library:
        assert library.count() == papers


def test_a_program_that_is_killed_keeps_nobody_waiting(
    tmp_path: Path, on_server: StoreSettings, start: Start
) -> None:
    file = write(tmp_path / "papers.jsonl", *(record(n) for n in range(4 * BATCH_PAPERS)))
    machine = start(ADD, on_server.url, on_server.collection, tmp_path / "library", file)
    machine.stdin.write("\n")
    machine.stdin.flush()
    assert machine.stdout.readline() == "ready\n"
    assert machine.stdout.readline() == f"{BATCH_PAPERS}\n"
    machine.kill()
    machine.wait()
    with Library.open(tmp_path / "library", settings=settings_of(on_server)) as library:
        library.add(file)
        assert library.count() == 4 * BATCH_PAPERS
        assert not library.check().problems


# Everything else that a library can do


@pytest.fixture(scope="module")
def backup(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "sample.zip"
    with Library.open(sample_folder, settings=Settings()) as library:
        library.back_up(path)
    return path


@pytest.fixture
def restored(
    backup: Path, tmp_path: Path, on_server: StoreSettings
) -> Iterator[tuple[Library, Contents]]:
    settings = settings_of(on_server)
    contents = Library.restore(backup, tmp_path / "library", settings=settings)
    with Library.open(tmp_path / "library", settings=settings, create=False) as library:
        yield library, contents


def test_a_backup_of_a_folder_is_restored_to_a_server_and_back(
    restored: tuple[Library, Contents],
    sample_library: Library,
    backup: Path,
    tmp_path: Path,
    on_server: StoreSettings,
) -> None:
    library, contents = restored
    assert library.papers() == sample_library.papers()
    assert contents.papers == library.count()
    question = "How many GPU hours did training the Transformer take?"
    found, expected = library.search(question, limit=30), sample_library.search(question, limit=30)
    assert [hit.title for hit in found] == [hit.title for hit in expected]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-3)
    assert library.ask(question).citations == library.ask(question).citations != ()
    with pytest.raises(LibraryError, match="There is a library with papers in http"):
        Library.restore(backup, tmp_path / "again", settings=settings_of(on_server))
    again = library.back_up(tmp_path / "again.zip")
    assert (again.papers, again.passages) == (contents.papers, contents.passages)
    Library.restore(tmp_path / "again.zip", tmp_path / "home", settings=Settings())
    with Library.open(tmp_path / "home", settings=Settings()) as home:
        assert home.papers() == library.papers()
        assert not home.check().problems


def test_a_damaged_backup_leaves_nothing_on_the_server(
    backup: Path, tmp_path: Path, on_server: StoreSettings
) -> None:
    damaged = tmp_path / "damaged.zip"
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged.write_bytes(content)
    settings = settings_of(on_server)
    with pytest.raises(InputError):
        Library.restore(damaged, tmp_path / "library", settings=settings)
    with Library.open(tmp_path / "library", settings=settings) as library:
        assert library.count() == 0
        assert not [name for name in library._store._connection.names() if "next" in name]


def test_a_check_finds_and_mends_what_is_wrong_on_a_server(
    restored: tuple[Library, Contents], tmp_path: Path, on_server: StoreSettings
) -> None:
    library, _ = restored
    settings = settings_of(on_server)
    papers = library.papers()
    store = library._store
    with library._folder.writing():
        store._collection.delete(ids=[f"{papers[0].paper_id}:1"])
        store._collection.delete(ids=[f"{papers[1].paper_id}:0"])
    found = Library.check_folder(tmp_path / "library", settings=settings)
    assert {problem.kind for problem in found.problems} >= {"incomplete"}
    mended = Library.check_folder(tmp_path / "library", settings=settings, repair=True)
    assert mended.repairs
    assert not mended.left
    assert titles(library) == sorted(paper.title for paper in papers)
    with Library.open(tmp_path / "third", settings=settings) as third:
        assert third.papers() == papers
        assert not third.check().problems


def test_lists_files_and_summaries_of_a_library_on_a_server(
    restored: tuple[Library, Contents], sample_library: Library, tmp_path: Path
) -> None:
    library, _ = restored
    assert library.export(tmp_path / "papers.bib") == library.count()
    here = [theme.name for theme in sample_library.overview().themes]
    assert [theme.name for theme in library.overview().themes] == here
    gone = library.remove(library.papers()[0].paper_id)
    assert gone[0].title not in titles(library)


def test_a_folder_that_is_synchronised_with_a_server(
    tmp_path: Path, on_server: StoreSettings
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    one, two = (write(folder / f"{n}.jsonl", record(n), record(n + 10)) for n in (1, 2))
    settings = settings_of(on_server)
    with (
        Library.open(tmp_path / "one", settings=settings) as library,
        Library.open(tmp_path / "other", settings=settings) as other,
    ):
        library.add(folder)
        other.add_papers([Paper(paper_id="x", title="Not of the folder", abstract="It stays.")])
        one.unlink()
        write(two, record(2))
        report = library.add(folder, sync=True)
        assert report.removed == 3
        assert (
            titles(library)
            == titles(other)
            == ["Not of the folder", "On the zebra2 of the savanna"]
        )


def test_a_local_library_in_the_same_folder_is_left_alone(
    own_folder: Path, on_server: StoreSettings
) -> None:
    with Library.open(own_folder, settings=Settings()) as library:
        papers = library.papers()
    with Library.open(own_folder, settings=settings_of(on_server)) as library:
        assert library.papers() == []
        library.add_papers([Paper(paper_id="x", title="On the server", abstract="Only there.")])
    shutil.rmtree(own_folder / "sessions", ignore_errors=True)
    with Library.open(own_folder, settings=Settings()) as library:
        assert library.papers() == papers
    nowhere = replace(on_server, url="http://127.0.0.1:9")
    with pytest.raises(LibraryError, match="does not answer"):
        Library.open(own_folder, settings=settings_of(nowhere))
