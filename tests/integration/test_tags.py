"""Tags: put on, taken off, looked for, and never lost to a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.encoders.reading import ReadingEncoder
from assistant.errors import AssistantError, InputError, UsageError
from assistant.library import Library
from assistant.store.folder import MIRROR_FILE
from assistant.types import Paper

WriteListing = Callable[..., Path]


def opened(folder: Path, embedder: ReadingEncoder) -> Library:
    library = Library.open(folder, settings=Settings())
    library._models.__dict__["_encoder"] = embedder
    return library


@pytest.fixture
def library(tmp_path: Path, embedder: ReadingEncoder) -> Iterator[Library]:
    with opened(tmp_path / "library", embedder) as made:
        yield made


def tagged(library: Library, tag: str) -> list[str]:
    return [paper.title for paper in library.papers(f'tag:"{tag}"')]


def title(number: int) -> str:
    return f"Paper number {number} on zebra{number}"


def test_tags_are_put_on_and_taken_off(library: Library, write_papers: WriteListing) -> None:
    library.add(write_papers(0, 3))
    first, second = library.tag(title(0), title(1), add=["to read", " NLP\n"])
    assert first.tags == second.tags == ("to read", "NLP")
    (again,) = library.tag(title(1), add="nlp", remove=["To Read"])
    assert again.tags == ("NLP",)
    assert library.tags() == {"NLP": 2, "to read": 1}
    assert tagged(library, "nlp") == [title(0), title(1)]
    found = library.search('zebra tag:nlp -tag:"to read"')
    assert [hit.title for hit in found] == [title(1)]
    assert [paper.title for paper in library.papers('tag:nlp -tag:"to read"')] == [title(1)]


def test_tags_outlive_the_mirror_and_another_opening(
    library: Library, embedder: ReadingEncoder, write_papers: WriteListing
) -> None:
    library.add(write_papers(0, 2))
    library.tag(title(0), add=["kept"])
    library.close()
    (library.folder / MIRROR_FILE).unlink()
    with opened(library.folder, embedder) as again:
        assert again.tags() == {"kept": 1}
        assert again.check().problems == ()


def test_tags_outlive_a_file_that_is_added_again_or_changed(
    library: Library, write_papers: WriteListing
) -> None:
    library.add(write_papers(0, 2))
    library.tag(title(0), add=["kept"])
    assert library.add(write_papers(0, 2)).unchanged == 2
    assert tagged(library, "kept") == [title(0)]
    library.add(write_papers(0, 2, more=" It was changed."))
    assert tagged(library, "kept") == [title(0)]
    library.tag(title(0), remove=["kept"])
    library.add(write_papers(0, 2, more=" And again."))
    assert library.tags() == {}


def test_papers_that_become_one_have_the_tags_of_both(library: Library, tmp_path: Path) -> None:
    records = [
        {"title": "FooNet", "abstract": "We build FooNet.", "arxiv_id": "2001.00001"},
        {"title": "FooNet, a net for foo", "abstract": "We make a net.", "doi": "10.1234/foo"},
    ]
    joined = {"title": "FooNet", "abstract": "x.", "arxiv_id": "2001.00001", "doi": "10.1234/foo"}
    for number, record in enumerate(records):
        path = tmp_path / f"{number}.jsonl"
        path.write_text(json.dumps(record))
        library.add(path)
        library.tag(str(record["title"]), add=[f"tag {number}", "both"])
    path.write_text(json.dumps(joined))
    library.add(path)
    assert library.count() == 1
    assert set(library.papers()[0].tags) == {"tag 0", "tag 1", "both"}


def test_a_tag_that_a_program_gave_does_not_come_back(library: Library) -> None:
    paper = Paper(paper_id="own", title="Own", abstract="We try.", tags=("mine", "new"))
    library.add_papers([paper])
    assert library.tags() == {"mine": 1, "new": 1}
    library.tag("own", remove=["mine"])
    library.tag("own", add=["other"])
    assert set(library.paper("own").tags) == {"new", "other"}
    assert set(library.tags()) == {"new", "other"}


def test_nothing_is_written_where_nothing_changes(
    library: Library, write_papers: WriteListing
) -> None:
    library.add(write_papers(0, 1))
    library.tag(title(0), add=["kept"])
    before = library._store.revision
    assert library.tag(title(0), add=["KEPT"], remove=["not there"])[0].tags == ("kept",)
    assert library._store.revision == before


@pytest.mark.parametrize(
    ("references", "tag", "error"),
    [
        (["no such paper"], "x", InputError),
        ([title(0), "no such paper"], "x", InputError),
        ([title(0)], "  ", UsageError),
        ([title(0)], '""', UsageError),
        ([title(0)], "x" * 101, UsageError),
    ],
)
def test_what_is_wrong_changes_nothing(
    references: list[str],
    tag: str,
    error: type[AssistantError],
    library: Library,
    write_papers: WriteListing,
) -> None:
    library.add(write_papers(0, 1))
    with pytest.raises(error):
        library.tag(*references, add=["good", tag])
    assert library.tags() == {}
