"""A search among some papers finds what an exact look at each of them finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.config import RetrievalSettings, Settings
from assistant.encoders.reading import ReadingEncoder
from assistant.retrieval import retriever as retrieval
from assistant.retrieval.question import read_question
from assistant.retrieval.retriever import Retriever
from assistant.store.chroma import ChromaStore
from assistant.store.lexical import LexicalMirror
from assistant.text.query import Filter

QUESTIONS = [
    "How is attention made cheaper?",
    "What BLEU score does the Transformer reach?",
    "zebra crossings",
    "Which data sets are used to evaluate retrieval?",
]
WAYS = {"by the nearest of all": (0, 5000), "by name": (0, 0)}
"""Papers that are few, and most of all that are looked through."""


@pytest.fixture(scope="module")
def mirror(sample_folder: Path) -> Iterator[LexicalMirror]:
    opened = LexicalMirror(sample_folder / "mirror.sqlite3")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def retriever(
    sample_folder: Path, mirror: LexicalMirror, embedder: ReadingEncoder
) -> Iterator[Retriever]:
    store = ChromaStore(sample_folder / "chroma", embedder=Settings().embedding.model)
    settings = RetrievalSettings(candidates=8, read_papers=2)
    yield Retriever(
        store=store,
        mirror=mirror,
        embedder=lambda: embedder,
        encoder=embedder,
        settings=settings,
    )
    store.close()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("limit", ["year:2020..", "year:..2019", "-transformer", "author:a"])
@pytest.mark.parametrize("text", QUESTIONS)
def test_many_papers_are_ranked_as_a_few_are(
    text: str,
    limit: str,
    way: str,
    retriever: Retriever,
    mirror: LexicalMirror,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    question = read_question(text)
    exact = retriever.candidates(question, limit=Filter.parse(limit)).papers
    monkeypatch.setattr(retrieval, "_FEW_PAPERS", WAYS[way][0])
    monkeypatch.setattr(retrieval, "_MAX_WIDE", WAYS[way][1])
    found = retriever.candidates(question, limit=Filter.parse(limit)).papers
    assert {paper.paper.paper_id for paper in found} <= set(mirror.select(Filter.parse(limit)))
    assert len(found) < len(exact)
    for one, other in zip(found[:4], exact[:4], strict=True):
        assert one.paper == other.paper
        assert one.score == pytest.approx(other.score, abs=1e-4)


def test_a_score_means_the_same_in_a_choice(retriever: Retriever) -> None:
    question = read_question("How many parameters does LoRA save?")
    best, *_ = retriever.candidates(question).papers
    alone = retriever.candidates(question, among=[best.paper.paper_id]).papers
    limited = retriever.candidates(question, limit=Filter.parse(f"year:{best.paper.year}")).papers
    for papers in (alone, limited):
        assert papers[0].paper == best.paper
        assert papers[0].score == pytest.approx(best.score, abs=1e-4)


def test_what_is_pinned_has_to_pass_the_filter_too(
    retriever: Retriever, mirror: LexicalMirror
) -> None:
    old, new = (mirror.select(Filter.parse(limit)) for limit in ("year:..2019", "year:2020.."))
    question = read_question("How is attention made cheaper?")
    found = retriever.candidates(
        question, among=[old[0], new[0]], limit=Filter.parse("year:2020..")
    )
    assert [paper.paper.paper_id for paper in found.papers] == [new[0]]


def test_a_filter_that_nothing_passes_leaves_nothing(retriever: Retriever) -> None:
    found = retriever.find(read_question(QUESTIONS[0]), limit=Filter.parse("year:1900"))
    assert found.papers == found.sentences == ()


def test_a_filter_that_all_pass_changes_nothing(retriever: Retriever) -> None:
    question = read_question(QUESTIONS[0])
    free = retriever.find(question)
    limited = retriever.find(question, limit=Filter.parse("-zebra"))
    assert [paper.hit for paper in limited.papers] == [paper.hit for paper in free.papers]
