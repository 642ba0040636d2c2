"""What is restored from JSON is what was written, or is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Answer, AnswerSentence, Citation, Hit, Paper, Timings

TEXT = st.text(max_size=20)
SCORE = st.floats(-10, 10).map(lambda score: round(score, 4))
SECONDS = st.none() | st.floats(0, 100).map(lambda seconds: round(seconds, 4))
COUNT = st.integers(0, 1000)

PAPERS = st.builds(
    Paper,
    paper_id=TEXT,
    title=TEXT,
    abstract=TEXT,
    authors=st.lists(TEXT, max_size=3).map(tuple),
    year=st.none() | st.integers(-1, 3000),
    venue=TEXT,
    doi=TEXT,
    arxiv_id=TEXT,
    pmid=TEXT,
    url=TEXT,
    keywords=st.lists(TEXT, max_size=3).map(tuple),
    source=TEXT,
)
SENTENCES = st.builds(
    AnswerSentence,
    text=TEXT,
    citations=st.lists(COUNT, max_size=3).map(tuple),
    kind=st.sampled_from(["generated", "quoted"]),
)
CITATIONS = st.builds(
    Citation, number=COUNT, paper_id=TEXT, title=TEXT, quote=TEXT, start=COUNT, end=COUNT,
    score=SCORE,
)  # fmt: skip
ANSWERS = st.builds(
    Answer,
    question=TEXT,
    found=st.booleans(),
    text=TEXT,
    sentences=st.lists(SENTENCES, max_size=3).map(tuple),
    citations=st.lists(CITATIONS, max_size=3).map(tuple),
    nearest=st.lists(st.builds(Hit, paper_id=TEXT, title=TEXT, score=SCORE), max_size=3).map(tuple),
    model=TEXT,
    timings=st.builds(Timings, search_s=SECONDS, first_token_s=SECONDS, total_s=SECONDS),
)


@given(PAPERS)
def test_a_paper_survives_json(paper: Paper) -> None:
    assert Paper.from_json(json.loads(json.dumps(paper.to_json()))) == paper


@given(ANSWERS)
def test_an_answer_survives_json(answer: Answer) -> None:
    assert Answer.from_json(json.loads(json.dumps(answer.to_json()))) == answer


ANSWER = Answer(
    question="q",
    found=True,
    text="t",
    sentences=(AnswerSentence(text="s", citations=(1,), kind="quoted"),),
    citations=(Citation(number=1, paper_id="p", title="t", quote="q", start=0, end=1, score=0.5),),
    timings=Timings(search_s=0.5),
)


def test_fields_with_a_default_may_be_missing_and_unknown_ones_are_passed_over() -> None:
    value = {**ANSWER.to_json(), "mood": "good"}
    del value["nearest"]
    assert Answer.from_json(value) == ANSWER


def test_a_whole_number_is_taken_for_a_measure() -> None:
    value = ANSWER.to_json()
    value["timings"]["search_s"] = 2
    restored = Answer.from_json(value)
    assert restored == replace(ANSWER, timings=Timings(search_s=2.0))
    assert type(restored.timings.search_s) is float


def at(value: Any, path: str) -> tuple[Any, Any]:
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in parents:
        value = value[part]
    return value, last


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("question", 1),
        ("question", None),
        ("question", ["q"]),
        ("found", 1),
        ("found", "true"),
        ("sentences", {}),
        ("sentences", "s"),
        ("sentences", None),
        ("sentences.0", "s"),
        ("sentences.0.kind", "guessed"),
        ("sentences.0.kind", ["quoted"]),
        ("sentences.0.citations", [True]),
        ("sentences.0.citations", [1.0]),
        ("citations.0.score", "0.5"),
        ("citations.0.score", True),
        ("citations.0.score", float("nan")),
        ("citations.0.score", float("inf")),
        ("citations.0.score", 10**400),
        ("citations.0.start", 0.5),
        ("timings", None),
        ("timings.search_s", "1"),
        ("usage.papers_read", None),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(path: str, wrong: object) -> None:
    value = {**ANSWER.to_json(), "usage": {"papers_read": 1}}
    parent, name = at(value, path)
    parent[name] = wrong
    with pytest.raises(ValueError, match=r"kind|finite|object"):
        Answer.from_json(value)


@pytest.mark.parametrize("path", ["question", "citations.0.quote", "sentences.0.kind"])
def test_a_missing_field_is_named(path: str) -> None:
    value = ANSWER.to_json()
    parent, name = at(value, path)
    del parent[name]
    with pytest.raises(ValueError, match=rf"\.{name} is missing"):
        Answer.from_json(value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*Answer.__slots__, *Paper.__slots__]), inner)
        ),
        max_leaves=8,
    )
)
def test_anything_else_is_refused_in_one_way(value: object) -> None:
    for kind in (Answer, Paper):
        with pytest.raises(ValueError, match=kind.__name__):
            kind.from_json(value)
