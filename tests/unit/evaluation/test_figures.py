"""The figures of a run, and what a threshold of confidence would cost."""

from __future__ import annotations

import json

from assistant.evaluation.figures import measure
from assistant.evaluation.results import ExamResult
from tests.unit.evaluation.given import FNET, LORA, fact, multi, none, refused, result, said

FAST = ("It is 80% faster.", FNET, "It is 80% faster.")


def facts_and_nones() -> list[ExamResult]:
    return [
        result(fact(question_id="1", text="1"), said(FAST, total_s=1), FNET, confidence=0.9),
        result(fact(question_id="2", text="2"), said(FAST, total_s=2), LORA, confidence=0.6),
        result(fact(question_id="3", text="3"), refused(), confidence=0.1, search_s=9),
        result(none("4", "4"), refused(), confidence=0.15),
        result(none("5", "5"), said(FAST, total_s=5), confidence=0.7),
    ]


def test_shares_are_summed_over_the_questions_that_have_them() -> None:
    shares = {s.figure.name: s for s in measure(facts_and_nones(), min_confidence=0.2).shares}
    assert (shares["top_1"].right, shares["top_1"].of) == (1, 3)
    assert (shares["fact_given"].right, shares["fact_given"].of) == (2, 3)
    assert (shares["refused"].right, shares["refused"].of) == (1, 2)
    assert (shares["verbatim"].right, shares["verbatim"].of) == (3, 3)
    assert "multi_cited" not in shares
    low, high = shares["top_1"].interval
    assert low < shares["top_1"].share < high


def test_times_are_those_that_were_measured() -> None:
    times = measure(facts_and_nones(), min_confidence=0.2).times
    assert (times["search_s"].of, times["search_s"].median, times["search_s"].p95) == (5, 0.1, 9)
    assert (times["first_words_s"].of, times["answer_s"].of) == (3, 5)
    assert times["answer_s"].median == 1


def test_the_refusal_curve_says_what_a_threshold_loses_and_refuses() -> None:
    curve = measure(facts_and_nones(), min_confidence=0.2).refusal
    assert curve is not None
    points = {point.threshold: (point.lost, point.refused) for point in curve.points}
    assert (curve.facts, curve.nones) == (3, 2)
    assert points[0.05] == (0, 0)
    assert points[0.2] == (1, 1)
    assert points[0.65] == (2, 1)
    assert points[0.95] == (3, 2)
    assert curve.area == 3 / 6
    assert curve.calibration_error is not None


def test_the_threshold_in_force_is_on_the_curve_whatever_it_is() -> None:
    curve = measure(facts_and_nones(), min_confidence=0.123).refusal
    assert curve is not None
    assert (0.123, 1, 0) in [(p.threshold, p.lost, p.refused) for p in curve.points]


def test_without_both_kinds_of_question_there_is_no_area() -> None:
    curve = measure(facts_and_nones()[:3], min_confidence=0.2).refusal
    assert curve is not None
    assert curve.area is None
    only_multi = [result(multi(), said(FAST))]
    assert measure(only_multi, min_confidence=0.2).refusal is None


def test_what_could_not_be_asked_is_told_and_left_out_of_the_curve() -> None:
    given = [*facts_and_nones(), result(fact(text="6", question_id="6"), None)]
    figures = measure(given, min_confidence=0.2)
    assert [failed.question.question_id for failed in figures.failed] == ["6"]
    assert figures.refusal is not None
    assert figures.refusal.facts == 3
    assert figures.questions == {"fact": 4, "none": 2, "multi": 0}


def test_the_figures_are_json() -> None:
    value = json.loads(json.dumps(measure(facts_and_nones(), min_confidence=0.2).to_json()))
    assert list(value) == ["questions", "shares", "seconds", "words", "refusal", "failed"]
    assert value["shares"]["refused"] == {
        "right": 1,
        "of": 2,
        "share": 0.5,
        "low": 0.0945,
        "high": 0.9055,
        "counted": "questions",
    }
