"""Whatever goes wrong is one line, one hint, and a documented exit code; never a traceback."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from assistant.cli.exit_codes import ExitCode, exit_code_of
from assistant.cli.group import AssistantGroup
from assistant.errors import (
    AssistantError,
    Cancelled,
    ConfigError,
    DownloadFailed,
    EmbedderMismatch,
    InputError,
    LibraryBusy,
    LibraryError,
    LibraryMissing,
    ModelError,
    ModelMissing,
    NothingFound,
    SessionMissing,
    StoreDamaged,
    UsageError,
)

CODES: dict[type[AssistantError], int] = {
    AssistantError: 1,
    UsageError: 2,
    ConfigError: 2,
    InputError: 1,
    NothingFound: 3,
    SessionMissing: 1,
    LibraryError: 1,
    LibraryMissing: 4,
    StoreDamaged: 1,
    LibraryBusy: 1,
    EmbedderMismatch: 1,
    ModelError: 1,
    ModelMissing: 4,
    DownloadFailed: 1,
    Cancelled: 130,
}


def all_errors(root: type[AssistantError]) -> set[type[AssistantError]]:
    """Return the kinds that are told apart above the module that raises them."""
    found = {root}.union(*(all_errors(kind) for kind in root.__subclasses__()))
    return {kind for kind in found if kind.__module__ == AssistantError.__module__}


def run_failing(error: BaseException, **environment: str) -> Result:
    """Run a command line whose only command raises ``error``."""

    @click.group(cls=AssistantGroup)
    def group() -> None:
        pass

    @group.command()
    def fail() -> None:
        raise error

    return CliRunner().invoke(group, ["fail"], env=environment)


def test_every_error_of_the_tree_has_its_code() -> None:
    assert all_errors(AssistantError) == set(CODES)
    assert {kind: exit_code_of(kind("x")) for kind in CODES} == CODES


def test_the_help_documents_every_exit_code() -> None:
    text = CliRunner().invoke(main, ["--help"]).stdout
    after = text.partition("Exit codes:")[2]
    documented = [int(line.split()[0]) for line in after.splitlines() if line.strip()]
    assert documented == [code.value for code in ExitCode]


@pytest.mark.parametrize("kind", [kind for kind in CODES if kind is not Cancelled])
def test_a_foreseen_error_is_one_line_and_one_hint(kind: type[AssistantError]) -> None:
    result = run_failing(kind("It is\nbroken.", hint="Mend it."))
    assert result.exit_code == CODES[kind]
    assert result.stderr == "Error: It is broken.\nHint: Mend it.\n"
    assert result.stdout == ""


def test_a_stop_that_was_asked_for_is_no_error() -> None:
    result = run_failing(Cancelled("Stopped. 64 papers are kept.", hint="Run it again."))
    assert result.exit_code == ExitCode.INTERRUPTED
    assert result.stderr == "Stopped. 64 papers are kept. Run it again.\n"


def test_an_unforeseen_error_is_no_traceback() -> None:
    result = run_failing(KeyError("x"))
    assert result.exit_code == ExitCode.FAILED
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["Error", "Hint"]
    assert "KeyError" in result.stderr


def test_debugging_shows_the_traceback() -> None:
    assert "Traceback" in run_failing(InputError("x"), ASSISTANT_DEBUG="1").stderr
    assert "Traceback" not in run_failing(InputError("x"), ASSISTANT_DEBUG="0").stderr


def test_ctrl_c_is_one_line_and_its_code() -> None:
    result = run_failing(KeyboardInterrupt())
    assert result.exit_code == ExitCode.INTERRUPTED
    assert result.stderr.strip() == "Error: Interrupted."


def test_escape_sequences_do_not_reach_the_terminal_through_an_error() -> None:
    stderr = run_failing(InputError("a\x1b[31mb\x9b2Jc\u202ed", hint="\x1b]0;x\x07e")).stderr
    assert stderr == "Error: abcd\nHint: e\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["search"], "Missing argument"),
        (["search", "x", "--limit", "0"], "0 is not in the range"),
        (["--frobnicate"], "No such option"),
        (["ask", "-"], "JSON only"),
        (["search", "-"], "JSON only"),
        (["add"], "nothing to add"),
        (["--set", "llm.modle=x", "config", "show"], "no setting 'llm.modle'"),
        (["--library", "", "papers"], "--library is empty"),
        (["--set", "nonsense", "config", "show"], "section.key=value"),
    ],
)
def test_wrong_usage_is_two_lines_and_code_2(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == ExitCode.USAGE
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 2
    assert result.stdout == ""


def test_a_wrong_environment_is_code_2_and_named() -> None:
    variables = {"ASSISTANT_LLM__THREADS": "many"}
    result = CliRunner().invoke(main, ["papers"], env=variables)
    assert result.exit_code == ExitCode.USAGE
    assert "ASSISTANT_LLM__THREADS" in result.stderr
