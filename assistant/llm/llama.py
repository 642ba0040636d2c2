"""Runs a GGUF chat model in this process. The only module that imports llama_cpp.

llama.cpp is not thread-safe, so one lock guards each model. A run that is cancelled stops
at the next token, and in the middle of reading a long prompt through llama.cpp's abort
callback: a thread that is inside C code cannot be stopped in any other way.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ModelError
from assistant.llm.gguf import read_metadata
from assistant.llm.model import Message, Steer
from assistant.types import Cancellation

_BATCH_TOKENS = 512
_SMALL_BYTES = 512_000_000
"""A smaller model writes with one thread: for each token two would wait for each other hundreds
of times. The starter writes 53 tokens a second with one and 29 with two, 40 and 11 with its adapter
(it still reads the prompt with all)."""
_MAX_PIECE_BYTES = 256
"""Of a token's text; a longer one is not used to steer."""


class LlamaModel:
    """A chat model in a GGUF file, loaded and ready."""

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        context_tokens: int,
        threads: int = 0,
        adapter: Path | None = None,
    ) -> None:
        """Load the file; raises ModelMissing, or ModelError if it cannot be loaded.

        ``adapter`` is a GGUF file of low-rank weights that are added to those of the model.
        """
        self.name = name
        self._lock = threading.Lock()
        self._cancel: Cancellation | None = None
        self._closed = False
        self._vocabulary: _Vocabulary | None = None
        read_metadata(path)  # a clear refusal of what is not a GGUF at all
        self._llama = _load(path, context_tokens, threads or os.cpu_count() or 1, adapter)
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
        prompt: list[Any] = [{"role": m.role, "content": m.content} for m in messages]
        with self._lock:
            if self._closed:
                raise ModelError(f"The model {self.name} was closed.")
            self._cancel = cancel
            try:
                chunks = self._llama.create_chat_completion(
                    prompt,
                    stream=True,
                    max_tokens=max_tokens,
                    temperature=temperature,
                    stop=list(stop),
                    logits_processor=None if steer is None else [self._steered(steer)],
                )
                for chunk in chunks:
                    if cancel is not None and cancel.cancelled:
                        return
                    piece = chunk["choices"][0]["delta"].get("content")
                    if piece:
                        yield piece
            except (RuntimeError, ValueError) as error:
                if cancel is not None and cancel.cancelled:
                    return
                raise ModelError(
                    f"The model {self.name} failed: {error}.",
                    hint="Raise [llm] context_tokens, or choose another [llm] model.",
                ) from error
            finally:
                self._cancel = None

    def _steered(self, steer: Steer) -> _Steering:
        if self._vocabulary is None:
            self._vocabulary = _read_vocabulary(self._llama)
        return _Steering(steer, self._vocabulary)

    def close(self) -> None:
        """Free the memory of the model."""
        with self._lock:
            self._closed = True
            self._llama.close()

    def _install_abort_callback(self) -> Any:
        """Let llama.cpp ask, between the steps of its work, whether to go on."""
        import llama_cpp

        def asked_to_stop(_data: object) -> bool:
            return self._cancel is not None and self._cancel.cancelled

        callback = llama_cpp.llama_cpp.ggml_abort_callback(asked_to_stop)
        llama_cpp.llama_set_abort_callback(self._llama.ctx, callback, None)
        return callback  # must live as long as the context that calls it


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    pieces: Sequence[bytes]
    """The text of each token."""
    tokens: Mapping[bytes, int]
    ends: Sequence[int]
    """The tokens that end a reply."""


class _Steering:
    """Leaves to a model the tokens with which an allowed text goes on."""

    def __init__(self, steer: Steer, vocabulary: _Vocabulary) -> None:
        self._steer = steer
        self._vocabulary = vocabulary
        self._prompt_length: int | None = None

    def __call__(self, ids: Any, scores: Any) -> Any:
        """Return the scores, -inf for what may not follow; ``ids`` is prompt and reply."""
        if self._prompt_length is None:
            self._prompt_length = len(ids)
        reply = ids[self._prompt_length :].tolist()
        allowed = self._allowed(b"".join(self._vocabulary.pieces[token] for token in reply))
        kept = scores[allowed].copy()
        scores[:] = -math.inf
        scores[allowed] = kept
        return scores

    def _allowed(self, written: bytes) -> list[int]:
        text = written.decode("utf-8", "ignore")
        # Part of a letter: some letters are of several tokens.
        begun = written[len(text.encode()) :]
        tokens, found = self._vocabulary.tokens, set[int]()
        for following in self._steer(text):
            rest = following.encode("utf-8", "replace")
            if not rest:
                found |= set(self._vocabulary.ends)
            elif rest.startswith(begun):
                parts = (rest[len(begun) : end] for end in range(len(begun) + 1, len(rest) + 1))
                found |= {tokens[part] for part in parts if part in tokens}
        return sorted(found or self._vocabulary.ends)


def _read_vocabulary(llama: Any) -> _Vocabulary:
    from llama_cpp import llama_cpp as bindings

    vocabulary = bindings.llama_model_get_vocab(llama.model)
    count = bindings.llama_vocab_n_tokens(vocabulary)
    buffer = ctypes.create_string_buffer(_MAX_PIECE_BYTES)
    pieces = []
    for token in range(count):
        # Without special tokens: their text is empty, so no text leads to one.
        size = bindings.llama_token_to_piece(vocabulary, token, buffer, len(buffer), 0, False)
        pieces.append(buffer.raw[: max(size, 0)])
    return _Vocabulary(
        pieces=pieces,
        tokens={piece: token for token, piece in enumerate(pieces) if piece},
        ends=[token for token in range(count) if bindings.llama_vocab_is_eog(vocabulary, token)],
    )


def vocabulary_counter(path: Path) -> Callable[[str], int]:
    """Return a counter of tokens that uses the model's own tokenizer, without its weights.

    It serves the models whose tokenizer is not byte-level BPE; it is 8 times slower. Raises
    ModelError if the file cannot be loaded.
    """
    llama_cpp = _import_llama_cpp()
    try:
        vocabulary = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
    except Exception as error:
        raise _unloadable(path) from error
    return lambda text: len(
        vocabulary.tokenize(text.encode("utf-8", "replace"), add_bos=False, special=False)
    )


def _load(path: Path, context_tokens: int, threads: int, adapter: Path | None) -> Any:
    llama_cpp = _import_llama_cpp()
    try:
        with _plain_weights_on_amx(llama_cpp):
            return llama_cpp.Llama(
                str(path),
                n_ctx=context_tokens,
                n_batch=min(_BATCH_TOKENS, context_tokens),
                n_threads=1 if path.stat().st_size < _SMALL_BYTES else threads,
                n_threads_batch=threads,
                lora_path=str(adapter) if adapter else None,
                verbose=False,
            )
    except Exception as error:  # a faulty chat template raises errors of its own kind
        raise _unloadable(path) from error


def _unloadable(path: Path) -> ModelError:
    return ModelError(
        f"The model {path} cannot be loaded: the file is incomplete, too large for the "
        "memory, or of a kind that this llama.cpp does not know.",
        hint="Download it again, or name another model in [llm] model.",
    )


@contextlib.contextmanager
def _plain_weights_on_amx(llama_cpp: Any) -> Iterator[None]:
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


def _import_llama_cpp() -> Any:
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
