"""The README cannot rot: every command in it is one, with options that there are."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from assistant.cli import main
from assistant.evaluation import read_exam

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(assistant [^`]+)`")
_FILES = ("README.md", "benchmarks/README.md", "assistant/sample/README.md", "models/README.md")


def commands(text: str) -> list[str]:
    """Return the command lines of the program in a text, from its name on."""
    typed = [
        line.removeprefix("$ ")
        for block in _BLOCK.findall(text)
        for line in block.splitlines()
        if line.startswith("$ ")
    ]
    found = [re.match(r"(?:\S*/)?(assistant\b.*)", line) for line in typed]
    return [match[1] for match in found if match]


def parse(arguments: list[str]) -> str:
    """Parse a command line without running it; return the name of its command."""
    command: click.Command = main
    parent: click.Context | None = None
    name = "assistant"
    while True:
        context = command.make_context(name, list(arguments), parent=parent)
        rest = [*context._protected_args, *context.args]
        if not isinstance(command, click.Group) or not rest:
            return context.command_path
        found, subcommand, arguments = command.resolve_command(context, rest)
        assert found is not None
        assert subcommand is not None
        parent, command, name = context, subcommand, found


def check(line: str) -> None:
    """Fail if a command line is wrong."""
    words = shlex.split(line, comments=True)[1:]
    ends = [place for place, word in enumerate(words) if word in {"<", ">", "|"}]
    try:
        parse(words[: ends[0]] if ends else words)
    except click.UsageError as error:
        pytest.fail(f"{line}: {error.format_message()}")


def test_every_command_of_the_readmes_parses(project: Path) -> None:
    texts = [(project / file).read_text("utf-8") for file in _FILES]
    lines = [line for text in texts for line in commands(text)]
    assert len(lines) > 15
    for line in lines:
        check(line)


def test_every_command_that_is_mentioned_is_one(project: Path) -> None:
    mentioned = [
        line for file in _FILES for line in _INLINE.findall((project / file).read_text("utf-8"))
    ]
    assert len(mentioned) > 4
    for line in mentioned:
        with suppress(click.MissingParameter):  # `assistant ask` names a command
            parse(shlex.split(line)[1:])


def test_a_command_that_is_none_would_be_noticed() -> None:
    assert commands("```console\n$ .venv/bin/assistant frob\n$ make\n```\n") == ["assistant frob"]
    for line in (["frob"], ["ask", "--frob", "x"], ["eval", "--limit", "none"]):
        with pytest.raises(click.UsageError):
            parse(line)


def test_every_example_of_an_exam_is_one(project: Path, tmp_path: Path) -> None:
    help_text = CliRunner().invoke(main, ["eval", "--help"]).stdout
    for text in (help_text, (project / "README.md").read_text("utf-8")):
        lines = re.findall(r'^ *(\{.*"kind": "(?:fact|none|multi)", .*\})$', text, re.MULTILINE)
        file = tmp_path / "exam.jsonl"
        file.write_text("\n".join(lines), encoding="utf-8")
        exam = read_exam(file)
        assert exam.rejected == ()
        assert [question.kind for question in exam.questions] == ["fact", "none", "multi"]
