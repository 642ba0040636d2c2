"""``assistant doctor`` says in 80 columns what is wrong, and ends with 1 if something is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from assistant.config import user_config_file
from tests.tui.pseudo_terminal import running

STATES = {"ok", "warning", "failure", "skipped"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(folder: Path, *arguments: str, **environment: str) -> Result:
    arguments = ("--library", str(folder), "--set", "llm.gpu_layers=0", *arguments)
    return CliRunner().invoke(main, arguments, env=environment)


def test_a_sound_installation_is_said_to_be(sample_folder: Path) -> None:
    result = run(sample_folder, "doctor")
    assert result.exit_code == 0
    assert result.stderr == "Everything is as it should be.\n"
    lines = result.stdout.splitlines()
    assert {line.split(maxsplit=1)[0] for line in lines if line[0] != " "} <= STATES
    # A path that is longer than that is not broken.
    assert [line for line in lines if len(line) > 80 and len(line.split()) > 1] == []
    words = " ".join(result.stdout.split())
    for name in ("python", "llama.cpp", "chat model", "memory", "library"):
        assert f"ok {name} " in words


def test_on_a_terminal_no_bar_is_left_between_the_lines(sample_folder: Path) -> None:
    with running("--library", str(sample_folder), "doctor") as terminal:
        assert terminal.wait_for_end() == 0
        lines = terminal.text.splitlines()
    heads = [line.split(maxsplit=1)[0] for line in lines if line and not line.startswith(" ")]
    assert {"ok"} <= set(heads) <= {*STATES, "Everything"}
    assert "ok library " in terminal.words


def test_as_json_it_is_one_object(tmp_path: Path) -> None:
    result = run(tmp_path / "none", "doctor", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    (line,) = result.stdout.splitlines()
    report = json.loads(line)
    assert list(report) == ["ok", "checks"]
    assert report["ok"] is True
    for check in report["checks"]:
        assert list(check) == ["name", "state", "message", "fix"]
        assert check["state"] in STATES
    assert report["checks"][-1]["state"] == "skipped"


def test_what_is_wrong_is_told_with_its_fix_and_is_code_1(tmp_path: Path) -> None:
    result = run(tmp_path / "none", "--set", "llm.model=nothing.gguf", "doctor")
    assert result.exit_code == 1
    _, _, rest = result.stdout.partition("\nfailure  chat model ")
    below = [line for line in rest.splitlines()[1:4] if line.startswith("         -> ")]
    assert below[0].startswith("         -> Check the path")
    assert result.stderr == "1 thing must be mended: the lines above say how.\n"


def test_settings_that_cannot_be_read_are_told_and_end_nothing(tmp_path: Path) -> None:
    file = user_config_file()
    file.parent.mkdir(parents=True)
    file.write_text("[llm\n", encoding="utf-8")
    (tmp_path / "config.toml").write_text("[llm]\nmodle = 'x'\n", encoding="utf-8")
    result = run(tmp_path / "none", "doctor", ASSISTANT_LLM__THREADS="many")
    assert result.exit_code == 1
    words = " ".join(result.stdout.split())
    for fault in (f"{file} is not valid TOML", "no setting 'llm.modle'", "ASSISTANT_LLM__THREADS"):
        assert fault in words
    assert "ok chat model " in words
    assert result.stderr == "3 things must be mended: the lines above say how.\n"


def test_a_damaged_library_is_told_and_ends_nothing(own_folder: Path) -> None:
    (own_folder / "chroma" / "chroma.sqlite3").write_bytes(b"no database")
    result = run(own_folder, "doctor")
    assert result.exit_code == 1
    assert f"-> assistant --library {own_folder} check --repair" in result.stdout or (
        "assistant check --repair" in result.stdout
    )


def test_a_home_that_is_not_there_is_told_and_ends_nothing() -> None:
    result = CliRunner().invoke(main, ["--library", "~nobody-at-all/x", "doctor", "--json"])
    report = json.loads(result.stdout)
    assert (result.exit_code, report["ok"]) == (1, False)
    states = {check["name"]: check["state"] for check in report["checks"]}
    assert (states["library"], states["chat model"]) == ("failure", "ok")
