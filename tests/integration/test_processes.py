"""Several processes on one library, and one that is killed."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.errors import LibraryBusy
from assistant.library import Library

WriteListing = Callable[..., Path]
Start = Callable[..., "subprocess.Popen[str]"]

ADD = """
import sys
from assistant.config import Settings
from assistant.library import Library
with Library.open(sys.argv[1], settings=Settings()) as library:
    library.add(sys.argv[2], progress=lambda now: print(now.papers_done, flush=True))
print("done", flush=True)
"""

HOLD = """
import sys
from assistant.config import Settings
from assistant.library import Library
from assistant.types import Paper

def papers():
    yield Paper(paper_id="held", title="Held", abstract="It is held.")
    print("writing", flush=True)
    sys.stdin.readline()

with Library.open(sys.argv[1], settings=Settings()) as library:
    library.add_papers(papers())
"""

OPEN = """
import sys
from assistant.config import Settings
from assistant.library import Library
with Library.open(sys.argv[1], settings=Settings()) as library:
    print(len(library.papers()))
"""


def test_a_killed_run_is_finished_by_the_next(
    tmp_path: Path, write_papers: WriteListing, start: Start
) -> None:
    folder, file = tmp_path / "library", write_papers(0, 800)
    moments = random.Random(5)
    for batches in (1, 3, 2):
        process = start(ADD, folder, file)
        assert process.stdout is not None
        for _ in range(batches):
            process.stdout.readline()
        # Somewhere in the batch that follows.
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=moments.uniform(0.0, 0.25))
        process.kill()
        process.wait()
        with Library.open(folder, settings=Settings(), create=False) as library:
            found = [paper.title for paper in library.papers()]
            assert len(found) == len(set(found))
            assert library.search("Paper number 0 on zebra0")[0].title.endswith("zebra0")
    with Library.open(folder, settings=Settings(), create=False) as library:
        there = len(library.papers())
        assert 64 <= there < 800
        report = library.add(file)
        assert (report.added, report.updated, report.unchanged) == (800 - there, 0, there)
        assert sorted(paper.title for paper in library.papers()) == sorted(
            f"Paper number {n} on zebra{n}" for n in range(800)
        )
        stored = list(library._store.papers())
        assert len(stored) == 800
        assert int(library._store.revision.rpartition("/")[2]) == sum(s.passages for s in stored)
        for n in (0, 250, 500, 799):
            assert library.search(f"Paper number {n} on zebra{n}")[0].title.endswith(f"zebra{n}")


def test_while_one_process_writes_another_may_read_but_not_write(
    own_folder: Path, write_papers: WriteListing, start: Start
) -> None:
    process = start(HOLD, own_folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    with Library.open(own_folder, settings=Settings(), create=False) as library:
        assert library.search("attention")
        with pytest.raises(LibraryBusy, match="Another program is writing") as caught:
            library.add(write_papers(0, 1))
        assert "Wait until it has finished" in caught.value.hint
        with pytest.raises(LibraryBusy):
            library.remove("Attention Is All You Need")
        assert process.communicate("\n")[1] == ""
        assert library.search("Held")[0].title == "Held"
        assert library.add(write_papers(0, 1)).added == 1


def test_a_reader_sees_what_another_process_adds_while_it_adds(
    own_folder: Path, write_papers: WriteListing, start: Start
) -> None:
    with Library.open(own_folder, settings=Settings(), create=False) as reader:
        before = len(reader.papers())
        assert reader.search("zebra")
        process = start(ADD, own_folder, write_papers(0, 200))
        assert process.stdout is not None
        searches = 0
        for line in process.stdout:
            assert reader.search("Paper number 7 on zebra7 points")[0].title.endswith("zebra7")
            assert len(reader.papers()) >= before + int(line.replace("done", "200"))
            searches += 1
        assert searches == 5
        assert process.communicate()[1] == ""
        assert len(reader.papers()) == before + 200
        assert reader.search("Paper number 199 on zebra199")[0].title.endswith("zebra199")


def test_processes_that_open_a_new_library_at_once_all_succeed(
    tmp_path: Path, start: Start
) -> None:
    processes = [start(OPEN, tmp_path / "library") for _ in range(4)]
    assert [process.communicate() for process in processes] == [("0\n", "")] * 4


def test_processes_that_rebuild_the_mirror_at_once_all_succeed(
    own_folder: Path, start: Start
) -> None:
    with Library.open(own_folder, settings=Settings()) as library:
        papers = len(library.papers())
    for file in own_folder.glob("mirror.sqlite3*"):
        file.unlink()
    processes = [start(OPEN, own_folder) for _ in range(3)]
    assert [process.communicate() for process in processes] == [(f"{papers}\n", "")] * 3
