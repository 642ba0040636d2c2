"""Runs a GGUF chat model in this process. The only module that imports llama_cpp.

llama.cpp is not thread-safe, so one lock guards each model. A run that is cancelled stops
at the next token, and in the middle of reading a long prompt through llama.cpp's abort
callback: a thread that is inside C code cannot be stopped in any other way.
"""

from __future__ import annotations

import codecs
import contextlib
import ctypes
import itertools
import math
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.catalogue.gguf import read_metadata, role_of
from assistant.errors import ModelError
from assistant.llm.model import Message, Steer
from assistant.llm.reply import read_reply
from assistant.llm.steered import Vocabulary, allowed_tokens
from assistant.llm.template import ChatTemplate
from assistant.types import Cancellation, is_cancelled

_BATCH_TOKENS = 512
_SMALL_BYTES = 512_000_000
"""A smaller model writes with one thread: for each token two would wait for each other hundreds
of times. The starter writes 53 tokens a second with one and 29 with two, 40 and 11 with its adapter
(it still reads the prompt with all)."""
_TRANSLATORS = frozenset({"t5"})
"""Architectures that read the whole of a text first and then write another; run as if they went
on with it, they end the process."""
_PIECE_BYTES = 256
"""Of a token's text; few are longer."""


class LlamaModel:
    """A chat model in a GGUF file, loaded and ready."""

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        context_tokens: int,
        threads: int = 0,
        gpu_layers: int = -1,
        adapter: Path | None = None,
    ) -> None:
        """Load the file; raises ModelMissing, or ModelError if it cannot be loaded.

        Of its layers ``gpu_layers`` (-1: all) go to a GPU, if llama.cpp was built for one;
        ``adapter`` is a GGUF file of low-rank weights that are added to those of the model.
        """
        self.name = name
        self._lock = threading.Lock()
        self._cancel: Cancellation | None = None
        self._closed = False
        _check(path, name, read_metadata(path), context_tokens)
        self._llama = _load(
            path,
            context_tokens=context_tokens,
            threads=threads or os.cpu_count() or 1,
            gpu_layers=gpu_layers,
            adapter=adapter,
        )
        self._vocabulary = _read_vocabulary(self._llama)
        self._template = _read_template(self._llama, name)
        self._abort_callback = self._install_abort_callback()

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
        """Yield the pieces of the reply (see :class:`assistant.llm.model.LanguageModel`)."""
        with self._lock:
            if self._closed:
                raise ModelError(f"The model {self.name} was closed.")
            self._cancel = cancel
            try:
                filled = self._template.fill(messages)
                prompt = self._tokenize(filled.text)
                tokens = self._generate(prompt, temperature=temperature, steer=steer)
                reply = itertools.islice(tokens, min(max_tokens, self._room(prompt)))
                for piece in read_reply(self._decode(reply), stop=[*stop, *filled.stop]):
                    if is_cancelled(cancel):
                        return
                    yield piece
            except (RuntimeError, ValueError) as error:
                if is_cancelled(cancel):
                    return
                raise ModelError(
                    f"The model {self.name} failed: {error}.",
                    hint="Raise [llm] context_tokens, or choose another [llm] model.",
                ) from error
            finally:
                self._cancel = None

    def _tokenize(self, prompt: str) -> list[int]:
        """Return the tokens of a prompt; some templates leave out what every text begins with."""
        tokens: list[int] = self._llama.tokenize(prompt.encode(), add_bos=False, special=True)
        first = self._vocabulary.begins
        return tokens if first is None or tokens[:1] == [first] else [first, *tokens]

    def _room(self, prompt: Sequence[int]) -> int:
        """Return how many tokens a reply can have; raises ValueError if it can have none."""
        context = self._llama.n_ctx()
        if len(prompt) >= context:
            raise ValueError(f"{len(prompt)} tokens exceed the context window of {context}")
        return int(context - len(prompt))

    def _generate(
        self, prompt: Sequence[int], *, temperature: float, steer: Steer | None
    ) -> Iterator[int]:
        """Yield the tokens of the reply.

        A steered model is asked only where there is a choice. What lies between two choices it
        reads at once, as it reads a prompt, and what follows the last one not at all.
        """
        if steer is None:
            yield from self._llama.generate(prompt, temp=temperature)
            return
        written, unread, begins = b"", list(prompt), True
        while True:
            allowed = allowed_tokens(steer, written, self._vocabulary)
            if len(allowed) == 1 or allowed == self._vocabulary.ends:
                token = min(allowed)
            else:
                chosen = self._llama.generate(
                    unread, temp=temperature, reset=begins, logits_processor=[_only(allowed)]
                )
                token = next(chosen)
                unread, begins = [], False
            yield token
            written += self._vocabulary.pieces[token]
            unread.append(token)

    def _decode(self, tokens: Iterable[int]) -> Iterator[str]:
        """Yield the texts of the tokens up to one that ends the reply."""
        decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        for token in tokens:
            if token in self._vocabulary.ends:
                return
            yield decoder.decode(self._vocabulary.pieces[token])

    def close(self) -> None:
        """Free the memory of the model."""
        with self._lock:
            self._closed = True
            self._llama.close()

    def _install_abort_callback(self) -> Any:
        """Let llama.cpp ask, between the steps of its work, whether to go on."""
        import llama_cpp

        def asked_to_stop(_data: object) -> bool:
            return is_cancelled(self._cancel)

        callback = llama_cpp.llama_cpp.ggml_abort_callback(asked_to_stop)
        llama_cpp.llama_set_abort_callback(self._llama.ctx, callback, None)
        return callback  # must live as long as the context that calls it


