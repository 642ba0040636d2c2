"""The program as it is started from a shell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from assistant import __version__
from assistant.cli import main

ASSISTANT = [sys.executable, "-m", "assistant"]


def test_help_names_every_command() -> None:
    text = CliRunner().invoke(main, ["--help"]).stdout
    for command in ("chat", "add", "ask", "search", "papers", "show", "remove", "eval", "config"):
        assert f"\n  {command} " in text


def test_the_version_is_that_of_the_package() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.stdout == f"assistant, version {__version__}\n"


def test_without_a_command_it_shows_its_help() -> None:
    alone = CliRunner().invoke(main, [])
    assert (alone.exit_code, alone.stdout) == (0, CliRunner().invoke(main, ["--help"]).stdout)


def test_every_command_explains_itself_and_its_options() -> None:
    for name, command in main.commands.items():
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0
        assert command.help
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert getattr(parameter, "help", ""), f"{name} {parameter.name}"


def test_a_reader_that_goes_away_is_no_error(sample_folder: Path) -> None:
    process = subprocess.Popen(
        [*ASSISTANT, "--library", str(sample_folder), "papers", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == ""
    process.wait()


def test_an_output_without_unicode_still_gets_its_text(sample_folder: Path) -> None:
    run = subprocess.run(
        [*ASSISTANT, "--library", str(sample_folder), "papers"],
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, len(run.stdout.splitlines())) == (0, 52)
