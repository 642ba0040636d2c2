"""Measures which papers a survey lists: those that it should, and those that belong.

    python benchmarks/surveys.py LIBRARY EXAM.jsonl [--judged surveyed.jsonl]

Each question over several papers of EXAM ("kind": "multi") is surveyed as it stands, and its titles
are looked for. ``surveyed.jsonl`` beside this script holds judgements on papers that surveys of the
four listings of papers once listed: whether each belongs. The annotator was a language model told
to be strict, not a person. Papers that a survey lists no more are not counted.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from assistant import Library
from assistant.summaries.survey import PERHAPS

JUDGED = Path(__file__).parent / "surveyed.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library")
    parser.add_argument("exam", type=Path)
    parser.add_argument("--judged", type=Path, default=JUDGED)
    chosen = parser.parse_args()
    rows = [json.loads(line) for line in chosen.exam.read_text(encoding="utf-8").splitlines()]
    several = [row for row in rows if row["kind"] == "multi"]
    judged: dict[str, dict[str, int]] = {}
    for line in chosen.judged.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        judged.setdefault(row["topic"], {})[row["paper_id"]] = row["belongs"]
    with Library.open(chosen.library, create=False) as library:
        wanted = right = listed = 0
        started_s = time.perf_counter()
        for row in several:
            titles = {entry.title for entry in library.survey(row["question"]).entries}
            wanted, right = wanted + len(row["titles"]), right + len(titles & set(row["titles"]))
            listed += len(titles)
        seconds = (time.perf_counter() - started_s) / max(1, len(several))
        print(f"{right} of {wanted} gold titles listed, among {listed}; {seconds:.1f} s a survey")
        surely, perhaps = list[int](), list[int]()
        for topic, judgements in judged.items():
            for theme in library.survey(topic).themes:
                found = perhaps if theme.name == PERHAPS else surely
                found += [judgements[e.paper_id] for e in theme.entries if e.paper_id in judgements]
    for name, belongs in (("surely", surely), ("perhaps", perhaps)):
        print(f"{sum(belongs)} of {len(belongs)} judged papers that {name} are about it belong")


if __name__ == "__main__":
    main()
