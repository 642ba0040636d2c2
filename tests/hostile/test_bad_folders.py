"""Libraries and models that cannot be used: one error that says what to do; nothing is lost."""

from __future__ import annotations

import shutil
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.catalogue.locating import locate

FACT = "What BLEU score does the Transformer reach on English-to-German translation?"
PAPER = {"title": "On Green Widgets", "abstract": "We paint widgets green. They last 37% longer."}
DATABASE = "chroma/chroma.sqlite3"
MIRROR = "mirror.sqlite3"


def titles(run, folder: Path) -> list[str]:
    result = run(folder, "papers")
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/library", "/dev/null"])
def test_a_place_that_can_hold_no_library_is_one_error(
    tmp_path, place, run_failing, write_papers
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    run_failing(tmp_path / place, 1, "add", write_papers(PAPER))
    run_failing(tmp_path / place, 4, "ask", FACT)
    run_failing(tmp_path / place, 4, "papers")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_lock_that_cannot_be_written_is_one_error(own_folder, run_failing, run) -> None:
    (own_folder / "writer.lock").unlink(missing_ok=True)
    (own_folder / "writer.lock").mkdir()
    run_failing(own_folder, 1, "remove", "--yes", "Attention Is All You Need")
    assert len(titles(run, own_folder)) == 52


def cut_model() -> bytes:
    (path,) = locate("SmolLM2-135M-Instruct", "chat")
    with path.open("rb") as file:
        return file.read(3_000_000)


BAD_MODELS: dict[str, Callable[[], bytes]] = {
    "cut": cut_model,
    "empty": lambda: b"",
    "text": lambda: b"This is no model.\n" * 100,
    "magic alone": lambda: b"GGUF",
    "absurd count": lambda: b"GGUF" + struct.pack("<IQQ", 3, 2**63, 2**63),
    "absurd length": lambda: b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 2**60) + b"key",
    "no tensors": lambda: b"GGUF" + struct.pack("<IQQ", 3, 0, 0),
}


@pytest.mark.parametrize("kind", BAD_MODELS)
def test_a_file_that_is_no_model_is_one_error(kind, sample_folder, tmp_path, run_failing) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(BAD_MODELS[kind]())
    error = run_failing(sample_folder, 1, "--set", f"llm.model={file}", "ask", FACT)
    assert str(file) in error


@pytest.mark.parametrize("name", ["none.gguf", "folder.gguf", "no-such-model", ""])
def test_a_model_that_is_not_there_is_code_4(name, sample_folder, tmp_path, run_failing) -> None:
    (tmp_path / "folder.gguf").mkdir()
    model = tmp_path / name if name.endswith(".gguf") else name
    run_failing(sample_folder, 4, "--set", f"llm.model={model}", "ask", FACT)


def test_without_its_model_a_library_still_searches_and_quotes(sample_folder, run) -> None:
    missing = ["--set", "llm.model=none.gguf"]
    assert "Attention Is All You Need" in run(sample_folder, *missing, "search", FACT).stdout
    quotes = run(sample_folder, *missing, "--set", "llm.enabled=false", "ask", FACT)
    assert quotes.exit_code == 0
    assert "28.4 BLEU" in quotes.stdout


def test_an_add_that_a_bad_model_stops_loses_nothing(
    own_folder, tmp_path, run, run_failing, write_papers
) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    papers = write_papers(PAPER)
    run_failing(own_folder, 1, "--set", f"llm.model={file}", "add", papers)
    assert len(titles(run, own_folder)) == 52
    assert run(own_folder, "add", papers).stderr.startswith("Added 1,")


def overwrite(file: Path, *, first: int, step: int) -> None:
    content = bytearray(file.read_bytes())
    for start in range(first, len(content), step):
        content[start : start + 2048] = b"\xff" * len(content[start : start + 2048])
    file.write_bytes(content)


def to_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "rubbish": lambda file: file.write_bytes(b"rubbish" * 5000),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:100_000]),
    "emptied": lambda file: file.write_bytes(b""),
    "pages": lambda file: overwrite(file, first=3 * 4096, step=5 * 4096),
    "a folder": to_folder,
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_store_is_one_error_and_the_rest_is_kept(
    kind, own_folder, sample_folder, run, run_failing, write_papers
) -> None:
    mirror = (own_folder / MIRROR).read_bytes()
    DAMAGE[kind](own_folder / DATABASE)
    run_failing(own_folder, 1, "papers")
    run_failing(own_folder, 1, "ask", FACT)
    error = run_failing(own_folder, 1, "add", write_papers(PAPER))
    assert "backup" in error
    assert (own_folder / MIRROR).read_bytes() == mirror
    shutil.rmtree(own_folder / "chroma")
    shutil.copytree(sample_folder / "chroma", own_folder / "chroma")
    assert len(titles(run, own_folder)) == 52


def test_a_store_that_is_a_file_is_one_error(own_folder, run_failing, write_papers) -> None:
    shutil.rmtree(own_folder / "chroma")
    (own_folder / "chroma").write_bytes(b"rubbish")
    assert "check --repair" in run_failing(own_folder, 1, "papers")
    run_failing(own_folder, 1, "add", write_papers(PAPER))


def to_other_version(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()


MIRROR_DAMAGE: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "emptied": lambda file: file.write_bytes(b""),
    "rubbish": lambda file: file.write_bytes(b"rubbish" * 5000),
    "another version": to_other_version,
}


@pytest.mark.parametrize("kind", MIRROR_DAMAGE)
def test_a_mirror_comes_back_by_itself(kind, own_folder, run) -> None:
    MIRROR_DAMAGE[kind](own_folder / MIRROR)
    assert len(titles(run, own_folder)) == 52
    few = ["--set", "retrieval.read_papers=1", "--set", "retrieval.dense_weight=0"]
    result = run(own_folder, *few, "search", "--limit", "1", FACT)
    assert "Attention Is All You Need" in result.stdout


@pytest.mark.parametrize("kind", ["cut", "pages"])
def test_a_damaged_mirror_is_healed_or_says_how_to_heal_it(kind, own_folder, run) -> None:
    DAMAGE[kind](own_folder / MIRROR)
    result = run(own_folder, "papers")
    if result.exit_code:
        error, hint = result.stderr.splitlines()
        assert error.startswith("Error: ")
        assert "check --repair" in hint
        assert run(own_folder, "check", "--repair").exit_code == 0
    assert len(titles(run, own_folder)) == 52
