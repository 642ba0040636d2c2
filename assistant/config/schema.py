"""Every setting, by section: its default, what it means and what is allowed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from assistant.config.declaration import Value, setting
from assistant.config.keys import KeySettings
from assistant.config.places import APP_NAME, expanded


@dataclass(frozen=True, slots=True, kw_only=True)
class LibrarySettings:
    """Where the papers are kept."""

    path: str = setting("", "folder of the library; empty: the user's data folder", form="path")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """The Chroma server that keeps the papers, if it is not the folder of the library."""

    url: str = setting(
        "", "address of a Chroma server; empty: the folder of the library", form="address"
    )
    tenant: str = setting("default_tenant", "tenant on the server")
    database: str = setting("default_database", "database of the tenant")
    collection: str = setting("passages", "name of the library on the server")
    token_variable: str = setting(
        "ASSISTANT_STORE_TOKEN",
        "environment variable with the token of the server",
        form="variable",
    )
    timeout_s: float = setting(60.0, "longest wait for the server", least=0.1, most=3600.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkingSettings:
    """How an abstract is cut into passages. A change means that papers are indexed again."""

    window_sentences: int = setting(3, "sentences in a passage", least=1, most=50)
    step_sentences: int = setting(2, "sentences from one passage to the next", least=1, most=50)
    max_tokens: int = setting(220, "tokens in a passage, its title included", least=32, most=8192)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingSettings:
    """The encoder that turns passages and questions into vectors."""

    model: str = setting(
        "all-MiniLM-L6-v2",
        "name in models/catalogue.toml, a folder with an ONNX encoder, a GGUF file, or, with "
        "base_url, what the server calls it",
    )
    base_url: str = setting(
        "", "address of an OpenAI-compatible server; empty: this machine", form="address"
    )
    api_key_variable: str = setting(
        "ASSISTANT_EMBEDDING_KEY",
        "environment variable with the key of the server",
        form="variable",
    )
    timeout_s: float = setting(60.0, "longest wait for the server", least=0.1, most=3600.0)
    batch_size: int = setting(8, "passages embedded at once", least=1, most=1024)
    threads: int = setting(0, "processor threads; 0: as many as there are cores", least=0, most=512)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalSettings:
    """How papers are found."""

    candidates: int = setting(100, "papers taken from each ranking", least=1, most=10_000)
    dense_weight: float = setting(
        0.7, "share of the cosine in a score; the rest is BM25", least=0.0, most=1.0
    )
    read_papers: int = setting(
        20, "best papers that are read sentence by sentence", least=1, most=1000
    )
    ranker: str = setting("evidence-minilm", "name in models/catalogue.toml, a folder, or empty")
    ranked_sentences: int = setting(12, "best sentences that the ranker reads", least=1, most=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSettings:
    """What an answer may be like."""

    max_sentences: int = setting(3, "sentences of an answer", least=1, most=20)
    max_words: int = setting(60, "words of an answer", least=10, most=1000)
    max_papers: int = setting(6, "papers cited when several are asked for", least=1, most=50)
    paper_cut: float = setting(
        0.7, "least score of a further paper, relative to the best", least=0.0, most=1.0
    )
    min_confidence: float = setting(
        0.18, "below this the answer is 'not found'", least=0.0, most=1.0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmSettings:
    """The language model that phrases an answer."""

    model: str = setting(
        "SmolLM2-135M-Instruct",
        "name in models/catalogue.toml, a GGUF file, or, with base_url, what the server calls it",
    )
    base_url: str = setting(
        "", "address of an OpenAI-compatible server; empty: this machine", form="address"
    )
    api_key_variable: str = setting(
        "ASSISTANT_LLM_KEY",
        "environment variable with the key of the server",
        form="variable",
    )
    timeout_s: float = setting(60.0, "longest wait for the server", least=0.1, most=3600.0)
    context_tokens: int = setting(2048, "context window", least=256, most=1_048_576)
    max_tokens: int = setting(96, "longest text written for one answer", least=8, most=8192)
    threads: int = setting(0, "processor threads; 0: as many as there are cores", least=0, most=512)
    gpu_layers: int = setting(
        -1, "layers on a GPU, if llama.cpp was built for one; -1: all", least=-1, most=1000
    )
    temperature: float = setting(0.0, "0: always the likeliest word", least=0.0, most=2.0)
    enabled: bool = setting(True, "false: answers are made of quotes alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """How the chat looks."""

    theme: str = setting("textual-dark", "colours; the chat lists what there is")
    show_library: bool = setting(True, "on a wide screen, begin with the library in view")
    show_source: bool = setting(True, "on a wide screen, begin with the source in view")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, by section."""

    library: LibrarySettings = field(default_factory=LibrarySettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    chunking: ChunkingSettings = field(default_factory=ChunkingSettings)
    embedding: EmbeddingSettings = field(default_factory=EmbeddingSettings)
    retrieval: RetrievalSettings = field(default_factory=RetrievalSettings)
    answer: AnswerSettings = field(default_factory=AnswerSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)
    chat: ChatSettings = field(default_factory=ChatSettings)
    keys: KeySettings = field(default_factory=KeySettings)

    @property
    def library_folder(self) -> Path:
        """The folder of the library, absolute: ``library.path`` or the user's data folder."""
        if self.library.path:
            return Path(os.path.abspath(expanded(self.library.path)))  # noqa: PTH100
        import platformdirs

        return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "library"

    def to_dict(self) -> dict[str, dict[str, Value]]:
        """Return ``{section: {key: value}}`` in the order of the declarations."""
        return {
            section: {f.name: getattr(getattr(self, section), f.name) for f in fields(kind)}
            for section, kind in sections().items()
        }


def sections() -> dict[str, type[Any]]:
    """Return the dataclass of each section, by name."""
    defaults = Settings()
    return {f.name: type(getattr(defaults, f.name)) for f in fields(Settings)}
