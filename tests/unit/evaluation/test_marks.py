"""What each figure counts as right."""

from __future__ import annotations

import pytest

from assistant.evaluation.marks import FIGURES, Mark, mark, numbers_missing
from assistant.evaluation.questions import GoldPaper
from assistant.evaluation.results import ExamResult
from tests.unit.evaluation.given import BERT, FNET, LORA, fact, multi, none, refused, result, said

FAST = ("FNet: “It is 80% faster.”", FNET, "It is 80% faster.")
OTHER = ("LoRA: “It saves 3 times.”", LORA, "It saves 3 times.")


def right(given: ExamResult, *names: str) -> list[int]:
    marks = mark(given)
    return [marks[name].right for name in names]


def test_a_fact_that_is_given_and_cited_has_all_marks() -> None:
    marks = mark(result(fact(), said(FAST), LORA, FNET))
    ones = ("answered", "cited_first", "cited", "fact_given", "top_3", "top_5", "top_10")
    assert [marks[name] for name in ones] == [Mark(1, 1)] * len(ones)
    assert marks["top_1"] == Mark(0, 1)
    assert marks["title_precision"] == marks["fact_precision"] == Mark(1, 1)
    assert marks["title_recall"] == marks["fact_recall"] == Mark(1, 1)
    assert "refused" not in marks
    assert marks.keys() <= {figure.name for figure in FIGURES}


def test_the_same_title_found_twice_takes_one_place() -> None:
    assert right(result(fact(), said(FAST), LORA, LORA, LORA, FNET), "top_3", "top_1") == [1, 0]


def test_a_title_is_the_same_in_other_letters() -> None:
    other = ("Fast.", FNET.upper(), "It is 80% faster.")
    assert right(result(fact(), said(other), FNET.lower()), "cited_first", "top_1") == [1, 1]


def test_a_fact_under_another_title_counts_for_nothing() -> None:
    wrong = ("LoRA: “It is 80% faster.”", LORA, "It is 80% faster.")
    names = ("answered", "cited_first", "cited", "fact_given", "title_precision", "fact_recall")
    assert right(result(fact(), said(wrong)), *names) == [1, 0, 0, 0, 0, 0]


def test_a_title_cited_second_is_cited_but_not_first() -> None:
    given = result(fact(), said(OTHER, FAST))
    assert right(given, "cited_first", "cited", "fact_given") == [0, 1, 1]
    assert mark(given)["title_precision"] == mark(given)["fact_precision"] == Mark(1, 2)


@pytest.mark.parametrize(("words", "counts"), [(58, 1), (60, 0)])
def test_a_fact_counts_only_within_the_first_60_words(words: int, counts: int) -> None:
    answer = said(FAST, text=f"{'so ' * words}it is 80% faster [1].".replace("it is ", ""))
    assert right(result(fact(), answer), "fact_given") == [counts]


def test_a_fact_is_not_found_in_a_mark() -> None:
    answer = said(FAST, text="It is faster [80].")
    assert right(result(fact(FNET, "80"), answer), "fact_given") == [0]


def test_a_fact_is_found_whatever_its_case_and_blanks() -> None:
    answer = said(FAST, text="It is 80 %   Faster [1].")
    assert right(result(fact(FNET, "80 % faster"), answer), "fact_given") == [1]


def test_a_question_without_an_answer_has_to_be_refused() -> None:
    assert right(result(none(), refused()), "refused") == [1]
    given = result(none(), said(FAST))
    assert right(given, "refused", "verbatim", "carried") == [0, 1, 1]
    assert "title_precision" not in mark(given)


def test_a_question_over_several_papers_is_counted_by_paper() -> None:
    gold = (GoldPaper(title=FNET, answers=("80%",)), GoldPaper(title=BERT, answers=("340",)),
            GoldPaper(title=LORA))  # fmt: skip
    marks = mark(result(multi(*gold), said(FAST, OTHER), FNET, BERT))
    assert marks["multi_found"] == marks["multi_cited"] == Mark(2, 3)
    assert marks["multi_facts"] == Mark(1, 2)
    assert marks["title_precision"] == Mark(2, 2)
    assert marks["fact_precision"] == Mark(1, 2)
    assert (marks["title_recall"], marks["fact_recall"]) == (Mark(2, 3), Mark(1, 2))


def test_where_no_facts_are_asked_for_none_are_counted() -> None:
    marks = mark(result(multi(GoldPaper(title=FNET)), said(FAST)))
    assert not {"multi_facts", "fact_precision", "fact_recall"} & marks.keys()


def test_a_refused_fact_is_no_citation_but_a_title_that_was_missed() -> None:
    marks = mark(result(fact(), refused("It is 80% faster, perhaps."), FNET))
    assert marks["fact_given"] == marks["title_recall"] == marks["answered"] == Mark(0, 1)
    assert "title_precision" not in marks


def test_a_question_that_could_not_be_asked_is_missed_not_refused() -> None:
    assert right(result(none(), None), "refused") == [0]
    assert right(result(fact(), None), "top_10", "answered", "fact_given") == [0, 0, 0]


def test_quotes_that_are_not_verbatim_are_counted() -> None:
    given = result(fact(), said(FAST, OTHER))
    broken = ExamResult(question=given.question, answer=given.answer, verbatim=(True, False))
    assert mark(broken)["verbatim"] == Mark(1, 2)


def test_sentences_in_the_models_own_words_are_counted() -> None:
    answer = said(FAST, OTHER, kinds=("generated", "quoted"))
    assert mark(result(fact(), answer))["own_words"] == Mark(1, 2)


@pytest.mark.parametrize(
    ("sentence", "quote", "missing"),
    [
        ("It is 80% faster.", "It is 80% faster.", set()),
        ("It is 81% faster.", "It is 80% faster.", {"81"}),
        ("It has 10,000 parts.", "It has 10000 parts.", set()),
        ("It is 3.5x.", "It is 3.5times", set()),
        ("It is 3x.", "It is 3.5x.", {"3"}),
        ("GPT-3 is large [1].", "GPT-3 is large.", set()),
        ("GPT-4 is large.", "GPT-3 is large.", {"4"}),
    ],
)
def test_numbers_that_the_proof_lacks_are_found(
    sentence: str, quote: str, missing: set[str]
) -> None:
    assert numbers_missing(sentence, quote) == missing


def test_a_number_of_another_quote_or_of_the_title_is_told_apart() -> None:
    borrowed = ("It saves 3 times.", FNET, "It is 80% faster.")
    assert mark(result(fact(), said(borrowed, OTHER)))["strange_numbers"] == Mark(1, 2)
    named = ("GPT-3: “It is large.”", "GPT-3: Few Shots", "It is large.")
    assert mark(result(fact(), said(named)))["strange_numbers"] == Mark(0, 1)
