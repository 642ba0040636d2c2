"""A follow-up question is made complete, and a new question is left alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.followup import resolve
from assistant.resources import sample_papers
from assistant.types import Turn

FNET = Turn(
    question="How much faster is FNet on TPUs?",
    answer="FNet trains 70% faster on TPUs [1].",
    titles=("FNet: Mixing Tokens with Fourier Transforms",),
)
SEVERAL = Turn(
    question="Which papers propose linear attention?",
    titles=(
        "Linformer: Self-Attention with Linear Complexity",
        "Rethinking Attention with Performers",
        "Nyströmformer: A Nyström-Based Algorithm",
    ),
)
NOTHING = Turn(question="Who won the cup?")

GOES_ON = {
    "and on GPUs?": "How much faster is FNet on GPUs?",
    "And GPUs?": "How much faster is FNet on GPUs?",
    "on GPUs?": "How much faster is FNet on GPUs?",
    "what about Linformer?": "How much faster is Linformer on TPUs?",
    "How about CPUs?": "How much faster is FNet on CPUs?",
    "and what about memory?": "What about memory? (FNet)",
    "for long sequences?": "How much faster is FNet on TPUs for long sequences?",
}
POINTS_BACK = {
    "what about its memory?": "what about FNet’s memory?",
    "Compare it with Linformer": "Compare FNet with Linformer",
    "Is Linformer faster than it?": "Is Linformer faster than FNet?",
    "How large is it?": "How large is FNet?",
    "How large is its memory?": "How large is FNet’s memory?",
    "What dataset do they use?": "What dataset do the authors of FNet use?",
    "What does the paper conclude?": "What does FNet conclude?",
    "and how does this work?": "and how does FNet work?",
    "Which papers cite it?": "Which papers cite FNet?",
    "How does that compare with BERT?": "How does FNet compare with BERT?",
}
OF_ANY_PAPER = {
    "What data was used for training?": "What data was used for training? (FNet)",
    "What are the main limitations?": "What are the main limitations? (FNet)",
    "Memory use?": "Memory use? (FNet)",
    "and how many parameters are there?": "and how many parameters are there? (FNet)",
    "Why?": "Why? (How much faster is FNet on TPUs?)",
    "How so?": "How so? (How much faster is FNet on TPUs?)",
}
STANDS_ALONE = [
    "What is LoRA?",
    "What is sparse attention?",
    "How many parameters does LoRA save?",
    "Which method shows that attention is not needed?",
    "How do transformers reduce their memory?",
    "How does Linformer reduce its memory?",
    "Is it possible to train without labels?",
    "Which papers propose byte-level models?",
    "How many parameters does FNet have?",
    "linear attention",
    "Does FNet say what its accuracy is?",
    "By how much can throughput go up if vocabulary layers are spread over devices?",
    "Which video generator masks attention so that every caption drives its own scene?",
    "What did it cost to sequence the draft human genome?",
    "What is the model called that feeds a teacher's signals into a student?",
    "Why does the change of basis in BT^2 not lose information from its input?",
]


@pytest.mark.parametrize(("question", "meant"), [*GOES_ON.items(), *POINTS_BACK.items()])
def test_a_follow_up_is_put_into_words(question: str, meant: str) -> None:
    assert resolve(question, [NOTHING, FNET]) == meant


@pytest.mark.parametrize(("question", "meant"), OF_ANY_PAPER.items())
def test_what_could_be_asked_of_any_paper_is_asked_of_the_last(question: str, meant: str) -> None:
    assert resolve(question, [FNET]) == meant


@pytest.mark.parametrize("question", STANDS_ALONE)
def test_a_question_of_its_own_is_left_alone(question: str) -> None:
    assert resolve(question, [FNET]) == question


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("How large is the second one?", "How large is “Rethinking Attention with Performers”?"),
        ("Is the last paper the fastest?", "Is Nyströmformer the fastest?"),
        ("Does the fifth method scale?", "Does the fifth method scale?"),
        (
            "How do they compare?",
            "How do Linformer, “Rethinking Attention with Performers” and Nyströmformer compare?",
        ),
    ],
)
def test_several_papers_can_be_pointed_at(question: str, meant: str) -> None:
    assert resolve(question, [SEVERAL]) == meant


def test_papers_are_carried_over_a_question_that_found_nothing() -> None:
    assert resolve("How large is it?", [FNET, NOTHING]) == "How large is FNet?"


def test_with_nothing_before_it_a_question_is_left_alone() -> None:
    for question in (*GOES_ON, *POINTS_BACK, *OF_ANY_PAPER, *STANDS_ALONE):
        assert resolve(question, []) == question


def test_what_points_back_means_the_pinned_paper() -> None:
    titles = ["LoRA: Low-Rank Adaptation of Large Language Models"]
    assert resolve("How large is it?", [FNET], pinned=titles) == "How large is LoRA?"
    for question in ("How much memory is saved?", "What does LoRA save?"):
        assert resolve(question, [FNET], pinned=titles) == question


def test_questions_of_an_exam_all_stand_alone() -> None:
    exam = sample_papers().with_name("questions.jsonl").read_text(encoding="utf-8")
    questions = [json.loads(line)["question"] for line in exam.splitlines()]
    assert len(questions) > 100
    for question in questions:
        assert resolve(question, [FNET]) == question


@given(st.text(max_size=80), st.text(max_size=40), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_is_resolved_and_kept(question: str, last: str, titles: list[str]) -> None:
    turn = Turn(question=last, titles=tuple(titles))
    assert isinstance(resolve(question, [turn]), str)
    assert resolve(question, []) == question
