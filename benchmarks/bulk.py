"""Measures ``assistant bulk`` on the processors of this machine against ``assistant add``.

    python benchmarks/bulk.py PAPERS.jsonl [--workers 2] [--rounds 3] [--url http://HOST:PORT]

Both add the same papers to a new library: in a folder, or on the Chroma server at the URL. Plain
adding uses so many threads as bulk has workers. Models are loaded before the clock of plain adding
starts; bulk starts Ray and loads them in its workers. So two rates are printed for each round: of
the whole, and from the first batch that is stored to the last, which is what a long run comes to.
The two take turns, so that a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from assistant import Library, Settings, load_settings
from assistant.bulk import ingest
from assistant.config import StoreSettings
from assistant.types import AddProgress, AddReport

Rates = tuple[float, float]
"""Papers a second: of the whole, and from the first batch to the last."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("papers", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--url", default="")
    chosen = parser.parse_args()
    settings = load_settings().settings
    settings = replace(settings, embedding=replace(settings.embedding, threads=chosen.workers))
    ratios: list[Rates] = []
    for number in range(1, chosen.rounds + 1):

        def bulk(library: Library, tell: Callable[[AddProgress], None]) -> AddReport:
            return ingest(library, chosen.papers, workers=chosen.workers, progress=tell)

        def plain(library: Library, tell: Callable[[AddProgress], None]) -> AddReport:
            return library.add(chosen.papers, progress=tell)

        theirs = measured(plain, settings, chosen.url)
        ours = measured(bulk, settings, chosen.url)
        ratios.append((ours[0] / theirs[0], ours[1] / theirs[1]))
        print(
            f"round {number}: add {theirs[0]:.1f} papers/s ({theirs[1]:.1f} once it runs), "
            f"bulk {ours[0]:.1f} ({ours[1]:.1f}): {ratios[-1][0]:.2f} ({ratios[-1][1]:.2f})",
            flush=True,
        )
    whole, running = (statistics.median(one) for one in zip(*ratios, strict=True))
    print(f"bulk against add: {whole:.2f} of its rate, {running:.2f} once it runs")


def measured(
    action: Callable[[Library, Callable[[AddProgress], None]], AddReport],
    settings: Settings,
    url: str,
) -> Rates:
    store = StoreSettings(url=url, collection=f"benchmark-{uuid4().hex}")
    marks: list[tuple[float, int]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(folder, settings=replace(settings, store=store)) as library,
    ):
        library.embedder.embed(["loaded before the clock starts"])
        started_s = time.perf_counter()
        report = action(library, lambda now: marks.append((time.perf_counter(), now.papers_done)))
        ended_s = time.perf_counter()
        if url:
            library._store._connection.delete(store.collection)
    (first_s, first), (last_s, last) = marks[0], marks[-1]
    return report.added / (ended_s - started_s), (last - first) / (last_s - first_s)


if __name__ == "__main__":
    main()
