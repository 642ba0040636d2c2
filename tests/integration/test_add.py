"""Adding papers: once, again, edited, from two files, stopped in the middle."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from assistant.config import ChunkingSettings, Settings
from assistant.encoders.embedder import Vectors
from assistant.encoders.reading import ReadingEncoder
from assistant.errors import Cancelled, UsageError
from assistant.indexing import BATCH_PAPERS
from assistant.library import Library
from assistant.resources import sample_papers
from assistant.types import AddProgress, AddReport, Cancellation, Paper

WriteListing = Callable[..., Path]


class CountingEmbedder(ReadingEncoder):
    """The real embedder, which remembers how many texts it was given."""

    texts = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return super().embed(texts)


@pytest.fixture
def library(tmp_path: Path, embedder: ReadingEncoder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", settings=Settings()) as opened:
        opened._models.__dict__["_encoder"] = embedder
        yield opened


def counts(report: AddReport) -> tuple[int, int, int]:
    return report.added, report.updated, report.unchanged


def record(path: Path, title: str, abstract: str, **more: object) -> Path:
    path.write_text(json.dumps({"title": title, "abstract": abstract, **more}))
    return path


def rows(library: Library) -> int:
    return int(library._store.revision.rpartition("/")[2])


def test_adding_again_changes_and_embeds_nothing(own_folder: Path) -> None:
    counting = CountingEmbedder()
    with Library.open(own_folder, settings=Settings()) as library:
        library._models.__dict__["_encoder"] = counting
        before = (library.papers(), rows(library), library._store.revision)
        report = library.add(sample_papers(), sample_papers())
        assert counts(report) == (0, 0, 2 * len(before[0]))
        assert counting.texts == 0
        assert (library.papers(), rows(library), library._store.revision) == before


def test_an_edited_file_updates_its_papers(library: Library, write_papers: WriteListing) -> None:
    assert counts(library.add(write_papers(0, 5, more=" It sings. It dances. It flies."))) == (
        5,
        0,
        0,
    )
    longer = rows(library)
    assert counts(library.add(write_papers(0, 6))) == (1, 5, 0)
    assert "sings" not in library.paper("Paper number 3").abstract
    assert rows(library) < longer
    assert rows(library) == sum(item.passages for item in library._store.papers())
    assert library.search("zebra3")[0].title == "Paper number 3 on zebra3"
    assert library._mirror.bm25("sings", limit=5) == {}


def test_other_chunking_cuts_the_papers_again(tmp_path: Path, write_papers: WriteListing) -> None:
    file = write_papers(0, 3)
    with Library.open(tmp_path / "library", settings=Settings()) as library:
        library.add(file)
    single = Settings(chunking=ChunkingSettings(window_sentences=1, step_sentences=1))
    with Library.open(tmp_path / "library", settings=single) as library:
        assert counts(library.add(file)) == (0, 3, 0)
        assert rows(library) == 9
        assert counts(library.add(file)) == (0, 0, 3)


LONG, SHORT = "It is long. It has two sentences.", "It is short."
VERSIONS = {
    "the longer abstract": [{"abstract": SHORT}, {"abstract": LONG}],
    "the fuller record": [
        {"abstract": LONG},
        {"abstract": LONG, "authors": ["Ada L."], "year": 1843},
    ],
    "one of two that are as long": [{"abstract": "It is a."}, {"abstract": "It is b."}],
}


@pytest.mark.parametrize("case", VERSIONS)
def test_of_a_paper_in_two_files_one_version_wins_in_any_order(
    case: str, library: Library, tmp_path: Path
) -> None:
    files = []
    for name, fields in zip(("a.jsonl", "b.jsonl"), VERSIONS[case], strict=True):
        path = tmp_path / name
        path.write_text(json.dumps({"title": "The paper", **fields}))
        files.append(path)
    ends = []
    for order in (files, files[::-1], [*files, *files], [*files, files[0]]):
        library.add(*order)
        (paper,) = library.papers()
        ends.append(paper.to_json() | {"source": ""})
        assert counts(library.add(*order)) == (0, 0, len(order))
        library.remove("The paper")
        for path in order:
            library.add(path)
        (paper,) = library.papers()
        ends.append(paper.to_json() | {"source": ""})
        library.remove("The paper")
    assert all(end == ends[0] for end in ends)
    if case != "one of two that are as long":
        expected = VERSIONS[case][1]
        assert ends[0]["abstract"] == expected["abstract"]
        assert ends[0]["year"] == expected.get("year")


def test_the_same_record_from_another_file_changes_nothing(
    library: Library, tmp_path: Path
) -> None:
    first = record(tmp_path / "a.jsonl", "The paper", LONG)
    second = record(tmp_path / "z.jsonl", "The paper", LONG)
    assert counts(library.add(first)) == (1, 0, 0)
    assert counts(library.add(second)) == (0, 0, 1)
    assert counts(library.add(first)) == (0, 0, 1)


def test_what_is_no_paper_is_reported_and_the_rest_is_added(
    library: Library, tmp_path: Path
) -> None:
    mixed = tmp_path / "mixed.jsonl"
    good = json.dumps({"title": "Good", "abstract": "It is good."})
    mixed.write_text(f'{good}\n{{"title": "No abstract"}}\n{{broken\n')
    report = library.add(mixed, tmp_path / "none.txt", sample_papers())
    assert report.added == 1 + len(library.papers()) - 1 > 50
    assert [rejected.line for rejected in report.rejected] == [2, 3, None]
    assert report.rejected[2].reason == "no such file or folder"


def test_papers_that_a_program_made_are_checked_and_added(library: Library) -> None:
    report = library.add_papers(
        [
            Paper(paper_id="my:1", title="One  \x1b[31mred", abstract="It is\nred.", year=0),
            Paper(paper_id="my:2", title="Two", abstract=" "),
            Paper(paper_id="", title="Three", abstract="It is three."),
            Paper(paper_id="my:4", title="\ud800Four", abstract="It is \ud800 four."),
        ]
    )
    assert counts(report) == (2, 0, 0)
    assert len(report.rejected) == 2
    assert [(p.title, p.abstract, p.year) for p in library.papers()] == [
        ("Four", "It is four.", None),
        ("One red", "It is red.", 0),
    ]
    assert library.paper("my:1").title == "One red"


def test_standard_input_is_read_once_even_with_progress(library: Library) -> None:
    seen: list[AddProgress] = []
    stdin = io.BytesIO(b'{"title": "Piped", "abstract": "It came through a pipe."}\n')
    assert counts(library.add("-", stdin=stdin, progress=seen.append)) == (1, 0, 0)
    assert [(now.papers_done, now.papers_total) for now in seen] == [(1, None)]


def test_a_pipe_is_read_once_even_with_progress(library: Library) -> None:
    reading, writing = os.pipe()
    os.write(writing, b'{"title": "Piped", "abstract": "It came through a pipe."}\n')
    os.close(writing)
    report = library.add(f"/dev/fd/{reading}", progress=lambda _: None)
    os.close(reading)
    assert counts(report) == (1, 0, 0)


def test_progress_tells_how_many_of_how_many(library: Library, write_papers: WriteListing) -> None:
    seen: list[AddProgress] = []
    library.add(write_papers(0, BATCH_PAPERS + 9), progress=seen.append)
    assert [(now.papers_done, now.papers_total) for now in seen] == [
        (BATCH_PAPERS, BATCH_PAPERS + 9),
        (BATCH_PAPERS + 9, BATCH_PAPERS + 9),
    ]
    assert 0 < seen[0].elapsed_s <= seen[1].elapsed_s


def test_the_columns_of_a_table_can_be_named(library: Library, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("Headline,Abstract\nRain by Night,It falls.\n")
    with pytest.raises(UsageError, match="no field 'headline'"):
        library.add(table, columns={"Headline": "headline"})
    assert counts(library.add(table, columns={"Headline": "title"})) == (1, 0, 0)
    assert [paper.title for paper in library.papers()] == ["Rain by Night"]


def test_what_was_added_before_a_cancel_is_kept_and_the_next_add_finishes(
    library: Library, write_papers: WriteListing
) -> None:
    file = write_papers(0, 3 * BATCH_PAPERS)
    cancel = Cancellation()

    def stop_after_a_batch(now: AddProgress) -> None:
        cancel.cancel()

    with pytest.raises(Cancelled, match=f"{BATCH_PAPERS} papers were added") as caught:
        library.add(file, progress=stop_after_a_batch, cancel=cancel)
    assert "same command again" in caught.value.hint
    assert len(library.papers()) == BATCH_PAPERS
    assert counts(library.add(file)) == (2 * BATCH_PAPERS, 0, BATCH_PAPERS)


def test_an_error_in_the_middle_of_the_input_leaves_whole_papers(library: Library) -> None:
    def papers() -> Iterator[Paper]:
        for n in range(BATCH_PAPERS + 5):
            yield Paper(paper_id=f"p{n}", title=f"Paper {n}", abstract="It is whole.")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add_papers(papers())
    assert len(library.papers()) == BATCH_PAPERS
    assert counts(library.add_papers(library.papers())) == (0, 0, BATCH_PAPERS)
