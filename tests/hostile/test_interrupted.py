"""A program that is killed in the midst of its work leaves a library that the next one mends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PAPERS = [
    {
        "title": f"On Widgets of Kind {number}",
        "abstract": f"We paint {number} widgets. They last {number + 3}% longer than plain ones.",
    }
    for number in range(200)
]


def test_an_add_that_was_killed_is_finished_by_the_next(tmp_path: Path, run, run_json) -> None:
    library = tmp_path / "library"
    lines = [json.dumps({**paper, "comment": "x" * 4000}) + "\n" for paper in PAPERS]
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "--library", str(library), "add", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    # A pipe holds less than this: once all but the last line is written, some batches are stored
    # and the program is within another.
    process.stdin.write("".join(lines[:-1]))
    process.stdin.flush()
    process.kill()
    process.communicate()
    kept = len(run(library, "papers").stdout.splitlines())
    assert 0 < kept < len(PAPERS)
    (report,) = run_json(library, "add", "-", stdin="".join(lines))
    assert report["added"] + report["unchanged"] == len(PAPERS)
    assert report["rejected"] == []
    (shown,) = run_json(library, "papers")
    assert {paper["title"] for paper in shown["papers"]} == {paper["title"] for paper in PAPERS}
    (found,) = run_json(library, "search", "On Widgets of Kind 123")
    assert found["hits"][0]["title"] == "On Widgets of Kind 123"