def _only(allowed: Collection[int]) -> Callable[[Any, Any], Any]:
    """Return a step of sampling that takes from all other tokens their chance."""
    kept = sorted(allowed)

    def keep(_ids: Any, scores: Any) -> Any:
        values = scores[kept]
        scores[:] = -math.inf
        scores[kept] = values
        return scores

    return keep


def _read_vocabulary(llama: Any) -> Vocabulary:
    from llama_cpp import llama_cpp as bindings

    vocabulary = bindings.llama_model_get_vocab(llama.model)
    count = bindings.llama_vocab_n_tokens(vocabulary)
    buffer = ctypes.create_string_buffer(_PIECE_BYTES)
    pieces = []
    for token in range(count):
        # Without special tokens: their text is empty, so no text leads to one.
        size = bindings.llama_token_to_piece(vocabulary, token, buffer, len(buffer), 0, False)
        if size < 0:
            buffer = ctypes.create_string_buffer(-size)
            size = bindings.llama_token_to_piece(vocabulary, token, buffer, -size, 0, False)
        pieces.append(buffer.raw[: max(size, 0)])
    ends = (token for token in range(count) if bindings.llama_vocab_is_eog(vocabulary, token))
    begins = llama.token_bos() if bindings.llama_vocab_get_add_bos(vocabulary) else -1
    return Vocabulary(
        pieces=pieces, ends=frozenset(ends), begins=None if begins < 0 else int(begins)
    )


def _read_template(llama: Any, name: str) -> ChatTemplate:
    """Return what makes a prompt of messages, as the file says or else in the commonest form."""
    from llama_cpp import llama_chat_format

    def mark(token: int) -> str:
        return "" if token < 0 else str(llama.detokenize([token], special=True), "utf-8", "replace")

    formatter = llama_chat_format.Jinja2ChatFormatter(
        template=llama.metadata.get("tokenizer.chat_template")
        or llama_chat_format.CHATML_CHAT_TEMPLATE,
        eos_token=mark(llama.token_eos()),
        bos_token=mark(llama.token_bos()),
    )
    return ChatTemplate(name=name, formatter=formatter)


def vocabulary_counter(path: Path) -> Callable[[str], int]:
    """Return a counter of tokens that uses the model's own tokenizer, without its weights.

    It serves the models whose tokenizer is not byte-level BPE; it is 8 times slower. Raises
    ModelError if the file cannot be loaded.
    """
    llama_cpp = import_llama_cpp()
    try:
        vocabulary = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
    except Exception as error:
        raise _unloadable(path) from error
    return lambda text: len(
        vocabulary.tokenize(text.encode("utf-8", "replace"), add_bos=False, special=False)
    )


