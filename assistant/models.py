"""The models that a library works with: each is loaded once, when it is first needed."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from assistant.catalogue.gguf import read_metadata
from assistant.catalogue.locating import installed_chat_models, locate, locate_adapter
from assistant.config import EmbeddingSettings, Settings
from assistant.encoders.embedder import Embedder
from assistant.encoders.loading import load_embedder
from assistant.encoders.network import tokenizer_counter
from assistant.encoders.ranker import EvidenceRanker
from assistant.encoders.reading import READING_ENCODER, ReadingEncoder
from assistant.errors import ModelMissing
from assistant.llm.llama import LlamaModel, vocabulary_counter
from assistant.llm.model import LanguageModel
from assistant.llm.server import ServerModel, server_model_names
from assistant.text.tokens import TokenCounter, byte_level_encoding, counter
from assistant.types import InstalledModel


class LoadedModels:
    """An embedder, an encoder, a ranker and a language model. Safe to share between threads."""

    def __init__(self, settings: Settings, *, model: LanguageModel | None = None) -> None:
        """Take the settings; ``model`` is used in place of the language model that they name."""
        self._embedding = settings.embedding
        self._retrieval = settings.retrieval
        self._llm = settings.llm
        self._wanted = settings.llm.model
        self._loading = threading.Lock()
        self._embedders: dict[EmbeddingSettings, Embedder] = {}
        self._model = model

    @property
    def encoder(self) -> ReadingEncoder:
        """What reads sentences."""
        with self._loading:
            return self._encoder

    def embedder(self, settings: EmbeddingSettings) -> Embedder:
        """Return the embedder that settings name: the encoder itself, if that is it.

        Raises ModelMissing or ModelError if it cannot be loaded.
        """
        if settings.model == READING_ENCODER and not settings.base_url:
            return self.encoder
        found = self._embedders.get(settings)
        if found is None:
            with self._loading:
                found = self._embedders.get(settings) or load_embedder(settings)
                self._embedders[settings] = found
        return found

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
        if not self._llm.enabled:
            return ""
        return self._wanted if self._llm.base_url else _display_name(self._wanted)

    def choices(self) -> list[InstalledModel]:
        """Return the chat models that may be used: those of the server, or of this machine.

        Raises ModelError if there is a server that cannot be asked.
        """
        if not self._llm.base_url:
            return installed_chat_models()
        names = server_model_names(
            base_url=self._llm.base_url,
            api_key_variable=self._llm.api_key_variable,
            timeout_s=self._llm.timeout_s,
        )
        return [InstalledModel(name=name) for name in names]

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
        """Count as the language model does, from its vocabulary alone where that is enough.

        Where no language model is on this machine, as the encoder does.
        """
        path = self._chat_file
        if path is None:
            return tokenizer_counter(locate(READING_ENCODER, "embed")[1])
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

    @property
    def _chat_file(self) -> Path | None:
        """The file of the language model; None if it is switched off, elsewhere or missing."""
        if self._llm.base_url or not self._llm.enabled:
            return None
        with suppress(ModelMissing):
            return locate(self._llm.model, "chat")[0]
        return None

    @cached_property
    def _encoder(self) -> ReadingEncoder:
        settings = self._embedding
        return ReadingEncoder(batch_size=settings.batch_size, threads=settings.threads)

    @cached_property
    def _ranker(self) -> EvidenceRanker:
        return EvidenceRanker(self._retrieval.ranker, threads=self._embedding.threads)

    def _load(self, name: str) -> LlamaModel | ServerModel:
        if self._llm.base_url:
            return ServerModel(
                base_url=self._llm.base_url,
                model=name,
                api_key_variable=self._llm.api_key_variable,
                timeout_s=self._llm.timeout_s,
            )
        (path,) = locate(name, "chat")
        return LlamaModel(
            path,
            name=_display_name(name),
            context_tokens=self._llm.context_tokens,
            threads=self._llm.threads,
            gpu_layers=self._llm.gpu_layers,
            adapter=locate_adapter(name),
        )


def _display_name(setting: str) -> str:
    """Return how a model is called: the name in the catalogue, or of the file without ending."""
    path = Path(setting)
    return path.stem if path.suffix.lower() == ".gguf" else setting


def _free(model: LanguageModel | None) -> None:
    """Close a model that was loaded here; a caller's own is the caller's to close."""
    if isinstance(model, LlamaModel | ServerModel):
        model.close()
