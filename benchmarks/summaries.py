"""Measures the summary of one paper, against summaries that people wrote.

    python benchmarks/summaries.py DATA.jsonl [--split dev] [--limit N] [--model]

DATA holds lines with "id", "title", "sentences" (of the abstract), "summaries" (one sentence each,
by people) and, with ``--split``, "split": the form of SciTLDR. Prints

- ROUGE-1/2/L (F1, stemmed, the best over the summaries of a paper, by rouge-score) of the first
  sentence, the best of the first three, the sentence nearest to the title, the best single sentence
  (both "best" are chosen with the summaries in view) and ours;
- with ``--model``, of what the chat model writes when it is asked for a TL;DR, on the first 100
  papers, beside ours on the same; and our time for a paper as a share of the time in which that
  model reads the abstract once;
- our time for a paper of 250, 500, 1,000 and 2,000, as a ratio to that of 250;
- over 1,000 papers of DATA: numbers in one-sentence summaries and notes that do not occur in the
  abstract, and quotes that are not verbatim (both must be 0);
- for abstracts that ``training/aspects.jsonl`` labels: precision and recall of each aspect.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rouge_score.rouge_scorer import RougeScorer

from assistant.catalogue.locating import locate
from assistant.config import Settings
from assistant.encoders.ranker import EvidenceRanker
from assistant.encoders.reading import ReadingEncoder
from assistant.llm.llama import LlamaModel
from assistant.llm.model import Message
from assistant.retrieval.evidence import cut_sentences
from assistant.summaries.aspects import ASPECTS
from assistant.summaries.paper import summarize
from assistant.summaries.reader import SummaryReader
from assistant.text.clean import normalise, readable
from assistant.types import Paper

MODEL_PAPERS = 100
PROVED_PAPERS = 1_000
SIZES = (250, 500, 1_000, 2_000)
ASKED = "Write a TL;DR of this abstract: one sentence that says what the paper does."
LABELS = Path(__file__).parent.parent / "training" / "aspects.jsonl"
MEASURES = ("rouge1", "rouge2", "rougeL")

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MARK = re.compile(r" ?\[\d+\]")


@dataclass(frozen=True)
class Row:
    paper: Paper
    sentences: list[str]
    summaries: list[str]
    split: str


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--split", default="")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--model", action="store_true", help="ask the chat model as well")
    chosen = parser.parse_args()
    every = list(read_rows(chosen.data))
    rows = [row for row in every if chosen.split in ("", row.split)][: chosen.limit]
    settings = Settings()
    embedder = ReadingEncoder()
    reader = SummaryReader(encoder=embedder, ranker=EvidenceRanker(settings.retrieval.ranker))
    told = [found.text if found else "" for found in reader.key_sentences([r.paper for r in rows])]
    print(f"{len(rows)} papers: ROUGE-1 / 2 / L")
    compare(rows, told, embedder)
    if chosen.model:
        ask_model(rows[:MODEL_PAPERS], told, reader, settings)
    measure_growth([row.paper for row in every], reader)
    check_proofs([row.paper for row in every[:PROVED_PAPERS]], reader)
    measure_aspects({row.paper.paper_id: row.paper for row in every}, reader)


def read_rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            abstract = normalise(" ".join(row["sentences"]))
            paper = Paper(paper_id=row["id"], title=normalise(row["title"]), abstract=abstract)
            sentences = [one.text for one in cut_sentences([paper])]
            summaries = [text for text in row["summaries"] if text.strip()]
            yield Row(paper, sentences, summaries, row.get("split", ""))


def compare(rows: Sequence[Row], told: Sequence[str], embedder: ReadingEncoder) -> None:
    def nearest(row: Row) -> str:
        title, *vectors = embedder.embed([readable(row.paper.title), *row.sentences])
        return row.sentences[int((np.array(vectors) @ title).argmax())]

    ways: dict[str, Callable[[Row], str]] = {
        "first sentence": lambda row: row.sentences[0],
        "nearest to title": nearest,
    }
    for name, way in ways.items():
        report(name, [rouge(way(row), row) for row in rows])
    report("best of first three", [best(row.sentences[:3], row) for row in rows])
    report("best sentence", [best(row.sentences, row) for row in rows])
    report("ours", [rouge(text, row) for text, row in zip(told, rows, strict=True)])


SCORER = RougeScorer(list(MEASURES), use_stemmer=True)


def rouge(text: str, row: Row) -> list[float]:
    found = SCORER.score_multi(row.summaries, text)
    return [found[measure].fmeasure for measure in MEASURES]


def best(sentences: Sequence[str], row: Row) -> list[float]:
    return max((rouge(text, row) for text in sentences), key=lambda scores: scores[0])


def report(name: str, scores: Sequence[Sequence[float]]) -> None:
    means = " / ".join(f"{100 * value:4.1f}" for value in np.mean(scores, axis=0))
    print(f"  {name:<22} {means}", flush=True)


def ask_model(
    rows: Sequence[Row], told: Sequence[str], reader: SummaryReader, settings: Settings
) -> None:
    (path,) = locate(settings.llm.model, "chat")
    model = LlamaModel(path, name=path.stem, context_tokens=4096, threads=settings.llm.threads)
    written, reading_s = [], 0.0
    for row in rows:
        content = f"{ASKED}\n\n{readable(row.paper.title)}\n{readable(row.paper.abstract)}"
        messages = [Message(role="user", content=content)]
        started = time.perf_counter()
        pieces = model.stream(messages, max_tokens=80, temperature=0.0)
        first = next(pieces, "")
        reading_s += time.perf_counter() - started
        text = first + "".join(pieces)
        written.append(text.strip().split("\n")[0])
    print(f"the first {len(rows)} of them")
    report(model.name, [rouge(text, row) for text, row in zip(written, rows, strict=True)])
    report("ours", [rouge(text, row) for text, row in zip(told, rows, strict=False)])
    ours_s = time_of(lambda: reader.key_sentences([row.paper for row in rows]))
    print(f"our time as a share of the model's to read the abstract: {ours_s / reading_s:.3f}")
    model.close()


def time_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure_growth(papers: Sequence[Paper], reader: SummaryReader) -> None:
    """Print the time for a paper among more and more of them, as a ratio to the least."""
    rates = []
    for size in SIZES:
        chosen = list(itertools.islice(itertools.cycle(papers), size))
        rates.append(time_of(lambda chosen=chosen: reader.key_sentences(chosen)) / size)
    ratios = ", ".join(
        f"{size:,}: {rate / rates[0]:.2f}" for size, rate in zip(SIZES, rates, strict=True)
    )
    print(f"time for a paper, relative: {ratios}")


def check_proofs(papers: Sequence[Paper], reader: SummaryReader) -> None:
    invented = changed = 0
    for paper in papers:
        known = set(_NUMBER.findall(readable(paper.abstract)))
        for long in (False, True):
            summary = summarize(paper, reader=reader, long=long)
            said = _NUMBER.findall(_MARK.sub("", summary.text))
            invented += sum(number not in known for number in said)
            changed += sum(c.quote != paper.abstract[c.start : c.end] for c in summary.citations)
            quoted = " ".join(readable(citation.quote) for citation in summary.citations)
            changed += sum(sentence.text[1:-1] not in quoted for sentence in summary.sentences)
    print(f"{len(papers)} papers: {invented} numbers not in the abstract, {changed} not verbatim")


def measure_aspects(papers: dict[str, Paper], reader: SummaryReader) -> None:
    with LABELS.open(encoding="utf-8") as lines:
        labels = [row for row in map(json.loads, lines) if row["paper"] in papers]
    shown = dict.fromkeys(ASPECTS, 0)
    right, stated, recalled = shown.copy(), shown.copy(), shown.copy()
    for label in labels:
        paper = papers[label["paper"]]
        starts = [sentence.start for sentence in cut_sentences([paper])]
        for aspect, found in reader.aspects(paper).items():
            accepted = label["sentences"][aspect]
            hit = found is not None and starts.index(found.start) in accepted
            must = bool(accepted) and aspect not in label["optional"]
            shown[aspect] += found is not None
            right[aspect] += hit
            stated[aspect] += must
            recalled[aspect] += hit and must
    print(f"aspects of {len(labels)} labelled abstracts")
    for aspect in ASPECTS:
        precision = right[aspect] / max(shown[aspect], 1)
        recall = recalled[aspect] / max(stated[aspect], 1)
        print(
            f"  {aspect:<8} precision {precision:.2f} of {shown[aspect]:>2}, "
            f"recall {recall:.2f} of {stated[aspect]:>2}"
        )


if __name__ == "__main__":
    main()
