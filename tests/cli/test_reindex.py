"""``assistant reindex``, and the note that a library may be moved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from tests.tiny_onnx import write_folder

PAPER = {"title": "Wax for bread", "abstract": "A thin layer of wax keeps bread fresh for 9 days."}
NOTE = "This library is indexed with all-MiniLM-L6-v2; 'assistant reindex' moves it to tiny.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "papers.jsonl").write_text(json.dumps(PAPER))
    assert run(tmp_path / "library", "add", str(tmp_path / "papers.jsonl")).exit_code == 0
    return tmp_path / "library"


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    return f"embedding.model={write_folder(tmp_path / 'tiny')}"


def run(folder: Path, *arguments: str, set: str = "llm.enabled=false") -> Result:  # noqa: A002
    return CliRunner().invoke(main, ["--library", str(folder), "--set", set, *arguments])


def test_a_library_with_another_embedder_says_so_and_goes_on(folder: Path, tiny: str) -> None:
    result = run(folder, "search", "wax", "--json", set=tiny)
    assert result.exit_code == 0
    assert result.stderr == NOTE
    assert "Wax for bread" in result.stdout
    assert NOTE not in result.stdout


def test_a_library_is_moved_and_then_says_nothing_more(folder: Path, tiny: str) -> None:
    result = run(folder, "reindex", set=tiny)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Indexed 1 paper with tiny.\n"
    assert run(folder, "search", "wax", set=tiny).stderr == ""
    again = run(folder, "reindex", "--json", set=tiny)
    assert again.stderr == "There is nothing to do: this library is indexed with tiny.\n"
    assert json.loads(again.stdout) == {"embedder": "tiny"}
    back = run(folder, "reindex", "--json")
    assert json.loads(back.stdout) == {
        "embedder": "all-MiniLM-L6-v2",
        "before": "tiny",
        "papers": 1,
        "passages": 1,
        "embedded": 1,
    }


def test_a_name_that_is_no_embedder_is_one_line_and_code_4(folder: Path) -> None:
    result = run(folder, "reindex", set="embedding.model=bge-smal-en")
    assert result.exit_code == 4
    assert result.stderr.splitlines() == [
        "Error: There is no embed model called 'bge-smal-en'.",
        "Hint: Did you mean 'bge-small-en-v1.5'?",
    ]
    assert run(folder, "search", "wax").exit_code == 0


def test_a_library_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    result = run(tmp_path / "none", "reindex")
    assert result.exit_code == 4
    assert not (tmp_path / "none").exists()


def test_a_restored_backup_of_another_embedder_says_how_to_move_it(
    folder: Path, tiny: str, tmp_path: Path
) -> None:
    backup = str(tmp_path / "backup.zip")
    assert run(folder, "backup", backup).exit_code == 0
    result = run(tmp_path / "restored", "restore", backup, set=tiny)
    assert result.exit_code == 0
    note = "It is indexed with all-MiniLM-L6-v2; 'assistant reindex' moves it to tiny."
    assert note in result.stderr.splitlines()
