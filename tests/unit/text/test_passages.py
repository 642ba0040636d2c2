"""Passages hold every sentence and never more tokens than they may."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers import read_papers
from assistant.resources import sample_papers
from assistant.text.clean import normalise, readable
from assistant.text.passages import cut_passages
from assistant.text.sentences import sentence_spans
from assistant.text.tokens import TokenCounter
from assistant.types import Paper, Passage

WORDS = [
    "We",
    "show",
    "BERT.",
    "e.g.",
    "5%",
    "$a.",
    "B$",
    "\\%",
    "x^{2}",
    "{",
    "}",
    "中文。",
    "a" * 90,
]
ABSTRACTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=60).map(" ".join)


def cut(
    abstract: str,
    count_tokens: TokenCounter,
    *,
    title: str = "A title",
    window: int = 3,
    step: int = 2,
    max_tokens: int = 220,
) -> list[Passage]:
    return cut_passages(
        Paper(paper_id="p", title=normalise(title), abstract=normalise(abstract)),
        count_tokens=count_tokens,
        window_sentences=window,
        step_sentences=step,
        max_tokens=max_tokens,
    )


def check(passages: list[Passage], abstract: str) -> None:
    """Assert that passages are in order, span what they say and leave nothing out."""
    abstract = normalise(abstract)
    covered: set[int] = set()
    for index, passage in enumerate(passages):
        assert passage.index == index
        assert 0 <= passage.start <= passage.end <= len(abstract)
        assert passage.start < passage.end or not abstract
        assert passage.text.partition("\n")[2] == readable(abstract[passage.start : passage.end])
        covered.update(range(passage.start, passage.end))
    for start, end in sentence_spans(abstract):
        assert [i for i in range(start, end) if i not in covered and abstract[i] != " "] == []
    assert [p.start for p in passages] == sorted({p.start for p in passages})


@given(
    abstract=ABSTRACTS,
    title=st.text(max_size=60),
    max_tokens=st.integers(32, 120),
    window=st.integers(1, 5),
    step=st.integers(1, 7),
)
def test_passages_cover_every_sentence_within_the_budget(
    abstract: str, title: str, max_tokens: int, window: int, step: int, count_tokens: TokenCounter
) -> None:
    passages = cut(
        abstract, count_tokens, title=title, window=window, step=step, max_tokens=max_tokens
    )
    check(passages, abstract)
    assert all(count_tokens(passage.text) <= max_tokens for passage in passages)


def test_passages_of_the_sample_overlap_and_hold_three_sentences(
    count_tokens: TokenCounter,
) -> None:
    for paper in read_papers([sample_papers()]):
        assert isinstance(paper, Paper)
        passages = cut(paper.abstract, count_tokens, title=paper.title)
        check(passages, paper.abstract)
        spans = sentence_spans(paper.abstract)
        assert passages[0].start == spans[0][0]
        assert passages[0].end in (
            spans[min(2, len(spans) - 1)][1],
            spans[min(1, len(spans) - 1)][1],
        )
        assert all(b.start < a.end for a, b in pairwise(passages))


def test_each_passage_begins_with_the_readable_title(count_tokens: TokenCounter) -> None:
    sentences = " ".join(f"Sentence number {n} is here." for n in range(9))
    passages = cut(sentences, count_tokens, title="Mask$^2$DiT at 15\\%")
    assert len(passages) == 4
    assert {passage.text.partition("\n")[0] for passage in passages} == {"Mask^2DiT at 15%"}


def test_a_title_leaves_half_of_the_room_to_the_abstract(count_tokens: TokenCounter) -> None:
    (passage,) = cut("It works.", count_tokens, title="very long " * 90, max_tokens=40)
    title, _, text = passage.text.partition("\n")
    assert 1 <= count_tokens(title) <= 20
    assert text == "It works."


def test_an_abstract_of_50_000_characters_is_cut_whole(count_tokens: TokenCounter) -> None:
    abstract = " ".join(f"We train model {n} for {n} hours, i.e. long." for n in range(1200))[
        :50_000
    ]
    passages = cut(abstract, count_tokens)
    check(passages, abstract)
    assert len(passages) > 100


@pytest.mark.parametrize("word", ["a", "0", "é", "中", "😀", "-"])
def test_one_giant_word_is_cut_within_the_budget(word: str, count_tokens: TokenCounter) -> None:
    passages = cut(word * 5_000, count_tokens, max_tokens=64)
    check(passages, word * 5_000)
    assert len(passages) > 1
    assert all(count_tokens(passage.text) <= 64 for passage in passages)


@pytest.mark.parametrize("max_tokens", [1, 2, 5, 8])
def test_a_budget_too_small_for_anything_still_loses_nothing(
    max_tokens: int, count_tokens: TokenCounter
) -> None:
    abstract = "We show 😀 it. It works well!"
    passages = cut(abstract, count_tokens, title="A title of words", max_tokens=max_tokens)
    check(passages, abstract)


def test_a_longer_step_than_window_skips_no_sentence(count_tokens: TokenCounter) -> None:
    abstract = " ".join(f"This is {n}." for n in range(10))
    check(cut(abstract, count_tokens, window=2, step=5), abstract)


def test_without_an_abstract_the_title_is_the_passage(count_tokens: TokenCounter) -> None:
    (passage,) = cut("", count_tokens)
    assert (passage.index, passage.start, passage.end) == (0, 0, 0)
    assert passage.text
    assert "\n" not in passage.text
