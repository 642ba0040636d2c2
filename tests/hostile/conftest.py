"""How the hostile tests run the command line, and what each expects of an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main

Run = Callable[..., Result]
STEERING = {
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff",
    *map(chr, range(0xD800, 0xE000)),
} - {"\n"}
"""What acts on a terminal instead of being seen on it."""


def _run(library: Path, *arguments: str, stdin: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(main, ["--library", str(library), *arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert "Something broke" not in result.output
    assert not set(result.output) & STEERING
    return result


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a command on a library; fail on a traceback and on what steers a terminal."""
    return _run


@pytest.fixture(scope="session")
def run_failing() -> Callable[..., str]:
    """Run a command that must end with ``code`` and one error; return its two lines."""

    def run(library: Path, code: int, *arguments: str, stdin: str | bytes | None = None) -> str:
        result = _run(library, *arguments, stdin=stdin)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        lines = result.stderr.splitlines()
        assert [line.partition(": ")[0] for line in lines] == ["Error", "Hint"]
        return "\n".join(lines)

    return run


@pytest.fixture(scope="session")
def run_json() -> Callable[..., list[dict[str, Any]]]:
    """Run a command and return its objects, one a line."""

    def run(library: Path, *arguments: str, stdin: str | bytes | None = None) -> list[Any]:
        result = _run(library, *arguments, "--json", stdin=stdin)
        return [json.loads(line) for line in result.stdout.splitlines()]

    return run


@pytest.fixture
def write_papers(tmp_path: Path) -> Callable[..., str]:
    """Write a file of papers, one JSON object a line; return its path."""

    def write(*papers: dict[str, str], name: str = "papers.jsonl") -> str:
        file = tmp_path / name
        file.write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
        return str(file)

    return write
