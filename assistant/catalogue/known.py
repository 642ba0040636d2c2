"""The catalogue: models that are known by name, as data read from ``models/catalogue.toml``."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from assistant.resources import resource

Role = Literal["chat", "embed", "rank"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a model, and where it may be found or got from."""

    name: str
    """Its path in a models folder."""
    size_bytes: int
    sha256: str = ""
    """Of the whole file; empty where the hub is asked for it when the file is pulled."""
    approximate: bool = False
    """Whether the size is only about right."""
    package: str = ""
    path: str = ""
    """The installed Python package that carries the same file, and its path in there."""
    repository: str = ""
    remote: str = ""
    """The repository of the hub that holds it, and its path in there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """An entry of the catalogue."""

    name: str
    role: Role
    about: str
    licence: str
    source: str
    context_tokens: int
    """Longest text: of a chat model prompt and reply together, of an embedder one passage."""
    files: tuple[ModelFile, ...]
    memory_bytes: int = 0
    """What it needs while it runs, a chat model with a window of 2,048 tokens; 0: not known."""
    adapter: ModelFile | None = None
    """Low-rank weights that are added to those of a chat model."""
    pooling: str = "mean"
    """How an embedder makes one vector of those of the tokens: mean, cls, max or lasttoken."""
    query_prefix: str = ""
    """What an embedder wants to read in front of a question."""
    passage_prefix: str = ""
    """The same of a passage."""

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return sum(file.size_bytes for file in self.files)

    @property
    def approximate(self) -> bool:
        """Whether the size is only about right."""
        return any(file.approximate for file in self.files)


@cache
def known_models() -> tuple[KnownModel, ...]:
    """Return the catalogue, in the order of its file."""
    with resource("models/catalogue.toml").open("rb") as file:
        entries = tomllib.load(file)["model"]
    return tuple(_known_model(entry) for entry in entries)


def known_model(name: str, role: Role | None = None) -> KnownModel | None:
    """Return the model of the catalogue that is called so, of this role if one is named."""
    for model in known_models():
        if model.name == name and role in {None, model.role}:
            return model
    return None


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the name that was probably meant; empty if none is like it."""
    folded = {candidate.casefold(): candidate for candidate in names}
    near = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.3)
    return folded[near[0]] if near else ""


def _known_model(entry: dict[str, Any]) -> KnownModel:
    files = tuple(ModelFile(**item) for item in entry["files"])
    adapter = ModelFile(**entry["adapter"]) if "adapter" in entry else None
    return KnownModel(**{**entry, "files": files, "adapter": adapter})
