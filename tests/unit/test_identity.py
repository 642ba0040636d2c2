"""By what a paper is known."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.identity import (
    head_key,
    is_preprint_doi,
    keys,
    paper_id,
    parse_arxiv_id,
    parse_doi,
    parse_pmid,
    title_key,
)
from assistant.types import Paper


@given(st.text(), st.text(), st.text(), st.text())
def test_an_id_is_twelve_hexadecimal_digits(title: str, doi: str, arxiv: str, pmid: str) -> None:
    made = paper_id(title, doi=doi, arxiv_id=arxiv, pmid=pmid, authors=[title], year=2020)
    assert re.fullmatch(r"[0-9a-f]{12}", made)


@pytest.mark.parametrize(
    "other",
    [
        "A MODEL for  text-to-text",
        "a model for text to text!",
        "Ａ Model for Text‑to‑Text",
        "A Model for Text\\-to\\-Text",
    ],
)
def test_a_title_is_the_same_in_other_spellings(other: str) -> None:
    assert paper_id(other) == paper_id("A Model for Text-to-Text")


@pytest.mark.parametrize("other", ["Mask^2Net", "Mask²Net", "\\emph{Mask}$^2$Net"])
def test_a_title_is_the_same_with_latex(other: str) -> None:
    assert paper_id(other) == paper_id("Mask$^2$Net")


def test_different_titles_are_different_papers() -> None:
    titles = ["PixArt-α", "PixArt-Σ", "PixArt", "???", "!!!", "数据", "数据集"]
    assert len({paper_id(title) for title in titles}) == len(titles)


def test_authors_and_year_do_not_change_the_paper_of_a_title() -> None:
    with_authors = paper_id("A Model for Text", authors=["Ann Lee"], year=2020)
    assert with_authors == paper_id("A Model for Text")


def test_a_heading_that_names_no_paper_takes_in_author_and_year() -> None:
    ids = {
        paper_id("Editorial"),
        paper_id("Editorial.", authors=["Ann Lee"], year=2020),
        paper_id("Editorial", authors=["Ann Lee"], year=2021),
        paper_id("Editorial", authors=["Bo Chen"], year=2020),
    }
    assert len(ids) == 4
    assert paper_id("EDITORIAL", authors=["Lee, Ann"], year=2020) in ids


def test_an_identifier_outweighs_the_title() -> None:
    assert paper_id("One Title", doi="10.1000/ab") == paper_id("Another", doi="10.1000/AB")
    assert paper_id("One Title", arxiv_id="1706.03762") == paper_id("Two", arxiv_id="1706.03762v5")
    assert paper_id("One Title", pmid="123") == paper_id("Two", pmid="PMID: 0123")
    assert paper_id("One Title", doi="10.1000/ab") != paper_id("One Title", doi="10.1000/cd")


def test_the_doi_of_arxiv_is_the_arxiv_id() -> None:
    assert paper_id("T", doi="https://doi.org/10.48550/arXiv.1706.03762") == paper_id(
        "T", arxiv_id="arXiv:1706.03762v2"
    )


@pytest.mark.parametrize("nonsense", ["n/a", "none", "-", "10.1/x", "see text"])
def test_what_is_no_identifier_does_not_identify(nonsense: str) -> None:
    assert paper_id("T", doi=nonsense, arxiv_id=nonsense, pmid=nonsense) == paper_id("T")


@pytest.mark.parametrize(
    "text",
    [
        "10.1000/Ab.C",
        "https://doi.org/10.1000/ab.c",
        "http://dx.doi.org/10.1000/AB.C",
        "doi: 10.1000/ab.c",
    ],
)
def test_a_doi_is_found_in_its_usual_forms(text: str) -> None:
    assert parse_doi(text) == "10.1000/ab.c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1706.03762", "1706.03762"),
        ("arXiv:1706.03762v7 [cs.CL]", "1706.03762"),
        ("https://arxiv.org/abs/1706.03762v1", "1706.03762"),
        ("http://arxiv.org/pdf/2301.00001.pdf", "2301.00001"),
        ("hep-th/9901001v2", "hep-th/9901001"),
        ("math.GT/0309136", "math.gt/0309136"),
        ("p000", ""),
        ("12345", ""),
    ],
)
def test_an_arxiv_id_is_found_in_its_usual_forms(text: str, expected: str) -> None:
    assert parse_arxiv_id(text) == expected


def test_a_pmid_is_found_in_its_usual_forms() -> None:
    for text in ("123", "PMID: 123", "https://pubmed.ncbi.nlm.nih.gov/123/", "000123"):
        assert parse_pmid(text) == "123"
    assert parse_pmid("PMC123") == ""


@pytest.mark.parametrize("text", ["10.1000/ab.", "https://doi.org/10.1000%2Fab", "10.1000/AB;"])
def test_a_doi_is_the_same_with_what_stands_behind_it_and_in_a_link(text: str) -> None:
    assert parse_doi(text) == "10.1000/ab"


@pytest.mark.parametrize(
    ("doi", "expected"),
    [
        ("10.1101/2020.01.01.123456", True),
        ("10.1101/gr.123456", False),  # a journal of the publisher of bioRxiv
        ("10.2139/ssrn.1", True),
        ("10.48550/arxiv.2001.00001", True),
        ("10.31234/osf.io/ab", True),
        ("10.1038/nature1", False),
    ],
)
def test_preprints_are_told_by_their_dois(doi: str, expected: bool) -> None:
    assert is_preprint_doi(doi) is expected


@pytest.mark.parametrize(
    "title", ["FooNet: a net", "FooNet - A Net", "FooNet – a net", "FooNet? Yes", "FooNet. A net."]
)
def test_a_subtitle_is_told_from_its_title(title: str) -> None:
    assert head_key(title) == title_key("FooNet") == head_key("FooNet")


@pytest.mark.parametrize("title", ["Editorial: nets", "Introduction", "Reply - to Lee"])
def test_a_heading_that_names_no_paper_is_no_head(title: str) -> None:
    assert head_key(title) == ""


def test_a_paper_is_found_by_each_of_its_identifiers_and_titles() -> None:
    told = Paper(
        paper_id="p",
        title="FooNet: a net",
        abstract="It is.",
        authors=("Ann Lee",),
        doi="10.1000/A",
        arxiv_id="2001.00001v3",
        pmid="012",
    )
    identifiers = ("doi:10.1000/a", "arxiv:2001.00001", "pmid:12")
    assert keys(told) == (*identifiers, "title:foonetanet", "head:foonet")
    assert keys(replace(told, abstract="")) == (*identifiers, "title:foonetanet")
