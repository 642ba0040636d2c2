"""A library moves to another embedder: while the old index serves, and whatever comes between."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.config import ChunkingSettings, EmbeddingSettings, LlmSettings, Settings
from assistant.encoders.reading import READING_ENCODER
from assistant.errors import Cancelled, EmbedderMismatch, LibraryBusy, ModelMissing
from assistant.indexing import reindexing
from assistant.library import Library
from assistant.retrieval.scale import CosineScale
from assistant.types import Cancellation, Paper
from tests.tiny_onnx import write_folder, write_network

Start = Callable[..., Any]

PAPERS = [
    Paper(paper_id=f"p{number}", title=title, abstract=abstract)
    for number, (title, abstract) in enumerate([
        ("Heron counts birds", "We count birds by their songs. It took 14 days."),
        ("Wax for bread", "A thin layer of wax keeps bread fresh for 9 days."),
        ("Sparse attention for speech", "Warbler attends to 5 % of the frames of a recording."),
        ("Malaria in Ghana", "We counted 412 cases of malaria in two years."),
        ("Graph networks for molecules", "Messages pass between atoms. The error falls by 12 %."),
        ("A catalogue of comets", "We list 88 comets with their periods."),
    ])
]  # fmt: skip
QUESTION = "How many days does wax keep bread fresh?"

REINDEX = """
import sys
from assistant.config import EmbeddingSettings, LlmSettings, Settings
from assistant.indexing import reindexing
from assistant.library import Library

reindexing.BATCH_PAPERS = 2

def tell(done, total):
    print(done, flush=True)
    if sys.argv[3] == "waiting":
        sys.stdin.readline()

embedding = EmbeddingSettings(model=sys.argv[2], threads=1)
settings = Settings(embedding=embedding, llm=LlmSettings(enabled=False))
with Library.open(sys.argv[1], settings=settings) as library:
    print(library.reindex(progress=tell), flush=True)
