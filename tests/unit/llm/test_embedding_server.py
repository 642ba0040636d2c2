"""Vectors from servers: in the order of the texts, or one clear line."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from assistant.errors import ModelError, ModelMissing
from assistant.llm.server import EmbeddingServer
from tests.scripted_server import (
    HTML,
    Reply,
    Request,
    ScriptedServer,
    failure,
    in_turn,
    models,
    scripted_server,
)

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        yield script


def embedder(server: ScriptedServer) -> EmbeddingServer:
    return EmbeddingServer(
        base_url=server.address, model="m", api_key_variable="NO_SUCH_KEY", timeout_s=20.0
    )


def vectors(*rows: object, **more: object) -> Reply:
    data = [{"object": "embedding", "index": n, "embedding": row} for n, row in enumerate(rows)]
    return Reply(parts=[json.dumps({"object": "list", "data": data, **more})])


def test_vectors_come_in_the_order_of_the_texts(server: ScriptedServer) -> None:
    def answer(request: Request) -> Reply:
        rows = [
            {"index": n, "embedding": [len(text), 1.0]}
            for n, text in enumerate(request.body["input"])
        ]
        return Reply(parts=[json.dumps({"data": rows[::-1]})])

    server.answer = answer
    texts = ["x" * n for n in range(70)]
    found = embedder(server).embed(texts)
    assert found.dtype == np.float32
    assert found[:, 0].tolist() == [1.0, *range(1, 70)]
    assert [len(body["input"]) for body in server.bodies] == [32, 32, 6]
    assert server.bodies[0]["encoding_format"] == "float"
    assert embedder(server).embed([]).shape == (0, 0)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HTML, "no reply of an OpenAI"),
        (Reply(parts=["[]"]), "no reply of an OpenAI"),
        (vectors([1.0, 2.0]), "no reply of an OpenAI"),
        (vectors([1.0, 2.0], [1.0]), "makes no vectors"),
        (vectors([[1.0], [2.0]], [[1.0]]), "makes no vectors"),
        (vectors([1.0], ["x"]), "makes no vectors"),
        (vectors([1.0], [float("nan")]), "makes no vectors"),
        (vectors([], []), "makes no vectors"),
        (failure(501, "This server does not support embeddings."), "not support embeddings"),
        (failure(400, "input is too long"), "does not fit"),
    ],
)
def test_what_are_no_vectors_are_refused_in_one_line(
    server: ScriptedServer, answer: Reply, said: str
) -> None:
    server.answer = in_turn(answer)
    with pytest.raises(ModelError, match=said) as caught:
        embedder(server).embed(["a", "b"])
    assert "\n" not in str(caught.value)


def test_another_model_than_was_asked_for_makes_no_vectors(server: ScriptedServer) -> None:
    server.models = models("other")
    with pytest.raises(ModelMissing, match="no model 'm'"):
        embedder(server).embed(["a"])
    assert server.bodies == []


def test_a_server_that_stumbles_once_is_asked_again(server: ScriptedServer) -> None:
    cut = Reply(parts=["{"], whole=False)
    server.answer = in_turn(cut, vectors([1.0, 2.0]))
    assert embedder(server).embed(["a"]).tolist() == [[1.0, 2.0]]
