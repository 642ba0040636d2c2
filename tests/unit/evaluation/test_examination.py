"""Questions are put to a real library; what is done is kept, whatever comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from assistant.config import LlmSettings, Settings
from assistant.errors import Cancelled, InputError, ModelError
from assistant.evaluation.examination import describe, examine, missing_papers
from assistant.evaluation.questions import Exam, ExamQuestion, GoldPaper
from assistant.evaluation.runs import RunFile, RunFolder, read_run
from assistant.library import Library
from assistant.llm.model import Message, Steer
from assistant.types import Cancellation, Paper

TITLE = "Attention Is All You Need"
FACT = ExamQuestion(
    question_id="f",
    kind="fact",
    text="What BLEU score does the Transformer reach on English-to-German translation?",
    gold=(GoldPaper(title=TITLE, answers=("28.4",)),),
)
NONE = ExamQuestion(question_id="n", kind="none", text="How do I descale an espresso machine?")
REFUSED = ExamQuestion(question_id="r", kind="none", text="year:abc how fast?")
QUOTES_ALONE = replace(Settings(), llm=LlmSettings(enabled=False))


@dataclass
class FailingModel:
    """Fails when it is asked for the ``good``-th time."""

    good: int
    name: str = "failing"
    asked: list[Sequence[Message]] = field(default_factory=list)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        stop: Sequence[str] = (),
        cancel: Cancellation | None = None,
        steer: Steer | None = None,
    ) -> Iterator[str]:
        self.asked.append(messages)
        if len(self.asked) > self.good:
            raise ModelError("The model failed.")
        yield "No."


@pytest.fixture(scope="module")
def library(sample_folder: Path) -> Iterator[Library]:
    with Library.open(sample_folder, settings=QUOTES_ALONE, create=False) as opened:
        yield opened


def exam_of(*questions: ExamQuestion) -> Exam:
    lines = tuple(range(1, len(questions) + 1))
    return Exam(path="exam.jsonl", sha256="e", questions=questions, lines=lines)


def run_for(library: Library, exam: Exam, folder: Path) -> RunFile:
    header = describe(library, exam, papers=library.papers())
    return RunFolder(folder).open(header)


def test_each_question_is_searched_asked_and_kept(library: Library, tmp_path: Path) -> None:
    exam = exam_of(FACT, NONE)
    run = run_for(library, exam, tmp_path)
    told: list[tuple[int, int | None]] = []
    fact, none = examine(library, exam, run, progress=lambda *now: told.append(now))
    assert fact.found_titles[0] == TITLE
    assert len(fact.found_titles) == 10
    assert fact.answer is not None
    assert fact.answer.citations[0].title == TITLE
    assert fact.verbatim == (True,) * len(fact.answer.citations)
    assert none.answer is not None
    assert not none.answer.found
    assert none.confidence < 0.2 < fact.confidence <= 1
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert read_run(run.path).results == {FACT: fact, NONE: none}


def test_papers_compared_by_name_are_answered_whatever_one_of_them_says(library: Library) -> None:
    answer = library.ask("How do Longformer and Linformer differ?")
    assert (answer.found, answer.confidence) == (True, 1.0)
    assert "confidence" not in answer.to_json()


def test_a_stop_keeps_what_is_done_and_the_next_run_goes_on(
    library: Library, tmp_path: Path
) -> None:
    exam, cancel = exam_of(FACT, NONE), Cancellation()

    def stop_after_one(done: int, _total: int | None) -> None:
        if done == 1:
            cancel.cancel()

    first = run_for(library, exam, tmp_path)
    with pytest.raises(Cancelled, match="1 of 2 questions are kept"):
        examine(library, exam, first, progress=stop_after_one, cancel=cancel)
    again = run_for(library, exam, tmp_path)
    assert list(again.results) == [FACT]
    told: list[int] = []
    results = examine(library, exam, again, progress=lambda done, _: told.append(done))
    assert [result.question for result in results] == [FACT, NONE]
    assert told == [1, 2]
    assert again.path == first.path


def test_a_model_that_fails_ends_the_run_and_keeps_what_is_done(
    sample_folder: Path, tmp_path: Path
) -> None:
    other = replace(FACT, question_id="g", text="What is the BLEU of the Transformer to French?")
    exam = exam_of(FACT, other)
    with Library.open(sample_folder, settings=Settings(), model=FailingModel(good=1)) as library:
        run = run_for(library, exam, tmp_path)
        with pytest.raises(ModelError):
            examine(library, exam, run)
    assert list(read_run(run.path).results) == [FACT]


def test_a_question_that_the_library_refuses_is_told_and_the_rest_goes_on(
    library: Library, tmp_path: Path
) -> None:
    exam = exam_of(REFUSED, NONE)
    refused, asked = examine(library, exam, run_for(library, exam, tmp_path))
    assert "year:abc" in refused.error
    assert refused.answer is None
    assert asked.error == ""


def test_what_a_run_measures_changes_with_papers_and_settings(library: Library) -> None:
    exam = exam_of(FACT)
    papers = library.papers()
    header = describe(library, exam, papers=papers)
    assert header.papers == 52
    assert header.settings["llm.enabled"] is False
    assert header.settings["answer.min_confidence"] == Settings().answer.min_confidence
    assert not any(name.startswith(("keys.", "chat.", "library.")) for name in header.settings)
    assert header.measures_as(describe(library, exam, papers=reversed(papers)))
    assert not header.measures_as(describe(library, exam, papers=papers[1:]))
    assert not header.measures_as(describe(library, exam, papers=papers, kinds=["fact"]))


def test_papers_that_are_not_in_the_library_are_named() -> None:
    held = [Paper(paper_id="1", title="ATTENTION is all you need", abstract="x")]
    missing = replace(FACT, gold=(GoldPaper(title="Another", answers=("1",)),))
    assert missing_papers(exam_of(FACT, NONE, missing), held) == [(3, "Another")]
    assert missing_papers(exam_of(NONE), held) == []
    with pytest.raises(InputError, match="holds no paper that"):
        missing_papers(exam_of(missing, NONE), held)
