"""What goes to a server is what it needs, and the key is seen nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from assistant.errors import ConfigError, ModelError
from assistant.llm.model import Message
from assistant.llm.server import ServerModel
from tests.scripted_server import ScriptedServer, failure, in_turn, scripted_server, stream

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

KEY = "sk-0123456789-abcdefghij"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    monkeypatch.setenv("TEST_KEY", KEY)
    with scripted_server() as script:
        script.answer = in_turn(stream("Hello ", "there."))
        yield script


def model(server: ScriptedServer) -> ServerModel:
    return ServerModel(
        base_url=server.address, model="m", api_key_variable="TEST_KEY", timeout_s=20.0
    )


def reply(model: ServerModel) -> str:
    messages = [Message(role="user", content="Hello")]
    return "".join(model.stream(messages, max_tokens=20, temperature=0.0))


def test_nothing_of_the_users_account_elsewhere_is_sent(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_KEY")
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_{name}", "sk-secret-of-another-server")
    monkeypatch.setenv(
        "OPENAI_CUSTOM_HEADERS", "Authorization: Bearer sk-secret\nX-Mine: sk-secret"
    )
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert reply(model(server)) == "Hello there."
    for asked in server.requests:
        assert "secret" not in str(asked)
        assert asked.headers["authorization"] == "Bearer none"
        assert not [name for name in asked.headers if name.lower().startswith(("x-", "openai"))]


def test_a_server_on_this_machine_is_not_asked_through_a_proxy(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert reply(model(server)) == "Hello there."


@pytest.mark.parametrize("key", ["sk two words", "sk-ä", "sk\nX-Other: y"])
def test_a_key_that_cannot_be_sent_is_refused_without_telling_it(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("TEST_KEY", key)
    with pytest.raises(ConfigError, match="TEST_KEY") as caught:
        model(server)
    assert "sk" not in str(caught.value)


@pytest.mark.parametrize("echo", [KEY, KEY[:9] + "..." + KEY[-6:], f"Bearer {KEY}", KEY * 30])
def test_a_key_that_is_sent_back_is_not_shown(
    server: ScriptedServer, echo: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asked = model(server)
    server.answer = in_turn(failure(400, f"Wrong: {echo}.", x_key=echo))
    with pytest.raises(ModelError, match="Wrong: ") as caught:
        reply(asked)
    shown = str(caught.value) + caplog.text
    assert not [KEY[n : n + 6] for n in range(len(KEY) - 6) if KEY[n : n + 6] in shown]
