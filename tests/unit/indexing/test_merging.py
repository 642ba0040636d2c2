"""Several records of one paper become one."""

from __future__ import annotations

import itertools

from assistant.indexing.merging import merge
from tests.unit.indexing.shelf import record

PREPRINT = record(
    "FooNet",
    "We build FooNet. It is a net.",
    authors=("Ann Lee",),
    year=2020,
    doi="10.48550/arXiv.2001.00001",
    venue="arXiv",
)
PUBLISHED = record(
    "FooNet: A Net",
    "We build FooNet.",
    authors=("Lee, A.", "Chen, B."),
    year=2021,
    doi="10.1101/gr.1",
    venue="Genome Research",
)
LISTED = record("FooNet", "", year=2019)


def test_fields_come_from_the_published_version_and_texts_from_the_fullest() -> None:
    for order in itertools.permutations([PREPRINT, PUBLISHED, LISTED]):
        paper = merge(order, paper_id="p")
        assert (paper.title, paper.abstract) == (PREPRINT.title, PREPRINT.abstract)
        assert (paper.year, paper.venue, paper.doi) == (2021, "Genome Research", "10.1101/gr.1")
        assert paper.authors == PUBLISHED.authors


def test_the_arxiv_id_outlives_the_doi_that_told_it() -> None:
    assert merge([PREPRINT, PUBLISHED], paper_id="p").arxiv_id == "2001.00001"


def test_a_doi_in_a_link_is_a_preprint_s_too() -> None:
    linked = record("FooNet", "It is.", doi="https://doi.org/10.2139/ssrn.1", year=2019)
    assert merge([linked, PUBLISHED], paper_id="p").doi == "10.1101/gr.1"


def test_one_record_is_the_paper_as_it_is_told() -> None:
    assert merge([PREPRINT], paper_id=PREPRINT.paper_id) == PREPRINT
