"""Nothing leaves the machine: the whole way works while every use of a network is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

GUARDED = """
import os, socket, sys

NAMES = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
USES = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}

def refuse(event, arguments):
    if event in NAMES or (event in USES and arguments[0].family != socket.AF_UNIX):
        # To the descriptor: the attempt may be that of a child, or swallowed by its maker.
        os.write(2, f"attempt: {event} {arguments[-1]}\\n".encode())
        raise OSError("there is no network")

sys.addaudithook(refuse)
{body}
"""
COMMAND = """from assistant.cli import main; main(sys.argv[1:])"""
ATTEMPT = """import urllib.request; urllib.request.urlopen("http://127.0.0.1:9/")"""
FORKED = f"""if os.fork() == 0:
    {ATTEMPT}
os.wait()"""
PAPER = {"title": "On Green Widgets", "abstract": "We paint widgets green. They last 37% longer."}


def run_guarded(body: str, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", GUARDED.replace("{body}", body), *arguments],
        cwd=Path(__file__).parents[2],
        # A home of its own: nothing that an earlier run may have left in a cache.
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_papers_are_added_searched_summarized_and_asked_without_a_network(tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    file.write_text(json.dumps(PAPER), encoding="utf-8")
    library = ["--library", str(tmp_path / "library")]
    question = "How much longer do green widgets last?"
    for arguments in (
        ["add", str(file)],
        ["search", question],
        ["summarize", "green widgets"],
        ["survey", "green widgets"],
        ["overview"],
        ["ask", question],
    ):
        result = run_guarded(COMMAND, *library, *arguments, home=tmp_path)
        assert result.returncode == 0, result.stderr
        assert "attempt:" not in result.stderr
        if arguments[0] != "add":
            assert "On Green Widgets" in result.stdout
    assert "37%" in result.stdout
    # OpenVINO's telemetry leaves its number here.
    assert not (tmp_path / "intel").exists()


@pytest.mark.parametrize("body", [ATTEMPT, FORKED])
def test_the_guard_refuses_and_tells_an_attempt(tmp_path: Path, body: str) -> None:
    assert "attempt: socket." in run_guarded(body, home=tmp_path).stderr
