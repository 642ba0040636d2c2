"""Finds and loads the embedder that an index was made with, or is to be made with.

An embedder is remembered by its name: that of the catalogue, of the folder, of the GGUF file
without its ending, or what a server calls it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from assistant.catalogue.known import KnownModel, known_model, known_models
from assistant.catalogue.locating import locate
from assistant.config import EmbeddingSettings, expanded
from assistant.encoders.embedder import Embedder
from assistant.encoders.gguf import GgufEmbedder
from assistant.encoders.onnx import OnnxEmbedder
from assistant.encoders.sentence_folder import SentenceModel, read_folder
from assistant.encoders.served import ServedEmbedder
from assistant.errors import ModelMissing
from assistant.llm.server import EmbeddingServer


def embedder_name(settings: EmbeddingSettings) -> str:
    """Return the name that an index remembers the embedder of the settings by."""
    model = settings.model
    if settings.base_url or known_model(model, "embed"):
        return model
    path = expanded(model)
    if path.suffix.lower() == ".gguf":
        return path.stem
    if path.is_dir():
        return path.absolute().name
    return model


def load_embedder(settings: EmbeddingSettings) -> Embedder:
    """Load the embedder that the settings name; on a server it is asked for later.

    Raises ModelMissing if it is not there, ModelError if it cannot be loaded or is none, and
    ConfigError if the address of the server is none.
    """
    name = embedder_name(settings)
    like = _known_like(name)
    if settings.base_url:
        server = EmbeddingServer(
            base_url=settings.base_url,
            model=settings.model,
            api_key_variable=settings.api_key_variable,
            timeout_s=settings.timeout_s,
        )
        return ServedEmbedder(
            server,
            name=name,
            query_prefix=like.query_prefix if like else "",
            passage_prefix=like.passage_prefix if like else "",
        )
    known = known_model(settings.model, "embed")
    weights, *others = locate_embedder(settings.model)
    if not others:
        return GgufEmbedder(
            weights,
            name=name,
            pooling=known.pooling if known else "",
            query_prefix=like.query_prefix if like else "",
            passage_prefix=like.passage_prefix if like else "",
            threads=settings.threads,
        )
    return OnnxEmbedder(
        _of_catalogue(known, weights, others[0]) if known else _of_folder(weights, others[0], like),
        name=name,
        batch_size=settings.batch_size,
        threads=settings.threads,
    )


def locate_embedder(model: str) -> tuple[Path, ...]:
    """Return the GGUF file, or the network and the tokenizer, of an embedder.

    Raises ModelMissing, or ModelError for files that are not what they should be.
    """
    try:
        return locate(model, "embed")
    except ModelMissing:
        # An index remembers a GGUF file without its ending.
        with suppress(ModelMissing):
            return locate(f"{model}.gguf", "embed")
        raise


def _of_catalogue(known: KnownModel, weights: Path, tokenizer: Path) -> SentenceModel:
    return SentenceModel(
        weights=weights,
        tokenizer=tokenizer,
        pooling=known.pooling,
        max_tokens=known.context_tokens,
        query_prefix=known.query_prefix,
        passage_prefix=known.passage_prefix,
    )


def _of_folder(weights: Path, tokenizer: Path, like: KnownModel | None) -> SentenceModel:
    """Return what a folder tells of an encoder; the prefixes of one like it if it tells none."""
    found = read_folder(tokenizer.parent, weights=weights, tokenizer=tokenizer)
    if like is None or found.query_prefix or found.passage_prefix:
        return found
    return replace(found, query_prefix=like.query_prefix, passage_prefix=like.passage_prefix)


def _known_like(name: str) -> KnownModel | None:
    """Return the embedder of the catalogue whose name is a part of ``name``, if there is one.

    Files and servers name what the catalogue knows with a maker in front or a precision behind.
    """
    likely = [
        model
        for model in known_models()
        if model.role == "embed" and model.name.casefold() in name.casefold()
    ]
    return max(likely, key=lambda model: len(model.name), default=None)
