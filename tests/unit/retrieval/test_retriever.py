"""The right paper and the right sentence, for the questions of the sample exam."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.config import RetrievalSettings, Settings
from assistant.encoders.reading import ReadingEncoder
from assistant.library import Library
from assistant.resources import sample_papers
from assistant.retrieval.question import read_question
from assistant.retrieval.ranked import Findings
from assistant.retrieval.retriever import Retriever
from assistant.store.chroma import ChromaStore
from assistant.store.lexical import LexicalMirror

ODD = [
    "",
    "what is it",
    "?!",
    "…—",
    "😀 🚀",
    "\u200b",
    "the",
    "注意力机制",
    '" OR NEAR( *',
    "\x00\x1b[31m",
    "how many GPUs " * 714,
    "a" * 10_000,
]


def open_retriever(
    folder: Path, embedder: ReadingEncoder, settings: RetrievalSettings | None = None
) -> tuple[Retriever, ChromaStore, LexicalMirror]:
    store = ChromaStore(folder / "chroma", embedder=Settings().embedding.model)
    mirror = LexicalMirror(folder / "mirror.sqlite3")
    retriever = Retriever(
        store=store,
        mirror=mirror,
        embedder=lambda: embedder,
        encoder=embedder,
        settings=settings or RetrievalSettings(),
    )
    return retriever, store, mirror


@pytest.fixture(scope="module")
def retriever(sample_folder: Path, embedder: ReadingEncoder) -> Iterator[Retriever]:
    opened, store, mirror = open_retriever(sample_folder, embedder)
    yield opened
    mirror.close()
    store.close()


@pytest.fixture(scope="module")
def facts() -> list[dict[str, Any]]:
    """Every fifth question of the sample exam that asks for one fact."""
    exam = sample_papers().with_name("questions.jsonl").read_text(encoding="utf-8")
    found = [item for item in map(json.loads, exam.splitlines()) if item["kind"] == "fact"]
    assert len(found) > 100
    return found[::5]


def summary(findings: Findings) -> list[object]:
    return [
        [(paper.paper.paper_id, paper.score) for paper in findings.papers],
        [(s.paper.paper_id, s.start, s.score) for s in findings.sentences],
        findings.asked,
        findings.frequencies,
    ]


def test_the_right_paper_and_sentence_are_found_for_the_sample_exam(
    retriever: Retriever, facts: list[dict[str, Any]]
) -> None:
    first = best_three = 0
    for fact in facts:
        findings = retriever.find(read_question(fact["question"]))
        first += findings.papers[0].paper.title == fact["title"]
        best_three += fact["sentence"] in [s.quote for s in findings.sentences[:3]]
    assert first / len(facts) >= 0.95
    assert best_three / len(facts) >= 0.85


def test_the_same_question_finds_the_same_in_the_same_order(
    retriever: Retriever, sample_folder: Path, embedder: ReadingEncoder, tmp_path: Path
) -> None:
    question = read_question("Which models make attention cheaper?")
    once = summary(retriever.find(question))
    retriever.find(read_question("What does LoRA save?"))
    assert summary(retriever.find(question)) == once


def test_scores_fall_and_every_paper_is_found_once(retriever: Retriever) -> None:
    findings = retriever.find(read_question("How is attention made cheaper?"))
    read = findings.papers[: RetrievalSettings().read_papers]
    for scores in (
        [paper.score for paper in read],
        [paper.score for paper in findings.papers[len(read) :]],
        [sentence.score for sentence in findings.sentences],
    ):
        assert scores == sorted(scores, reverse=True)
    ids = [paper.paper.paper_id for paper in findings.papers]
    assert len(ids) == len(set(ids)) > 20
    assert {s.paper.paper_id for s in findings.sentences} == {p.paper.paper_id for p in read}


@pytest.mark.parametrize("text", ODD, ids=[repr(text[:12]) for text in ODD])
def test_odd_questions_do_not_fail(
    text: str, sample_folder: Path, embedder: ReadingEncoder
) -> None:
    settings = RetrievalSettings(read_papers=2)
    retriever, store, mirror = open_retriever(sample_folder, embedder, settings)
    findings = retriever.find(read_question(text))
    assert len(findings.papers) > 2
    assert len({sentence.paper.paper_id for sentence in findings.sentences}) == 2
    mirror.close()
    store.close()


@pytest.mark.parametrize("text", ["How fast is it?", *ODD[:3]])
def test_an_empty_library_gives_empty_findings(
    text: str, embedder: ReadingEncoder, tmp_path: Path
) -> None:
    Library.open(tmp_path, settings=Settings()).close()
    retriever, store, mirror = open_retriever(tmp_path, embedder)
    findings = retriever.find(read_question(text))
    assert findings.papers == findings.sentences == ()
    assert set(findings.frequencies.values()) <= {0}
    mirror.close()
    store.close()


@pytest.mark.parametrize("dense_weight", [0.0, 1.0])
def test_either_ranking_alone_finds_a_paper_by_its_title(
    dense_weight: float, sample_folder: Path, embedder: ReadingEncoder
) -> None:
    settings = RetrievalSettings(dense_weight=dense_weight, candidates=5, read_papers=2)
    retriever, store, mirror = open_retriever(sample_folder, embedder, settings)
    findings = retriever.find(read_question("Reformer: The Efficient Transformer"))
    assert findings.papers[0].paper.title == "Reformer: The Efficient Transformer"
    assert len({sentence.paper.paper_id for sentence in findings.sentences}) == 2
    mirror.close()
    store.close()
