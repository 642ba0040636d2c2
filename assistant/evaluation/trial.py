"""Tries a model out: loads it, measures how fast it is, and lets it take part in one answer.

The answer comes from the sample papers, which lie in a library of their own that is thrown away
afterwards; what a user has is neither read nor changed.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from assistant.config import Settings, StoreSettings
from assistant.encoders.embedder import Embedder
from assistant.encoders.loading import load_embedder
from assistant.errors import Cancelled, UsageError
from assistant.library import Library
from assistant.llm.model import LanguageModel, Message
from assistant.models import LoadedModels
from assistant.readers import read_papers
from assistant.resources import sample_papers
from assistant.text.tokens import TokenCounter
from assistant.types import Answer, Cancellation, Paper

QUESTION = "Which architecture dispenses with recurrence?"
"""One sentence answers it, and even the starter says it in words of its own."""
_PROMPT_TOKENS = 512
_WRITTEN_TOKENS = 64
_TIMED_ABSTRACTS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast a chat model is. Tokens are its own; speeds are of this one try."""

    prompt_tokens: int
    read_per_s: float
    written_tokens: int
    write_per_s: float | None
    """None if it wrote a single piece, which tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a try of a model showed."""

    model: str
    role: Literal["chat", "embed"]
    load_s: float
    memory_bytes: int
    """By which this process grew while the model loaded and ran."""
    speed: Speed | None
    """Of a chat model."""
    passages_per_s: float | None
    """Of an embedder."""
    dimension: int | None
    answer: Answer

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        values = {name: value for name, value in asdict(self).items() if name != "answer"}
        return {**values, "answer": self.answer.to_json()}


def try_chat_model(settings: Settings, *, cancel: Cancellation | None = None) -> Trial:
    """Try the chat model that the settings name.

    Raises ModelMissing and ModelError if it cannot be loaded or fails, UsageError if none is
    switched on, Cancelled once ``cancel`` is set.
    """
    stop = cancel or Cancellation()
    before = _memory_bytes()
    loaded = LoadedModels(settings)
    try:
        began_s = time.perf_counter()
        model = loaded.model
        if model is None:
            raise UsageError(
                "The language model is switched off ([llm] enabled = false).",
                hint="Switch it on: assistant config set llm.enabled true",
            )
        load_s = time.perf_counter() - began_s
        speed = _measure(model, loaded.count_tokens, settings, stop)
        memory = _memory_bytes() - before
        answer = _ask(settings, stop, model=model)
        return Trial(
            model=model.name,
            role="chat",
            load_s=load_s,
            memory_bytes=max(0, memory),
            speed=speed,
            passages_per_s=None,
            dimension=None,
            answer=answer,
        )
    finally:
        loaded.close()


def try_embedder(settings: Settings, *, cancel: Cancellation | None = None) -> Trial:
    """Try the embedder that the settings name. Raises as :func:`try_chat_model` does."""
    stop = cancel or Cancellation()
    before, began_s = _memory_bytes(), time.perf_counter()
    embedder = load_embedder(settings.embedding)
    load_s = time.perf_counter() - began_s
    per_s = _embedding_speed(embedder, batch_size=settings.embedding.batch_size, cancel=stop)
    memory = _memory_bytes() - before
    name, dimension = embedder.name, embedder.dimension
    del embedder
    return Trial(
        model=name,
        role="embed",
        load_s=load_s,
        memory_bytes=max(0, memory),
        speed=None,
        passages_per_s=per_s,
        dimension=dimension,
        answer=_ask(settings, stop),
    )


def _measure(
    model: LanguageModel, count: TokenCounter, settings: Settings, cancel: Cancellation
) -> Speed:
    """Let the model read abstracts and write about them, and take the time of both."""
    budget = min(_PROMPT_TOKENS, settings.llm.context_tokens // 2)
    text, tokens = _prompt(count, budget)
    began_s = time.perf_counter()
    first_s = began_s
    pieces: list[str] = []
    for piece in model.stream(
        [Message(role="user", content=text)],
        max_tokens=min(_WRITTEN_TOKENS, settings.llm.context_tokens // 4),
        temperature=0.0,
        cancel=cancel,
    ):
        if not pieces:
            first_s = time.perf_counter()
        pieces.append(piece)
    ended_s = time.perf_counter()
    if cancel.cancelled:
        raise Cancelled("Stopped.")
    if not pieces:
        first_s = ended_s
    later = count("".join(pieces[1:]))
    return Speed(
        prompt_tokens=tokens,
        read_per_s=tokens / max(first_s - began_s, 1e-9),
        written_tokens=count("".join(pieces)),
        write_per_s=later / (ended_s - first_s) if later and ended_s > first_s else None,
    )


def _prompt(count: TokenCounter, budget: int) -> tuple[str, int]:
    """Return sample abstracts of at most ``budget`` tokens with a request, and their number."""
    text = "Tell in a few sentences what these papers are about."
    for paper in _sample():
        longer = f"{text}\n\n{paper.title}\n{paper.abstract}"
        if count(longer) > budget:
            break
        text = longer
    return text, count(text)


def _embedding_speed(embedder: Embedder, *, batch_size: int, cancel: Cancellation) -> float:
    texts = [f"{paper.title}\n{paper.abstract}" for paper in _sample()[:_TIMED_ABSTRACTS]]
    embedder.embed(texts[:1])  # what is made at the first use is no speed
    began_s = time.perf_counter()
    for first in range(0, len(texts), batch_size):
        if cancel.cancelled:
            raise Cancelled("Stopped.")
        embedder.embed(texts[first : first + batch_size])
    return len(texts) / max(time.perf_counter() - began_s, 1e-9)


def _ask(settings: Settings, cancel: Cancellation, *, model: LanguageModel | None = None) -> Answer:
    """Put the question to a library of the sample papers that is made for it."""
    with tempfile.TemporaryDirectory(prefix="assistant-trial-") as folder:
        own = replace(settings, store=StoreSettings())
        with Library.open(Path(folder) / "library", settings=own, model=model) as library:
            library.add(sample_papers(), cancel=cancel)
            return library.ask(QUESTION, cancel=cancel)


def _sample() -> Sequence[Paper]:
    return [paper for paper in read_papers([sample_papers()]) if isinstance(paper, Paper)]


def _memory_bytes() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss)
