"""Kills an ingest again and again, lets it finish, and counts the papers.

    python benchmarks/kills.py PAPERS [--kills 50] [--seed 0]

PAPERS is any file that ``assistant add`` reads. ``assistant add PAPERS`` is started and killed
with SIGKILL at a random moment, as often as asked; then it runs to its end. Every paper must be
there once, and ``assistant check`` must find nothing wrong. Exit code 1 if it is otherwise.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time

from assistant.library import Library
from assistant.readers import read_papers
from assistant.types import Paper

SHORTEST_S, LONGEST_S = 0.3, 6.0
"""When a run is killed: from its start-up to its third batch on two cores."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("papers")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    moments = random.Random(given.seed)
    expected = {r.paper_id for r in read_papers([given.papers]) if isinstance(r, Paper)}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "assistant", "--library", folder, "add", given.papers]
        killed = 0
        for _ in range(given.kills):
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=moments.uniform(SHORTEST_S, LONGEST_S))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed += 1
        started_s = time.perf_counter()
        with Library.open(folder) as library:
            before = library.count()
        finished = subprocess.run(command, check=False, capture_output=True, text=True)
        took_s = time.perf_counter() - started_s
        print(f"{killed} of {given.kills} runs killed; {before} papers were in, then")
        print(finished.stderr.strip())
        with Library.open(folder) as library:
            found = [paper.paper_id for paper in library.papers()]
            rows = sum(item.passages for item in library._store.papers())
            stored = int(library._store.revision.rpartition("/")[2])
        check = [*command[:-2], "check"]
        consistent = subprocess.run(check, check=False, capture_output=True, text=True)
        print(consistent.stdout.strip() or consistent.stderr.strip())
        print(f"last run {took_s:.0f} s; papers {len(found)} of {len(expected)}; rows {stored}")
        whole = len(found) == len(set(found)) and set(found) <= expected and rows == stored
        sys.exit(not (whole and len(found) == len(expected) and consistent.returncode == 0))


if __name__ == "__main__":
    main()
