"""Measures the search on public test collections.

    python benchmarks/retrieval.py FOLDER [FOLDER ...] [--library DIR]

A FOLDER holds one collection as BEIR lays it out: ``corpus.jsonl`` (``_id``, ``title``,
``text``), ``queries.jsonl`` (``_id``, ``text``) and ``qrels.tsv`` (query, document and grade,
under a line of headings). Every query that has a judgement is searched. A corpus entry
without a text keeps its title as its abstract; one that has neither is left out.

Prints, for the search as it is set and for its parts, nDCG@10 and recall@10 (the mean over
queries) and the median milliseconds of a search. The library is built in a temporary folder,
or kept in DIR/NAME, where the next run finds it.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assistant import Library, Paper, Settings, load_settings
from assistant.text.clean import normalise

DEPTH = 10

Judgements = dict[str, dict[str, int]]
"""Grade by document by query, positive grades alone."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=Path)
    parser.add_argument("--library", metavar="DIR", type=Path, help="keep the libraries here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for folder in arguments.folders:
            measure(folder, (arguments.library or Path(temporary)) / folder.resolve().name)


def measure(folder: Path, home: Path) -> None:
    settings = load_settings().settings
    judgements = read_judgements(folder / "qrels.tsv")
    queries = [(id_, text) for id_, text in read_queries(folder) if id_ in judgements]
    started_s = time.perf_counter()
    with Library.open(home, settings=settings) as library:
        report = library.add_papers(read_corpus(folder / "corpus.jsonl"))
        papers = len(library.papers())
    print(
        f"{folder.name}: {papers} papers, {len(queries)} queries; added {report.added} "
        f"and updated {report.updated} in {time.perf_counter() - started_s:.0f} s"
    )
    print(f"  {'':<30} nDCG@10  recall@10  median ms")
    for label, variant in variants(settings).items():
        with Library.open(home, settings=variant, create=False) as library:
            ndcg, recall, median_ms = search_all(library, queries, judgements)
        print(f"  {label:<30} {ndcg:7.4f}  {recall:9.4f}  {median_ms:9.0f}", flush=True)


def variants(settings: Settings) -> dict[str, Settings]:
    """Return the search as it is set, then its parts: reading one paper changes no order."""

    def unread(dense_weight: float) -> Settings:
        parts = replace(settings.retrieval, read_papers=1, dense_weight=dense_weight)
        return replace(settings, retrieval=parts)

    return {
        "search": settings,
        "without reading sentences": unread(settings.retrieval.dense_weight),
        "dense alone": unread(1.0),
        "BM25 alone": unread(0.0),
    }


def search_all(
    library: Library, queries: Sequence[tuple[str, str]], judgements: Judgements
) -> tuple[float, float, float]:
    """Return mean nDCG@10, mean recall@10 and the median milliseconds of a search."""
    library.search("the first search loads the models", limit=DEPTH)
    ndcgs, recalls, times_ms = [], [], []
    for query_id, text in queries:
        started_s = time.perf_counter()
        hits = library.search(text, limit=DEPTH)
        times_ms.append(1000 * (time.perf_counter() - started_s))
        ranking, grades = [hit.paper_id for hit in hits], judgements[query_id]
        ndcgs.append(ndcg_of(ranking, grades))
        recalls.append(len(grades.keys() & set(ranking)) / len(grades))
    return statistics.fmean(ndcgs), statistics.fmean(recalls), statistics.median(times_ms)


def ndcg_of(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return nDCG@10 with linear gain, as trec_eval and BEIR count it."""
    best = sorted(grades.values(), reverse=True)
    return _gain([grades.get(id_, 0) for id_ in ranking]) / _gain(best)


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 2) for rank, grade in enumerate(grades[:DEPTH]))


def read_corpus(path: Path) -> Iterator[Paper]:
    for line in _lines(path):
        entry = json.loads(line)
        title, text = normalise(entry.get("title") or ""), normalise(entry["text"])
        yield Paper(paper_id=entry["_id"], title=title or text[:80], abstract=text or title)


def read_queries(folder: Path) -> Iterator[tuple[str, str]]:
    for line in _lines(folder / "queries.jsonl"):
        entry = json.loads(line)
        yield entry["_id"], entry["text"]


def read_judgements(path: Path) -> Judgements:
    judgements: Judgements = defaultdict(dict)
    for line in _lines(path)[1:]:
        query_id, document_id, grade = line.split("\t")
        if int(grade) > 0:
            judgements[query_id][document_id] = int(grade)
    return dict(judgements)


def _lines(path: Path) -> list[str]:
    # Not splitlines(): abstracts hold characters that it takes for line ends.
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


if __name__ == "__main__":
    main()
