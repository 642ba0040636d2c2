"""A library as a whole: opening, naming papers, removing, and a mirror that mends itself."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from assistant.config import EmbeddingSettings, LlmSettings, Settings
from assistant.encoders.reading import ReadingEncoder, _Memory
from assistant.errors import (
    AssistantError,
    InputError,
    LibraryBusy,
    LibraryError,
    LibraryMissing,
    ModelError,
    NothingFound,
    UsageError,
)
from assistant.library import Library
from assistant.store.stored import IndexedPaper
from assistant.text.passages import cut_passages
from assistant.text.tokens import TokenCounter
from assistant.types import Hit, Paper

WriteListing = Callable[..., Path]
QUERIES = ["How many parameters does LoRA save?", "GLUE"]


@cache
def loaded_embedder() -> ReadingEncoder:
    return ReadingEncoder()


def reopen(folder: Path, settings: Settings | None = None) -> Library:
    """Open a library with an encoder that is loaded already: only its time is saved."""
    library = Library.open(folder, settings=settings or Settings(), create=False)
    library._models.__dict__["_encoder"] = loaded_embedder()
    return library


def answers(library: Library) -> tuple[list[list[Hit]], list[Paper]]:
    # With int8 weights a vector depends a little on the texts of its batch: embed all anew.
    library.embedder._token_memory = _Memory(0)
    return [library.search(query) for query in QUERIES], library.papers()


def test_a_library_that_is_not_there_is_missing_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="There is no library in") as caught:
        reopen(tmp_path / "none")
    assert "assistant add" in caught.value.hint
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["file", "file/below", "a" * 300, "file/" + "a" * 300])
def test_a_path_that_can_be_no_library_is_a_clear_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a library")
    for create in (True, False):
        with pytest.raises(LibraryError) as caught:
            Library.open(tmp_path / name, settings=Settings(), create=create)
        assert "--library" in caught.value.hint
    assert (tmp_path / "file").read_text() == "not a library"


def test_a_folder_that_nobody_can_write_is_a_clear_error() -> None:
    with pytest.raises(LibraryError, match="cannot be written") as caught:
        Library.open("/proc/self/library", settings=Settings())
    assert "permissions" in caught.value.hint


def test_a_home_that_does_not_exist_is_a_clear_error() -> None:
    with pytest.raises(UsageError, match="no such home folder"):
        Library.open("~no-such-user-here/library", settings=Settings())


def test_a_library_keeps_to_its_embedder_when_the_settings_name_another(own_folder: Path) -> None:
    other = replace(Settings(), embedding=EmbeddingSettings(model="other"))
    with reopen(own_folder, other) as library:
        assert (library.indexed_with, library.outdated_index) == ("all-MiniLM-L6-v2", "other")
        assert library.search("attention")
    with reopen(own_folder) as library:
        assert library.outdated_index == ""


def test_a_deleted_mirror_comes_back_the_same(own_folder: Path, sample_library: Library) -> None:
    for file in own_folder.glob("mirror.sqlite3*"):
        file.unlink()
    with reopen(own_folder) as library:
        assert answers(library) == answers(sample_library)


def test_a_mirror_of_garbage_comes_back_the_same(own_folder: Path, sample_library: Library) -> None:
    (own_folder / "mirror.sqlite3").write_bytes(b"garbage " * 9_000)
    with reopen(own_folder) as library:
        assert answers(library) == answers(sample_library)


def test_what_a_crash_kept_from_the_mirror_is_there_at_the_next_start(
    own_folder: Path, embedder: ReadingEncoder, count_tokens: TokenCounter
) -> None:
    paper = Paper(paper_id="late", title="The late zebra", abstract="It came late. It is striped.")
    passages = cut_passages(
        paper, count_tokens=count_tokens, window_sentences=3, step_sentences=2, max_tokens=220
    )
    vectors = embedder.embed([passage.text for passage in passages])
    item = IndexedPaper(paper=paper, digest="d", origins={}, passages=passages, vectors=vectors)
    with reopen(own_folder) as library:
        with library._store.writing():
            library._store.upsert([item])
        assert "late" not in library._mirror.get(["late"])
    with reopen(own_folder) as library:
        assert library.paper("late") == paper
        assert library.search("late striped zebra")[0].paper_id == "late"


def test_what_a_crash_left_of_a_removal_is_gone_at_the_next_start(own_folder: Path) -> None:
    with reopen(own_folder) as library:
        paper = library.paper("Attention Is All You Need")
        with library._store.writing():
            library._store.delete_passages(paper.paper_id, first=0, stop=1)
    with reopen(own_folder) as library:
        assert paper.paper_id not in {found.paper_id for found in library.papers()}
        assert all(hit.paper_id != paper.paper_id for hit in library.search(paper.title))
        with pytest.raises(InputError):
            library.paper("Attention Is All You Need")


def test_an_update_cut_short_is_mended_by_adding_again(
    own_folder: Path, write_papers: WriteListing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reopen(own_folder) as library:
        library.add(write_papers(0, 1, more=" One more. Two more. Three more. Four more."))
        file = write_papers(0, 1)
        with monkeypatch.context() as patch:
            # The store dies where it would write the new rows.
            patch.setattr(library._store, "upsert", lambda papers: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                library.add(file)
    with reopen(own_folder) as library:
        assert library.add(file).updated == 1
        stored = list(library._store.papers())
        assert int(library._store.revision.rpartition("/")[2]) == sum(s.passages for s in stored)


def test_papers_are_named_by_id_title_or_start(sample_library: Library) -> None:
    paper = sample_library.paper("Attention Is All You Need")
    assert sample_library.paper(paper.paper_id[:6]) == paper
    assert sample_library.paper("attention is all") == paper
    with pytest.raises(NothingFound, match="fits several papers") as caught:
        sample_library.paper("a")
    assert "Give the id" in caught.value.hint


@pytest.mark.parametrize("reference", ["no such paper", "", " ", "????", "%", "\ud800"])
def test_a_reference_to_no_paper_is_an_error(reference: str, sample_library: Library) -> None:
    with pytest.raises(InputError, match="There is no paper"):
        sample_library.paper(reference)


def test_a_removed_paper_is_found_no_more_and_can_be_added_again(own_folder: Path) -> None:
    with reopen(own_folder) as library:
        before = library.papers()
        paper = library.paper("Attention Is All You Need")
        assert library.remove(paper.paper_id, "attention is all") == [paper]
        assert library.papers() == [kept for kept in before if kept != paper]
        assert all(hit.paper_id != paper.paper_id for hit in library.search(paper.title))
    with reopen(own_folder) as library:
        assert len(library.papers()) == len(before) - 1
        assert library.add_papers([paper]).added == 1
        assert library.search(paper.title)[0].paper_id == paper.paper_id


def test_of_several_papers_all_are_removed_or_none(own_folder: Path) -> None:
    with reopen(own_folder) as library:
        before = library.papers()
        with pytest.raises(InputError, match="no such paper"):
            library.remove("Attention Is All You Need", "no such paper")
        assert library.papers() == before


@pytest.mark.parametrize("text", ["", " \n", "a" * 10_001])
def test_a_query_that_is_empty_or_endless_is_refused(text: str, sample_library: Library) -> None:
    with pytest.raises(UsageError):
        sample_library.search(text)
    with pytest.raises(UsageError):
        sample_library.ask(text)


@pytest.mark.parametrize("content", [b"", b"GGUF" + bytes(200)])
def test_a_model_file_that_is_none_is_a_clear_error_when_adding(
    content: bytes, tmp_path: Path, write_papers: WriteListing
) -> None:
    (tmp_path / "x.gguf").write_bytes(content)
    settings = Settings(llm=LlmSettings(model=str(tmp_path / "x.gguf")))
    file = write_papers(0, 1)
    with Library.open(tmp_path / "library", settings=settings) as library:
        with pytest.raises(ModelError):
            library.add(file)
        assert library.papers() == []


def test_a_lock_that_cannot_be_taken_is_a_clear_error(own_folder: Path) -> None:
    (own_folder / "writer.lock").unlink(missing_ok=True)
    (own_folder / "writer.lock").mkdir()
    with reopen(own_folder) as library, pytest.raises(LibraryError, match="cannot be written"):
        library.remove("Attention Is All You Need")


def test_searching_from_four_threads_while_adding_works(
    own_folder: Path, write_papers: WriteListing
) -> None:
    file = write_papers(0, 100)
    failures: list[BaseException] = []
    done = threading.Event()
    counts: list[int] = []

    with reopen(own_folder) as library:

        def search(number: int) -> None:
            found = 0
            try:
                while not done.is_set() or found == 0:
                    assert library.search(f"zebra{number} points")
                    assert library.paper("Attention Is All You Need")
                    found += 1
            except BaseException as error:
                failures.append(error)
            counts.append(found)

        threads = [threading.Thread(target=search, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        report = library.add(file)
        done.set()
        for thread in threads:
            thread.join()
        assert failures == []
        assert len(counts) == 4
        assert report.added == 100
        assert library.search("Paper number 99 on zebra99")[0].title.endswith("zebra99")


def test_two_threads_that_add_at_once_both_end_well_or_are_refused(
    own_folder: Path, write_papers: WriteListing
) -> None:
    files = [write_papers(0, 70, name="a.jsonl"), write_papers(35, 105, name="b.jsonl")]
    refused: list[AssistantError] = []
    with reopen(own_folder) as library:
        before = len(library.papers())

        def add(file: Path) -> None:
            try:
                library.add(file)
            except LibraryBusy as error:
                refused.append(error)

        threads = [threading.Thread(target=add, args=(file,)) for file in files]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) <= 1
        library.add(*files)
        assert len(library.papers()) == before + 105


def test_one_process_may_open_a_library_twice(own_folder: Path, write_papers: WriteListing) -> None:
    with reopen(own_folder) as one:
        with reopen(own_folder) as other:
            one.add(write_papers(0, 3))
            assert other.search("Paper number 2 on zebra2")[0].title == "Paper number 2 on zebra2"
        assert one.search("Paper number 1 on zebra1")[0].title == "Paper number 1 on zebra1"


def spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for begin in range(4096, len(content), 12_288):
        content[begin : begin + 4096] = b"\xff" * len(content[begin : begin + 4096])
    path.write_bytes(content)


def test_a_damaged_store_is_an_assistant_error(own_folder: Path) -> None:
    path = own_folder / "chroma" / "chroma.sqlite3"
    spoil(path)
    size_bytes = path.stat().st_size
    with pytest.raises(LibraryError) as caught, reopen(own_folder) as library:
        answers(library)
    assert caught.value.hint
    assert path.stat().st_size == size_bytes


def test_a_damaged_mirror_is_made_anew(own_folder: Path, sample_library: Library) -> None:
    spoil(own_folder / "mirror.sqlite3")
    with reopen(own_folder) as library:
        assert answers(library) == answers(sample_library)


def test_the_mirror_is_all_that_a_copy_may_leave_out(
    own_folder: Path, sample_library: Library, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(own_folder / "chroma", copy / "chroma")
    with reopen(copy) as library:
        assert answers(library) == answers(sample_library)
    with sqlite3.connect(copy / "mirror.sqlite3") as db:
        assert db.execute("SELECT count(*) FROM papers").fetchone()[0] > 40


def test_the_answer_of_some_papers_comes_from_them_alone(sample_library: Library) -> None:
    wide = sample_library.ask("How many trainable parameters are saved?")
    scoped = sample_library.ask("What does it reduce?", papers=["LoRA"])
    assert wide.found
    assert {citation.title for citation in scoped.citations} == {
        "LoRA: Low-Rank Adaptation of Large Language Models"
    }
    with pytest.raises(InputError, match="no paper 'nonsense'"):
        sample_library.ask("What?", papers=["nonsense"])


def test_questions_are_answered_while_papers_are_added(
    own_folder: Path, write_papers: WriteListing
) -> None:
    with reopen(own_folder, Settings(llm=LlmSettings(enabled=False))) as library:
        before = library.count()
        adding = threading.Thread(target=library.add, args=[write_papers(0, 200)])
        adding.start()
        answers = [library.ask(query) for query in QUERIES[:1] * 3]
        adding.join()
        assert all(answer.found and "LoRA" in answer.text for answer in answers)
        assert library.count() == before + 200
        assert library.browse("zebra199").total == 1
