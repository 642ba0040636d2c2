"""What can be wrong with a Chroma server, or with what is set about it: one clear line each."""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli import main
from assistant.config import StoreSettings
from assistant.errors import AssistantError, ConfigError, LibraryError
from assistant.store import server
from assistant.store.folder import LibraryFolder
from assistant.store.server import ServerConnection
from tests.chroma_server import ChromaServer, Gate, Web, free_port

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

TOKEN = "ck-token-of-the-tests-0123456789"
VARIABLE = StoreSettings().token_variable


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ServerConnection, "waits_s", (0.01,))


@pytest.fixture
def gate(chroma_server: ChromaServer) -> Iterator[Gate]:
    opened = Gate(chroma_server, token=TOKEN)
    yield opened
    opened.close()


def opened(folder: Path, settings: StoreSettings) -> LibraryFolder:
    return LibraryFolder(folder, embedder="e", server=settings)


def refusal(folder: Path, settings: StoreSettings) -> AssistantError:
    with pytest.raises(AssistantError) as caught:
        opened(folder, settings)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    assert not list(folder.iterdir())
    return caught.value


# The address


@pytest.mark.parametrize(
    "url",
    ["localhost:8000", "ftp://localhost", "http://", "chroma", "http://host:port", "http://h?a=b"],
)
def test_an_address_that_is_none(tmp_path: Path, url: str) -> None:
    error = refusal(tmp_path, StoreSettings(url=url))
    assert isinstance(error, ConfigError)
    assert f"[store] url is no address of a server: {url}" in error.message
    assert "http://localhost:8000" in error.hint


def test_an_address_with_a_password_is_refused_and_not_repeated(tmp_path: Path) -> None:
    error = refusal(tmp_path, StoreSettings(url="http://me:hunter2@localhost:8000"))
    assert "hunter2" not in str(error)
    assert VARIABLE in error.hint


@pytest.mark.parametrize("name", ["", "a", "our library", "-papers", "papers-next", "x-writer"])
def test_a_collection_that_cannot_be_one(tmp_path: Path, name: str) -> None:
    error = refusal(tmp_path, StoreSettings(url="http://localhost:1", collection=name))
    assert isinstance(error, ConfigError)
    assert "[store] collection" in error.message


def test_a_slash_behind_the_address_is_no_mistake(tmp_path: Path, on_server: StoreSettings) -> None:
    opened(tmp_path, replace(on_server, url=f" {on_server.url}/ ")).close()
    opened(tmp_path, on_server).close()
    assert len(list(tmp_path.glob("mirror-*.sqlite3"))) == 1


# What answers


def test_a_server_that_is_down(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    error = refusal(tmp_path, StoreSettings(url=url))
    assert error.message.startswith(f"The Chroma server at {url} does not answer: ")
    assert "refused" in error.message
    assert "chroma run" in error.hint


def test_a_host_that_nobody_knows(tmp_path: Path) -> None:
    error = refusal(tmp_path, StoreSettings(url="http://chroma.invalid:8000"))
    assert "does not answer" in error.message


def test_a_server_that_never_answers(tmp_path: Path) -> None:
    done = threading.Event()

    def wait(*_: object) -> tuple[int, str, bytes]:
        done.wait(20)
        return 200, "text/plain", b""

    web = Web(wait)
    error = refusal(tmp_path, StoreSettings(url=web.url, timeout_s=0.2))
    assert f"{web.url} did not answer within 0.2 s." in error.message
    assert "timeout_s" in error.hint
    done.set()
    web.close()


def test_a_server_that_stops_answering(
    tmp_path: Path, chroma_server: ChromaServer, on_server: StoreSettings
) -> None:
    gate = Gate(chroma_server)
    folder = opened(tmp_path, replace(on_server, url=gate.url, timeout_s=0.5))
    gate.delay_s = 3.0
    with pytest.raises(LibraryError, match=r"did not answer within 0\.5 s"):
        folder.store.count()
    folder.close()
    gate.close()


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", "<!doctype html><title>Router login</title>"),
        (404, "text/html", "<h1>Not Found</h1>"),
        (500, "text/plain", "oops \x1b[31m red"),
        (200, "application/json", '"hello"'),
        (200, "application/json", '{"status": "green"}'),
        (200, "application/json", ""),
        (410, "application/json", '{"error": "Gone", "message": "The v1 API is no more"}'),
        (301, "text/html", "moved"),
    ],
)
def test_what_answers_is_no_chroma(tmp_path: Path, status: int, kind: str, body: str) -> None:
    web = Web(lambda *_: (status, kind, body.encode()))
    error = refusal(tmp_path, StoreSettings(url=web.url))
    assert error.message.startswith(f"What answers at {web.url} is no Chroma server")
    assert "\x1b" not in error.message
    assert len(error.message) < 300
    web.close()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"7", b'{"ids": null}', b'{"x": 1}', b"\xff"])
