"""The key under which a reader cites a paper comes into the library and out of it again."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.encoders.reading import ReadingEncoder
from assistant.library import Library
from assistant.store.folder import MIRROR_FILE
from assistant.store.stored import paper_from_json, paper_to_json
from assistant.types import Paper

PAPER = Paper(
    paper_id="0123456789ab",
    title="FooNet",
    abstract="We build FooNet.",
    authors=("Ann Lee",),
    year=2020,
    arxiv_id="2001.00001",
)
OWN = replace(PAPER, citation_key="MyFoo:20")


def opened(folder: Path, embedder: ReadingEncoder) -> Library:
    library = Library.open(folder, settings=Settings())
    library._models.__dict__["_encoder"] = embedder
    return library


@pytest.fixture
def library(tmp_path: Path, embedder: ReadingEncoder) -> Iterator[Library]:
    with opened(tmp_path / "library", embedder) as made:
        yield made


def exported(library: Library) -> str:
    stream = io.StringIO()
    library.export(stream)
    return stream.getvalue().partition("\n")[0]


def write(path: Path, *papers: Paper) -> Path:
    path.write_text("".join(json.dumps(paper.to_json()) + "\n" for paper in papers))
    return path


def test_a_key_outlives_the_mirror_and_another_opening(
    library: Library, embedder: ReadingEncoder, tmp_path: Path
) -> None:
    library.add(write(tmp_path / "a.jsonl", OWN))
    library.tag("FooNet", add="x")
    library.close()
    (library.folder / MIRROR_FILE).unlink()
    with opened(library.folder, embedder) as again:
        assert again.paper("FooNet").citation_key == "MyFoo:20"
        assert exported(again) == "@misc{MyFoo:20,"
        assert again.check().problems == ()


def test_a_library_without_keys_gets_them_from_files_that_are_added_again(
    library: Library, tmp_path: Path
) -> None:
    library.add(write(tmp_path / "a.jsonl", PAPER))
    assert exported(library) == "@misc{lee2020foonet,"
    report = library.add(write(tmp_path / "a.jsonl", OWN))
    assert (report.added, report.updated) == (0, 1)
    assert exported(library) == "@misc{MyFoo:20,"
    assert library.add(tmp_path / "a.jsonl").unchanged == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_paper_of_several_records_has_a_key_if_one_of_them_has(
    order: tuple[int, ...], library: Library, tmp_path: Path
) -> None:
    longer = replace(PAPER, abstract="We build FooNet. It is fast.")
    records = [PAPER, OWN, replace(longer, doi="10.1000/x")]
    for number in order:
        library.add(write(tmp_path / f"{number}.jsonl", records[number]))
    assert library.count() == 1
    assert exported(library) == "@article{MyFoo:20," or exported(library) == "@misc{MyFoo:20,"


def test_records_without_a_key_are_stored_as_before_there_were_keys() -> None:
    assert "citation_key" not in paper_to_json(PAPER)
    assert paper_from_json(paper_to_json(PAPER)) == PAPER
    assert paper_from_json(paper_to_json(OWN)) == OWN


@pytest.mark.parametrize("ending", ["bib", "json", "csv"])
def test_a_key_is_kept_from_file_to_file(ending: str, library: Library, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.{ending}" for name in ("one", "two")]
    library.add_papers([OWN, replace(PAPER, paper_id="b", title="Bar", arxiv_id="")])
    library.export(files[0])
    with Library.open(tmp_path / "other", settings=library.settings) as other:
        other._models.__dict__["_encoder"] = library.embedder
        other.add(files[0])
        other.export(files[1])
        assert other.paper("FooNet").citation_key == "MyFoo:20"
    assert files[0].read_text() == files[1].read_text()
