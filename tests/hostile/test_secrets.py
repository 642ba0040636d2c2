"""Keys come from the environment and are never seen again, whatever fails and whoever echoes."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from assistant.cli.group import AssistantGroup
from assistant.config import Settings, redacted
from assistant.errors import InputError
from tests.tui.pseudo_terminal import running

KEY = "sk-very-0123456789-secret"
VARIABLES = dict.fromkeys(
    (
        "ASSISTANT_LLM_KEY",
        "ASSISTANT_EMBEDDING_KEY",
        "ASSISTANT_STORE_TOKEN",
        "HF_TOKEN",
        "OPENAI_API_KEY",
        "MY_CREDS",
    ),
    KEY,
)


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, key in VARIABLES.items():
        monkeypatch.setenv(name, key)


@pytest.fixture
def echoing() -> Iterator[str]:
    """The address of a server that refuses every key, and shows it to everybody."""

    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told = {name: value for name, value in self.headers.items() if KEY in value}
            text = json.dumps({"error": {"message": f"Incorrect key: {told}", "code": KEY}})
            self.send_response(401)
            for name, value in (("Content-Type", "application/json"), ("X-Key", KEY)):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())
            seen.append(str(told))

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: object) -> None:
            pass

    seen: list[str] = []
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
    assert any(KEY in told for told in seen)  # else nothing was tested


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment)


COMMANDS = {
    "llm": (["llm.base_url={}/v1"], ["ask", "How many trainable parameters does LoRA save?"]),
    "embedding": (["embedding.base_url={}/v1"], ["add", "new.jsonl"]),
    "store": (["store.url={}", "store.token_variable=MY_CREDS"], ["search", "attention"]),
}
"""By kind of server, settings that name one, and a command that asks it."""


@pytest.mark.enable_socket
@pytest.mark.parametrize("kind", COMMANDS)
def test_a_key_that_a_server_sends_back_is_not_shown(
    echoing: str, kind: str, own_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    paper = {"title": "On widgets", "abstract": "They are green."}
    (tmp_path / "new.jsonl").write_text(json.dumps(paper), encoding="utf-8")
    folder = tmp_path / "new" if kind == "embedding" else own_folder
    settings, command = COMMANDS[kind]
    options = [word for setting in settings for word in ("--set", setting.format(echoing))]
    environment = {"ASSISTANT_DEBUG": "1", "OPENAI_LOG": "debug"}
    result = run("--library", str(folder), *options, *command, **environment)
    assert (result.exit_code, "Traceback" in result.stderr) == (1, True)
    doctor = run("--library", str(tmp_path / "none"), *options, "doctor", **environment)
    assert (doctor.exit_code, f"failure  [{kind}] server" in doctor.stdout) == (1, True)
    for text in (result.output, doctor.output, caplog.text):
        assert KEY not in text


@pytest.mark.parametrize("arguments", [["config", "show"], ["config", "show", "--json"]])
def test_settings_are_shown_without_keys(arguments: list[str]) -> None:
    result = run("--set", "llm.api_key_variable=MY_CREDS", *arguments)
    assert result.exit_code == 0
    assert "MY_CREDS" in result.stdout
    assert KEY not in result.output


@pytest.mark.parametrize(
    "setting",
    [
        "llm.api_key_variable={}",
        "embedding.api_key_variable={}",
        "store.token_variable={}",
        "llm.base_url=https://me:{}@example.org/v1",
        "embedding.base_url=https://example.org/v1?key={}",
        "store.url=https://{}@example.org",
        "llm.api_key={}",
    ],
)
@pytest.mark.parametrize("command", [["config", "show"], ["doctor"], ["papers"]])
def test_a_key_that_is_written_into_the_settings_is_refused_and_not_shown(
    setting: str, command: list[str]
) -> None:
    result = run("--set", setting.format(KEY), *command, ASSISTANT_DEBUG="1")
    assert result.exit_code == (1 if command == ["doctor"] else 2)
    assert KEY not in result.output
    name, _, value = setting.format(KEY).partition("=")
    changed = run("config", "set", name, value, ASSISTANT_DEBUG="1")
    assert (changed.exit_code, KEY in changed.output) == (2, False)


def failing(error: Exception) -> click.Group:
    """Return a command line whose only command fails."""

    @click.group(cls=AssistantGroup)
    def group() -> None:
        pass

    @group.command()
    def fail() -> None:
        raise error

    return group


@pytest.mark.parametrize("make", [InputError, KeyError])
def test_what_breaks_is_told_without_keys(make: Callable[[str], Exception]) -> None:
    error = make(f"refused: Bearer {KEY}")
    for debug in ("0", "1"):
        result = CliRunner().invoke(failing(error), ["fail"], env={"ASSISTANT_DEBUG": debug})
        assert result.exit_code == 1
        assert "Bearer ***" in result.stderr
        assert KEY not in result.output


BROKEN_CHAT = """
import os
from assistant.tui.screen import ChatScreen

def on_mount(self):
    key = os.environ["MY_CREDS"]
    raise RuntimeError(f"refused: {key}")

ChatScreen.on_mount = on_mount
from assistant.cli import main
main()
"""


def test_a_chat_that_breaks_tells_where_without_keys(tmp_path: Path) -> None:
    options = ["--library", str(tmp_path / "new"), "--set", "llm.api_key_variable=MY_CREDS"]
    with running(*options, program=("-c", BROKEN_CHAT)) as terminal:
        assert terminal.wait_for_end() == 1
        assert "in on_mount" in terminal.words
        assert "RuntimeError: refused: ***" in terminal.words
        assert KEY not in terminal.written


def test_only_keys_are_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORT_KEY", "abc")
    monkeypatch.setenv("KEYBOARD", "german layout")
    monkeypatch.setenv("MONKEY", "banana split")
    text = "abc, german layout, banana split"
    assert redacted(text) == text
    monkeypatch.setenv("OTHER_TOKEN", "german")
    assert redacted(text) == "abc, *** layout, banana split"
    assert redacted(f"x{KEY}y", Settings()) == "x***y"
