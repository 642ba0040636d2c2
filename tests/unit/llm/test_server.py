"""Models on servers of every mood: each failure is one clear line, and the key is in none."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from assistant.errors import AssistantError, ConfigError, ModelError, ModelMissing
from assistant.llm import connection
from assistant.llm.connection import read_address
from assistant.llm.model import Message, Steer
from assistant.llm.server import EmbeddingServer, ServerModel
from assistant.types import Cancellation
from tests.scripted_server import (
    EVENTS,
    Reply,
    Request,
    ScriptedServer,
    chunk,
    event,
    failure,
    in_turn,
    models,
    scripted_server,
    stream,
)

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

KEY = "sk-0123456789-abcdefghij"
HTML = Reply(kind="text/html", parts=["<html><body>Welcome to the router</body></html>"])
HELLO = (Message(role="system", content="Be brief."), Message(role="user", content="Hello"))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    monkeypatch.setenv("TEST_KEY", KEY)
    monkeypatch.setattr(connection, "_FIRST_WAIT_S", 0.01)
    with scripted_server() as script:
        script.answer = in_turn(stream("Hello ", "there."))
        yield script


def model(server: ScriptedServer, *, name: str = "m", timeout_s: float = 20.0) -> ServerModel:
    return ServerModel(
        base_url=server.address, model=name, api_key_variable="TEST_KEY", timeout_s=timeout_s
    )


def embedder(server: ScriptedServer) -> EmbeddingServer:
    return EmbeddingServer(
        base_url=server.address, model="m", api_key_variable="TEST_KEY", timeout_s=20.0
    )


def reply(
    model: ServerModel,
    *,
    max_tokens: int = 20,
    stop: Sequence[str] = ("\n",),
    cancel: Cancellation | None = None,
    steer: Steer | None = None,
) -> str:
    pieces = model.stream(
        HELLO, max_tokens=max_tokens, temperature=0.0, stop=stop, cancel=cancel, steer=steer
    )
    return "".join(pieces)


class Grammar:
    """A steer between two texts, which it also tells as a grammar."""

    grammar = 'root ::= "Yes." | "No."\n'

    def __call__(self, written: str) -> list[str]:
        return ["Yes.", "No."] if not written else [""]


def test_a_reply_comes_in_pieces_from_the_model_that_was_asked(server: ScriptedServer) -> None:
    said = list(model(server).stream(HELLO, max_tokens=20, temperature=0.5))
    assert said == ["Hello ", "there."]
    asked, posted = server.requests[-1], server.bodies[-1]
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert posted["messages"][0] == {"role": "system", "content": "Be brief."}
    told = {name: posted[name] for name in ("model", "max_tokens", "temperature", "stream")}
    assert told == {"model": "m", "max_tokens": 20, "temperature": 0.5, "stream": True}


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


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("http://localhost:8080", "http://localhost:8080/v1"),
        (" https://host/v1/ ", "https://host/v1"),
        ("https://host/some/api", "https://host/some/api"),
        ("http://[::1]:11434/", "http://[::1]:11434/v1"),
    ],
)
def test_an_address_may_be_a_host_alone(given: str, read: str) -> None:
    assert read_address(given, section="llm") == read


@pytest.mark.parametrize(
    "address",
    ["localhost:8080", "ftp://host/v1", "http://", "http://h:99999/v1", "http://me:secret@host/v1",
     "http://host/v1?key=secret", "http://[::1/v1"],
)  # fmt: skip
def test_what_is_no_address_or_holds_a_secret_is_refused_without_it(address: str) -> None:
    with pytest.raises(ConfigError, match=r"\[llm\] base_url") as caught:
        read_address(address, section="llm")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["sk two words", "sk-ä", "sk\nX-Other: y"])
def test_a_key_that_cannot_be_sent_is_refused_without_telling_it(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("TEST_KEY", key)
    with pytest.raises(ConfigError, match="TEST_KEY") as caught:
        model(server)
    assert "sk" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HTML, "no reply of an OpenAI-compatible server"),
        (Reply(parts=["{}"]), "no reply of an OpenAI-compatible server"),
        (Reply(kind=EVENTS, parts=["data: {broken\n\n"]), "no reply of an OpenAI"),
        (Reply(kind=EVENTS, parts=["data: [1, 2]\n\n"]), "no reply of an OpenAI"),
        (Reply(kind=EVENTS, parts=[event({"choices": 7})]), "no reply of an OpenAI"),
        (Reply(kind=EVENTS, parts=[event({"choices": [7]})]), "no reply of an OpenAI"),
        (Reply(kind=EVENTS, parts=["\ufffd\0" * 9]), "no reply of an OpenAI"),
        (Reply(kind=EVENTS, parts=["data: [DONE]\n\n"]), "no reply of an OpenAI"),
        (Reply(kind=EVENTS, parts=[event({"error": {"message": "out of memory"}})]), "of memory"),
        (stream("Hello ", whole=False), "broke off in the midst"),
        (failure(400, "This model's maximum context length is 9 tokens."), "does not fit"),
        (failure(400, "Bad things."), r"refused the request \(400\): Bad things\."),
        (failure(401, f"Incorrect API key: {KEY}."), "does not take the key"),
        (failure(403, "No."), "does not take the key"),
        (failure(404, "No."), "no such model or address"),
        (failure(418, "I am a teapot."), r"failed \(418\): I am a teapot\."),
        (failure(429, "Slow down."), "takes no more requests for now: Slow down"),
        (failure(500, "Oh no."), r"failed \(500\): Oh no\."),
        (Reply(status=502, kind="text/html", parts=["<h1>x</h1>"]), r"failed \(502\)\."),
        (Reply(status=307, headers={"Location": "http://127.0.0.1:9/v1"}), "elsewhere"),
    ],
)
def test_each_failure_is_one_line_without_the_key(
    server: ScriptedServer, answer: Reply, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asked = model(server)
    server.answer = in_turn(answer)
    with pytest.raises(ModelError, match=said) as caught:
        reply(asked)
    assert "\n" not in str(caught.value)
    assert server.address in caught.value.message
    assert KEY not in str(caught.value) + caplog.text
    server.answer = in_turn(stream("Fine."))
    assert reply(asked) == "Fine."


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


@pytest.mark.parametrize(
    "failing",
    [
        [failure(429, "Slow down.", retry_after="0.05")],
        [failure(503, "Loading model"), failure(500, "Oops")],
        [Reply(status=502, kind="text/html", parts=["<h1>Bad gateway</h1>"])],
    ],
)
def test_what_fails_for_now_is_tried_again(server: ScriptedServer, failing: list[Reply]) -> None:
    asked = model(server)
    server.answer = in_turn(*failing, stream("Hello."))
    assert reply(asked) == "Hello."
    assert len(server.bodies) == len(failing) + 1


def test_a_long_pause_is_told_and_not_waited_for(server: ScriptedServer) -> None:
    asked = model(server)
    server.answer = in_turn(failure(429, "Slow down.", retry_after="3600"), stream("Hello."))
    with pytest.raises(ModelError, match="again in 3600 s"):
        reply(asked)


@pytest.mark.parametrize("parts", [[3.0], [chunk(role="assistant"), 3.0], [": ping\n\n", 3.0]])
def test_a_server_that_hangs_is_waited_for_no_longer_than_was_said(
    server: ScriptedServer, parts: list[str | float]
) -> None:
    asked = model(server, timeout_s=0.3)
    server.answer = in_turn(Reply(kind=EVENTS, parts=parts))
    with pytest.raises(ModelError, match=r"sent nothing for 0\.3 s"):
        reply(asked)
    server.answer = in_turn(stream("Fine."))
    assert reply(asked) == "Fine."


@pytest.mark.parametrize("parts", [[9.0], [chunk(content="Hello "), 9.0]])
def test_a_reply_that_is_cancelled_ends_at_once_and_is_cut(
    server: ScriptedServer, parts: list[str | float]
) -> None:
    asked, cancel = model(server), Cancellation()
    server.answer = in_turn(Reply(kind=EVENTS, parts=parts))
    threading.Timer(0.2, cancel.cancel).start()
    before = time.monotonic()
    assert reply(asked, cancel=cancel) == "".join(["Hello "] * (len(parts) - 1))
    assert time.monotonic() - before < 8
    server.answer = in_turn(stream("Fine."))
    assert reply(asked) == "Fine."


def test_a_wait_for_another_attempt_can_be_cancelled(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_FIRST_WAIT_S", 9.0)
    asked, cancel = model(server), Cancellation()
    server.answer = in_turn(failure(500, "Oops"))
    threading.Timer(0.2, cancel.cancel).start()
    assert reply(asked, cancel=cancel) == ""
    assert len(server.bodies) == 1


def test_a_server_that_is_not_there_is_said_to_be_down(server: ScriptedServer) -> None:
    asked = model(server)
    gone = ScriptedServer(address="http://127.0.0.1:9")
    with pytest.raises(ModelError, match=r"127\.0\.0\.1:9/v1 cannot be reached") as caught:
        model(gone)
    assert "[llm] base_url" in caught.value.hint
    assert reply(asked) == "Hello there."


def test_a_stop_text_ends_the_reply_here_and_not_in_thoughts(server: ScriptedServer) -> None:
    asked = model(server)
    server.answer = in_turn(
        stream("<th", "ink>\nHm.\n", "Well.</thi", "nk>\n", "\n Hel", "lo.\nMore.")
    )
    assert reply(asked) == "Hello."
    assert "stop" not in server.bodies[-1]


def test_thoughts_that_come_apart_from_the_reply_are_left_out(server: ScriptedServer) -> None:
    asked = model(server)
    thought = [chunk(reasoning_content="Hm."), chunk(reasoning="Well.")]
    server.answer = in_turn(Reply(kind=EVENTS, parts=[*thought, chunk(content="Hello.")]))
    assert reply(asked) == "Hello."


def test_a_server_that_never_ends_is_not_listened_to_for_ever(server: ScriptedServer) -> None:
    asked = model(server)
    server.answer = in_turn(Reply(kind=EVENTS, parts=[chunk(content="no ")] * 5_000))
    assert len(reply(asked, max_tokens=5)) <= 3 * 5 * 20


def test_a_steered_reply_is_held_to_a_grammar(server: ScriptedServer) -> None:
    asked = model(server)
    server.answer = in_turn(stream("Yes."))
    assert reply(asked, steer=Grammar()) == "Yes."
    posted = server.bodies[-1]
    assert posted["grammar"] == posted["structured_outputs"]["grammar"] == Grammar.grammar


def test_where_there_is_no_choice_the_server_is_not_asked(server: ScriptedServer) -> None:
    asked = model(server)

    def steer(written: str) -> list[str]:
        return ["Yes."[len(written) :][:2]]

    assert reply(asked, steer=steer) == "Yes."
    assert server.bodies == []


def refuses(*fields: str, status: int = 400, naming: bool = True) -> object:
    """Answer as a server that knows nothing of these fields."""

    def answer(request: Request) -> Reply:
        roles = {f"{one['role']} role" for one in request.body["messages"]}
        known = [field for field in fields if field in {*request.body, *roles}]
        if known:
            return failure(status, f"Unknown: '{known[0]}'." if naming else "Bad request.")
        return stream("Hello.")

    return answer


@pytest.mark.parametrize(
    ("fields", "status", "naming", "requests"),
    [
        (["grammar"], 422, True, 2),
        (["chat_template_kwargs", "reasoning_effort"], 400, True, 3),
        (["grammar", "structured_outputs", "chat_template_kwargs"], 400, False, 2),
        (["max_tokens", "temperature"], 400, True, 3),
        (["system role"], 500, True, 2),
    ],
)
def test_what_a_server_refuses_is_left_out_from_then_on(
    server: ScriptedServer, fields: list[str], status: int, naming: bool, requests: int
) -> None:
    asked = model(server)
    server.answer = refuses(*fields, status=status, naming=naming)  # type: ignore[assignment]
    assert reply(asked, steer=Grammar()) == "Hello."
    assert len(server.bodies) == requests
    assert reply(asked, steer=Grammar()) == "Hello."
    assert len(server.bodies) == requests + 1
    posted = server.bodies[-1]
    assert not {*fields} & {*posted}
    assert 20 in (posted.get("max_tokens"), posted.get("max_completion_tokens"))
    assert "Be brief." in json.dumps(posted["messages"])


def test_a_model_that_the_server_does_not_have_is_told_with_the_nearest(
    server: ScriptedServer,
) -> None:
    server.models = models("llama-3.2-3b", "qwen3-4b", "phi")
    with pytest.raises(ModelMissing, match="no model 'qwen3-4B'") as caught:
        model(server, name="qwen3-4B")
    assert caught.value.hint == "Did you mean 'qwen3-4b'?"
    with pytest.raises(ModelMissing) as caught:
        model(server, name="zzz")
    assert caught.value.hint == "It has: llama-3.2-3b, qwen3-4b, phi."


@pytest.mark.parametrize("listed", ["/models/m.gguf", "m:latest", "C:\\models\\m.gguf"])
def test_a_model_may_be_called_by_the_name_of_its_file(server: ScriptedServer, listed: str) -> None:
    server.models = models("other", listed)
    assert reply(model(server)) == "Hello there."
    assert server.bodies[-1]["model"] == listed


@pytest.mark.parametrize("answer", [failure(404, "No."), failure(405, "No."), models()])
def test_a_server_without_a_list_of_models_is_believed(
    server: ScriptedServer, answer: Reply
) -> None:
    server.models = answer
    assert reply(model(server, name="any")) == "Hello there."


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
    with pytest.raises(AssistantError, match=said) as caught:
        embedder(server).embed(["a", "b"])
    assert "\n" not in str(caught.value)
