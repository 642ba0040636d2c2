"""Answers through a real model server: the same as in this process, and whole whatever happens."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from assistant import Library
from assistant.answering.prompts import fill, load_prompt
from assistant.answering.proof import unsupported_because
from assistant.answering.steering import Steering
from assistant.catalogue.locating import locate_adapter
from assistant.cli import main
from assistant.config import Settings
from assistant.errors import ModelError, ModelMissing
from assistant.llm.llama import LlamaModel
from assistant.llm.model import LanguageModel, Message
from assistant.llm.server import EmbeddingServer, ServerModel
from assistant.types import Cancellation, Token
from tests.model_server import CHAT, EMBEDDING, KEY, ModelServer

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

QUESTION = "How many parameters does GPT-3 have?"
TITLE = "Falcon: Fast Learning of Networks"
EVIDENCE = [
    "In this paper, we propose Falcon, a network that reaches 5% error (on Lake) with 9 labels.",
    "We show that our method needs 9 labels, and we release our code for all of its 12 parts.",
    "On the WMT 2014 task we obtain 28.4 BLEU, over 2 BLEU above the best earlier results.",
    "Our best model (FLN-9) has 1.5 million parameters — the naïve one has 30 × as many of them.",
]


@pytest.fixture(scope="module")
def server(model_server: ModelServer) -> ModelServer:
    """The server, for tests that leave it as it is."""
    return model_server


@pytest.fixture(scope="module")
def phrasing_model(gguf: Path) -> Iterator[LlamaModel]:
    """The starter in this process as the server has it."""
    adapter = locate_adapter("SmolLM2-135M-Instruct")
    model = LlamaModel(gguf, name="here", context_tokens=1024, threads=1, adapter=adapter)
    yield model
    model.close()


@pytest.fixture
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_LLM_KEY", KEY)
    monkeypatch.setenv("ASSISTANT_EMBEDDING_KEY", KEY)


pytestmark.append(pytest.mark.usefixtures("_key"))


def remote(server: ModelServer, *, name: str = CHAT) -> ServerModel:
    return ServerModel(
        base_url=server.address, model=name, api_key_variable="ASSISTANT_LLM_KEY", timeout_s=60.0
    )


def settings(server: ModelServer, *, name: str = CHAT) -> Settings:
    plain = Settings()
    llm = replace(plain.llm, base_url=server.address, model=name, context_tokens=1024)
    return replace(plain, llm=llm)


def prompt(question: str = "What does Falcon do?", evidence: str = EVIDENCE[0]) -> list[Message]:
    return fill(load_prompt("answer"), title=TITLE, evidence=evidence, question=question)


def phrased(model: LanguageModel, evidence: str) -> str:
    pieces = model.stream(
        prompt(evidence=evidence),
        max_tokens=96,
        temperature=0.0,
        stop=["\n"],
        steer=Steering(evidence, title=TITLE),
    )
    return "".join(pieces)


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_a_server_writes_what_the_same_model_writes_here(
    server: ModelServer, phrasing_model: LlamaModel, evidence: str
) -> None:
    written = phrased(remote(server), evidence)
    assert written == phrased(phrasing_model, evidence)
    assert not unsupported_because(written, evidence=evidence, title=TITLE)


def test_a_reply_comes_piece_by_piece_and_can_be_cancelled(server: ModelServer) -> None:
    model, cancel = remote(server), Cancellation()
    stream = model.stream(prompt(), max_tokens=900, temperature=0.0, cancel=cancel)
    assert next(stream)
    assert next(stream)
    cancel.cancel()
    assert list(stream) == []
    # The server has a single place: it would not answer this one while it still wrote the other.
    assert phrased(model, EVIDENCE[1])


def test_a_reply_is_cancelled_while_the_prompt_is_read(server: ModelServer) -> None:
    model, cancel = remote(server), Cancellation()
    threading.Timer(0.05, cancel.cancel).start()
    long = prompt(question="long words " * 60)
    assert list(model.stream(long, max_tokens=9, temperature=0.0, cancel=cancel)) == []
    assert phrased(model, EVIDENCE[1])


def test_a_prompt_that_does_not_fit_is_said_to_be_too_long(server: ModelServer) -> None:
    model = remote(server)
    with pytest.raises(ModelError, match="does not fit the context") as caught:
        list(model.stream(prompt(question="word " * 3000), max_tokens=9, temperature=0.0))
    assert "\n" not in str(caught.value)
    assert phrased(model, EVIDENCE[1])


@pytest.mark.parametrize("key", ["sk-wrong-9876543210", ""])
def test_without_the_right_key_there_is_one_clear_line(
    server: ModelServer, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_LLM_KEY", key)
    with pytest.raises(ModelError, match="key") as caught:
        remote(server)
    assert "ASSISTANT_LLM_KEY" in caught.value.hint
    assert not key or key[:9] not in str(caught.value)


def test_a_model_that_the_server_does_not_have_is_missing(server: ModelServer) -> None:
    with pytest.raises(ModelMissing, match="no model 'startre'") as caught:
        remote(server, name="startre")
    assert caught.value.hint == "Did you mean 'starter'?"


def test_vectors_come_from_a_server(server: ModelServer) -> None:
    embedder = EmbeddingServer(
        base_url=f"{server.address}/v1/",
        model=EMBEDDING,
        api_key_variable="ASSISTANT_EMBEDDING_KEY",
        timeout_s=60.0,
    )
    texts = ["A network of nine layers.", "A net with nine layers.", "It rains."]
    vectors = embedder.embed(texts)
    assert vectors.shape == (3, 576)
    assert np.allclose(embedder.embed(texts[:1]), vectors[:1], rtol=0.05, atol=0.05)


def test_a_library_answers_through_a_server_as_it_does_here(
    server: ModelServer, sample_folder: Path
) -> None:
    here = replace(Settings(), llm=replace(Settings().llm, context_tokens=1024))
    answers = []
    for chosen in (here, settings(server)):
        with Library.open(sample_folder, settings=chosen, create=False) as library:
            answers.append(library.ask(QUESTION))
            assert answers[-1].model == library.model_name
    local, served = answers
    assert served.text == local.text
    assert [sentence.kind for sentence in served.sentences] == ["generated"]
    assert (local.model, served.model) == ("SmolLM2-135M-Instruct", CHAT)


def test_a_question_on_the_command_line_is_answered_by_the_server(
    server: ModelServer, sample_folder: Path
) -> None:
    chosen = [f"llm.base_url={server.address}", f"llm.model={CHAT}"]
    options = [part for one in chosen for part in ("--set", one)]
    arguments = ["--library", str(sample_folder), *options, "ask", QUESTION]
    result = CliRunner().invoke(main, [*arguments, "--json"])
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    assert (answer["model"], answer["found"]) == (CHAT, True)
    assert answer["sentences"][0]["kind"] == "generated"
    wrong = ["nothing" if part == chosen[1] else part for part in arguments]
    wrong = [f"llm.model={part}" if part == "nothing" else part for part in wrong]
    result = CliRunner().invoke(main, wrong)
    assert result.exit_code == 4
    assert "no model 'nothing'" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_models_of_the_server_can_be_chosen(server: ModelServer, sample_folder: Path) -> None:
    with Library.open(sample_folder, settings=settings(server), create=False) as library:
        assert [(one.name, one.path) for one in library.models()] == [(CHAT, ""), (EMBEDDING, "")]
        library.use_model(EMBEDDING)
        assert library.model_name == EMBEDDING
        with pytest.raises(ModelMissing, match="no model 'SmolLM2-135M-Instruct'"):
            library.use_model("SmolLM2-135M-Instruct")
        assert library.model_name == EMBEDDING


def test_a_server_that_is_killed_amid_an_answer_is_missed_and_used_again(
    tmp_path: Path, sample_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = ModelServer(tmp_path)
    server.start()
    try:
        with Library.open(sample_folder, settings=settings(server), create=False) as library:
            events = library.stream(QUESTION)
            assert any(isinstance(event, Token) for event in events)
            server.kill()
            with pytest.raises(ModelError) as caught:
                list(events)
            assert f"The server at {server.address}/v1" in str(caught.value)
            assert "\n" not in str(caught.value)
            with pytest.raises(ModelError, match="cannot be reached"):
                library.ask(QUESTION)
            server.start()
            assert library.ask(QUESTION).sentences[0].kind == "generated"
            assert KEY not in caplog.text
    finally:
        server.kill()
