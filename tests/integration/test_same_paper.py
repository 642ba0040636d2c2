"""Records of the same paper become one, from whatever files and in whatever order."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.config import Settings
from assistant.encoders.reading import ReadingEncoder
from assistant.library import Library
from assistant.types import AddReport, Paper

PREPRINT = {
    "title": "FooNet: a Net for Foo",
    "abstract": "We build FooNet. It is a net for foo, and it is fast.",
    "authors": ["Ada van Dyke"],
    "year": 2020,
    "arxiv_id": "2001.00001v2",
    "venue": "arXiv",
    "keywords": ["nets"],
}
PUBLISHED = {
    "title": "FooNet: A net for foo.",
    "abstract": "We build FooNet.",
    "authors": ["van Dyke, A.", "Chen, B."],
    "year": 2021,
    "doi": "10.1234/foo",
    "venue": "Journal of Foo",
    "keywords": ["Nets", "foo"],
}
LISTED = {"title": "FooNet: A Net for Foo", "abstract": "We build FooNet. It is a net for foo."}


@pytest.fixture
def library(tmp_path: Path, embedder: ReadingEncoder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", settings=Settings()) as opened:
        opened._models.__dict__["_encoder"] = embedder
        yield opened


def write(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def counts(report: AddReport) -> tuple[int, int, int]:
    return report.added, report.updated, report.unchanged


@pytest.mark.parametrize("order", itertools.permutations([PREPRINT, PUBLISHED, LISTED]))
def test_preprint_publication_and_listing_are_one_paper(
    order: tuple[dict[str, Any], ...], library: Library, tmp_path: Path
) -> None:
    files = [write(tmp_path / f"{n}.jsonl", record) for n, record in enumerate(order)]
    report = library.add(*files)
    (paper,) = library.papers()
    assert counts(report) == (1, 0, 2)
    assert {merged.by for merged in report.merged} == {"title"}
    assert paper.abstract == PREPRINT["abstract"]
    assert len(paper.authors) == 2
    assert (paper.year, paper.venue) == (2021, "Journal of Foo")
    assert (paper.doi, paper.arxiv_id) == ("10.1234/foo", "2001.00001")
    assert {word.casefold() for word in paper.keywords} == {"nets", "foo"}
    assert paper.source == "0.jsonl; 1.jsonl; 2.jsonl"
    assert counts(library.add(*files)) == (0, 0, 3)
    assert library.add(*files).merged == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"authors": ["Ann Lee"]}, {"authors": ["Bo Chen"]}),
        ({"arxiv_id": "2001.00001"}, {"arxiv_id": "2001.00002"}),
        ({"doi": "10.1000/a"}, {"doi": "10.2000/b"}),
        ({"pmid": "1"}, {"pmid": "2"}),
        ({"year": 1990}, {"year": 2020}),
        ({"title": "UniFormer: one"}, {"title": "UniFormer: two"}),
        ({"doi": "10.1000/book", "title": "On birds", "authors": ["A. Lee"]},
         {"doi": "10.1000/book", "title": "Of fish", "authors": ["B. Chen"]}),
        ({"doi": "10.1000/book", "title": "On the birds", "authors": ["A. Lee"]},
         {"doi": "10.1000/book", "title": "The fish and the birds", "authors": ["B. Chen"]}),
        ({"doi": "10.1000/book", "title": "Chapter 1"},
         {"doi": "10.1000/book", "title": "Chapter 2"}),
        ({"doi": "10.1000/a", "arxiv_id": "2001.00001"},
         {"doi": "10.1000/a", "arxiv_id": "2001.00002"}),
        ({"doi": "10.1101/gr.1"}, {"doi": "10.1101/gr.2"}),
    ],
)  # fmt: skip
def test_near_misses_stay_apart(
    one: dict[str, Any], other: dict[str, Any], library: Library, tmp_path: Path
) -> None:
    base = {"title": "A model", "abstract": "It is a model."}
    file = write(tmp_path / "a.jsonl", base | one, base | other)
    assert counts(library.add(file)) == (2, 0, 0)
    assert counts(library.add(file)) == (0, 0, 2)
    assert library.count() == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"arxiv_id": "2001.00001v1"}, {"doi": "10.48550/arXiv.2001.00001", "title": "Renamed"}),
        ({"pmid": "PMID: 0012"}, {"pmid": "12", "title": "A model (renamed)"}),
        ({"doi": "10.1101/2020.1"}, {"doi": "10.5555/published"}),
        ({"url": "https://arxiv.org/abs/2001.00001v3"}, {"arxiv_id": "2001.00001", "title": "B"}),
    ],
)
def test_identifiers_tell_the_same_paper(
    one: dict[str, Any], other: dict[str, Any], library: Library, tmp_path: Path
) -> None:
    base = {"title": "A model", "abstract": "It is a model.", "authors": ["Ann Lee"]}
    library.add(write(tmp_path / "a.jsonl", base | one, base | other))
    assert library.count() == 1


def test_a_record_joins_papers_that_were_two(library: Library, tmp_path: Path) -> None:
    parts = write(
        tmp_path / "parts.jsonl",
        {"title": "Foo, the preprint", "abstract": "It is foo.", "arxiv_id": "2001.00001"},
        {"title": "Foo, the article", "abstract": "It is foo. And bar.", "doi": "10.1000/foo"},
    )
    assert counts(library.add(parts)) == (2, 0, 0)
    whole = {"title": "Foo", "abstract": "It.", "arxiv_id": "2001.00001", "doi": "10.1000/foo"}
    library.add(write(tmp_path / "whole.jsonl", whole))
    (paper,) = library.papers()
    assert paper.abstract == "It is foo. And bar."
    rows = sum(item.passages for item in library._store.papers())
    assert int(library._store.revision.rpartition("/")[2]) == rows
    assert counts(library.add(parts)) == (0, 0, 2)
    assert library.count() == 1


def test_an_edited_file_takes_back_what_it_said_of_a_merged_paper(
    library: Library, tmp_path: Path
) -> None:
    library.add(write(tmp_path / "a.jsonl", PREPRINT), write(tmp_path / "b.jsonl", PUBLISHED))
    shorter = PREPRINT | {"abstract": "We build FooNet, a net."}
    assert counts(library.add(write(tmp_path / "a.jsonl", shorter))) == (0, 1, 0)
    (paper,) = library.papers()
    assert paper.abstract == "We build FooNet, a net."
    assert paper.doi == "10.1234/foo"


def test_two_records_of_a_paper_in_one_file_are_both_kept_and_taken_back(
    library: Library, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    others = [{"title": f"Other {n}", "abstract": f"It is other {n}."} for n in range(70)]
    report = library.add(write(path, PREPRINT, *others, PUBLISHED))
    assert (report.added, len(report.merged)) == (71, 1)
    assert counts(library.add(path)) == (0, 0, 72)
    report = library.add(write(path, *others, PUBLISHED))
    assert counts(report)[:2] == (0, 1)
    assert library.paper("FooNet").abstract == PUBLISHED["abstract"]


def test_a_paper_without_abstract_is_found_by_its_title_and_never_cited(
    library: Library, tmp_path: Path
) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text("@article{k, title={Zebras in winter}, author={Lee, Ann}, year={2020}}\n")
    report = library.add(bib)
    assert (report.added, report.without_abstract) == (1, 1)
    assert library.search("zebras")[0].title == "Zebras in winter"
    answer = library.ask("What do zebras do in winter?")
    assert (answer.found, answer.citations) == (False, ())


def test_a_program_goes_by_its_own_ids(library: Library, tmp_path: Path) -> None:
    library.add(write(tmp_path / "a.jsonl", PREPRINT))
    own = Paper(paper_id="my:1", title="FooNet: A Net for Foo", abstract="Mine.")
    library.add_papers([own])
    assert library.paper("my:1").abstract == "Mine."
    assert library.count() == 2


def test_a_synchronised_folder_takes_away_what_has_gone(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    one = {"title": "One", "abstract": "It is one."}
    two = {"title": "Two", "abstract": "It is two."}
    write(folder / "a.jsonl", one, two, PREPRINT)
    write(folder / "b.jsonl", {"title": "Three", "abstract": "It is three."})
    library.add(folder)
    library.add(write(tmp_path / "elsewhere.jsonl", two, PUBLISHED))
    library.add_papers([Paper(paper_id="own", title="Own", abstract="It is own.")])
    write(folder / "a.jsonl", one)
    (folder / "b.jsonl").unlink()
    assert library.add(folder).removed == 0
    report = library.add(folder, sync=True)
    assert (report.removed, report.unchanged) == (1, 1)
    titles = {paper.title for paper in library.papers()}
    assert titles == {"One", "Two", "Own", PUBLISHED["title"]}
    assert library.paper("FooNet").abstract == PUBLISHED["abstract"]


def test_what_cannot_be_read_is_not_taken_away(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    write(folder / "a.jsonl", PREPRINT)
    library.add(folder)
    (folder / "a.jsonl").write_bytes(b"\x00\x01\x02")
    assert library.add(folder, sync=True).removed == 0
    (folder / "a.jsonl").unlink()
    assert library.add(folder, sync=True).removed == 0
    assert library.count() == 1


def test_a_corrected_identifier_parts_what_the_wrong_one_had_joined(
    library: Library, tmp_path: Path
) -> None:
    right = {"title": "On birds", "abstract": "Birds fly.", "authors": ["A. Lee"]}
    wrong = {"title": "Of fish", "abstract": "Fish swim well.", "authors": ["A. Lee"]}
    one = write(tmp_path / "a.jsonl", right | {"doi": "10.1000/a"})
    other = write(tmp_path / "b.jsonl", wrong | {"doi": "10.1000/a"})
    assert counts(library.add(one, other)) == (1, 0, 1)
    write(other, wrong | {"doi": "10.1000/b"})
    assert counts(library.add(other)) == (1, 1, 0)
    found = {paper.title: (paper.doi, paper.abstract) for paper in library.papers()}
    assert found == {
        "On birds": ("10.1000/a", "Birds fly."),
        "Of fish": ("10.1000/b", "Fish swim well."),
    }
    assert counts(library.add(one, other)) == (0, 0, 2)
    assert library.check().problems == ()


def test_what_a_removed_file_held_together_comes_apart(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    preprint = {"title": "Foo, a draft", "abstract": "It is foo.", "arxiv_id": "2001.00001"}
    article = {"title": "Foo, the article", "abstract": "It is foo. And bar.", "doi": "10.1000/f"}
    both = {"title": "Foo", "abstract": "It.", "arxiv_id": "2001.00001", "doi": "10.1000/f"}
    write(folder / "a.jsonl", preprint)
    write(folder / "b.jsonl", article)
    write(folder / "c.jsonl", both)
    assert counts(library.add(folder)) == (1, 0, 2)
    (folder / "c.jsonl").unlink()
    library.add(folder, sync=True)
    assert {paper.title for paper in library.papers()} == {"Foo, a draft", "Foo, the article"}
    assert counts(library.add(folder, sync=True)) == (0, 0, 2)
    assert library.check().problems == ()


def test_what_a_file_no_longer_says_goes_even_as_its_papers_join(
    library: Library, tmp_path: Path
) -> None:
    preprint = {"title": "Foo, a draft", "abstract": "It is foo.", "arxiv_id": "2001.00001"}
    article = {"title": "Foo, the article", "abstract": "It is foo. And bar.", "doi": "10.1000/f"}
    both = {"title": "Foo", "abstract": "It.", "arxiv_id": "2001.00001", "doi": "10.1000/f"}
    file = write(tmp_path / "a.jsonl", preprint, article)
    library.add(file)
    write(file, preprint)
    joint = write(tmp_path / "b.jsonl", both)
    library.add(file, joint)
    (paper,) = library.papers()
    assert paper.abstract == "It is foo."
    assert counts(library.add(file, joint)) == (0, 0, 2)


def test_papers_of_a_program_keep_their_ids_whatever_files_say(
    library: Library, tmp_path: Path
) -> None:
    title = "FooNet: A Net for Foo"
    mine = [Paper(paper_id=f"my:{n}", title=title, abstract=f"Mine {n}.") for n in (1, 2)]
    library.add_papers(mine)
    file = write(tmp_path / "a.jsonl", LISTED)
    library.add(file)
    assert library.check(repair=True).problems == ()
    assert {paper.paper_id for paper in library.papers()} == {"my:1", "my:2"}
    assert counts(library.add_papers(mine)) == (0, 0, 2)
    assert counts(library.add(file)) == (0, 0, 1)


def test_a_check_leaves_alone_what_a_program_keeps_apart_from_files(
    library: Library, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.jsonl", LISTED)
    library.add(file)
    library.add_papers([Paper(paper_id="my:1", title=LISTED["title"], abstract="Mine.")])
    assert library.check(repair=True).problems == ()
    assert counts(library.add(file)) == (0, 0, 1)
    assert library.count() == 2


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_bare_title_joins_one_of_two_papers_and_never_both(
    order: tuple[int, ...], library: Library, tmp_path: Path
) -> None:
    told = [
        {"title": "On nets", "abstract": "One.", "doi": "10.1000/a"},
        {"title": "On nets", "abstract": "Two.", "doi": "10.1000/b"},
        {"title": "On nets", "abstract": "Bare."},
    ]
    files = [write(tmp_path / f"{n}.jsonl", told[n]) for n in order]
    for file in files:
        library.add(file)
    assert sorted(paper.doi for paper in library.papers()) == ["10.1000/a", "10.1000/b"]
    assert library.check().problems == ()
    assert counts(library.add(*reversed(files))) == (0, 0, 3)


def test_a_published_version_with_a_subtitle_joins_its_preprint(
    library: Library, tmp_path: Path
) -> None:
    text = "We build a net that finds foo in images of bars, twice as fast as all before it."
    preprint = {"title": "FooNet", "abstract": text, "authors": ["Ann B. Lee"], "year": 2020}
    published = {
        "title": "FooNet: Finding Foo in Bars.",
        "abstract": f"{text} Code is available.",
        "authors": ["Lee, A. B.", "Chen, C."],
        "year": 2022,
        "doi": "10.1000/foo",
    }
    other = {
        "title": "FooNet: Grammar as a net",
        "abstract": "Grammars of sentences become graphs, which transformers then read aloud.",
        "authors": ["Lee, A. B."],
        "year": 2021,
    }
    report = library.add(write(tmp_path / "a.jsonl", preprint, published, other))
    assert [(merged.title, merged.by) for merged in report.merged] == [
        (published["title"], "title without subtitle")
    ]
    assert {paper.title for paper in library.papers()} == {published["title"], other["title"]}


def test_an_identifier_that_is_corrected_in_a_file_leaves_no_second_paper(
    library: Library, tmp_path: Path
) -> None:
    told = {"title": "On birds", "abstract": "Birds fly.", "doi": "10.1000/b"}
    elsewhere = {"title": "On birds", "abstract": "Birds fly.", "doi": "10.1000/c"}
    file = write(tmp_path / "a.jsonl", told)
    library.add(file)
    library.tag("On birds", add="seen")
    write(file, told | {"doi": "10.1000/bird"})
    library.add(file)
    (paper,) = library.papers()
    assert (paper.doi, paper.tags) == ("10.1000/bird", ("seen",))
    assert counts(library.add(file)) == (0, 0, 1)
    # What only looks the same, from another file, is left alone.
    library.add(write(tmp_path / "b.jsonl", elsewhere))
    assert library.count() == 2
