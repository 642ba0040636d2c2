"""Runs a GGUF chat model in this process. The only module that imports llama_cpp.

llama.cpp is not thread-safe, so one lock guards each model. A run that is cancelled stops
at the next token, and in the middle of reading a long prompt through llama.cpp's abort
callback: a thread that is inside C code cannot be stopped in any other way.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import ModelError
from assistant.llm.gguf import read_metadata
from assistant.llm.model import Message
from assistant.types import Cancellation

_BATCH_TOKENS = 512


class LlamaModel:
    """A chat model in a GGUF file, loaded and ready."""

    def __init__(self, path: Path, *, name: str, context_tokens: int, threads: int = 0) -> None:
        """Load the file; raises ModelMissing, or ModelError if it cannot be loaded."""
        self.name = name
        self._lock = threading.Lock()
        self._cancel: Cancellation | None = None
        self._closed = False
        read_metadata(path)  # a clear refusal of what is not a GGUF at all
        self._llama = _load(path, context_tokens, threads or os.cpu_count() or 1)
        self._abort_callback = self._install_abort_callback()

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        stop: Sequence[str] = (),
        cancel: Cancellation | None = None,
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


def _load(path: Path, context_tokens: int, threads: int) -> Any:
    llama_cpp = _import_llama_cpp()
    try:
        with _plain_weights_on_amx(llama_cpp):
            return llama_cpp.Llama(
                str(path),
                n_ctx=context_tokens,
                n_batch=min(_BATCH_TOKENS, context_tokens),
                n_threads=threads,
                n_threads_batch=threads,
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
