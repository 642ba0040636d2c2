"""Runs are kept question by question, gone on with, found again, and never mixed up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.evaluation.runs import (
    LAST,
    RunFolder,
    RunHeader,
    checked_label,
    program_sha256,
    read_run,
)
from tests.unit.evaluation.given import FNET, HEADER, fact, none, refused, result, said

FIRST = result(fact(), said(("It is 80% faster.", FNET, "It is 80% faster.")), FNET)
SECOND = result(none(), refused())


def header(started: str = "2026-01-01T00:00:00Z", **changes: object) -> RunHeader:
    return replace(HEADER, questions=2, started=started, **changes)  # type: ignore[arg-type]


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "runs").open(header())
    run.add(FIRST)
    kept = read_run(run.path)
    assert kept.header == header()
    assert kept.results == {FIRST.question: FIRST} == run.results
    assert not kept.complete


def test_nothing_is_written_before_the_first_result(tmp_path: Path) -> None:
    RunFolder(tmp_path / "runs").open(header())
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_was_cut_short_is_gone_on_with(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    run = folder.open(header())
    run.add(FIRST)
    again = folder.open(header("2026-01-02T00:00:00Z"))
    assert (again.path, again.results) == (run.path, run.results)
    again.add(SECOND)
    assert read_run(run.path).complete
    assert folder.open(header("2026-01-03T00:00:00Z")).results == {}


def test_a_whole_run_with_a_name_is_there_already(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    run = folder.open(header(name="base"))
    run.add(FIRST)
    run.add(SECOND)
    assert folder.open(header("2026-01-02T00:00:00Z", name="base")).results == run.results


@pytest.mark.parametrize(
    "changes",
    [
        {"settings": {"llm.model": "large"}},
        {"exam_sha256": "f" * 64},
        {"library_sha256": "f" * 64},
        {"program_sha256": "f" * 64},
        {"version": "2"},
        {"name": "other"},
        {"limit": 5},
        {"kinds": ("fact",)},
    ],
)
def test_a_run_of_something_else_is_not_gone_on_with(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    folder = RunFolder(tmp_path)
    folder.open(header()).add(FIRST)
    assert folder.open(header("2026-01-02T00:00:00Z", **changes)).results == {}


def test_another_place_of_the_same_library_and_exam_is_no_difference(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.open(header()).add(FIRST)
    moved = header("2026-01-02T00:00:00Z", library="/moved", exam="/moved.jsonl")
    assert folder.open(moved).results == {FIRST.question: FIRST}


def test_a_line_that_was_torn_is_asked_again(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    run = folder.open(header())
    run.add(FIRST)
    run.add(SECOND)
    content = run.path.read_bytes()
    run.path.write_bytes(content[:-40])
    again = folder.open(header("2026-01-02T00:00:00Z"))
    assert again.results == {FIRST.question: FIRST}
    again.add(SECOND)
    assert read_run(run.path).results == run.results


def test_other_files_in_the_folder_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\xff\n")
    (tmp_path / "b.jsonl").write_text("[" * 100_000)
    (tmp_path / "c.jsonl").write_text('{"run": {"settings": [1]}}\n')
    (tmp_path / "d.jsonl").mkdir()
    folder = RunFolder(tmp_path)
    folder.open(header()).add(FIRST)
    assert folder.open(header("2026-01-02T00:00:00Z")).results


def test_runs_are_found_by_name_the_last_and_by_file(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "runs")
    old = folder.open(header("2026-01-01T00:00:00Z", name="base", version="0"))
    new = folder.open(header("2026-01-02T00:00:00Z", name="base"))
    other = folder.open(header("2026-01-03T00:00:00Z", exam_sha256="f" * 64))
    for run in (old, new, other):
        run.add(FIRST)
    now = folder.open(header("2026-01-04T00:00:00Z", name="now"))
    now.add(FIRST)
    assert folder.find("base", besides=now).path == new.path
    assert folder.find("base", besides=new).path == old.path
    assert folder.find(LAST, besides=now).path == new.path
    assert folder.find(str(old.path), besides=now).path == old.path
    with pytest.raises(InputError) as caught:
        folder.find("bse", besides=now)
    assert "base" in caught.value.hint


def test_without_an_earlier_run_there_is_no_last(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with pytest.raises(InputError, match="no earlier run"):
        folder.find(LAST, besides=folder.open(header()))
    file = tmp_path / "x.txt"
    file.write_text("x")
    with pytest.raises(InputError, match="is no run"):
        folder.find(str(file), besides=folder.open(header()))


def test_a_named_file_is_gone_on_with_and_never_overwritten(tmp_path: Path) -> None:
    folder, out = RunFolder(tmp_path / "runs"), tmp_path / "out" / "run.jsonl"
    folder.open(header(), out=out).add(FIRST)
    assert folder.open(header("2026-01-02T00:00:00Z"), out=out).results == {FIRST.question: FIRST}
    with pytest.raises(InputError, match="other questions or settings"):
        folder.open(header(version="2"), out=out)
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    with pytest.raises(InputError, match="holds no run"):
        folder.open(header(), out=mine)
    assert mine.read_text() == "mine"


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = RunFolder(tmp_path).open(header(), out=tmp_path / "file" / "run.jsonl")
    with pytest.raises(InputError, match="cannot be written"):
        run.add(FIRST)


@pytest.mark.parametrize("name", ["", " ", "\x1b[31m", LAST, "x" * 61])
def test_names_that_say_nothing_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot be the name"):
        checked_label(name)


def test_the_program_is_another_once_a_line_of_it_changed(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    before = program_sha256(tmp_path)
    assert program_sha256(tmp_path) == before
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "shown.py").write_text("x = 1\n")
    assert program_sha256(tmp_path) == before
    (tmp_path / "a.py").write_text("x = 2\n")
    assert program_sha256(tmp_path) != before
