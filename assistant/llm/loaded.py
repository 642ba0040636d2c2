"""The models that a library works with: each is loaded once, when it is first needed."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path

from assistant.config import Settings
from assistant.llm.catalogue import locate, locate_adapter
from assistant.llm.embedder import Embedder
from assistant.llm.gguf import read_metadata
from assistant.llm.llama import LlamaModel, vocabulary_counter
from assistant.llm.model import LanguageModel
from assistant.llm.ranker import EvidenceRanker
from assistant.text.tokens import TokenCounter, byte_level_encoding, counter


class LoadedModels:
    """An encoder, a ranker and a language model. Safe to share between threads."""

    def __init__(self, settings: Settings, *, model: LanguageModel | None = None) -> None:
        """Take the settings; ``model`` is used in place of the language model that they name."""
        self._embedding = settings.embedding
        self._retrieval = settings.retrieval
        self._llm = settings.llm
        self._wanted = settings.llm.model
        self._loading = threading.Lock()
        self._model = model

    @property
    def embedder(self) -> Embedder:
        """The encoder of passages and questions."""
        with self._loading:
            return self._embedder

    @property
    def ranker(self) -> EvidenceRanker | None:
        """The model that chooses the evidence; None if it is switched off."""
        with self._loading:
            return self._ranker if self._retrieval.ranker else None

    @property
    def model(self) -> LanguageModel | None:
        """The language model; None if it is switched off."""
        with self._loading:
            if self._model is None and self._llm.enabled:
                self._model = self._load(self._wanted)
            return self._model

    @property
    def model_name(self) -> str:
        """The name of the language model, loaded or not; empty if it is switched off."""
        if self._model is not None:
            return self._model.name
        return _display_name(self._wanted) if self._llm.enabled else ""

    def use_model(self, name: str) -> None:
        """Change the language model; what the old one is writing is finished first.

        Raises ModelMissing or ModelError, and keeps the old one, if ``name`` cannot be loaded.
        """
        model = self._load(name)
        with self._loading:
            old, self._model, self._wanted = self._model, model, name
        _free(old)

    def close(self) -> None:
        """Free the memory of the language model."""
        with self._loading:
            old, self._model = self._model, None
        _free(old)

    @cached_property
    def count_tokens(self) -> TokenCounter:
        """Count as the language model does, from its vocabulary alone where that is enough."""
        (path,) = locate(self._llm.model, "chat")
        metadata = read_metadata(path)
        encoding = None
        if metadata.get("tokenizer.ggml.model") == "gpt2":
            encoding = byte_level_encoding(
                path.stem,
                merges=metadata.get("tokenizer.ggml.merges", ()),
                pre_tokenizer=metadata.get("tokenizer.ggml.pre", ""),
            )
        if encoding is not None:
            return counter(encoding)
        return vocabulary_counter(path)

    @cached_property
    def _embedder(self) -> Embedder:
        settings = self._embedding
        return Embedder(settings.model, batch_size=settings.batch_size, threads=settings.threads)

    @cached_property
    def _ranker(self) -> EvidenceRanker:
        return EvidenceRanker(self._retrieval.ranker, threads=self._embedding.threads)

    def _load(self, name: str) -> LlamaModel:
        (path,) = locate(name, "chat")
        return LlamaModel(
            path,
            name=_display_name(name),
            context_tokens=self._llm.context_tokens,
            threads=self._llm.threads,
            adapter=locate_adapter(name),
        )


def _display_name(setting: str) -> str:
    """Return how a model is called: the name in the catalogue, or of the file without ending."""
    path = Path(setting)
    return path.stem if path.suffix.lower() == ".gguf" else setting


def _free(model: LanguageModel | None) -> None:
    """Close a model that was loaded here; a caller's own is the caller's to close."""
    if isinstance(model, LlamaModel):
        model.close()
