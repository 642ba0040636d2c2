"""``assistant config`` says what is set and by what, and keeps changes."""

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


def test_a_change_is_kept_in_the_users_own_file_and_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["config", "set", "llm.enabled", "no"])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"llm.enabled is false ({user_config_file()})\n"
    assert user_config_file().read_text(encoding="utf-8") == "[llm]\nenabled = false\n"


def test_a_change_can_be_taken_back() -> None:
    CliRunner().invoke(main, ["config", "set", "keys.sort", "o"])
    result = CliRunner().invoke(main, ["config", "unset", "keys.sort"])
    assert (result.exit_code, result.stderr) == (0, 'keys.sort is "s" (default)\n')
    again = CliRunner().invoke(main, ["config", "unset", "keys.sort"])
    assert (again.exit_code, "is not set in" in again.stderr) == (0, True)


def test_a_change_that_is_outranked_says_by_what(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[answer]\nmax_words = 40\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["config", "set", "answer.max_words", "50"])
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        f"answer.max_words is 40 ({file})",
        f"The change in {user_config_file()} counts where {file} does not say otherwise.",
    ]


def test_a_change_is_made_even_where_other_settings_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("title = 'My site'\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["config", "set", "llm.threads", "2"])
    assert result.exit_code == 0
    assert "other settings are wrong" in result.stderr
    assert user_config_file().read_text(encoding="utf-8") == "[llm]\nthreads = 2\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["set", "llm.modle", "x"], "Did you mean 'llm.model'"),
        (["set", "llm.threads", "-1"], "a whole number from 0 to 512"),
        (["set", "llm.enabled", "maybe"], "true or false"),
        (["set", "keys.sort", ","], "a key, or several"),
        (["set", "threads", "1"], "section.key"),
        (["unset", "threads"], "section.key"),
        (["unset", "llm.modle"], "Did you mean 'llm.model'"),
    ],
)
def test_a_change_that_would_be_refused_later_is_refused_now(
    arguments: list[str], words: str
) -> None:
    result = CliRunner().invoke(main, ["config", *arguments])
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 2
    assert not user_config_file().exists()


def test_a_relative_library_is_kept_for_every_folder(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["config", "set", "library.path", "papers"])
    result = CliRunner().invoke(main, ["config", "show", "--json"])
    assert json.loads(result.stdout)["library"] == str(tmp_path / "papers")
