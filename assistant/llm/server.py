"""Models on an OpenAI-compatible server: one that embeds, and one that phrases answers."""

from __future__ import annotations

import contextlib
import difflib
import itertools
from collections.abc import Collection, Generator, Iterator, Sequence
from pathlib import PureWindowsPath
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelError, ModelMissing
from assistant.llm.connection import Connection
from assistant.llm.model import Message, Steer, grammar_of, without_system
from assistant.llm.refusals import CutOff, NotThere, RequestRefused
from assistant.llm.reply import read_reply
from assistant.types import Cancellation, is_cancelled

Vectors = NDArray[np.float32]

BATCH_TEXTS = 32
"""Texts embedded by one request; text-embeddings-inference takes no more."""

_MAX_CHUNKS = 20
"""Chunks for each token that is wanted: a server that sends more does not count."""
_EXTENSIONS = frozenset(
    "grammar structured_outputs chat_template_kwargs reasoning_effort "
    "repeat_penalty repetition_penalty".split()
)
"""Fields of a request that not every server knows; some refuse what they do not know."""
_SHOWN_NAMES = 5


class _Chunk(NamedTuple):
    """A piece of a streamed reply; without text where a server says something else."""

    text: str = ""
    is_thought: bool = False


class EmbeddingServer:
    """An embedding model on a server. Safe to share between threads."""

    def __init__(
        self, *, base_url: str, model: str, api_key_variable: str, timeout_s: float
    ) -> None:
        """Take the address and what the server calls the model; nothing is sent yet.

        The key is read from the environment variable that is named. Raises ConfigError.
        """
        self.name = model
        self._id = ""
        self._connection = Connection(
            base_url=base_url,
            api_key_variable=api_key_variable,
            timeout_s=timeout_s,
            section="embedding",
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one vector a text as the server gives it, shape ``(len(texts), dimension)``.

        Raises ModelMissing if the server has no such model, ModelError if there is no server, or
        what it sends are no vectors.
        """
        self._id = self._id or _find(self._connection, self.name)
        parts = [
            self._embed(texts[start : start + BATCH_TEXTS])
            for start in range(0, len(texts), BATCH_TEXTS)
        ]
        if not parts:
            return np.zeros((0, 0), dtype=np.float32)
        if len({part.shape[1] for part in parts}) > 1:
            raise self._connection.nonsense()
        return np.concatenate(parts)

    def close(self) -> None:
        """Let go of the server."""
        self._connection.close()

    def _embed(self, texts: Sequence[str]) -> Vectors:
        # An empty text is refused by some servers, and a blank says as little.
        asked = [text or " " for text in texts]

        def request(client: Any) -> object:
            return client.embeddings.create(
                model=self._id, input=asked, encoding_format="float"
            ).data

        found = self._connection.first(request)
        if not isinstance(found, list) or len(found) != len(asked):
            raise self._connection.nonsense()
        vectors = _as_vectors(found)
        if vectors is None:
            raise ModelError(
                f"The model {self.name} at {self._connection.address} makes no vectors of texts.",
                hint="Choose an embedder for [embedding] model.",
            )
        return vectors


class ServerModel:
    """A chat model on a server. Safe to share between threads.

    The server fills the template of the model and steers it, if it can, by a grammar.
    """

    def __init__(
        self, *, base_url: str, model: str, api_key_variable: str, timeout_s: float
    ) -> None:
        """Ask the server for the model.

        The key is read from the environment variable that is named. Raises ConfigError for an
        address or a key that cannot be used, ModelMissing if the server has no such model, and
        ModelError if it cannot be asked.
        """
        self.name = model
        self._connection = Connection(
            base_url=base_url,
            api_key_variable=api_key_variable,
            timeout_s=timeout_s,
            section="llm",
        )
        self._id = _find(self._connection, model)
        self._left_out: frozenset[str] = frozenset()
        self._is_steered = False

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        stop: Sequence[str] = (),
        cancel: Cancellation | None = None,
        steer: Steer | None = None,
    ) -> Iterator[str]:
        """Yield the pieces of the reply (see :class:`assistant.llm.model.LanguageModel`).

        A stop text ends the reply here, not on the server: there, it would end thoughts as well.
        """
        forced, is_whole = _forced(steer) if steer is not None else ("", False)
        if is_whole:
            yield from read_reply([forced], stop=stop)
            return
        request = {
            "model": self._id,
            "messages": messages,
            "max_tokens": max_tokens,
            "temperature": temperature,
            **_extensions(steer),
        }
        with contextlib.closing(self._ask(request, cancel)) as chunks:
            texts = (chunk.text for chunk in chunks if not chunk.is_thought)
            reply = read_reply(texts, stop=stop)
            if steer is not None and "grammar" in request:
                reply = self._steered(reply, steer, forced)
            for piece in reply:
                if is_cancelled(cancel):
                    return
                yield piece

    def close(self) -> None:
        """Let go of the server."""
        self._connection.close()

    def _steered(self, reply: Iterator[str], steer: Steer, forced: str) -> Iterator[str]:
        """Yield a reply that is steered; at once what it is sure to begin with, if it is sure.

        A server may take a grammar and not heed it: only one that did so before is relied on.
        """
        # In whole words: what one may begin with is no word yet.
        early = forced[: forced.rfind(" ") + 1].rstrip() if self._is_steered else ""
        if early:
            yield early
        said = ""
        for piece in reply:
            shown = max(len(said), len(early))
            said += piece
            if not (said.startswith(early) or early.startswith(said)):
                break
            if said[shown:]:
                yield said[shown:]
        if said:
            self._is_steered = bool(steer(said))

    def _ask(
        self, request: dict[str, Any], cancel: Cancellation | None
    ) -> Generator[_Chunk, None, None]:
        """Yield the reply to a request, in a form that the server takes.

        What it refuses is left out from then on, once it took a request without it.
        """
        left_out = self._left_out
        while True:
            form = _formed(request, left_out)
            try:
                yield from self._read(form, cancel)
            except RequestRefused as error:
                refused = _refused(error.message, request, left_out)
                if not refused:
                    raise
                left_out |= refused
            except NotThere:
                _find(self._connection, self.name)
                raise
            else:
                self._left_out = left_out
                return

    def _read(self, form: dict[str, Any], cancel: Cancellation | None) -> Iterator[_Chunk]:
        """Yield the reply; where a stream breaks off at once, ask for a reply in one piece.

        Some servers tell only then what is wrong with a request.
        """
        begun = replied = False
        exchange = self._connection.exchange
        try:
            for chunk in exchange(lambda client: _streamed(client, form), cancel=cancel):
                begun, replied = begun or bool(chunk.text), True
                yield chunk
        except CutOff:
            replied = False
            if begun:
                raise
        if not replied:
            yield from exchange(lambda client: iter([_whole(client, form)]), cancel=cancel)


def server_model_names(*, base_url: str, api_key_variable: str, timeout_s: float) -> list[str]:
    """Return what a server calls its models, in its order.

    Raises ConfigError and ModelError as :class:`ServerModel` does.
    """
    connection = Connection(
        base_url=base_url, api_key_variable=api_key_variable, timeout_s=timeout_s, section="llm"
    )
    try:
        return connection.model_names()
    finally:
        connection.close()


def _forced(steer: Steer) -> tuple[str, bool]:
    """Return what a reply has to begin with, and whether it is all that may be written."""
    written = ""
    while text := _common(following := steer(written)):
        written += text
    return written, set(following) == {""}


def _common(texts: Collection[str]) -> str:
    """Return what all of the texts begin with."""
    first, last = min(texts, default=""), max(texts, default="")
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(sign for sign, _ in same)


def _extensions(steer: Steer | None) -> dict[str, Any]:
    """Return what is asked of servers that can do more than the protocol says.

    A model that reasons is asked not to: by llama.cpp and vLLM, and by Ollama and others. Repeating
    the words of the evidence is not to be punished, as llama.cpp and vLLM call it in turn; nor do
    they call the grammar the same.
    """
    fields: dict[str, Any] = {
        "chat_template_kwargs": {"enable_thinking": False},
        "reasoning_effort": "none",
        "repeat_penalty": 1.0,
        "repetition_penalty": 1.0,
    }
    if grammar := grammar_of(steer):
        fields |= {"grammar": grammar, "structured_outputs": {"grammar": grammar}}
    return fields


def _formed(request: dict[str, Any], left_out: frozenset[str]) -> dict[str, Any]:
    """Return the arguments of the package for a request, without what the server refuses."""
    extra = {name: request[name] for name in _EXTENSIONS - left_out if name in request}
    messages = without_system(request["messages"]) if "system" in left_out else request["messages"]
    form = {
        "model": request["model"],
        "messages": [{"role": one.role, "content": one.content} for one in messages],
        "extra_body": extra,
    }
    # Some models take a limit by its newer name alone, and no temperature of one's own.
    limit = "max_completion_tokens" if "max_tokens" in left_out else "max_tokens"
    form[limit] = request["max_tokens"]
    if "temperature" not in left_out:
        form["temperature"] = request["temperature"]
    return form


def _refused(said: str, request: dict[str, Any], left_out: frozenset[str]) -> frozenset[str]:
    """Return what to leave out, by what the server said; nothing if there is no more to try."""
    words = said.casefold()
    extensions = _EXTENSIONS & request.keys() - left_out
    basics = frozenset({"system", "max_tokens", "temperature"}) - left_out
    named = frozenset(name for name in extensions | basics if name in words)
    return named or extensions


def _streamed(client: Any, form: dict[str, Any]) -> Iterator[_Chunk]:
    limit = _MAX_CHUNKS * form.get("max_tokens", form.get("max_completion_tokens", 0))
    with client.chat.completions.create(stream=True, **form) as stream:
        for chunk in itertools.islice(stream, limit):
            if not isinstance(choices := chunk.choices, list):
                raise TypeError("a chunk without choices")
            if choices:
                yield _chunk(choices[0].delta)


def _whole(client: Any, form: dict[str, Any]) -> _Chunk:
    return _chunk(client.chat.completions.create(stream=False, **form).choices[0].message)


def _chunk(said: Any) -> _Chunk:
    """Return the text of a message, or of a piece of one."""
    if said is None:
        return _Chunk()
    if isinstance(text := getattr(said, "content", None), str) and text:
        return _Chunk(text)
    thought = getattr(said, "reasoning_content", None) or getattr(said, "reasoning", None)
    return _Chunk(thought, is_thought=True) if isinstance(thought, str) else _Chunk()


def _find(connection: Connection, model: str) -> str:
    """Return what the server calls a model. Raises ModelMissing if it has no such model.

    A server may take any name and answer with whatever it has: then nobody would know whose words
    an answer is in.
    """
    try:
        names = connection.model_names()
    except (NotThere, RequestRefused):
        return model  # a server without a list
    if not names or model in names:
        return model
    for name in names:
        file = PureWindowsPath(name).name
        if model in {file, file.removesuffix(".gguf"), name.removesuffix(":latest")}:
            return name
    near = difflib.get_close_matches(model, names, n=1, cutoff=0.6)
    shown = ", ".join(names[:_SHOWN_NAMES]) + (", …" if len(names) > _SHOWN_NAMES else "")
    raise ModelMissing(
        f"The server at {connection.address} has no model '{model}'.",
        hint=f"Did you mean '{near[0]}'?" if near else f"It has: {shown}.",
    )


def _as_vectors(data: list[Any]) -> Vectors | None:
    """Return the vectors of a reply in the order of the texts; None if they are none."""
    places = [getattr(item, "index", None) for item in data]
    if sorted(place for place in places if isinstance(place, int)) == list(range(len(data))):
        data = [data[places.index(place)] for place in range(len(data))]
    try:
        vectors = np.asarray([item.embedding for item in data], dtype=np.float32)
    except (ValueError, TypeError, AttributeError):
        return None
    if vectors.ndim != 2 or not vectors.shape[1] or not np.isfinite(vectors).all():
        return None
    return vectors
