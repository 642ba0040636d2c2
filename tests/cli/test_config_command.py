"""``assistant config`` says what is set and by what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli import main
from assistant.config import Settings, user_config_file


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_setting_is_listed_with_value_and_origin(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[answer]\nmax_words = 40\n", encoding="utf-8")
    arguments = ["--library", "papers", "--set", "llm.enabled=no", "config", "show"]
    result = CliRunner().invoke(main, arguments, env={"ASSISTANT_RETRIEVAL__READ_PAPERS": "4"})
    rows = {line.split()[0]: line.split(maxsplit=2)[1:] for line in result.stdout.splitlines()}
    assert list(rows) == [f"{s}.{k}" for s, keys in Settings().to_dict().items() for k in keys]
    assert rows["answer.max_words"] == ["40", str(tmp_path / "config.toml")]
    assert rows["llm.enabled"] == ["false", "--set"]
    assert rows["library.path"] == ['"papers"', "--library"]
    assert rows["retrieval.read_papers"] == ["4", "ASSISTANT_RETRIEVAL__READ_PAPERS"]
    assert rows["llm.temperature"] == ["0.0", "default"]


def test_as_json_values_keep_their_type(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--library", "papers", "config", "show", "--json"])
    shown = json.loads(result.stdout)
    assert shown["library"] == str(tmp_path / "papers")
    assert shown["settings"]["llm.enabled"] == {"value": True, "origin": "default"}
    assert shown["settings"]["library.path"] == {"value": "papers", "origin": "--library"}


def test_the_path_of_the_users_file_is_all_that_is_printed() -> None:
    result = CliRunner().invoke(main, ["config", "path"])
    assert result.stdout == f"{user_config_file()}\n"
    assert "no such file yet" in result.stderr


def test_without_a_command_it_shows_its_help() -> None:
    result = CliRunner().invoke(main, ["config"])
    assert (result.exit_code, result.stdout.split()[0]) == (0, "Usage:")


def test_the_file_of_another_program_is_code_2_and_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("title = 'My site'\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["config", "show"])
    assert result.exit_code == 2
    assert str(tmp_path / "config.toml") in result.stderr
    assert "another program" in result.stderr
