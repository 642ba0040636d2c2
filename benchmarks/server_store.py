"""Compares the search of a library on a Chroma server with that of the same in a folder.

    chroma run --path FOLDER --port 8800 &
    python benchmarks/server_store.py http://127.0.0.1:8800 PAPERS.jsonl QUESTIONS.jsonl

PAPERS is any file that ``assistant add`` reads, QUESTIONS holds lines with a "question". The papers
are added to a folder, and from a backup to a collection of the server that is deleted at the end.
The two sides take turns, with every question asked once of each.

Prints the median time of a search on either side and the ratio, the same for the part that asks
the store alone, how long a mirror takes to follow one more paper, and how often both sides find the
same ten papers.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from assistant import Library, Paper, Settings, load_settings
from assistant.config import StoreSettings

Result = TypeVar("Result")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("papers", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--questions", dest="most", type=int, default=100)
    chosen = parser.parse_args()
    lines = chosen.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines][: chosen.most]
    here = load_settings().settings
    store = StoreSettings(url=chosen.url, collection=f"benchmark-{uuid4().hex}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Library.open(folder / "here", settings=here) as library:
            library.add(chosen.papers)
            library.back_up(folder / "papers.zip")
        there = replace(here, store=store)
        Library.restore(folder / "papers.zip", folder / "there", settings=there)
        compare(folder, here, there, questions)


def compare(folder: Path, here: Settings, there: Settings, questions: list[str]) -> None:
    with (
        Library.open(folder / "here", settings=here) as local,
        Library.open(folder / "there", settings=there) as shared,
        Library.open(folder / "other", settings=there) as other,
    ):
        print(f"{shared.count()} papers, {shared._store.count()} passages")
        searches: dict[Library, list[float]] = {local: [], shared: []}
        stores: dict[Library, list[float]] = {local: [], shared: []}
        same = 0
        for library in searches:
            library.search("warm up")
        for question in questions:
            found = []
            for library, times in searches.items():
                hits, took_s = timed(partial(library.search, question))
                times.append(took_s)
                found.append([hit.paper_id for hit in hits])
                vector = library.embedder.embed_query(question)
                _, took_s = timed(partial(library._store.nearest, vector, limit=100))
                stores[library].append(took_s)
            same += found[0] == found[1]
        tell("search", searches[local], searches[shared])
        tell("store alone", stores[local], stores[shared])
        print(f"the same ten papers in the same order: {same} of {len(questions)}")
        followed = []
        for number in range(10):
            paper = Paper(paper_id=f"new{number}", title=f"New {number}", abstract="It is new.")
            other.add_papers([paper])
            shared._folder._follow_again_s = 0.0
            followed.append(timed(shared._folder.follow)[1])
        print(f"following one more paper: {statistics.median(followed) * 1000:.0f} ms")
        shared._store._connection.delete(there.store.collection)


def timed(action: Callable[[], Result]) -> tuple[Result, float]:
    started_s = time.perf_counter()
    result = action()
    return result, time.perf_counter() - started_s


def tell(what: str, local: list[float], shared: list[float]) -> None:
    one, other = statistics.median(local), statistics.median(shared)
    print(f"{what}: {one * 1000:.1f} ms in a folder, {other * 1000:.1f} ms on a server: ", end="")
    print(f"{other / one:.2f} times")


if __name__ == "__main__":
    main()
