"""A change is better or worse only if the questions that changed say so."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.evaluation.comparison import Change, Comparison, compare
from assistant.evaluation.results import ExamResult
from assistant.evaluation.runs import Run, RunHeader
from tests.unit.evaluation.given import FNET, HEADER, LORA, fact, none, refused, result, said

FAST = ("It is 80% faster.", FNET, "It is 80% faster.")
WRONG = ("It saves 3 times.", LORA, "It saves 3 times.")


def facts(*right: bool, total_s: float = 1.0) -> list[ExamResult]:
    return [
        result(
            fact(question_id=str(place), text=f"How fast is {place}?"),
            said(FAST if is_right else WRONG, total_s=total_s + place / 1000),
            FNET,
        )
        for place, is_right in enumerate(right)
    ]


def compared(
    before: Sequence[ExamResult], now: Sequence[ExamResult], header: RunHeader = HEADER
) -> Comparison:
    run = Run(path=Path("x"), header=HEADER, results={one.question: one for one in before})
    return compare(run, now, header)


def change(comparison: Comparison, name: str) -> Change:
    (found,) = [change for change in comparison.changes if change.name == name]
    return found


def test_the_same_results_are_no_difference() -> None:
    results = [*facts(True, False, True), result(none(), refused())]
    comparison = compared(results, results)
    assert {change.verdict for change in comparison.changes} == {"no difference"}
    assert comparison.changed == ()
    assert comparison.differences == ()
    assert (change(comparison, "cited").low, change(comparison, "cited").high) == (0, 0)


def test_six_questions_of_six_make_it_better_and_the_other_way_worse() -> None:
    poor, good = facts(*[False] * 6, *[True] * 4), facts(*[True] * 10)
    better = change(compared(poor, good), "fact_given")
    assert (better.before, better.now, better.verdict) == (0.4, 1.0, "better")
    assert (better.up, better.down, better.probability) == (6, 0, 0.03125)
    assert 0 < better.low < 0.6 < better.high
    assert change(compared(good, poor), "fact_given").verdict == "worse"


def test_five_questions_of_five_may_be_chance() -> None:
    poor, good = facts(*[False] * 5, *[True] * 5), facts(*[True] * 10)
    assert change(compared(poor, good), "fact_given").verdict == "no difference"


def test_questions_that_changed_are_listed_with_what_changed() -> None:
    comparison = compared(facts(True, False, True), facts(False, True, True))
    first, second = comparison.changed
    assert (first.question_id, second.question_id) == ("0", "1")
    assert (first.better, second.worse) == ((), ())
    assert "fact_given" in first.worse
    assert "fact_given" in second.better
    assert first.text == "How fast is 0?"


def test_only_questions_of_both_runs_are_compared() -> None:
    comparison = compared(facts(True, True), facts(True, True, False))
    assert comparison.questions == 2
    assert change(comparison, "fact_given").now == 1
    with pytest.raises(InputError, match="no question in common"):
        compared(facts(True), [result(none(), refused())])


def test_longer_times_are_worse() -> None:
    quick, slow = facts(*[True] * 8), facts(*[True] * 8, total_s=3.0)
    slower = change(compared(quick, slow), "answer_s")
    assert (slower.verdict, slower.unit, slower.up) == ("worse", "seconds", 8)
    assert slower.now - slower.before == pytest.approx(2)
    assert change(compared(slow, quick), "answer_s").verdict == "better"


def test_numbers_out_of_nowhere_are_worse_and_own_words_only_a_change() -> None:
    strange = ("It is 81% faster.", FNET, "It is 80% faster.")
    before = [result(fact(text=str(n), question_id=str(n)), said(FAST)) for n in range(8)]
    now = [
        result(fact(text=str(n), question_id=str(n)), said(strange, kinds=("generated",)))
        for n in range(8)
    ]
    comparison = compared(before, now)
    assert change(comparison, "strange_numbers").verdict == "worse"
    assert change(comparison, "own_words").verdict == "changed"
    assert "own_words" not in comparison.changed[0].worse


def test_a_figure_that_one_run_does_not_have_is_left_out() -> None:
    before = [result(fact(), refused())]
    comparison = compared(before, [result(fact(), said(FAST))])
    assert "title_precision" not in {change.name for change in comparison.changes}
    assert change(comparison, "answered").now == 1


def test_confidence_that_tells_better_is_better() -> None:
    def run(sure: float) -> list[ExamResult]:
        given = [
            result(fact(text=f"{n}", question_id=f"{n}"), said(FAST), confidence=sure)
            for n in range(20)
        ]
        return given + [result(none(f"n{n}", f"n{n}"), refused(), confidence=0.5) for n in range(9)]

    area = change(compared(run(0.4), run(0.6)), "auroc")
    assert (area.before, area.now, area.verdict) == (0, 1, "better")


def test_what_was_set_otherwise_is_told() -> None:
    other = replace(HEADER, settings={**HEADER.settings, "llm.model": "large"}, version="2")
    comparison = compared(facts(True), facts(True), other)
    assert [(d.what, d.before, d.now) for d in comparison.differences] == [
        ("llm.model", "small", "large"),
        ("version", "1", "2"),
    ]
    assert json.loads(json.dumps(comparison.to_json()))["differences"]["llm.model"] == {
        "before": "small",
        "now": "large",
    }
