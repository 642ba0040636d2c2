"""Answers and quotes for the clipboard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.types import Answer, Citation, Hit, Paper
from assistant.writers import answer_text, quote_with_reference

CITATION = Citation(
    number=1,
    paper_id="a",
    title="A Title",
    quote="It is 2.5times faster.",
    start=0,
    end=1,
    score=1.0,
)
PAPER = Paper(
    paper_id="a",
    title="A Title",
    abstract="It is 2.5times faster.",
    authors=("Ann Lee", "Bo Chen"),
    year=2020,
    venue="NeurIPS 2020",
    doi="10.1234/abc",
    url="https://a.example/",
    arxiv_id="2001.00001",
    pmid="123",
)


def test_an_answer_is_followed_by_its_proofs() -> None:
    answer = Answer(question="?", found=True, text="Fast [1].", citations=(CITATION,))
    assert answer_text(answer) == "Fast [1].\n\n[1] A Title\n    “It is 2.5 times faster.”\n"


def test_what_is_not_in_the_library_is_said_with_the_nearest_papers() -> None:
    answer = Answer(
        question="?",
        found=False,
        text="No\x1b[31m abstract.",
        nearest=(Hit(paper_id="a", title="One", score=0.1),),
    )
    assert answer_text(answer) == "No abstract.\n\nNearest papers:\n  One\n"


@pytest.mark.parametrize(
    ("fields", "reference"),
    [
        ({}, "Ann Lee and Bo Chen (2020). A Title. NeurIPS 2020. https://doi.org/10.1234/abc"),
        ({"doi": "", "venue": ""}, "Ann Lee and Bo Chen (2020). A Title. https://a.example/"),
        ({"doi": "", "url": ""},
         "Ann Lee and Bo Chen (2020). A Title. NeurIPS 2020. https://arxiv.org/abs/2001.00001"),
        ({"doi": "", "url": "", "arxiv_id": "", "venue": ""},
         "Ann Lee and Bo Chen (2020). A Title. https://pubmed.ncbi.nlm.nih.gov/123/"),
        ({"doi": "", "url": "", "arxiv_id": "", "pmid": "", "venue": "", "year": None,
          "authors": ()}, "A Title."),
        ({"authors": (), "title": "What is it?"},
         "What is it? (2020). NeurIPS 2020. https://doi.org/10.1234/abc"),
        ({"authors": ("A B", "C D", "E F"), "year": None, "venue": "", "doi": ""},
         "A B, C D and E F. A Title. https://a.example/"),
        ({"authors": ("A B", "C D", "E F", "G H"), "venue": "", "doi": ""},
         "A B et al. (2020). A Title. https://a.example/"),
        ({"authors": ("A B", "C D", "E F", "G H"), "year": None, "venue": "", "doi": ""},
         "A B et al. A Title. https://a.example/"),
    ],
)  # fmt: skip
def test_a_quote_names_its_source(fields: dict[str, object], reference: str) -> None:
    paper = replace(PAPER, **fields)  # type: ignore[arg-type]
    assert quote_with_reference(CITATION, paper) == f"“It is 2.5 times faster.” — {reference}"


def test_of_a_paper_that_is_gone_the_title_remains() -> None:
    assert quote_with_reference(CITATION, None) == "“It is 2.5 times faster.” — A Title."
