"""Models on servers of every mood: each failure is one clear line, and the key is in none."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from assistant.errors import ModelError, ModelMissing
from assistant.llm import connection
from assistant.llm.model import Message, Steer
from assistant.llm.server import ServerModel
from assistant.types import Cancellation
from tests.scripted_server import (
    EVENTS,
    HTML,
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


def test_replies_to_several_threads_do_not_mix(server: ScriptedServer) -> None:
    def answer(request: Request) -> Reply:
        number = str(request.body["max_tokens"])
        return stream(*[part for _ in range(20) for part in (number + " ", 0.001)])

    server.answer = answer
    asked, found = model(server), dict[int, str]()
    cancel = Cancellation()

    def ask(number: int) -> None:
        found[number] = reply(asked, max_tokens=number, cancel=cancel if number == 9 else None)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5, 13)]
    for thread in threads:
        thread.start()
    cancel.cancel()
    for thread in threads:
        thread.join()
    for number, text in found.items():
        assert number == 9 or text == f"{number} " * 20


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


def test_a_server_that_takes_no_connection_is_said_to_be_down(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_CONNECT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        with pytest.raises(ModelError, match="cannot be reached: no answer"):
            model(ScriptedServer(address=f"http://127.0.0.1:{address[1]}"))
        for one in waiting:
            one.close()


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


class Begun(Grammar):
    """A steer towards texts that all begin with the same words."""

    texts = ("The net is fast.", "The net is fair.")

    def __call__(self, written: str) -> list[str]:
        return [text[len(written) :] for text in self.texts if text.startswith(written)]


def test_what_a_reply_has_to_begin_with_is_told_before_the_server_answers(
    server: ScriptedServer,
) -> None:
    asked = model(server)
    server.answer = in_turn(stream("The net ", "is fair."))
    assert reply(asked, steer=Begun()) == "The net is fair."
    pieces = asked.stream(HELLO, max_tokens=20, temperature=0.0, steer=Begun())
    before = len(server.bodies)
    assert next(iter(pieces)) == "The net is"
    assert len(server.bodies) == before
    assert "".join(pieces) == " fair."


def test_a_server_that_heeds_no_grammar_is_not_relied_on(server: ScriptedServer) -> None:
    asked = model(server)
    server.answer = in_turn(stream("The net ", "is fair."), stream("Whatever."))
    assert reply(asked, steer=Begun()) == "The net is fair."
    assert reply(asked, steer=Begun()) == "The net is"
    for _ in range(2):
        assert reply(asked, steer=Begun()) == "Whatever."


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
