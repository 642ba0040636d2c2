"""Grows one library to many papers: does adding slow down, and does searching?

    python benchmarks/scale.py ABSTRACTS.jsonl QUESTIONS.jsonl [--papers 100000]

ABSTRACTS holds lines with a "title" and an "abstract"; papers are made of them by drawing
sentences of several abstracts. QUESTIONS holds lines with a "question". At the start and at the
end 2,000 papers are added as any user adds them. In between, vectors are not computed but drawn
near to real ones, for embedding costs the same for every paper and is most of the work; all the
rest (cutting, comparing with what is there, Chroma, the mirror) is done as always.

Prints papers per second at the start and at the end, the median time of a search at 1,000
papers and at the end, and the memory of this process.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import Library, Paper
from assistant.encoders.embedder import Vectors
from assistant.encoders.reading import ReadingEncoder
from assistant.text.sentences import sentence_spans

MEASURED = 2_000
"""Papers at either end whose vectors are computed."""
Times = NDArray[np.float64]
"""Seconds on the clock, and of the processor: other programs disturb those less."""

FEW = 1_000
CHUNK = 1_000
NOISE = 0.6
"""Length of what is added to a real vector of length 1: a cosine of about .86 to it."""


class Drawing(ReadingEncoder):
    """Gives vectors near to real ones, at no cost, while it is told to."""

    computing = True
    real: Vectors

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.computing or len(texts) == 1:
            return super().embed(texts)
        chance = np.random.default_rng(abs(hash(texts[0])))
        noise = chance.normal(size=(len(texts), self.dimension)) / self.dimension**0.5
        drawn = self.real[chance.integers(len(self.real), size=len(texts))] + NOISE * noise
        return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("abstracts", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--papers", type=int, default=100_000)
    chosen = parser.parse_args()
    texts = [row for row in rows(chosen.abstracts) if row.get("abstract")]
    questions = [row["question"] for row in rows(chosen.questions)][:60]
    papers = recombined(texts)
    embedder = Drawing()
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(Path(folder) / "large") as library,
        Library.open(Path(folder) / "small") as few,
    ):
        few._models.__dict__["_encoder"] = library._models.__dict__["_encoder"] = embedder
        add(few, recombined(texts), FEW)
        first = add(library, papers, MEASURED)
        embedder.real = embedder.embed([row["title"] for row in texts[:2_000]])
        embedder.computing = False
        done = MEASURED
        while done < chosen.papers - MEASURED:
            rate = CHUNK / add(library, papers, CHUNK)
            done += CHUNK
            print(f"{done:>7} papers, {rate[0]:.0f} a second without embedding", flush=True)
        embedder.computing = True
        last = add(library, papers, MEASURED)
        small, large = search((few, library), questions)
        for clock, start, end in zip(("clock", "processor"), first, last, strict=True):
            print(
                f"papers a second ({clock}): {MEASURED / start:.1f} at the start, "
                f"{MEASURED / end:.1f} at {library.count()} papers: {start / end:.2f} of the rate"
            )
        print(f"median search: {small * 1000:.0f} ms at {FEW} papers, ", end="")
        print(f"{large * 1000:.0f} ms at the end: {large / small:.2f} times")
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"memory at most {memory:.2f} GB, on disk {size / 1e9:.2f} GB")


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def recombined(texts: Sequence[dict[str, str]]) -> Iterator[Paper]:
    """Yield papers without end: each with the length of a real abstract, of drawn sentences."""
    chance = random.Random(0)
    cut = [[row["abstract"][s:e] for s, e in sentence_spans(row["abstract"])] for row in texts]
    number = 0
    while True:
        count = len(chance.choice(cut)) or 1
        sentences = [chance.choice(chance.choice(cut) or [""]) for _ in range(count)]
        head = chance.choice(texts)["title"].split()
        tail = chance.choice(texts)["title"].split()
        title = f"{' '.join(head[: len(head) // 2 + 1] + tail[len(tail) // 2 :])} {number}"
        yield Paper(
            paper_id=f"{number:016x}",
            title=title,
            abstract=" ".join(sentences),
            authors=(f"Author{number % 7919} Writer{number % 104_729}",),
            year=1990 + number % 35,
        )
        number += 1


def add(library: Library, papers: Iterator[Paper], count: int) -> Times:
    """Add papers; return the seconds that it took."""
    batch = [next(papers) for _ in range(count)]
    started_s, processor_s = time.perf_counter(), time.process_time()
    report = library.add_papers(batch)
    times = np.array([time.perf_counter() - started_s, time.process_time() - processor_s])
    assert report.added == count, report.rejected[:3]
    return times


def search(libraries: Sequence[Library], questions: Sequence[str]) -> list[float]:
    """Return the median seconds of a search in each; each question is new to them.

    They take turns, so that other programs disturb both.
    """
    times: dict[Library, list[float]] = {library: [] for library in libraries}
    for library in libraries:
        library.search("warm up")
    for question in questions:
        for library in libraries:
            started_s = time.perf_counter()
            library.search(question)
            times[library].append(time.perf_counter() - started_s)
    return [statistics.median(times[library]) for library in libraries]


if __name__ == "__main__":
    main()
