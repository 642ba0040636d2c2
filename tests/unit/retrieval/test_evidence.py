"""Sentences of papers, compared with a question."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.config import Settings
from assistant.encoders.ranker import EvidenceRanker
from assistant.encoders.reading import ReadingEncoder
from assistant.retrieval.evidence import (
    cut_sentences,
    idf_share,
    idf_weights,
    nearest_cosines,
    rank_sentences,
    read_sentences,
    reread,
)
from assistant.retrieval.question import read_question
from assistant.retrieval.ranked import RankedPaper
from assistant.types import Paper

ABSTRACT = "We like birds. The model has 24 layers, i.e. many. We call it Deep\\-Bird. It is free."


def paper(paper_id: str = "p", abstract: str = ABSTRACT) -> Paper:
    return Paper(paper_id=paper_id, title="Birds", abstract=abstract)


def ranked(found: Paper, score: float = 1.0) -> RankedPaper:
    return RankedPaper(paper=found, score=score, cosine=0.5)


def test_each_sentence_is_read_with_its_span(embedder: ReadingEncoder) -> None:
    question = read_question("How many layers?")
    sentences = read_sentences(question, cut_sentences([paper()]), encoder=embedder)
    assert [s.quote for s in sentences] == [
        "We like birds.",
        "The model has 24 layers, i.e. many.",
        "We call it Deep\\-Bird.",
        "It is free.",
    ]
    for sentence in sentences:
        assert sentence.quote == ABSTRACT[sentence.start : sentence.end]
        assert sentence.nearest.shape == (len(embedder.tokens(question.text)),)
        assert 0 < sentence.meaning <= 1


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("How many layers does the model have?", "The model has 24 layers, i.e. many."),
        ("Is it free?", "It is free."),
    ],
)
def test_the_sentence_that_answers_comes_first(
    question: str, best: str, embedder: ReadingEncoder
) -> None:
    asked = read_question(question)
    sentences = read_sentences(asked, cut_sentences([paper()]), encoder=embedder)
    found = rank_sentences(asked, sentences, papers=[ranked(paper())], idf={})
    assert found[0].quote == best
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)


def test_of_two_equal_sentences_the_one_of_the_better_paper_comes_first(
    embedder: ReadingEncoder,
) -> None:
    asked = read_question("How many layers?")
    worse, better = paper("a"), paper("b")
    sentences = read_sentences(asked, cut_sentences([worse, better]), encoder=embedder)
    papers = [ranked(worse, 0.5), ranked(better, 0.9)]
    assert rank_sentences(asked, sentences, papers=papers, idf={})[0].paper == better


def test_an_abstract_of_thousands_of_sentences_is_read_in_part(embedder: ReadingEncoder) -> None:
    sentences = read_sentences(
        read_question("x?"),
        cut_sentences([paper(abstract="It is so. " * 9_000)]),
        encoder=embedder,
    )
    assert len(sentences) == 60


def test_a_question_without_tokens_is_compared_all_the_same(embedder: ReadingEncoder) -> None:
    sentences = read_sentences(read_question(""), cut_sentences([paper()]), encoder=embedder)
    assert [sentence.meaning for sentence in sentences] == [0.0] * 4


def test_the_nearest_cosine_is_the_largest_of_a_row() -> None:
    asked = np.eye(3, dtype=np.float32)
    told = np.array([[0.6, 0.8, 0.0], [1.0, 0.0, 0.0]], dtype=np.float32)
    assert nearest_cosines(asked, told) == pytest.approx([1.0, 0.8, 0.0])
    assert nearest_cosines(asked, told[:0]) == pytest.approx([0.0, 0.0, 0.0])
    assert nearest_cosines(asked[:0], told).shape == (0,)


def test_rare_words_weigh_more_and_no_word_weighs_less_than_nothing() -> None:
    weights = idf_weights({"models": 100, "birds": 1, "unknown": 0}, 100)
    assert 0 <= weights["model"] < weights["bird"] < weights["unknown"]


def test_the_share_of_the_words_is_weighed() -> None:
    idf = {"model": 1.0, "bird": 3.0}
    assert idf_share(["birds", "model"], "A bird sings.", idf) == pytest.approx(0.75)
    assert idf_share(["birds", "model"], "Birds model birds.", idf) == pytest.approx(1.0)
    assert idf_share(["model", "stars"], "A bird sings.", idf) == 0.0
    assert idf_share([], "A bird sings.", idf) == 0.0


@pytest.fixture(scope="module")
def ranker() -> EvidenceRanker:
    return EvidenceRanker(Settings().retrieval.ranker)


def test_what_the_ranker_reads_is_put_in_a_new_order(
    embedder: ReadingEncoder, ranker: EvidenceRanker
) -> None:
    asked = read_question("What is the system named?")
    sentences = read_sentences(asked, cut_sentences([paper()]), encoder=embedder)
    again = reread(asked, sentences, ranker=ranker, limit=10)
    assert again[0].quote == "We call it Deep\\-Bird."
    assert {sentence.quote for sentence in again} == {sentence.quote for sentence in sentences}
    assert [s.score for s in again] == sorted((s.score for s in again), reverse=True)
    assert again[0].answering == max(s.answering for s in again if s.answering is not None)


def test_what_the_ranker_does_not_read_stays_behind(
    embedder: ReadingEncoder, ranker: EvidenceRanker
) -> None:
    asked = read_question("What is the system named?")
    sentences = read_sentences(asked, cut_sentences([paper()]), encoder=embedder)
    again = reread(asked, sentences, ranker=ranker, limit=2)
    assert [s.answering is None for s in again] == [False, False, True, True]
    assert [s.quote for s in again[2:]] == [s.quote for s in sentences[2:]]
    assert reread(asked, [], ranker=ranker, limit=2) == []