@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_server_that_begins_to_talk_nonsense(
    tmp_path: Path,
    chroma_server: ChromaServer,
    on_server: StoreSettings,
    status: int,
    body: bytes,
) -> None:
    gate = Gate(chroma_server)
    folder = opened(tmp_path, replace(on_server, url=gate.url))
    gate.instead = (status, "application/json", body)
    for action in (
        lambda: folder.store.ids(offset=0, limit=5),
        lambda: folder.store.revision,
        lambda: list(folder.store.papers()),
    ):
        with pytest.raises(LibraryError) as caught:
            action()
        assert gate.url in caught.value.message
        assert "\n" not in str(caught.value)
    folder.close()
    gate.close()


def test_a_server_that_is_busy_for_a_moment(
    tmp_path: Path, chroma_server: ChromaServer, on_server: StoreSettings
) -> None:
    gate = Gate(chroma_server)
    folder = opened(tmp_path, replace(on_server, url=gate.url))
    gate.instead, gate.instead_times = (503, "text/plain", b"later"), 1
    assert folder.store.count() == 0
    gate.instead_times = 100
    with pytest.raises(LibraryError, match="does not answer: later"):
        folder.store.count()
    folder.close()
    gate.close()


# Tenant, database, token


@pytest.mark.parametrize("names", [{"tenant": "nobody"}, {"tenant": "a/../b"}, {"tenant": "Ä ö"}])
def test_a_tenant_that_is_not_there(
    tmp_path: Path, on_server: StoreSettings, names: dict[str, str]
) -> None:
    error = refusal(tmp_path, replace(on_server, **names))
    assert (
        error.message == f"The Chroma server at {on_server.url} has no tenant '{names['tenant']}'."
    )
    assert "[store] tenant" in error.hint


@pytest.mark.parametrize("name", ["other", "x"])
def test_a_database_that_is_not_there(tmp_path: Path, on_server: StoreSettings, name: str) -> None:
    error = refusal(tmp_path, replace(on_server, database=name))
    assert f"has no database '{name}' of the tenant 'default_tenant'." in error.message


def test_a_token_opens_the_server(
    tmp_path: Path,
    gate: Gate,
    chroma_server: ChromaServer,
    on_server: StoreSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, f" {TOKEN}\n")
    opened(tmp_path, replace(on_server, url=gate.url)).close()
    bearer = Gate(chroma_server, token=TOKEN, scheme="Bearer")
    opened(tmp_path, replace(on_server, url=bearer.url)).close()
    bearer.close()


def test_no_token_where_one_is_wanted(tmp_path: Path, gate: Gate, on_server: StoreSettings) -> None:
    error = refusal(tmp_path, replace(on_server, url=gate.url))
    assert error.message == f"The Chroma server at {gate.url} wants a token (401)."
    assert VARIABLE in error.hint


def test_a_wrong_token_is_named_by_its_variable_and_nowhere_repeated(
    tmp_path: Path, gate: Gate, on_server: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "ck-wrong-secret-9876543210"
    monkeypatch.setenv(VARIABLE, secret)
    settings = replace(on_server, url=gate.url)
    error = refusal(tmp_path, settings)
    assert f"refuses the token in {VARIABLE} (401)" in error.message
    assert "expired" in error.hint
    assert secret not in "".join(traceback.format_exception(error))
    assert secret not in repr(server.address_of(settings))


def test_a_token_that_expires_while_it_is_used(
    tmp_path: Path, gate: Gate, on_server: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, TOKEN)
    folder = opened(tmp_path, replace(on_server, url=gate.url))
    for body in (
        b"expired",
        b'{"error":"AuthError","message":"ck"}',
        b"token ck-%s" % TOKEN.encode(),
    ):
        gate.instead = (403, "application/json", body)
        with pytest.raises(LibraryError, match=rf"refuses the token in {VARIABLE} \(403\)"):
            folder.store.count()
    gate.instead = (400, "text/plain", b"You sent " + TOKEN.encode())
    with pytest.raises(LibraryError, match=r"You sent \*\*\*"):
        folder.store.count()
    gate.instead = None
    folder.close()


def test_a_token_that_cannot_be_sent(
    tmp_path: Path, on_server: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "töken")
    error = refusal(tmp_path, on_server)
    assert VARIABLE in error.message
    assert "töken" not in str(error)


# The command line


def test_the_command_line_says_it_in_two_lines(
    tmp_path: Path, on_server: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text(json.dumps({"title": "T", "abstract": "A b c."}))

    def run(url: str, *arguments: str) -> tuple[int, str]:
        monkeypatch.setenv("ASSISTANT_STORE__URL", url)
        monkeypatch.setenv("ASSISTANT_STORE__COLLECTION", on_server.collection)
        done = CliRunner().invoke(main, ["--library", str(tmp_path / "library"), *arguments])
        return done.exit_code, done.stderr

    code, said = run(f"http://127.0.0.1:{free_port()}", "add", str(papers))
    assert (code, len(said.splitlines())) == (1, 2)
    code, said = run("nowhere", "papers")
    assert (code, len(said.splitlines())) == (2, 2)
    code, said = run(on_server.url, "papers")
    assert (code, len(said.splitlines())) == (4, 2)
    assert "There is no library" in said
