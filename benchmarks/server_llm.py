"""Compares answers through a model server with those of the same model in this process.

    python -m tests.model_server 8091 &
    ASSISTANT_LLM_KEY=sk-key-of-the-tests-0123456789 \\
        python benchmarks/server_llm.py http://127.0.0.1:8091 starter [--questions 40]

The sample library answers the questions of the sample exam on either side in turn, at temperature
0 and in rounds. The first does not count: the encoder is slow with texts of a length that is new
to it. Of the others the quickest does, for each question and side. Printed are, of the questions
for which the model was asked: the share of answers with the same text, and from the question and
from the end of the search to the first words the medians of both sides and their ratio.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.config import Settings, load_settings
from assistant.evaluation.questions import sample_exam
from assistant.library import Library
from assistant.resources import sample_papers
from assistant.types import Finished, Found, Token


@dataclass(frozen=True, kw_only=True)
class Run:
    """One answer."""

    text: str
    search_s: float
    first_s: float | None
    """Until the model's first words; None if it was not asked."""
    total_s: float


def measure(library: Library, question: str) -> Run:
    start_s = time.perf_counter()
    search_s, first_s, text = 0.0, None, ""
    for event in library.stream(question):
        elapsed_s = time.perf_counter() - start_s
        if isinstance(event, Found):
            search_s = elapsed_s
        elif isinstance(event, Token) and first_s is None:
            first_s = elapsed_s
        elif isinstance(event, Finished):
            text = event.answer.text
    total_s = time.perf_counter() - start_s
    return Run(text=text, search_s=search_s, first_s=first_s, total_s=total_s)


def read_questions(count: int) -> list[str]:
    lines = sample_exam().read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines][:count]


def quickest(rounds: Iterable[tuple[Run, Run]]) -> tuple[Run, Run]:
    here, there = (
        min(side, key=lambda run: run.first_s or run.total_s) for side in zip(*rounds, strict=True)
    )
    return here, there


def report(pairs: list[tuple[Run, Run]], questions: list[str]) -> None:
    same = sum(here.text == there.text for here, there in pairs)
    print(f"{len(pairs)} questions, {same} with the same text ({same / len(pairs):.1%})")
    asked = [
        (here, there)
        for here, there in pairs
        if here.first_s is not None and there.first_s is not None
    ]
    same = sum(here.text == there.text for here, there in asked)
    print(f"{len(asked)} for which the model was asked, {same} with the same text")
    for name, times in {
        "question to first words": [(a.first_s or 0, b.first_s or 0) for a, b in asked],
        "search to first words": [
            ((a.first_s or 0) - a.search_s, (b.first_s or 0) - b.search_s) for a, b in asked
        ],
        "whole answer": [(a.total_s, b.total_s) for a, b in asked],
    }.items():
        here, there = (statistics.median(side) for side in zip(*times, strict=True))
        print(f"{name}: here {here:.3f} s, server {there:.3f} s, ratio {there / here:.2f}")
    for question, (one, other) in zip(questions, pairs, strict=True):
        if one.text != other.text:
            print(f"\n{question}\n  here    {one.text}\n  server  {other.text}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base_url")
    parser.add_argument("model", help="what the server calls the model of [llm] model")
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    here = load_settings().settings
    here = replace(here, llm=replace(here.llm, base_url="", temperature=0.0))
    remote = replace(here.llm, base_url=arguments.base_url, model=arguments.model)
    there: Settings = replace(here, llm=remote)
    questions = read_questions(arguments.questions)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library"
        with Library.open(path, settings=here) as local:
            local.add(sample_papers())
            with Library.open(path, settings=there) as served:
                for library in (local, served):
                    library.warm_up()
                    for question in questions:
                        measure(library, question)
                rounds = [
                    [
                        (measure(local, question), measure(served, question))
                        for question in questions
                    ]
                    for _ in range(arguments.rounds)
                ]
    report([quickest(answered) for answered in zip(*rounds, strict=True)], questions)


if __name__ == "__main__":
    main()
