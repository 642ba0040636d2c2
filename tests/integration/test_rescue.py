"""A library whose files are damaged is made anew of what is whole; nothing is thrown away."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.errors import Cancelled, LibraryBusy, StoreDamaged
from assistant.indexing import CheckReport
from assistant.library import Library
from assistant.store.stored import StoredPaper
from assistant.types import Cancellation, Paper

Start = Callable[..., "subprocess.Popen[str]"]
PAPERS, SENTENCES = 36, 60
MIRROR = "mirror.sqlite3"


def sizes(folder: Path) -> dict[Path, int]:
    """Return the size of every file; what SQLite and a lock leave beside their files is no file."""
    passing = ("-shm", "-wal", ".lock")
    return {
        path: path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(passing)
    }


@pytest.fixture(scope="module")
def full_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with so many passages that Chroma has written its index of vectors to files."""
    place = tmp_path_factory.mktemp("full")
    records = [
        {
            "title": f"Zebra {n}",
            "abstract": " ".join(f"Row {n} has {k} stripes." for k in range(SENTENCES)),
        }
        for n in range(PAPERS)
    ]
    (place / "papers.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    with Library.open(place / "library", settings=Settings()) as library:
        library.add(place / "papers.jsonl")
        library.tag("Zebra 7", add="mine")
        library.search("stripes")
    assert list(place.glob("library/chroma/*/index_metadata.pickle"))
    return place / "library"


@pytest.fixture
def folder(full_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(full_folder, tmp_path / "library")


def stored(folder: Path) -> list[StoredPaper]:
    with Library.open(folder, settings=Settings(), create=False) as library:
        return list(library._mirror.stored())


def check(folder: Path, *, repair: bool = False) -> CheckReport:
    return Library.check_folder(folder, settings=Settings(), repair=repair)


def mended(folder: Path, *, papers: list[StoredPaper]) -> CheckReport:
    """Mend a damaged library; it must hold the papers as they were, and be whole."""
    with pytest.raises(StoreDamaged) as caught:
        Library.open(folder, settings=Settings(), create=False)
    assert "check --repair" in caught.value.hint
    found = check(folder)
    assert {problem.kind for problem in found.problems} == {"store"}
    assert found.left == found.problems
    assert found.papers == len(papers)
    report = check(folder, repair=True)
    assert report.problems[0] == found.problems[0]
    assert report.left == ()
    assert (report.papers, report.compared) == (len(papers), 50)
    assert stored(folder) == papers
    assert check(folder).problems == ()
    with Library.open(folder, settings=Settings(), create=False) as library:
        title = papers[3].paper.title
        assert library.search(title)[0].title == title
    return report


def index_of(folder: Path) -> Path:
    (header,) = folder.glob("chroma/*/header.bin")
    return header.parent


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def scramble(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 3] + b"\xa5" * (len(data) - len(data) // 3))


INDEX_DAMAGE: dict[str, Callable[[Path], object]] = {
    "vectors cut": lambda index: cut(index / "data_level0.bin"),
    "vectors scrambled": lambda index: scramble(index / "data_level0.bin"),
    "ids cut": lambda index: cut(index / "index_metadata.pickle"),
    "all gone": shutil.rmtree,
}


@pytest.mark.parametrize("kind", INDEX_DAMAGE)
def test_a_damaged_index_is_made_anew_of_the_database(kind: str, folder: Path) -> None:
    papers = stored(folder)
    INDEX_DAMAGE[kind](index_of(folder))
    if kind == "vectors scrambled":
        # Chroma would open this, and end the process: only a check may look.
        assert check(folder).problems
        report = check(folder, repair=True)
        assert (report.left, stored(folder)) == ((), papers)
    else:
        report = mended(folder, papers=papers)
    assert report.repairs[0].startswith("made the store anew from Chroma's database: 36 papers, ")
    (aside,) = folder.glob("chroma-damaged-*")
    assert str(aside) in report.repairs[1]
    assert (aside / "chroma.sqlite3").exists()


def test_vectors_that_are_still_in_the_queue_need_no_encoder(own_folder: Path) -> None:
    papers = stored(own_folder)
    (index_of(own_folder) / "header.bin").unlink()
    report = mended(own_folder, papers=papers)
    assert "52 papers, 0 of " in report.repairs[0]


def test_only_papers_whose_vectors_are_gone_are_embedded_again(folder: Path) -> None:
    with Library.open(folder, settings=Settings()) as library:
        library.add_papers([Paper(paper_id="late", title="Late zebra", abstract="It is late.")])
        rows = library._store.count()
    (index_of(folder) / "header.bin").unlink()
    told: list[tuple[str, int, int]] = []
    report = Library.check_folder(
        folder, settings=Settings(), repair=True, progress=lambda *step: told.append(step)
    )
    assert f"37 papers, {rows - 1:,} of {rows:,} passages embedded again" in report.repairs[0]
    assert ("embedding", 37, 37) in told
    with Library.open(folder, settings=Settings()) as library:
        assert library.search("late")[0].title == "Late zebra"


DATABASE_DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut": cut,
    "rubbish": lambda file: file.write_bytes(b"rubbish" * 5000),
    "emptied": lambda file: file.write_bytes(b""),
    "gone": Path.unlink,
    "folder gone": lambda file: shutil.rmtree(file.parent),
    "scrambled": scramble,
}


@pytest.mark.parametrize("kind", DATABASE_DAMAGE)
def test_a_damaged_database_is_made_anew_of_the_mirror(kind: str, own_folder: Path) -> None:
    papers = stored(own_folder)
    DATABASE_DAMAGE[kind](own_folder / "chroma/chroma.sqlite3")
    report = mended(own_folder, papers=papers)
    assert report.repairs[0].startswith("made the store anew from the mirror: 52 papers, ")
    assert "add the files again" in report.repairs[1]
    assert bool(list(own_folder.glob("chroma-damaged-*"))) == (kind != "folder gone")


def test_a_library_whose_store_is_gone_is_not_begun_anew(own_folder: Path) -> None:
    shutil.rmtree(own_folder / "chroma")
    before = (own_folder / MIRROR).read_bytes()
    for create in (True, False):
        with pytest.raises(StoreDamaged, match="missing or empty"):
            Library.open(own_folder, settings=Settings(), create=create)
    assert (own_folder / MIRROR).read_bytes() == before
    assert not (own_folder / "chroma").exists()


def test_if_neither_can_be_read_a_backup_is_asked_for_and_nothing_changes(own_folder: Path) -> None:
    for file in ("chroma/chroma.sqlite3", MIRROR):
        cut(own_folder / file)
    before = sizes(own_folder)
    for repair in (False, True):
        with pytest.raises(StoreDamaged, match="neither") as caught:
            check(own_folder, repair=repair)
        assert "Restore a backup" in caught.value.hint
    assert sizes(own_folder) == before


def test_a_database_that_is_damaged_in_part_is_used_if_there_is_no_mirror(own_folder: Path) -> None:
    papers = stored(own_folder)
    with closing(sqlite3.connect(own_folder / "chroma/chroma.sqlite3")) as db:
        db.execute("PRAGMA writable_schema = ON")
        # An index on metadata that nobody asks, which then no longer fits its table.
        db.execute("DELETE FROM sqlite_master WHERE name = 'embedding_metadata_string_value'")
        db.commit()
    assert "is damaged (" in check(own_folder).problems[0].message
    assert "from the mirror" in check(own_folder).problems[0].message
    (own_folder / MIRROR).unlink()
    report = check(own_folder, repair=True)
    assert report.repairs[0].startswith("made the store anew from Chroma's database: 52 papers, ")
    assert (report.left, stored(own_folder)) == ((), papers)


def test_a_record_that_the_database_lost_is_taken_from_the_mirror(own_folder: Path) -> None:
    papers = stored(own_folder)
    (index_of(own_folder) / "header.bin").unlink()
    with closing(sqlite3.connect(own_folder / "chroma/chroma.sqlite3")) as db:
        spoil = "UPDATE embedding_metadata SET string_value = '{' WHERE key = 'paper' AND id IN "
        db.execute(
            spoil
            + "(SELECT id FROM embedding_metadata WHERE string_value = 'Attention Is All You Need')"
        )
        db.commit()
    assert sorted(map(str, stored_after(own_folder))) == sorted(map(str, papers))


def test_a_record_that_nobody_has_is_named_and_costs_no_other_paper(own_folder: Path) -> None:
    lost = next(
        item for item in stored(own_folder) if item.paper.title == "Attention Is All You Need"
    ).paper.paper_id
    (index_of(own_folder) / "header.bin").unlink()
    with closing(sqlite3.connect(own_folder / "chroma/chroma.sqlite3")) as db:
        db.execute(
            "UPDATE embedding_metadata SET string_value = '{' WHERE key = 'paper' AND id = "
            "(SELECT id FROM embeddings WHERE embedding_id = ?)",
            (f"{lost}:0",),
        )
        db.commit()
    (own_folder / MIRROR).unlink()
    report = check(own_folder, repair=True)
    assert any("whose records are damaged" in line and lost in line for line in report.repairs)
    assert len(stored(own_folder)) == 51


def stored_after(folder: Path) -> list[StoredPaper]:
    assert check(folder, repair=True).left == ()
    return stored(folder)


def test_a_mirror_that_is_behind_brings_back_no_removed_paper(own_folder: Path) -> None:
    old = (own_folder / MIRROR).read_bytes()
    with Library.open(own_folder, settings=Settings()) as library:
        library.remove("Attention Is All You Need")
    for file in own_folder.glob(f"{MIRROR}*"):
        file.unlink()
    (own_folder / MIRROR).write_bytes(old)
    (index_of(own_folder) / "header.bin").unlink()
    titles = {item.paper.title for item in stored_after(own_folder)}
    assert len(titles) == 51
    assert "Attention Is All You Need" not in titles


def test_vectors_of_an_embedder_that_is_not_here_are_kept(own_folder: Path) -> None:
    (index_of(own_folder) / "header.bin").unlink()
    with closing(sqlite3.connect(own_folder / "chroma/chroma.sqlite3")) as db:
        db.execute("UPDATE collection_metadata SET str_value = 'other' WHERE key = 'embedder'")
        db.commit()
    report = check(own_folder, repair=True)
    assert (report.left, report.compared) == ((), 0)
    with Library.open(own_folder, settings=Settings()) as library:
        assert library.indexed_with == "other"


# Interruption, and others


def test_a_rescue_that_is_stopped_changes_nothing(own_folder: Path) -> None:
    (index_of(own_folder) / "header.bin").unlink()
    before = sizes(own_folder)
    cancel = Cancellation()
    cancel.cancel()
    with pytest.raises(Cancelled):
        Library.check_folder(own_folder, settings=Settings(), repair=True, cancel=cancel)
    assert sizes(own_folder) == before


@pytest.mark.parametrize("step", ["upsert", "rmtree", "replace", "rename"])
def test_a_rescue_that_is_killed_can_be_run_again(
    sample_folder: Path, own_folder: Path, step: str, start: Start
) -> None:
    papers = stored(sample_folder)
    (index_of(own_folder) / "header.bin").unlink()
    process = start(KILLED, own_folder, step)
    assert process.communicate() == ("killed\n", "")
    if step == "replace":
        # All is built, and the last step is done by whoever comes next.
        assert stored(own_folder) == papers
    else:
        mended(own_folder, papers=papers)
    assert check(own_folder, repair=True).left == ()
    assert len(list(own_folder.glob("chroma-damaged-*"))) == 1
    assert not (own_folder / "repairing").exists()


def test_a_rescue_is_refused_while_another_process_writes(own_folder: Path, start: Start) -> None:
    (index_of(own_folder) / "header.bin").unlink()
    process = start(HOLD, own_folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    with pytest.raises(LibraryBusy):
        check(own_folder, repair=True)
    process.communicate("\n")
    assert check(own_folder, repair=True).left == ()


KILLED = """
import os, pathlib, shutil, sys
from assistant.config import Settings
from assistant.library import Library
from assistant.store.chroma import ChromaStore

def die(*_arguments, **_options):
    print("killed", flush=True)
    os.kill(os.getpid(), 9)

real_replace = pathlib.Path.replace

def replace(path, target):
    # The last of the two: the damaged store is aside, the new one not yet in its place.
    return die() if path.name == "chroma-rebuilt" else real_replace(path, target)

if sys.argv[2] == "upsert":
    ChromaStore.upsert = die
elif sys.argv[2] == "rmtree":
    real_rmtree = shutil.rmtree
    shutil.rmtree = lambda path, **o: die() if path.name != "repairing" else real_rmtree(path, **o)
elif sys.argv[2] == "replace":
    pathlib.Path.replace = replace
else:
    pathlib.Path.rename = die
Library.check_folder(sys.argv[1], settings=Settings(), repair=True)
"""

HOLD = """
import pathlib, sys
from assistant.store.folder import locked

with locked(pathlib.Path(sys.argv[1])):
    print("writing", flush=True)
    sys.stdin.readline()
"""
