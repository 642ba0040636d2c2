"""Makes overviews of ever more papers of a library: does the time grow faster than the papers?

    python benchmarks/overview.py LIBRARY [--papers 500 1000 2000]

Prints the seconds of the processor that it takes to read the papers' vectors, to find and name
their themes, and to make the whole overview, themes and map included; and how many times longer
each is than with the fewest papers. A library of fewer papers is measured whole.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from assistant import Library, Paper
from assistant.summaries.overview import make_overview
from assistant.themes.grouping import find_themes
from assistant.themes.vectors import paper_vectors

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.process_time()
    return work(), time.process_time() - start


def measure(library: Library, papers: list[Paper]) -> dict[str, float]:
    ids = [paper.paper_id for paper in papers]
    vectors, vectors_s = timed(
        lambda: paper_vectors(ids, store=library._store, mirror=library._mirror)
    )
    _, themes_s = timed(lambda: find_themes(papers, vectors, embedder=library.embedder))
    _, overview_s = timed(lambda: make_overview(papers, vectors, embedder=library.embedder))
    return {"vectors": vectors_s, "themes": themes_s, "overview": overview_s}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("library", help="the folder of a library")
    parser.add_argument("--papers", type=int, nargs="+", default=[500, 1000, 2000])
    chosen = parser.parse_args()
    with Library.open(chosen.library, create=False) as library:
        library.embedder.embed(["warm"])
        every = library.papers()
        order = np.random.default_rng(0).permutation(len(every))
        first: dict[str, float] = {}
        for count in sorted({min(count, len(every)) for count in chosen.papers}):
            times = measure(library, [every[i] for i in order[:count]])
            first = first or times
            told = ", ".join(
                f"{what} {seconds:.2f} s ({seconds / max(first[what], 1e-9):.1f}x)"
                for what, seconds in times.items()
            )
            print(f"{count:>7,} papers: {told}", flush=True)


if __name__ == "__main__":
    main()
