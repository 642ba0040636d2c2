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
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import ModelError
from assistant.llm.gguf import read_metadata
from assistant.llm.model import Message, Steer
from assistant.llm.steered import Vocabulary, allowed_tokens
from assistant.types import Cancellation

_BATCH_TOKENS = 512
_SMALL_BYTES = 512_000_000
"""A smaller model writes with one thread: for each token two would wait for each other hundreds
of times. The starter writes 53 tokens a second with one and 29 with two, 40 and 11 with its adapter
(it still reads the prompt with all)."""
_MAX_PIECE_BYTES = 256
"""Of a token's text."""


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
        read_metadata(path)  # a clear refusal of what is not a GGUF at all
        self._llama = _load(path, context_tokens, threads or os.cpu_count() or 1, adapter)
        self._vocabulary = _read_vocabulary(self._llama)
        self._template = _read_template(self._llama)
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
                prompt, marks = self._fill_template(messages)
                tokens = self._generate(prompt, temperature=temperature, steer=steer)
                reply = itertools.islice(tokens, min(max_tokens, self._room(prompt)))
                for piece in self._read(reply, stop=[*stop, *marks]):
                    if cancel is not None and cancel.cancelled:
                        return
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

    def _fill_template(self, messages: Sequence[Message]) -> tuple[list[int], list[str]]:
        """Return the tokens of the prompt, and texts that mark the end of a reply to it."""
        filled = self._template(
            messages=[{"role": message.role, "content": message.content} for message in messages]
        )
        prompt = self._llama.tokenize(filled.prompt.encode(), add_bos=False, special=True)
        return prompt, [mark for mark in filled.stop if mark]

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

    def _read(self, tokens: Iterable[int], *, stop: Sequence[str]) -> Iterator[str]:
        """Yield the text of the tokens up to one that ends it, or to the first of ``stop``."""
        decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        held = ""
        for token in tokens:
            if token in self._vocabulary.ends:
                break
            held += decoder.decode(self._vocabulary.pieces[token])
            found = [held.index(text) for text in stop if text in held]
            # What may be the beginning of a stop text is held back until more is known.
            length = min(found) if found else len(held) - _begun(held, stop)
            if length:
                yield held[:length]
            if found:
                return
            held = held[length:]
        if held:
            yield held

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


def _only(allowed: Collection[int]) -> Callable[[Any, Any], Any]:
    """Return a step of sampling that takes from all other tokens their chance."""
    kept = sorted(allowed)

    def keep(_ids: Any, scores: Any) -> Any:
        values = scores[kept]
        scores[:] = -math.inf
        scores[kept] = values
        return scores

    return keep


def _begun(text: str, stop: Sequence[str]) -> int:
    """Return the length of the longest end of ``text`` with which a stop text may begin."""
    lengths = (n for word in stop for n in range(1, len(word)) if text.endswith(word[:n]))
    return max(lengths, default=0)


def _read_vocabulary(llama: Any) -> Vocabulary:
    from llama_cpp import llama_cpp as bindings

    vocabulary = bindings.llama_model_get_vocab(llama.model)
    count = bindings.llama_vocab_n_tokens(vocabulary)
    buffer = ctypes.create_string_buffer(_MAX_PIECE_BYTES)
    pieces = []
    for token in range(count):
        # Without special tokens: their text is empty, so no text leads to one.
        size = bindings.llama_token_to_piece(vocabulary, token, buffer, len(buffer), 0, False)
        pieces.append(buffer.raw[: max(size, 0)])
    ends = (token for token in range(count) if bindings.llama_vocab_is_eog(vocabulary, token))
    return Vocabulary(pieces=pieces, ends=frozenset(ends))


def _read_template(llama: Any) -> Any:
    """Return what makes a prompt of messages, as the file says or else in the commonest form."""
    from llama_cpp import llama_chat_format

    def mark(token: int) -> str:
        return "" if token < 0 else str(llama.detokenize([token], special=True), "utf-8", "replace")

    return llama_chat_format.Jinja2ChatFormatter(
        template=llama.metadata.get("tokenizer.chat_template")
        or llama_chat_format.CHATML_CHAT_TEMPLATE,
        eos_token=mark(llama.token_eos()),
        bos_token=mark(llama.token_bos()),
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
