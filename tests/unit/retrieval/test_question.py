"""What the wording of a question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.question import MAX_QUESTION_CHARS, read_question, topic_of

NUMBER = [
    "How many layers does the encoder have?",
    "how much faster is it than a convolution",
    "By what factor does the memory shrink?",
    "What top-1 accuracy does the small model reach?",
    "What is the word error rate on clean speech?",
    "BLEU on English-German?",
    "When was the corpus collected?",
    "In which year was the telescope launched?",
    "At what temperature does the alloy melt?",
    "How long did training take?",
    "What percentage of the patients relapsed?",
]
NAME = [
    "Which dataset was used for pre-training?",
    "What new optimizer do the authors propose?",
    "In which benchmark do they compare speech recognisers?",
    "Is there a model that reads whole books?",
    "Who proved the conjecture?",
    "What is the smaller network called?",
    "Which tokeniser works on bytes?",
]
SEVERAL = [
    "Which papers study long documents?",
    "What methods make attention cheaper?",
    "List all models for speech.",
    "Compare Linformer and Reformer.",
    "How do the two encoders differ?",
    "What are the differences between GPT-2 and GPT-3?",
    "Adam versus SGD",
    "How many studies report side effects?",
    "What other work is there on pruning, and what does each paper claim?",
    "show me surveys of graph networks",
    "Which neural network models use attention?",
    "List all the related works.",
    "Which studies model proteins?",
]
PLAIN = [
    "Why does dropout help?",
    "What is attention?",
    "Explain the loss of the discriminator.",
    "Does it need labels?",
    "Tell me about knowledge distillation",
]


@pytest.mark.parametrize("text", NUMBER)
def test_a_question_for_a_number_is_seen(text: str) -> None:
    assert read_question(text).asks_number


@pytest.mark.parametrize("text", NAME)
def test_a_question_for_a_name_is_seen(text: str) -> None:
    assert read_question(text).asks_name


@pytest.mark.parametrize("text", SEVERAL)
def test_a_question_about_several_papers_is_seen(text: str) -> None:
    assert read_question(text).asks_several


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_question_asks_for_none_of_these(text: str) -> None:
    question = read_question(text)
    assert not any((question.asks_number, question.asks_name, question.asks_several))


@pytest.mark.parametrize("text", [*NUMBER[:5], *NAME])
def test_a_question_about_one_paper_is_not_about_several(text: str) -> None:
    assert not read_question(text).asks_several


@pytest.mark.parametrize(
    "text",
    [
        "Which layer do the models share?",
        "Which paper studies long documents?",
        "Which paper models proteins?",
        "What method approaches human quality?",
        "Which tokeniser works on bytes?",
        "What loss works best?",
    ],
)
def test_a_plural_that_is_not_asked_for_does_not_count(text: str) -> None:
    assert not read_question(text).asks_several


def test_a_question_is_read_with_its_terms_and_names() -> None:
    question = read_question("  What does\nMask$^2$DiT do for GPT-4 without labels? \x1b[31m")
    assert question.text == "What does Mask^2DiT do for GPT-4 without labels?"
    assert question.terms == ("Mask", "2DiT", "GPT", "4", "without", "labels")
    assert question.names == ("Mask^2DiT", "GPT-4")


@pytest.mark.parametrize("text", ["", "?!…", "😀😀", "\u200b", "the of and"])
def test_a_question_of_nothing_asks_for_nothing(text: str) -> None:
    question = read_question(text)
    assert not any((question.asks_number, question.asks_name, question.asks_several))
    assert question.names == ()


@given(text=st.text(max_size=200))
def test_any_text_is_a_question(text: str) -> None:
    assert read_question(text).text == read_question(read_question(text).text).text


def test_what_is_too_long_is_cut() -> None:
    question = read_question("how many models " * 10_000)
    assert len(question.text) <= MAX_QUESTION_CHARS
    assert question.asks_number


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("How many papers propose sparse attention?", "sparse attention"),
        ("list the papers on byte-level models", "byte-level models"),
        ("Which papers evaluate on MIMIC-III, and what does each one predict?", "MIMIC-III"),
        ("Which methods quantise gradients?", "quantise gradients"),
        ("What work is there on machine translation with bytes?", "machine translation with bytes"),
        ("show me all papers in my library about pruning", "pruning"),
        ("Which linear attention methods work for images?", "linear attention work for images"),
        ("sparse attention", "sparse attention"),
        ("How much memory does FNet need?", "How much memory does FNet need"),
        ("which papers?", "which papers"),
        ("", ""),
    ],
)
def test_the_topic_of_a_request_is_what_the_papers_are_about(text: str, topic: str) -> None:
    assert topic_of(text) == topic


@given(text=st.text(max_size=200))
def test_any_text_has_a_topic_unless_it_says_nothing(text: str) -> None:
    said = read_question(text).text.strip().rstrip("?. ")
    assert bool(topic_of(text)) == bool(said)


@pytest.mark.parametrize(
    "text",
    ["How many papers propose sparse attention?", "how many recent studies use MIMIC?"],
)
def test_a_count_is_a_list(text: str) -> None:
    question = read_question(text)
    assert question.asks_count
    assert question.asks_list


@pytest.mark.parametrize(
    "text",
    [
        "Which papers propose linear attention?",
        "Compare the approaches that train binary weights",
        "list all studies of espresso",
    ],
)
def test_a_list_is_no_count(text: str) -> None:
    question = read_question(text)
    assert question.asks_list
    assert not question.asks_count


@pytest.mark.parametrize(
    "text",
    [
        "How many models were compared in the BEIR study?",
        "Which paper proposes LoRA?",
        "How do BERT and GPT-3 differ?",
        *NUMBER[:5],
    ],
)
def test_other_questions_ask_for_no_list(text: str) -> None:
    assert not read_question(text).asks_list