def _check(path: Path, name: str, metadata: Mapping[str, Any], context_tokens: int) -> None:
    """Raise ModelError if by its header a model cannot do what it is to do."""
    architecture = metadata.get("general.architecture")
    # One without a template of its own gets the commonest.
    role = role_of({"tokenizer.chat_template": "", **metadata})
    if role != "chat" or architecture in _TRANSLATORS:
        kind = "an embedder" if role == "embed" else "a ranker, an adapter or the like"
        raise ModelError(
            f"{path} is {kind}, not a chat model.",
            hint="Choose a chat model for [llm] model: 'assistant models' lists some.",
        )
    longest = metadata.get(f"{architecture}.context_length")
    if isinstance(longest, int) and 0 < longest < context_tokens:
        raise ModelError(
            f"The model {name} reads {longest:,} tokens at most, and [llm] context_tokens is "
            f"{context_tokens:,}.",
            hint=f"Set [llm] context_tokens = {longest}.",
        )


def _load(
    path: Path, *, context_tokens: int, threads: int, gpu_layers: int, adapter: Path | None
) -> Any:
    llama_cpp = import_llama_cpp()
    try:
        with plain_weights_on_amx(llama_cpp):
            return llama_cpp.Llama(
                str(path),
                n_ctx=context_tokens,
                n_batch=min(_BATCH_TOKENS, context_tokens),
                n_threads=1 if path.stat().st_size < _SMALL_BYTES else threads,
                n_threads_batch=threads,
                n_gpu_layers=gpu_layers,
                lora_path=str(adapter) if adapter else None,
                verbose=False,
            )
    except Exception as error:
        if type(error).__module__.startswith("jinja2"):
            raise ModelError(
                f"The chat template of the model {path} is faulty: {error}.",
                hint="Download it again, or name another model in [llm] model.",
            ) from error
        raise _unloadable(path) from error


def _unloadable(path: Path) -> ModelError:
    return ModelError(
        f"The model {path} cannot be loaded: the file is incomplete, too large for the "
        "memory, or of a kind that this llama.cpp does not know.",
        hint="Download it again, or name another model in [llm] model.",
    )


@contextlib.contextmanager
def plain_weights_on_amx(llama_cpp: Any) -> Iterator[None]:
    """Keep llama.cpp from its AMX kernels, which end the process on some machines.

    Built with AMX (server processors from 2023 on), ``ldtilecfg`` in llama.cpp 0.3.36's
    kernels raises a general protection fault under some hypervisors. Weights in their plain
    layout do not reach those kernels. ``Llama`` takes no argument for it, so the default
    parameters are given to it for as long as it loads.
    """
    bindings = llama_cpp.llama_cpp
    if b"AMX_INT8 = 1" not in bindings.llama_print_system_info():
        yield
        return
    default_params = bindings.llama_model_default_params

    def plain_params() -> Any:
        params = default_params()
        params.use_extra_bufts = False
        return params

    bindings.llama_model_default_params = plain_params
    try:
        yield
    finally:
        bindings.llama_model_default_params = default_params


_log_callback: Any = None


def import_llama_cpp() -> Any:
    """Import llama.cpp so that it waits for its threads politely and writes nothing.

    Its OpenMP threads spin while they wait for each other. Once another program wants a core,
    they spin against it: an answer beside a running test suite took a minute, and takes one
    second when they sleep instead. OpenMP reads the variable when it is loaded.
    """
    global _log_callback  # noqa: PLW0603 - C keeps the pointer for the life of the process
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import llama_cpp

    if _log_callback is None:
        # llama.cpp logs on file descriptor 2, which is the screen of a terminal program.
        _log_callback = llama_cpp.llama_log_callback(lambda *_: None)
        llama_cpp.llama_log_set(_log_callback, None)
    return llama_cpp
