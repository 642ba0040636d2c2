"""Files and functions stay small enough to be read at one go."""

from __future__ import annotations

import ast
from pathlib import Path

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50


def sources(project: Path) -> list[Path]:
    files = [
        file
        for top in ("assistant", "benchmarks", "tests")
        for file in (project / top).rglob("*.py")
    ]
    assert len(files) > 10
    return files


def test_no_file_is_longer_than_400_lines(project: Path) -> None:
    lengths = {
        str(file.relative_to(project)): len(file.read_text(encoding="utf-8").splitlines())
        for file in sources(project)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_50_lines(project: Path) -> None:
    too_long = {}
    for file in sources(project):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    too_long[f"{file.relative_to(project)}:{node.name}"] = lines
    assert too_long == {}


def test_every_module_says_why_it_is_there(project: Path) -> None:
    silent = [
        str(file.relative_to(project))
        for file in sources(project)
        if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert silent == []
