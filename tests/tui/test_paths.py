"""Paths as people type, paste and drop them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tui.dialogs.paths import (
    MAX_ENTRIES,
    completed,
    look_at,
    quoted,
    typed_paths,
    words,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "My Papers").mkdir()
    (tmp_path / "My Papers" / "it's.txt").write_text("x")
    (tmp_path / "beta.jsonl").write_text("x")
    (tmp_path / "beta.png").write_text("x")
    (tmp_path / ".hidden.txt").write_text("x")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("a.txt", ["a.txt"]),
        ("  a.txt   b.txt ", ["a.txt", "b.txt"]),
        (r"My\ Papers/a.txt b", ["My Papers/a.txt", "b"]),
        ("'My Papers' \"and it's\"", ["My Papers", "and it's"]),
        ("'never closed", ["never closed"]),
    ],
)
def test_a_line_is_taken_apart_as_a_shell_does(line: str, expected: list[str]) -> None:
    assert typed_paths(line) == expected


def test_a_path_with_blanks_that_exists_needs_no_quotes(folder: Path) -> None:
    assert typed_paths(f"{folder}/My Papers") == [f"{folder}/My Papers"]


def test_the_home_folder_is_expanded(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("HOME", str(folder))
    assert typed_paths("~/beta.jsonl") == [f"{folder}/beta.jsonl"]


@given(st.lists(st.text(min_size=1), max_size=4))
def test_quoted_paths_are_read_back_as_they_were(paths: list[str]) -> None:
    assert [word.value for word in words(" ".join(map(quoted, paths)))] == paths


@given(st.text())
def test_no_line_breaks_the_reading_or_the_completion(line: str) -> None:
    typed_paths(line)
    completed(line.replace("/", "_").replace("~", "_"))


def test_a_path_is_completed_to_the_first_name_that_can_be_read(folder: Path) -> None:
    assert completed(f"{folder}/be") == f"{folder}/beta.jsonl"
    assert completed(f"{folder}/beta.p") is None
    assert completed(f"{folder}/zzz") is None
    assert completed("") is None


def test_a_folder_is_completed_with_its_slash_and_blanks_are_escaped(folder: Path) -> None:
    assert completed(f"{folder}/My") == f"{folder}/My\\ Papers/"
    assert completed(f"{folder}/My\\ Papers/i") == f"{folder}/My\\ Papers/it\\'s.txt"
    assert completed(f'"{folder}/My Papers/i') == f"\"{folder}/My Papers/it's.txt"
    assert completed(f"{folder}/My Papers/i") == f"{folder}/My Papers/it's.txt"


def test_the_last_of_several_paths_is_completed(folder: Path) -> None:
    assert completed(f"{folder}/beta.jsonl {folder}/be") == (
        f"{folder}/beta.jsonl {folder}/beta.jsonl"
    )


def test_hidden_names_are_completed_only_when_asked_for(folder: Path) -> None:
    assert completed(f"{folder}/") == f"{folder}/My\\ Papers/"
    assert completed(f"{folder}/.h") == f"{folder}/.hidden.txt"


def test_names_that_could_steer_a_terminal_are_not_suggested(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m.txt").write_text("x")
    assert completed(f"{tmp_path}/a") is None


def test_a_look_says_how_many_files_there_are(folder: Path) -> None:
    assert str(look_at(str(folder / "beta.jsonl"))) == "1 file"
    assert look_at(str(folder)).files == 2
    assert str(look_at(str(folder / "none.txt"))) == "does not exist"


def test_a_folder_without_readable_files_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_text("x")
    assert look_at(str(tmp_path)).problem


def test_a_look_into_a_huge_folder_ends_early(tmp_path: Path) -> None:
    for number in range(MAX_ENTRIES + 2):
        (tmp_path / str(number)).touch()
    (tmp_path / "below").mkdir()
    assert look_at(str(tmp_path)).more


@pytest.mark.parametrize("path", ["\0", "a" * 5000, "\ud800", "~nobody/x"])
def test_a_path_that_no_file_can_have_is_a_problem_and_no_crash(path: str) -> None:
    assert look_at(path).problem


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything can be read")
def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch(mode=0o000)
    assert look_at(str(tmp_path / "a.txt")).problem == "cannot be read"


def test_standard_input_is_not_a_path_here(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.chdir(folder)
    assert look_at("-").path == str(folder / "-")
