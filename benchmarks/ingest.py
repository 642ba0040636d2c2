"""Measures how fast papers are added, against sentence-transformers on the same machine.

    python benchmarks/ingest.py PAPERS.jsonl [--sentence-transformers PYTHON MODEL_FOLDER]

Ours is a whole ``add``: papers are read, cut into passages, embedded and stored. Theirs is
``SentenceTransformer.encode`` in 32-bit floats alone, on the abstracts, and on the very
passages that ours embeds. PYTHON is an interpreter in whose environment sentence-transformers
is installed (this project does not need it) and MODEL_FOLDER holds all-MiniLM-L6-v2. Models
are loaded before the clock starts, both sides have the same number of threads, and the two
take turns, so that a machine that slows down slows both.

Prints papers per second, and the ratio of ours to theirs: the median over the rounds. The
ratio of processor time stands beside it: other programs on the machine disturb it less.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assistant import Library, Paper, Settings, load_settings
from assistant.readers import read_papers
from assistant.text.passages import cut_passages

Times = tuple[float, float]
"""Seconds on the clock, and of the processor."""

THEIRS = """
import json, sys, time
import torch
from sentence_transformers import SentenceTransformer

task = json.load(sys.stdin)
torch.set_num_threads(task["threads"])
model = SentenceTransformer(task["model"], device="cpu").float()
model.encode(task["abstracts"][:8])
times = {}
for kind in ("abstracts", "passages"):
    started_s, processor_s = time.perf_counter(), time.process_time()
    model.encode(task[kind])
    times[kind] = time.perf_counter() - started_s, time.process_time() - processor_s
print(json.dumps(times))
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("papers", metavar="PAPERS.jsonl", type=Path)
    parser.add_argument("--sentence-transformers", nargs=2, metavar=("PYTHON", "MODEL_FOLDER"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    settings = load_settings().settings
    settings = replace(settings, embedding=replace(settings.embedding, threads=arguments.threads))
    abstracts, passages = read_texts(arguments.papers, settings)
    papers = len(abstracts)
    print(f"{papers} papers, {len(passages)} passages, {arguments.threads} threads")
    ours: list[Times] = []
    theirs: dict[str, list[Times]] = {"abstracts": [], "passages": []}
    for number in range(1, arguments.rounds + 1):
        ours.append(time_ours(arguments.papers, settings))
        line = f"round {number}: ours {papers / ours[-1][0]:.1f} papers/s"
        if arguments.sentence_transformers:
            python, model = arguments.sentence_transformers
            task = {"model": model, "threads": arguments.threads}
            task |= {"abstracts": abstracts, "passages": passages}
            for kind, times in time_theirs(python, task).items():
                theirs[kind].append(times)
                line += f", theirs on {kind} {papers / times[0]:.1f}"
        print(line, flush=True)
    print(f"ours: {papers / statistics.median(wall_s for wall_s, _ in ours):.1f} papers/s")
    for kind, all_times in theirs.items():
        if all_times:
            report(kind, papers, ours, all_times)


def report(kind: str, papers: int, ours: Sequence[Times], theirs: Sequence[Times]) -> None:
    pairs = list(zip(ours, theirs, strict=True))
    faster = statistics.median(their[0] / our[0] for our, their in pairs)
    thriftier = statistics.median(their[1] / our[1] for our, their in pairs)
    rate = papers / statistics.median(wall_s for wall_s, _ in theirs)
    print(
        f"sentence-transformers on the {kind}: {rate:.1f} papers/s; "
        f"ours is {faster:.2f} times as fast ({thriftier:.2f} by processor time)"
    )


def read_texts(papers: Path, settings: Settings) -> tuple[list[str], list[str]]:
    """Return the abstracts of the papers, and the passages into which ours cuts them."""
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, settings=settings) as cutter:
        found = [record for record in read_papers([papers]) if isinstance(record, Paper)]
        passages = [
            passage.text
            for paper in found
            for passage in cut_passages(
                paper,
                count_tokens=cutter._models.count_tokens,
                window_sentences=settings.chunking.window_sentences,
                step_sentences=settings.chunking.step_sentences,
                max_tokens=settings.chunking.max_tokens,
            )
        ]
    return [paper.abstract for paper in found], passages


def time_ours(papers: Path, settings: Settings) -> Times:
    """Return the times of a whole ``add`` into a new library."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(folder, settings=settings) as library,
    ):
        library.embedder.embed(["loaded before the clock starts"])
        started_s, processor_s = time.perf_counter(), time.process_time()
        library.add(papers)
        return time.perf_counter() - started_s, time.process_time() - processor_s


def time_theirs(python: str, task: dict[str, object]) -> dict[str, Times]:
    """Return the times of sentence-transformers, by kind of text."""
    threads = str(task["threads"])
    run = subprocess.run(
        [python, "-c", THEIRS],
        input=json.dumps(task),
        env={**os.environ, "OMP_NUM_THREADS": threads, "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    times: dict[str, Times] = json.loads(run.stdout.splitlines()[-1])
    return times


if __name__ == "__main__":
    main()
