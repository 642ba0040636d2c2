"""A check finds every kind of damage, and a repair leaves a library that is whole."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.errors import Cancelled, LibraryBusy, ModelMissing
from assistant.indexing import CheckReport
from assistant.library import Library
from assistant.store.stored import StoredPaper
from assistant.types import Cancellation, Paper

Start = Callable[..., "subprocess.Popen[str]"]
TITLE = "Attention Is All You Need"
MIRROR = "mirror.sqlite3"


@pytest.fixture
def library(own_folder: Path) -> Iterator[Library]:
    with Library.open(own_folder, settings=Settings(), create=False) as library:
        yield library


def paper_id(library: Library) -> str:
    return library.paper(TITLE).paper_id


def kinds(report: CheckReport) -> list[str]:
    return sorted(problem.kind for problem in report.problems)


def repaired(library: Library, *, kind: str, papers: int = 52) -> CheckReport:
    """Check and repair a library with damage of one kind; nothing may be wrong afterwards."""
    found = library.check()
    assert kind in kinds(found)
    assert found.left == found.problems
    assert found.repairs == ()
    report = library.check(repair=True)
    assert report.problems == found.problems
    assert report.left == ()
    assert report.repairs
    assert report.papers == papers == library.count() == len(list(library._store.papers()))
    assert paper_id(library) in library._mirror.bm25("German BLEU translation", limit=5)
    return report


def test_a_library_that_is_whole_has_no_problems(library: Library) -> None:
    told: list[tuple[str, int, int]] = []
    report = library.check(progress=lambda *step: told.append(step))
    rows = library._store.count()
    assert (report.papers, report.rows, report.compared) == (52, rows, 50)
    assert report.problems == report.repairs == report.left == ()
    assert told[-1] == ("checking", rows, rows)


def test_a_library_without_papers_is_whole(tmp_path: Path) -> None:
    with Library.open(tmp_path / "empty", settings=Settings()) as library:
        assert library.check(repair=True).problems == ()


def test_a_check_changes_nothing(library: Library) -> None:
    library._store.delete_rows([f"{paper_id(library)}:1"])
    before = library._store.revision, library._mirror.revision, library._store.count()
    assert library.check().problems
    assert (library._store.revision, library._mirror.revision, library._store.count()) == before


def copy_row(library: Library, row_id: str, copy_id: str) -> None:
    (row,) = library._store.rows([row_id])
    assert row.vector is not None
    index = copy_id.rpartition(":")[2]
    library._store._collection.upsert(
        ids=[copy_id],
        embeddings=[row.vector],
        documents=[row.text],
        metadatas=[{**row.metadata, "index": int(index) if index.isdecimal() else 7}],
    )


def spoil_record(library: Library, paper_id: str) -> None:
    library._store._collection.update(ids=[f"{paper_id}:0"], metadatas=[{"paper": '{"title": 5'}])


def retitled(item: StoredPaper, title: str) -> StoredPaper:
    paper = replace(item.paper, title=title)
    origins = {origin: (replace(paper, tags=()),) for origin in item.origins}
    return replace(item, paper=paper, origins=origins)


# Rows


def test_passages_that_are_missing_are_made_again(library: Library) -> None:
    target = paper_id(library)
    library._store.delete_rows([f"{target}:1"])
    report = repaired(library, kind="incomplete")
    assert report.problems[0].papers == (target,)
    assert "1 of its" in report.problems[0].message
    assert report.repairs == (f"indexed again: {TITLE}", "rebuilt the mirror")
    assert library.check().problems == ()
    assert library.search(TITLE)[0].title == TITLE


def test_a_record_that_is_missing_is_taken_from_the_mirror(library: Library) -> None:
    before = library.paper(TITLE)
    library._store.delete_rows([f"{before.paper_id}:0"])
    repaired(library, kind="incomplete")
    assert library.paper(TITLE) == before


def test_a_paper_that_the_store_lost_is_taken_from_the_mirror(library: Library) -> None:
    before = library._mirror.get([paper_id(library)])
    ((target, item),) = before.items()
    library._store.delete_passages(target, first=0, stop=item.passages)
    report = repaired(library, kind="incomplete")
    assert "all of its passages are missing" in report.problems[0].message
    assert library._mirror.get([target]) == before


def test_rows_of_no_paper_are_removed(library: Library) -> None:
    copy_row(library, f"{paper_id(library)}:0", "ffffffffffff:2")
    copy_row(library, f"{paper_id(library)}:1", "no number:x")
    report = repaired(library, kind="orphans")
    assert report.repairs[0] == "removed 2 rows of no paper"


def test_rows_beyond_the_last_passage_are_removed(library: Library) -> None:
    target = paper_id(library)
    copy_row(library, f"{target}:1", f"{target}:40")
    report = repaired(library, kind="orphans")
    assert report.problems[0].papers == (target,)


def test_a_vector_of_length_0_is_made_again(library: Library) -> None:
    row = f"{paper_id(library)}:1"
    library._store._collection.update(ids=[row], embeddings=[[0.0] * 384])
    repaired(library, kind="incomplete")


def test_text_that_is_gone_is_made_again(library: Library) -> None:
    (row,) = library._store.rows([f"{paper_id(library)}:1"])
    library._store.delete_rows([row.row_id])
    library._store._collection.upsert(
        ids=[row.row_id], embeddings=[row.vector], metadatas=[dict(row.metadata)]
    )
    report = repaired(library, kind="incomplete")
    assert "it has no text" in report.problems[0].message


def test_a_row_that_says_it_is_another_papers_is_made_again(library: Library) -> None:
    row = f"{paper_id(library)}:1"
    library._store._collection.update(ids=[row], metadatas=[{"paper_id": "ffffffffffff"}])
    repaired(library, kind="incomplete")


def test_a_passage_beyond_its_abstract_is_made_again(library: Library) -> None:
    row = f"{paper_id(library)}:1"
    library._store._collection.update(ids=[row], metadatas=[{"end": 10**6}])
    repaired(library, kind="incomplete")


def test_a_record_that_cannot_be_read_is_taken_from_the_mirror(library: Library) -> None:
    before = library.paper(TITLE)
    spoil_record(library, before.paper_id)
    repaired(library, kind="incomplete")
    assert library.paper(TITLE) == before


def test_a_record_that_nobody_has_costs_no_other_paper(own_folder: Path) -> None:
    with Library.open(own_folder, settings=Settings()) as library:
        spoil_record(library, paper_id(library))
    for file in own_folder.glob(f"{MIRROR}*"):
        file.unlink()
    with Library.open(own_folder, settings=Settings()) as library:
        assert library.count() == 51
        report = library.check(repair=True)
        assert kinds(report) == ["unreadable"]
        assert TITLE in report.problems[0].message
        assert report.left == ()
        assert library.check().problems == ()


def test_vectors_that_chroma_lost_are_made_again(own_folder: Path) -> None:
    with Library.open(own_folder, settings=Settings()) as library:
        rows = library._store.count()
    with closing(sqlite3.connect(own_folder / "chroma/chroma.sqlite3")) as db:
        # Few rows are still in the queue only, from which the index of vectors is made.
        db.execute("DELETE FROM embeddings_queue")
        db.commit()
    with Library.open(own_folder, settings=Settings()) as library:
        report = repaired(library, kind="incomplete")
        assert "its vector cannot be read" in report.problems[0].message
        assert report.rows == rows


# The mirror


MIRROR_DAMAGE = {
    "a paper less": "DELETE FROM papers WHERE title = 'Attention Is All You Need'",
    "another record": "UPDATE papers SET record = replace(record, 'All You', 'Not All You')",
    "a record that is none": "UPDATE papers SET record = '{' WHERE number = 5",
    "another digest": "UPDATE papers SET digest = 'x' WHERE number = 5",
    "a key less": "DELETE FROM keys WHERE key LIKE 'title:attention%'",
    "a key more": "INSERT INTO keys VALUES ('doi:10.1/x', 5)",
    "a key of nothing": "INSERT INTO keys VALUES ('doi:10.1/x', 5000)",
    "words less": "DELETE FROM words WHERE rowid = 5",
    "words more": "INSERT INTO words (rowid, title, abstract) VALUES (5000, 'a', 'b')",
    "an index of words that is none": "UPDATE words_data SET block = zeroblob(20) WHERE id > 10",
    "no table of keys": "DROP TABLE keys",
    "no index of words": "DROP TABLE words_data",
}


@pytest.mark.parametrize("kind", MIRROR_DAMAGE)
def test_a_mirror_that_differs_is_made_again(library: Library, kind: str) -> None:
    with closing(sqlite3.connect(library.folder / MIRROR)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(MIRROR_DAMAGE[kind])
        db.commit()
    report = repaired(library, kind="mirror")
    assert report.repairs[-1] == "rebuilt the mirror"


def test_a_mirror_whose_file_cannot_be_read_is_made_again_on_opening(own_folder: Path) -> None:
    with Library.open(own_folder, settings=Settings()) as library:
        library.count()
    data = bytearray((own_folder / MIRROR).read_bytes())
    data[8192:-8192] = bytes(len(data) - 16384)
    (own_folder / MIRROR).write_bytes(data)
    with Library.open(own_folder, settings=Settings()) as library:
        assert library.count() == 52
        assert library.check().problems == ()


# The same paper twice


def test_a_paper_that_is_there_twice_becomes_one(library: Library, tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text(json.dumps({"title": "On Zebras", "abstract": "Short.", "doi": "10.1000/z"}))
    second.write_text(json.dumps({"title": "Of Horses", "abstract": "Long as it is."}))
    library.add(first, second)
    # As if an older version had not known that these are the same.
    horses = next(item for item in library._mirror.stored() if item.paper.title == "Of Horses")
    with library._store.writing():
        told = retitled(horses, "On Zebras")
        library._store.update([told])
    library._mirror.put([told], removed=[], revision=library._store.revision)
    report = repaired(library, kind="twice", papers=53)
    assert "by title" in report.problems[0].message
    (zebras,) = [paper for paper in library.papers() if paper.title == "On Zebras"]
    assert (zebras.abstract, zebras.doi) == ("Long as it is.", "10.1000/z")
    assert (
        report.repairs[-1]
        == f"joined {horses.paper.paper_id} with {zebras.paper_id}: the same paper"
    )


def test_papers_of_programs_go_by_their_ids(library: Library) -> None:
    twins = [Paper(paper_id=name, title="On Zebras", abstract="Twins.") for name in ("a1", "a2")]
    library.add_papers(twins)
    assert library.check().problems == ()


# Others, and interruption


def test_a_check_is_refused_while_another_process_writes(own_folder: Path, start: Start) -> None:
    process = start(HOLD, own_folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    with Library.open(own_folder, settings=Settings(), create=False) as library:
        with pytest.raises(LibraryBusy):
            library.check()
        process.communicate("\n")
        assert library.check().problems == ()


def test_a_reader_goes_on_while_the_mirror_is_rebuilt(own_folder: Path, start: Start) -> None:
    with Library.open(own_folder, settings=Settings()) as library:
        library._store.delete_rows([f"{paper_id(library)}:1"])
        process = start(SEARCH, own_folder)
        assert process.stdout is not None
        assert process.stdout.readline() == "10\n"
        assert library.check(repair=True).left == ()
        library.add_papers([Paper(paper_id="late", title="Late zebra", abstract="It is late.")])
        assert process.communicate("\n") == ("Late zebra\n", "")


def test_a_check_that_is_stopped_changes_nothing(library: Library) -> None:
    library._store.delete_rows([f"{paper_id(library)}:1"])
    cancel = Cancellation()
    cancel.cancel()
    with pytest.raises(Cancelled):
        library.check(repair=True, cancel=cancel)
    repaired(library, kind="incomplete")


@pytest.mark.parametrize("step", ["delete_rows", "upsert", "clear", "catch_up"])
def test_a_repair_that_is_cut_short_can_be_run_again(
    own_folder: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(own_folder, settings=Settings()) as library:
        before = list(library._mirror.stored())
        target = paper_id(library)
        copy_row(library, f"{target}:1", "ffffffffffff:2")
        library._store.delete_rows([f"{target}:0", f"{target}:1"])
        part = library._mirror if step in ("clear", "catch_up") else library._store

        def fail(*_arguments: object, **_options: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(type(part), step, fail)
            with pytest.raises(KeyboardInterrupt):
                library.check(repair=True)
    with Library.open(own_folder, settings=Settings()) as library:
        assert library.check(repair=True).left == ()
        papers = {item.paper.paper_id: item for item in library._mirror.stored()}
        assert papers == {item.paper.paper_id: item for item in before}


# Vectors


def exchange_vectors(library: Library, *row_ids: str) -> None:
    """Give each of the rows the vector of the next one."""
    rows = {row.row_id: row for row in library._store.rows(row_ids)}
    vectors = [rows[row_id].vector for row_id in (*row_ids[1:], row_ids[0])]
    library._store._collection.update(ids=list(row_ids), embeddings=vectors)


def test_vectors_of_other_texts_are_made_again_in_the_sample_or_not(library: Library) -> None:
    ids = library._store.ids(offset=0, limit=200)
    sampled = {ids[len(ids) * n // 50] for n in range(50)}
    other = next(row_id for row_id in ids if row_id not in sampled)
    same_paper = {row_id for row_id in ids if row_id.partition(":")[0] == other.partition(":")[0]}
    first = next(row_id for row_id in ids if row_id in sampled - same_paper)
    before = {row.row_id: row.vector for row in library._store.rows([first, other])}
    exchange_vectors(library, first, other)
    found = library.check()
    assert kinds(found) == ["vectors"]
    assert found.problems[0].papers == (first.partition(":")[0],)
    assert "1 of 50 vectors" in found.problems[0].message
    report = library.check(repair=True)
    assert kinds(report) == ["vectors"]
    assert set(report.problems[0].papers) == {first.partition(":")[0], other.partition(":")[0]}
    assert report.left == ()
    assert library.check().problems == ()
    for row in library._store.rows([first, other]):
        assert row.vector == pytest.approx(before[row.row_id], abs=0.01)


def test_without_an_encoder_the_rest_is_checked_and_it_is_said(own_folder: Path) -> None:
    with closing(sqlite3.connect(own_folder / "chroma/chroma.sqlite3")) as db:
        db.execute("UPDATE collection_metadata SET str_value = 'gone' WHERE key = 'embedder'")
        db.commit()
    settings = replace(Settings(), embedding=replace(Settings().embedding, model="gone"))
    with Library.open(own_folder, settings=settings) as library:
        report = library.check()
        assert (report.problems, report.compared) == ((), 0)
        with pytest.raises(ModelMissing):
            library.search("attention")


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

SEARCH = """
import sys
from assistant.config import Settings
from assistant.library import Library

with Library.open(sys.argv[1], settings=Settings()) as library:
    print(len(library.search("attention")), flush=True)
    sys.stdin.readline()
    print(library.search("Late zebra")[0].title, flush=True)
"""