"""


def settings(model: object = READING_ENCODER, **changes: Any) -> Settings:
    embedding = EmbeddingSettings(model=str(model), threads=1)
    return Settings(embedding=embedding, llm=LlmSettings(enabled=False), **changes)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The folder of an embedder of three dimensions that is loaded and run in no time."""
    return write_folder(tmp_path / "elsewhere" / "tiny")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library that is indexed with the reading encoder."""
    with Library.open(tmp_path / "library", settings=settings()) as library:
        library.add_papers(PAPERS)
    return tmp_path / "library"


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reindexing, "BATCH_PAPERS", 2)
    # What is remembered of where embedders are is of this test alone.
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def check_whole(library: Library, *, papers: int = len(PAPERS)) -> None:
    report = library.check()
    assert (report.problems, report.papers) == ((), papers)
    assert report.compared


def first(library: Library, text: str = QUESTION) -> str:
    return library.search(text)[0].title


def test_a_library_moves_to_a_gguf_embedder_and_back(folder: Path, embedding_gguf: Path) -> None:
    with Library.open(folder, settings=settings(embedding_gguf)) as library:
        before = library.search(QUESTION)
        assert library.indexed_with == READING_ENCODER
        assert library.outdated_index == library._index.wanted == "starter-embedding"
        report = library.reindex()
        assert report is not None
        assert (report.before, report.embedder) == (READING_ENCODER, "starter-embedding")
        assert (report.papers, report.passages, report.embedded) == (6, library._store.count(), 6)
        assert (library.indexed_with, library.outdated_index) == ("starter-embedding", "")
        assert library.embedder.dimension == 576
        assert first(library) == before[0].title == "Wax for bread"
        assert library.ask(QUESTION).citations[0].title == "Wax for bread"
    with Library.open(folder, settings=settings()) as library:
        # What it is indexed with lies in no models folder: it is remembered where.
        assert library.embedder.dimension == 576
        assert first(library) == "Wax for bread"
        assert library.reindex() is not None
        assert library.search(QUESTION) == before
        check_whole(library)


def test_an_index_that_is_what_it_should_be_is_left_alone(folder: Path, tiny: Path) -> None:
    with Library.open(folder, settings=settings()) as library:
        revision = library._store.revision
        assert library.reindex() is None
        assert library._store.revision == revision


def test_the_old_index_serves_until_the_new_one_is_whole(folder: Path, tiny: Path) -> None:
    with Library.open(folder, settings=settings(tiny)) as library:
        found = []

        def tell(done: int, total: int) -> None:
            found.append((done, total, library.indexed_with, first(library)))

        library.reindex(progress=tell)
        assert found == [(n, 6, READING_ENCODER, "Wax for bread") for n in (2, 4, 6)]
        assert library.indexed_with == "tiny"
        assert library.embedder.dimension == 3


def test_a_run_that_is_stopped_keeps_what_is_done(folder: Path, tiny: Path) -> None:
    cancel = Cancellation()
    with Library.open(folder, settings=settings(tiny)) as library:
        with pytest.raises(Cancelled, match="4 of 6 papers are in the new index") as caught:
            library.reindex(progress=lambda done, _: done == 4 and cancel.cancel(), cancel=cancel)
        assert "assistant reindex" in caught.value.hint
        assert (library.indexed_with, first(library)) == (READING_ENCODER, "Wax for bread")
        check_whole(library)
    with Library.open(folder, settings=settings(tiny)) as library:
        report = library.reindex()
        assert report is not None
        assert (report.papers, report.embedded) == (6, 2)
        check_whole(library)


def test_what_changes_between_two_runs_is_in_the_new_index(folder: Path, tiny: Path) -> None:
    cancel = Cancellation()
    with Library.open(folder, settings=settings(tiny)) as library, suppress(Cancelled):
        library.reindex(progress=lambda done, _: done == 4 and cancel.cancel(), cancel=cancel)
    with Library.open(folder, settings=settings(tiny)) as library:
        library.remove("p0")
        library.tag("p1", add="kept")
        longer = replace(PAPERS[2], abstract="It is another text now. " * 40 + "So.")
        added = Paper(paper_id="new", title="Bread and birds", abstract="Birds like bread.")
        library.add_papers([longer, added])
        assert library.indexed_with == READING_ENCODER
    with Library.open(folder, settings=settings(tiny)) as library:
        report = library.reindex()
        assert report is not None
        assert (report.papers, report.embedded) == (6, 4)
        assert library.tags() == {"kept": 1}
        assert {paper.paper_id for paper in library.papers()} == {
            "p1",
            "p2",
            "p3",
            "p4",
            "p5",
            "new",
        }
        assert library.paper("p2").abstract == longer.abstract
        check_whole(library)


def test_another_wish_begins_anew_and_no_wish_leaves_all_as_it_was(
    folder: Path, tiny: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(tiny, tmp_path / "other")
    cancel = Cancellation()
    with Library.open(folder, settings=settings(tiny)) as library, suppress(Cancelled):
        library.reindex(progress=lambda done, _: done == 4 and cancel.cancel(), cancel=cancel)
    with Library.open(folder, settings=settings()) as library:
        assert library.reindex() is None
        assert first(library) == "Wax for bread"
        assert library._store._connection.names() == ["passages"]
    with Library.open(folder, settings=settings(other)) as library:
        report = library.reindex()
        assert report is not None
        assert (report.embedder, report.embedded) == ("other", 6)
        check_whole(library)


def test_a_run_that_is_killed_is_finished_by_the_next(
    folder: Path, tiny: Path, start: Start
) -> None:
    process = start(REINDEX, folder, tiny, "waiting")
    assert process.stdout.readline() == "2\n"
    # The other process is in the midst of it.
    with Library.open(folder, settings=settings(tiny)) as library:
        assert (library.indexed_with, first(library)) == (READING_ENCODER, "Wax for bread")
        with pytest.raises(LibraryBusy):
            library.add_papers(PAPERS)
    process.kill()
    process.wait()
    with Library.open(folder, settings=settings(tiny)) as library:
        check_whole(library)
        report = library.reindex()
        assert report is not None
        assert (report.embedder, report.papers, report.embedded) == ("tiny", 6, 4)
        assert library.overview().papers == 6
        check_whole(library)


def test_who_has_the_library_open_notices_that_its_index_was_exchanged(
    folder: Path, tiny: Path, start: Start
) -> None:
    with Library.open(folder, settings=settings()) as library:
        assert first(library, "wax bread days") == "Wax for bread"
        process = start(REINDEX, folder, tiny, "")
        output, errors = process.communicate()
        assert "embedder='tiny'" in output, errors
        assert first(library, "wax bread days") == "Wax for bread"
        assert (library.indexed_with, library.embedder.dimension) == ("tiny", 3)
        library.add_papers([replace(PAPERS[0], paper_id="late", title="Late birds")])
        check_whole(library, papers=7)


# What does not fit


def test_another_model_under_the_same_name_is_refused_until_the_library_is_moved(
    folder: Path, tiny: Path
) -> None:
    with Library.open(folder, settings=settings(tiny)) as library:
        library.reindex()
    write_network(tiny / "model.onnx", width=5)
    with Library.open(folder, settings=settings(tiny)) as library:
        for use in (first, lambda library: library.add_papers(PAPERS)):
            with pytest.raises(EmbedderMismatch, match="vectors of 3 numbers, and 'tiny' makes 5"):
                use(library)
        assert library.reindex() is not None
        assert first(library, "wax bread days") == "Wax for bread"
        check_whole(library)


def test_an_embedder_that_has_gone_is_named_and_left_behind(folder: Path, tiny: Path) -> None:
    with Library.open(folder, settings=settings(tiny)) as library:
        library.reindex()
    shutil.rmtree(tiny)
    with Library.open(folder, settings=settings()) as library:
        with pytest.raises(ModelMissing, match="indexed with 'tiny', which cannot be") as found:
            first(library)
        assert "assistant reindex" in found.value.hint
        assert len(library.papers()) == 6
        assert library.reindex() is not None
        assert first(library) == "Wax for bread"
    with (
        Library.open(folder, settings=settings(tiny)) as library,
        pytest.raises(ModelMissing, match="no embed model called"),
    ):
        library.reindex()


def test_an_empty_library_is_indexed_with_what_the_settings_name_when_papers_come(
    tmp_path: Path, tiny: Path
) -> None:
    Library.open(tmp_path / "library", settings=settings()).close()
    with Library.open(tmp_path / "library", settings=settings(tiny)) as library:
        assert library.outdated_index == ""
        library.add_papers(PAPERS)
        assert library.indexed_with == "tiny"
        check_whole(library)


def test_abstracts_that_were_cut_otherwise_are_cut_anew(folder: Path) -> None:
    chunking = ChunkingSettings(window_sentences=1, step_sentences=1)
    with Library.open(folder, settings=settings(chunking=chunking)) as library:
        passages = library._store.count()
        report = library.reindex()
        assert report is not None
        assert (report.before, report.embedder) == (READING_ENCODER, READING_ENCODER)
        assert report.passages == library._store.count() > passages
        assert library.reindex() is None
        check_whole(library)


# What else is done with a library


def test_a_backup_keeps_the_embedder_and_the_scale_of_its_cosines(
    folder: Path, tiny: Path, tmp_path: Path
) -> None:
    with Library.open(folder, settings=settings(tiny)) as library:
        library.reindex()
        scale = CosineScale.of(library._store.about)
    assert scale.rows
    with Library.open(folder, settings=settings()) as library:
        contents = library.back_up(tmp_path / "backup.zip")
        assert (contents.embedder, contents.scale) == ("tiny", scale)
    Library.restore(tmp_path / "backup.zip", tmp_path / "restored", settings=settings())
    with Library.open(tmp_path / "restored", settings=settings(tiny)) as library:
        assert (library.indexed_with, library.outdated_index) == ("tiny", "")
        assert CosineScale.of(library._store.about) == scale
        check_whole(library)


def test_a_library_whose_files_are_damaged_keeps_its_embedder_when_it_is_mended(
    folder: Path, tiny: Path
) -> None:
    with Library.open(folder, settings=settings(tiny)) as library:
        library.reindex()
    for header in folder.glob("chroma/*/header.bin"):
        header.write_bytes(b"")
    report = Library.check_folder(folder, settings=settings(), repair=True)
    assert report.left == ()
    with Library.open(folder, settings=settings()) as library:
        assert library.indexed_with == "tiny"
        assert CosineScale.of(library._store.about).rows
        check_whole(library)


def test_the_reading_encoder_needs_no_scale_and_others_are_measured_when_they_grow(
    folder: Path, tiny: Path
) -> None:
    with Library.open(folder, settings=settings()) as library:
        assert CosineScale.of(library._store.about) == CosineScale()
    with Library.open(folder.with_name("other"), settings=settings(tiny)) as library:
        library.add_papers(PAPERS[:1])
        few = CosineScale.of(library._store.about)
        assert (few.slope, few.offset) == (1.0, 0.0)
        library.add_papers(PAPERS)
        assert CosineScale.of(library._store.about).rows == library._store.count() > few.rows
        assert library._mirror.revision == library._store.revision
