"""What tells that records are the same paper, and what speaks against it."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.indexing.sameness import contradict, identity_of, why_same
from tests.unit.indexing.shelf import record

TEXT = "We build a net that finds foo in images of bars, twice as fast as all nets before it."
OTHER_TEXT = "Grammars of sentences become graphs, which large transformers then read aloud slowly."


def reason(one: dict[str, Any], other: dict[str, Any]) -> str:
    base = {"title": "A net for foo", "abstract": TEXT}
    first, second = (identity_of(record(**(base | told))) for told in (one, other))
    assert why_same([first], [second]) == why_same([second], [first])
    assert contradict(first, second) == contradict(second, first)
    return why_same([first], [second])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PixArt-α: a model", "PixArt-alpha: A Model."),
        ("Cats & dogs", "Cats and Dogs"),
        ("Ca2+ signals", "Ca(2+) signals"),
        ("Nets for foo – a survey", "Nets for foo: a survey"),
        ("The H$_2$O net", "The H₂O net"),
    ],
)
def test_a_title_is_the_same_in_other_punctuation(one: str, other: str) -> None:
    assert reason({"title": one}, {"title": other}) == "title"


def test_a_plus_is_part_of_a_name() -> None:
    assert reason({"title": "A study of C"}, {"title": "A study of C++"}) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann Lee", "Lee, A. B."),
        ("Ann Lee", "Lee AB"),
        ("Ada van Dyke", "Dyke, A. van"),
        ("José García-López", "Garcia, J."),
        ("Jürgen Müller", "Mueller, J."),
        ("Søren Østergaard", "Ostergaard, S."),
        ("John Smith Jr.", "Smith, John"),
        ("Wei Li", "Li Wei"),
        ("Quoc V. Le", "Le, Q."),
    ],
)
def test_a_first_author_is_the_same_in_other_spellings(one: str, other: str) -> None:
    assert reason({"authors": (one,)}, {"authors": (other,)}) == "title"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann Lee", "Bo Chen"),
        ("Ada van Dyke", "Vincent van Gogh"),
        ("Lee AB", "Kim AB"),
        ("David Smith", "David Jones"),
    ],
)
def test_first_authors_who_differ_keep_papers_of_a_title_apart(one: str, other: str) -> None:
    assert reason({"authors": (one,)}, {"authors": (other,)}) == ""


@pytest.mark.parametrize("years", [(2020, 2020), (2020, 2021), (2022, 2020), (2020, None)])
def test_a_subtitle_may_be_added(years: tuple[int | None, int | None]) -> None:
    one = {"title": "FooNet", "authors": ("Ann Lee",), "year": years[0]}
    other = {"title": "FooNet: Finding Foo", "authors": ("Lee, A.",), "year": years[1]}
    assert reason(one, other) == "title without subtitle"


@pytest.mark.parametrize(
    "change",
    [
        {"abstract": OTHER_TEXT},
        {"abstract": ""},
        {"authors": ("Bo Chen",)},
        {"authors": ()},
        {"year": 2010},
        {"doi": "10.1000/b"},
        {"title": "FooNet2: Finding Foo"},
    ],
)
def test_a_subtitle_does_not_make_another_paper_the_same(change: dict[str, Any]) -> None:
    one = {"title": "FooNet", "authors": ("Ann Lee",), "year": 2020, "doi": "10.1000/a"}
    other = {"title": "FooNet: Finding Foo", "authors": ("Ann Lee",), "year": 2020}
    assert reason(one, other | change) == ""


def test_parts_of_a_series_stay_apart() -> None:
    one, other = ({"title": f"Foo: part {n}", "authors": ("Ann Lee",)} for n in "12")
    assert reason(one, other) == ""


def test_a_short_name_in_two_titles_is_two_papers() -> None:
    one = {"title": "UniFormer: Unified Foo for Bars", "authors": ("Ann Lee",)}
    other = {"title": "UniFormer: Unifying Grammar", "authors": ("Ann Lee",)}
    assert reason(one, other | {"abstract": OTHER_TEXT}) == ""


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("doi", "10.1000/a", "10.1000/b"),
        ("doi", "10.1101/gr.1", "10.1101/gr.2"),
        ("arxiv_id", "2001.00001", "2001.00002"),
        ("pmid", "1", "2"),
    ],
)
def test_two_identifiers_of_a_kind_outweigh_all_that_is_the_same(
    kind: str, one: str, other: str
) -> None:
    same = {"doi": "10.1000/same", "arxiv_id": "2101.00001", "pmid": "12"}
    assert reason(same | {kind: one}, same | {kind: other}) == ""


@pytest.mark.parametrize(
    "preprint", ["10.1101/2020.1", "10.2139/ssrn.1", "10.48550/arXiv.2001.00001", "10.21203/rs.1"]
)
def test_a_preprint_may_have_another_doi(preprint: str) -> None:
    assert reason({"doi": preprint}, {"doi": "10.1000/a"}) == "title"


def test_chapters_do_not_become_one_by_the_doi_of_their_book() -> None:
    book = {"doi": "10.1000/book"}
    lee, chen = book | {"authors": ("Ann Lee",)}, book | {"authors": ("Bo Chen",)}
    assert reason(lee | {"title": "The birds"}, chen | {"title": "The birds and the fish"}) == ""
    assert reason(book | {"title": "Birds"}, chen | {"title": "Fish"}) == ""
    assert reason(lee | {"title": "Birds of Asia"}, chen | {"title": "Birds of Asia"}) == "DOI"
    assert reason(lee | {"title": "Birds of Asia"}, book | {"title": "Birds in Asia"}) == "DOI"


def test_what_is_the_same_is_nothing_if_one_record_contradicts() -> None:
    bare = identity_of(record("On nets"))
    one, other = (identity_of(record("On nets", doi=f"10.1000/{n}")) for n in "ab")
    assert why_same([bare], [one]) == "title"
    assert why_same([bare, one], [other]) == ""
