"""Fits and measures which papers are about a topic: lists, counts and surveys.

    python benchmarks/relevance.py scitldr=FILE.jsonl scifact=FILE.jsonl [--libraries FOLDER]

``topics.jsonl`` beside this script holds 180 topics and, for the 36 papers that a search puts
first, whether a careful reader would list them: 2, 1 for partly, 0 for no; ids are those of
SciTLDR and SciFact, whose abstracts the FILEs hold (lines with ``id`` or ``_id``, ``title``, and
``sentences`` or ``text``). The readers were language models told to read as experts do, not people.

Prints, each topic judged by weights fitted without it: the area under the ROC curve within topics,
and for the papers that would be listed how many belong and how many of those that belong they
are; apart, as a survey parts them, for those surely and those perhaps about the topic. Then the
weights for ``assistant/retrieval/relevance.py``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from logistic import Values, fit_logistic

from assistant import Library, Paper, Settings
from assistant.retrieval import relevance
from assistant.retrieval.evidence import by_paper
from assistant.retrieval.question import read_topic
from assistant.retrieval.ranked import Findings, RankedPaper
from assistant.retrieval.relevance import RelevantPaper, relevant, surely_from

TOPICS = Path(__file__).parent / "topics.jsonl"
FOLDS = 10
READ_PAPERS = 60
"""Of a search: the papers that were judged are among them."""
SCIFACT_PAPERS = 2_200


@dataclass(frozen=True)
class Judged:
    """The papers of a topic."""

    figures: Values
    """Score, reading by the ranker, and mention of all rare names; shape (papers, 3)."""
    grades: Values
    """2, 1 or 0, shape (papers,)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="+", metavar="SET=FILE")
    parser.add_argument("--libraries", type=Path, help="keep the libraries that are built here")
    chosen = parser.parse_args()
    topics = [json.loads(line) for line in TOPICS.read_text(encoding="utf-8").splitlines()]
    judged: list[Judged] = []
    with tempfile.TemporaryDirectory() as temporary:
        for pair in chosen.sets:
            name, _, file = pair.partition("=")
            own = [topic for topic in topics if topic["set"] == name]
            folder = (chosen.libraries or Path(temporary)) / name
            judged += read_topics(folder, Path(file), own)
    report(judged)
    inputs, target = joined(judged)
    for columns, label in (([0, 1, 2], "with a ranker"), ([0, 2], "without")):
        slopes, intercept = fit_logistic(inputs[:, columns], target, weight=np.ones_like(target))
        print(label, "intercept", round(intercept, 2), "weights", np.round(slopes, 3))


def read_topics(folder: Path, file: Path, topics: Sequence[Any]) -> Iterator[Judged]:
    """Yield the papers of each topic, looked at as a list or a survey looks at them."""
    settings = Settings()
    wide = replace(settings.retrieval, read_papers=READ_PAPERS)
    wanted = {paper_id for topic in topics for paper_id in topic["about"]}
    with Library.open(folder, settings=replace(settings, retrieval=wide)) as library:
        ids = add_papers(library, file, wanted)
        for topic in topics:
            question = read_topic(topic["topic"])
            findings = library._retriever.find(question)
            grades = {ids[own]: grade for own, grade in topic["about"].items() if own in ids}
            papers = [p for p in findings.papers if p.paper.paper_id in grades]
            yield Judged(
                figures=figures(library, question, papers, findings),
                grades=np.array([grades[p.paper.paper_id] for p in papers], dtype=float),
            )


def add_papers(library: Library, file: Path, wanted: set[str]) -> dict[str, str]:
    """Add the papers of a set, at most so many beside the wanted ones; return ids by ids there."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    named = {str(row.get("id", row.get("_id"))): row for row in rows}
    kept = {own: row for own, row in named.items() if own in wanted}
    kept |= dict(
        [item for item in named.items() if item[0] not in kept][: SCIFACT_PAPERS - len(kept)]
    )
    titles = {own: " ".join(row["title"].split()) for own, row in kept.items()}
    if not library.count():
        library.add_papers(
            Paper(paper_id=own, title=titles[own], abstract=abstract_of(row))
            for own, row in kept.items()
        )
    known = {paper.title: paper.paper_id for paper in library.papers()}
    return {own: known[title] for own, title in titles.items() if title in known}


def abstract_of(row: Any) -> str:
    text = row.get("sentences") or row.get("text") or ""
    return text if isinstance(text, str) else " ".join(text)


def figures(
    library: Library, question: Any, papers: Sequence[RankedPaper], findings: Findings
) -> Values:
    """Return what the decision rests on, undone from its log-odds: shape (papers, 3)."""
    retriever = library._retriever
    names = retriever.rare_names(question)
    sentences = by_paper(findings.sentences)
    rows = []
    for found in papers:
        own = relevance._nearest(sentences.get(found.paper.paper_id, ()))
        texts = [relevance.passage(found.paper.title, one.text) for one in own]
        read = retriever._ranker.scores(question.text, texts).mean() if texts else 0.0
        rows.append((found.score, float(read), float(relevance._mentions(found.paper, names))))
    return np.array(rows, dtype=float).reshape(-1, 3)


def joined(judged: Sequence[Judged]) -> tuple[Values, Values]:
    inputs = np.concatenate([one.figures for one in judged])
    return inputs, np.concatenate([one.grades >= 1 for one in judged]).astype(float)


def report(judged: Sequence[Judged]) -> None:
    areas, listed, right, about, found = [], 0, 0, 0, 0
    sure = sure_right = 0
    for fold in range(FOLDS):
        inputs, target = joined([one for i, one in enumerate(judged) if i % FOLDS != fold])
        slopes, intercept = fit_logistic(inputs, target, weight=np.ones_like(target))
        for one in judged[fold::FOLDS]:
            odds = one.figures @ slopes + intercept
            belongs, fully = one.grades >= 1, one.grades == 2
            if belongs.any() and not belongs.all():
                areas.append((odds[belongs][:, None] > odds[~belongs]).mean())
            relevances = 1 / (1 + np.exp(-odds))
            kept = np.isin(np.arange(len(odds)), chosen(relevances))
            listed, right = listed + kept.sum(), right + (kept & belongs).sum()
            surely = kept & (relevances >= surely_from(relevances.max()))
            sure, sure_right = sure + surely.sum(), sure_right + (surely & belongs).sum()
            about, found = about + fully.sum(), found + (kept & fully).sum()
    print(f"{len(judged)} topics, {sum(len(one.grades) for one in judged)} judgements")
    print(f"area under the ROC curve within topics {np.mean(areas):.3f}")
    print(
        f"listed {listed}: {right / listed:.3f} belong; {found / about:.3f} of {about} are listed"
    )
    perhaps, perhaps_right = listed - sure, right - sure_right
    print(f"surely about it {sure}: {sure_right / sure:.3f} belong")
    print(f"perhaps about it {perhaps}: {perhaps_right / perhaps:.3f} belong")


def chosen(relevances: Values) -> list[int]:
    """Return the places of the papers that would be listed."""
    blank = Paper(paper_id="", title="", abstract="")
    papers = [
        RelevantPaper(
            found=RankedPaper(paper=replace(blank, paper_id=str(place)), score=0.0, cosine=0.0),
            relevance=float(one),
        )
        for place, one in enumerate(relevances)
    ]
    return [int(one.found.paper.paper_id) for one in relevant(papers)]


if __name__ == "__main__":
    main()
