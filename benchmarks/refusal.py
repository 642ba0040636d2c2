"""Fits and measures the decision whether a question is answered by the library.

    python benchmarks/refusal.py LIBRARY=EXAM [LIBRARY=EXAM ...]

EXAM is a file in the format of ``assistant/sample/questions.jsonl`` and LIBRARY the library
it asks about. Questions with an answer are the positive examples. Negative ones are the
exam's own, and two kinds that can be made from any exam: the questions with the right paper
taken away ("not in the library"), and the questions with the name of another paper put in
the place of the right one ("the abstract does not say").

Prints, leaving one library out of the fit at a time: the area under the ROC curve, and the
share of each kind of negative that is refused when 5 % of the answerable are. Then the
weights fitted on everything, for ``assistant/answering/refusal.py``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np
from logistic import fit_logistic

from assistant.answering.compose import short_name
from assistant.answering.refusal import Signals, signals
from assistant.library import Library
from assistant.retrieval.question import read_question

WEIGHTS = {"fact": 1.0, "none": 1.0, "paper away": 0.3, "name swapped": 0.5}
LOST = 0.05


@dataclass(frozen=True)
class Example:
    library: str
    kind: str
    signals: Signals


def main() -> None:
    pairs = [argument.split("=", 1) for argument in sys.argv[1:]]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        sys.exit(__doc__)
    examples = [example for pair in pairs for example in read_examples(*pair)]
    for left_out in dict.fromkeys(example.library for example in examples):
        test = [example for example in examples if example.library == left_out]
        train = [e for e in examples if e.library != left_out] or test
        report(f"tested on {left_out}", test, *fit(train))
    weights, intercept = fit(examples)
    report("fitted and tested on all", examples, weights, intercept)
    print("\nintercept", round(intercept, 2))
    for part, weight in zip(fields(Signals), weights, strict=True):
        print(part.name, round(float(weight), 2))


def read_examples(folder: str, exam: str) -> Iterator[Example]:
    rows = [json.loads(line) for line in Path(exam).read_text(encoding="utf-8").splitlines()]
    with Library.open(folder, create=False) as library:
        names = [name for paper in library.papers() if (name := short_name(paper.title))]
        chance = np.random.default_rng(0)
        for row in rows:
            if row["kind"] == "multi":
                continue
            yield Example(folder, row["kind"], look(library, row["question"]))
            if row["kind"] != "fact":
                continue
            away = look(library, row["question"], without=row["title"])
            yield Example(folder, "paper away", away)
            name = short_name(row["title"])
            if name and name in row["question"]:
                other = str(chance.choice([n for n in names if n != name]))
                swapped = look(library, row["question"].replace(name, other))
                yield Example(folder, "name swapped", swapped)


def look(library: Library, text: str, *, without: str = "") -> Signals:
    """Return the signals of a question, of the library as it is or without one paper."""
    question = replace(read_question(text), asks_several=False)
    found = library._retriever.candidates(question)
    kept = replace(
        found,
        papers=tuple(ranked for ranked in found.papers if ranked.paper.title != without),
        leading=found.leading
        - any(r.paper.title == without for r in found.papers[: found.leading]),
        sentences=tuple(s for s in found.sentences if s.paper.title != without),
    )
    return signals(question, library._retriever.read(question, kept))


def fit(examples: list[Example]) -> tuple[np.ndarray, float]:
    """Fit the weights of the signals; both classes weigh the same."""
    inputs = np.array([astuple(example.signals) for example in examples])
    target = np.array([example.kind == "fact" for example in examples], dtype=float)
    weight = np.array([WEIGHTS[example.kind] for example in examples])
    weight[target == 1] *= weight[target == 0].sum() / weight[target == 1].sum()
    return fit_logistic(inputs, target, weight=weight)


def report(label: str, examples: list[Example], weights: np.ndarray, intercept: float) -> None:
    scores = {
        kind: np.array(
            [
                1 / (1 + np.exp(-(np.array(astuple(e.signals)) @ weights + intercept)))
                for e in examples
                if e.kind == kind
            ]
        )
        for kind in WEIGHTS
    }
    facts = scores.pop("fact")
    cut = float(np.quantile(facts, LOST))
    print(f"{label}: {LOST:.0%} of {len(facts)} facts lie below {cut:.2f}")
    for kind, values in scores.items():
        if len(values):
            area = (facts[:, None] > values[None]).mean()
            refused = (values < cut).mean()
            print(f"  {kind:<13} {len(values):>4}: AUROC {area:.3f}, refused {refused:.2f}")


if __name__ == "__main__":
    main()
