"""Examines a library: does it find, answer, prove and refuse as it should?

    python benchmarks/exam.py LIBRARY [EXAM.jsonl]

EXAM is a file in the format of ``assistant/sample/questions.jsonl`` (described in the README
beside it), which is also the default; then LIBRARY should hold ``assistant add --sample``. Each
question is searched and asked through the public API.

Prints the share of questions and how many they are: papers found, answers by kind of
question, and whether every citation is verbatim and every sentence cited. A fact counts as
given only within the first 60 words of an answer. The times are medians.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant import Answer, Library
from assistant.resources import sample_papers

LIMIT = 10
WITHIN_WORDS = 60

LABELS = {
    "top 1": "fact: right paper found first",
    "top 3": "fact: right paper in the top 3",
    "top 5": "fact: right paper in the top 5",
    "top 10": "fact: right paper in the top 10",
    "multi top 10": "multi: papers in the top 10",
    "answered": "fact: answered",
    "cited first": "fact: right title cited first",
    "cited": "fact: right title cited",
    "given": "fact: fact given and cited",
    "refused": "none: said not found",
    "multi cited": "multi: titles cited",
    "multi given": "multi: facts given",
    "verbatim": "citations: quote is verbatim",
    "carried": "sentences: carry a citation",
}
"""Every share that is measured, in the order in which it is printed."""


class Marks:
    """Collects what was right and what was not, by figure."""

    def __init__(self) -> None:
        self.outcomes: dict[str, list[bool]] = defaultdict(list)
        self.numbers: dict[str, list[float]] = defaultdict(list)

    def search(self, row: Mapping[str, Any], titles: Sequence[str]) -> None:
        """Mark the papers that a search found, best first."""
        if row["kind"] == "fact":
            for depth in (1, 3, 5, 10):
                self.outcomes[f"top {depth}"].append(row["title"] in titles[:depth])
        elif row["kind"] == "multi":
            self.outcomes["multi top 10"] += [title in titles for title in row["titles"]]

    def answer(self, row: Mapping[str, Any], answer: Answer, abstracts: Mapping[str, str]) -> None:
        """Mark an answer; ``abstracts`` are those of the library by paper id."""
        cited = [citation.title for citation in answer.citations]
        words = re.sub(r"\[\d+\]", "", answer.text).split()
        match row["kind"]:
            case "fact":
                right = answer.found and row["title"] in cited
                beginning = " ".join(words[:WITHIN_WORDS])
                self.outcomes["answered"].append(answer.found)
                self.outcomes["cited first"].append(right and cited[0] == row["title"])
                self.outcomes["cited"].append(right)
                self.outcomes["given"].append(right and holds(beginning, row["answers"]))
            case "none":
                self.outcomes["refused"].append(not answer.found)
            case "multi":
                self.outcomes["multi cited"] += [title in cited for title in row["titles"]]
                for accepted in (row["answers"] or {}).values():
                    self.outcomes["multi given"].append(holds(" ".join(words), accepted))
        if answer.found:
            self.numbers["words"].append(len(words))
        self.outcomes["carried"] += [bool(sentence.citations) for sentence in answer.sentences]
        self.outcomes["verbatim"] += [
            citation.quote == abstracts[citation.paper_id][citation.start : citation.end] != ""
            for citation in answer.citations
        ]

    def print(self) -> None:
        for name, label in LABELS.items():
            if outcomes := self.outcomes[name]:
                print(f"{label:<34} {sum(outcomes) / len(outcomes):.3f} of {len(outcomes)}")
        for label, numbers in self.numbers.items():
            print(f"{'median ' + label:<34} {statistics.median(numbers):.2f}")


def holds(text: str, accepted: Sequence[str]) -> bool:
    """Tell whether one of the accepted answers stands in ``text``."""
    folded = " ".join(text.split()).casefold()
    return any(" ".join(answer.split()).casefold() in folded for answer in accepted)


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    default = sample_papers().with_name("questions.jsonl")
    exam = Path(sys.argv[2]) if len(sys.argv) == 3 else default
    rows = [json.loads(line) for line in exam.read_text(encoding="utf-8").split("\n") if line]
    marks = Marks()
    with Library.open(sys.argv[1], create=False) as library:
        abstracts = {paper.paper_id: paper.abstract for paper in library.papers()}
        library.ask(rows[0]["question"])  # loads the models
        for row in rows:
            started_s = time.perf_counter()
            hits = library.search(row["question"], limit=LIMIT)
            marks.numbers["seconds of a search"].append(time.perf_counter() - started_s)
            marks.search(row, [hit.title for hit in hits])
            answer = library.ask(row["question"])
            marks.answer(row, answer, abstracts)
            for label, seconds in (
                ("seconds to the first words", answer.timings.first_token_s),
                ("seconds of an answer", answer.timings.total_s),
            ):
                if seconds is not None:
                    marks.numbers[label].append(seconds)
    marks.print()


if __name__ == "__main__":
    main()
