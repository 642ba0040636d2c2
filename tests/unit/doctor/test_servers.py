"""Servers that are named in the settings are asked; without one nothing is."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from assistant.doctor.servers import servers
from tests.scripted_server import Reply, ScriptedServer, failure, models, scripted_server, stream
from tests.unit.doctor.patients import patient_with, told

KEY = "sk-0123456789abcdef"
VECTOR = Reply(parts=[json.dumps({"data": [{"index": 0, "embedding": [0.1] * 384}]})])

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    monkeypatch.setenv("MY_KEY", KEY)
    with scripted_server() as running:
        running.models = models("qwen3")
        running.answer = lambda request: VECTOR if "embed" in request.path else stream("yes")
        yield running


def test_without_a_server_nothing_is_asked() -> None:
    assert told(servers, patient_with()) == [("servers", "ok")]


def test_servers_that_do_their_work_are_as_they_should_be(server: ScriptedServer) -> None:
    findings = list(
        servers(
            patient_with(
                f"llm.base_url={server.address}",
                "llm.model=qwen3",
                f"embedding.base_url={server.address}",
                "embedding.model=qwen3",
            )
        )
    )
    assert [(finding.name, finding.state) for finding in findings] == [
        ("[llm] server", "ok"),
        ("[embedding] server", "ok"),
    ]
    assert "and qwen3 writes" in findings[0].message
    assert "vectors of 384 numbers" in findings[1].message


def test_a_model_that_the_server_does_not_know_is_told_with_the_nearest(
    server: ScriptedServer,
) -> None:
    (finding,) = servers(patient_with(f"llm.base_url={server.address}", "llm.model=qwen4"))
    assert finding.state == "failure"
    assert "qwen3" in finding.fix


def test_a_key_that_is_refused_is_told_and_never_shown(server: ScriptedServer) -> None:
    server.models = failure(401, f"Wrong key {KEY}")
    patient = patient_with(
        f"llm.base_url={server.address}", "llm.api_key_variable=MY_KEY", MY_KEY=KEY
    )
    (finding,) = servers(patient)
    assert finding.state == "failure"
    assert "MY_KEY" in finding.message + finding.fix
    assert KEY not in str(finding)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("content", ["<html>Welcome</html>", "[1, 2]", "{}"])
def test_a_server_of_something_else_is_told(server: ScriptedServer, content: str) -> None:
    server.models = Reply(parts=[content])
    server.answer = lambda _: Reply(parts=[content])
    for section in ("llm", "embedding"):
        (finding,) = servers(patient_with(f"{section}.base_url={server.address}"))
        assert (finding.name, finding.state) == (f"[{section}] server", "failure")
        assert finding.fix


def test_a_server_that_is_down_is_told() -> None:
    with scripted_server() as running:
        url = running.address
    (finding,) = servers(patient_with(f"llm.base_url={url}"))
    assert finding.state == "failure"
    assert url in finding.message
