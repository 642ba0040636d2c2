"""A paper keeps the key under which texts cite it already."""

from __future__ import annotations

import json

import bibtexparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Paper
from assistant.writers import bibtex
from assistant.writers.formats import export_format

GENERATED = "lee2020title"


def paper(number: int, citation_key: str = "", **fields: object) -> Paper:
    given_fields: dict[str, object] = {
        "title": "A title",
        "abstract": "",
        "authors": ("Ann Lee",),
        "year": 2020,
        **fields,
    }
    return Paper(paper_id=f"{number:012x}", citation_key=citation_key, **given_fields)  # type: ignore[arg-type]


def keys(papers: list[Paper]) -> list[str]:
    """The keys in BibTeX, as bibtexparser reads them, which are those in CSL JSON."""
    library = bibtexparser.parse_string(bibtex(papers))
    assert library.failed_blocks == []
    found = [entry.key for entry in library.entries]
    assert found == [item["id"] for item in json.loads("".join(export_format("csl").write(papers)))]
    return found


@pytest.mark.parametrize(
    "own",
    [
        "vaswani2017attention",
        "Vaswani_2017-a",
        "DBLP:conf/nips/VaswaniSPUJGKP17",
        "2016A&A...594A..13P",
        "10.1007/978-3-030-1_2",
        "Aad:2012tfa",
        "müller2020",
        "毛2020",
        "x" * 200,
    ],
)
def test_a_key_that_a_paper_came_with_is_kept(own: str) -> None:
    assert keys([paper(1, own)]) == [own]


@pytest.mark.parametrize("sign", "!$&*+-./:;<>?[]^_`|")
def test_every_clean_sign_is_read_back_wherever_it_stands(sign: str) -> None:
    papers = [paper(1, f"{sign}a"), paper(2, f"a{sign}"), paper(3, f"a{sign}b")]
    assert keys(papers) == [one.citation_key for one in papers]


@pytest.mark.parametrize(
    "own",
    [
        *("", " ", "a b", "a,b", "a{b", "a}b", 'a"b', "a#b", "a%b", "a'b", "(a)", "a=b", "a~b"),
        *("a\\b", "@a", "-", "a\n", "http://zotero.org/users/1/items/AB", "x" * 201, "\u200b"),
    ],
)
def test_what_cannot_be_cited_is_no_key(own: str) -> None:
    assert keys([paper(1, own)]) == [GENERATED]


def test_the_first_of_equal_keys_is_kept_in_small_or_large_letters() -> None:
    papers = [paper(1, "Lee20"), paper(2, "lee20"), paper(3, "LEE20")]
    assert keys(papers) == ["Lee20", GENERATED, f"{GENERATED}a"]


def test_no_key_is_made_that_a_later_paper_came_with() -> None:
    papers = [paper(1), paper(2), paper(3, GENERATED.upper()), paper(4, f"{GENERATED}b")]
    assert keys(papers) == [f"{GENERATED}a", f"{GENERATED}c", GENERATED.upper(), f"{GENERATED}b"]


def test_a_paper_that_is_written_twice_has_two_keys() -> None:
    items = json.loads("".join(export_format("csl").write([paper(1, "Lee20")] * 2)))
    assert [item["id"] for item in items] == ["Lee20", GENERATED]


KEYS = st.text(st.sampled_from("aAbß1_:-, {}'\\é"), max_size=4) | st.just(GENERATED) | st.text()


@given(st.lists(KEYS, max_size=8))
def test_any_keys_become_keys_that_all_differ(given_keys: list[str]) -> None:
    papers = [paper(number, key) for number, key in enumerate(given_keys)]
    found = keys(papers)
    assert len({key.casefold() for key in found}) == len(papers)
    # Written under these keys, the papers keep them.
    again = [paper(number, key) for number, key in enumerate(found)]
    assert keys(again) == found
