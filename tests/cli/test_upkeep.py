"""Backup, restore and check on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from assistant.cli import main
from assistant.config import Settings
from assistant.library import Library

TITLE = "Attention Is All You Need"


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--library", str(folder), *arguments])


def lose_a_passage(folder: Path) -> str:
    with Library.open(folder, settings=Settings()) as library:
        paper_id = library.paper(TITLE).paper_id
        library._store.delete_rows([f"{paper_id}:1"])
    return paper_id


def test_a_library_that_is_whole_is_said_to_be(sample_folder: Path) -> None:
    result = run(sample_folder, "check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("52 papers with ")
    assert result.stderr.endswith("Everything is as it should be.\n")
    report = json.loads(run(sample_folder, "check", "--json").stdout)
    assert list(report) == ["papers", "rows", "problems", "repairs", "left", "compared"]
    assert (report["papers"], report["problems"]) == (52, [])


def test_what_is_wrong_is_printed_and_is_code_1(own_folder: Path) -> None:
    paper_id = lose_a_passage(own_folder)
    result = run(own_folder, "check")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"wrong: {paper_id}: 1 of its ")
    assert "--repair" in result.stderr
    report = run(own_folder, "check", "--json")
    assert report.exit_code == 1
    (problem,) = json.loads(report.stdout)["problems"]
    assert (problem["kind"], problem["papers"]) == ("incomplete", [paper_id])


def test_a_repair_says_what_it_did_and_is_code_0(own_folder: Path) -> None:
    lose_a_passage(own_folder)
    result = run(own_folder, "check", "--repair")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1:] == [f"indexed again: {TITLE}", "rebuilt the mirror"]
    assert run(own_folder, "check").exit_code == 0


def test_damaged_files_are_mended_and_the_damaged_ones_are_kept(own_folder: Path) -> None:
    (header,) = own_folder.glob("chroma/*/header.bin")
    header.write_bytes(b"")
    opened = run(own_folder, "papers")
    assert opened.exit_code == 1
    assert "assistant check --repair" in opened.stderr
    result = run(own_folder, "check")
    assert result.exit_code == 1
    assert "header.bin is too short; 52 papers can be read from" in result.stdout
    result = run(own_folder, "check", "--repair")
    assert result.exit_code == 0
    assert "kept the damaged store in " in result.stdout
    assert len(run(own_folder, "papers").stdout.splitlines()) == 52


def test_a_backup_is_restored_into_a_new_folder(own_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "library.zip"
    result = run(own_folder, "backup", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"Wrote 52 papers and 0 conversations to {file}.\n"
    assert run(own_folder, "backup", str(file)).exit_code == 1
    restored = run(tmp_path / "new", "restore", str(file))
    assert (restored.exit_code, restored.stdout) == (0, "")
    assert restored.stderr == (f"Restored 52 papers and 0 conversations into {tmp_path / 'new'}.\n")
    assert run(tmp_path / "new", "papers").stdout == run(own_folder, "papers").stdout
    again = run(own_folder, "restore", str(file))
    assert (again.exit_code, again.stdout) == (1, "")
    assert "restore FILE.zip" in again.stderr


def test_other_settings_than_those_of_the_backup_are_noted(
    sample_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "library.zip"
    run(sample_folder, "backup", str(file))
    options = ["--set", "embedding.model=other", "--set", "chunking.max_tokens=100"]
    result = run(tmp_path / "new", *options, "restore", str(file))
    assert result.exit_code == 0
    assert "indexed with all-MiniLM-L6-v2; 'assistant reindex' moves it to other" in result.stderr
    assert "cut anew" in result.stderr


def test_without_a_library_there_is_nothing_to_check_or_back_up(tmp_path: Path) -> None:
    for command in (["check"], ["backup", str(tmp_path / "x.zip")], ["export"]):
        result = run(tmp_path / "none", *command)
        assert (result.exit_code, result.stdout) == (4, "")
    assert list(tmp_path.iterdir()) == []
