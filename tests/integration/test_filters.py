"""A search, a question and a list that are limited to some papers of a library."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from assistant.errors import UsageError
from assistant.library import Library
from assistant.text.query import Filter
from assistant.types import Finished, Found, Searching, Turn

QUESTION = "What BLEU score does the Transformer reach on English-to-German translation?"
TITLE = "Attention Is All You Need"


def test_only_papers_that_pass_are_found(sample_library: Library) -> None:
    everything = sample_library.search("attention", limit=100)
    years = {paper.paper_id: paper.year for paper in sample_library.papers()}
    wanted = [hit.paper_id for hit in everything if (years[hit.paper_id] or 0) >= 2020]
    found = [hit.paper_id for hit in sample_library.search("attention year:2020..", limit=100)]
    assert found[0] == wanted[0]
    assert set(wanted) <= set(found)
    assert all((years[paper_id] or 0) >= 2020 for paper_id in found)


def test_a_filter_is_the_same_in_the_text_as_text_and_as_an_object(sample_library: Library) -> None:
    limit = "author:vaswani year:2017"
    found = sample_library.search(f"attention {limit}")
    assert [hit.title for hit in found] == [TITLE]
    assert sample_library.search("attention", filter=limit) == found
    assert sample_library.search("attention", filter=Filter.parse(limit)) == found
    assert sample_library.search("attention author:vaswani", filter="year:2017") == found
    assert sample_library.search("attention author:vaswani", filter="year:2018") == []


def test_the_words_of_a_filter_are_not_searched_for(sample_library: Library) -> None:
    hits = sample_library.search("attention", limit=100)
    same = sample_library.search("attention year:1900.. -zebra", limit=100)
    assert same == hits


def test_a_phrase_is_searched_for_as_well(sample_library: Library) -> None:
    found = sample_library.search('"self-attention"', limit=100)
    assert found
    assert found == sample_library.search('"self-attention"', filter='"self-attention"', limit=100)
    for hit in found:
        paper = sample_library.paper(hit.paper_id)
        assert "self-attention" in f"{paper.title} {paper.abstract}".lower()


def test_a_question_is_answered_from_papers_that_pass(sample_library: Library) -> None:
    question = f"{QUESTION[:-1]} author:vaswani?"
    answer = sample_library.ask(question)
    assert answer.found
    assert answer.question == question
    assert {citation.title for citation in answer.citations} == {TITLE}
    other = sample_library.ask(QUESTION, filter="-author:vaswani")
    assert TITLE not in {hit.title for hit in other.nearest}
    assert not other.found
    assert other.text.startswith("No abstract among the papers that match -author:vaswani answers")


def test_nothing_that_passes_is_no_answer_and_says_why(sample_library: Library) -> None:
    *_, found, finished = sample_library.stream(f"{QUESTION} year:1900..1950")
    assert isinstance(found, Found)
    assert isinstance(finished, Finished)
    answer = finished.answer
    assert (answer.found, answer.nearest, answer.citations) == (False, (), ())
    assert answer.text == "No paper of the library matches year:1900..1950."
    pinned = sample_library.ask(QUESTION, papers=[TITLE], filter="year:1950")
    assert pinned.text == "None of the pinned papers matches year:1950."


def test_a_follow_up_is_limited_by_its_own_filter_alone(sample_library: Library) -> None:
    first, *_, last = sample_library.stream(f"{QUESTION} year:2017")
    assert isinstance(first, Searching)
    assert isinstance(last, Finished)
    assert first.query == QUESTION
    titles = tuple(citation.title for citation in last.answer.citations)
    history = [Turn(question=first.query, answer=last.answer.text, titles=titles)]
    again, *_ = sample_library.stream("And on English-to-French? -author:vaswani", history=history)
    assert isinstance(again, Searching)
    assert "year" not in again.query
    assert again.query.endswith("English-to-French?")
    answer = sample_library.ask("Which other models are faster?", history=history)
    assert {hit.title for hit in answer.nearest} - {TITLE}


@pytest.mark.parametrize("query", ["year:2020..", "-attention", "tag:x author:hu"])
def test_a_filter_alone_is_nothing_to_search_for(query: str, sample_library: Library) -> None:
    for ask in (sample_library.search, sample_library.ask):
        with pytest.raises(UsageError, match="and nothing else") as caught:
            ask(query)
        assert "assistant papers" in caught.value.hint


def test_a_malformed_condition_is_refused_before_anything_is_searched(
    sample_library: Library,
) -> None:
    for call in (
        lambda: sample_library.search("x year:abc"),
        lambda: sample_library.stream("x year:abc"),
        lambda: sample_library.search("x", filter="year:abc"),
        lambda: sample_library.search("x", filter="some words"),
        lambda: sample_library.papers("year:abc"),
        lambda: sample_library.browse("year:abc"),
        lambda: sample_library.export(io.StringIO(), filter="year:abc"),
    ):
        with pytest.raises(UsageError):
            call()


def test_papers_that_pass_are_listed_and_browsed(sample_library: Library) -> None:
    papers = sample_library.papers()
    recent = [paper for paper in papers if (paper.year or 0) >= 2021]
    assert 0 < len(recent) < len(papers)
    assert sample_library.papers("year:2021..") == recent
    assert sample_library.papers(Filter.parse("-year:2021..")) == [
        paper for paper in papers if paper not in recent
    ]
    assert list(sample_library.browse("year:2021..").papers) == recent
    listing = sample_library.browse("atten author:vaswani")
    assert [paper.title for paper in listing.papers] == [TITLE]
    assert listing.total == 1


def exported(library: Library, **options: Any) -> list[str]:
    stream = io.StringIO()
    number = library.export(stream, format="jsonl", **options)
    ids = [json.loads(line)["paper_id"] for line in stream.getvalue().splitlines()]
    assert len(ids) == number
    return ids


def test_papers_that_pass_are_exported(sample_library: Library) -> None:
    everything = exported(sample_library)
    assert len(everything) == sample_library.count()
    recent = {paper.paper_id for paper in sample_library.papers("year:2021..")}
    assert exported(sample_library, filter="year:2021..") == [
        paper_id for paper_id in everything if paper_id in recent
    ]
    backwards = everything[::-1]
    assert exported(sample_library, papers=backwards, filter=Filter.parse("year:2021..")) == [
        paper_id for paper_id in backwards if paper_id in recent
    ]
    assert exported(sample_library, filter="year:1900") == []
