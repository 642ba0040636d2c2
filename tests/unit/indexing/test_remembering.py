"""An embedder that remembers: nothing is embedded twice, and what others made is used."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.encoders.embedder import Vectors
from assistant.indexing import RememberingEmbedder, remembering


class Lengths:
    """Makes a vector of the length of a text; remembers what it was asked for."""

    name = "lengths"
    dimension = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        return self.embed([f"query: {text}"])[0]


def test_a_text_is_embedded_once() -> None:
    inner = Lengths()
    embedder = RememberingEmbedder(inner)
    assert (embedder.name, embedder.dimension) == ("lengths", 2)
    assert embedder.embed(["a", "bb", "a"]).tolist() == [[1, 1], [2, 1], [1, 1]]
    assert embedder.embed(["ccc", "bb"]).tolist() == [[3, 1], [2, 1]]
    assert inner.asked == ["a", "bb", "ccc"]
    assert embedder.embed([]).shape == (0, 2)
    assert embedder.embed_query("a").tolist() == [8, 1]


def test_vectors_that_others_made_are_used() -> None:
    inner = Lengths()
    embedder = RememberingEmbedder(inner)
    embedder.remember(["x", "y"], np.array([[7, 7], [8, 8]], dtype=np.float32))
    assert embedder.embed(["y", "z", "x"]).tolist() == [[8, 8], [1, 1], [7, 7]]
    assert inner.asked == ["z"]


def test_what_was_used_longest_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "_MAX_TEXTS", 2)
    inner = Lengths()
    embedder = RememberingEmbedder(inner)
    embedder.embed(["a", "b"])
    embedder.embed(["a", "c"])
    # More than are remembered come back all the same.
    assert embedder.embed(["a", "b", "c", "d"])[:, 0].tolist() == [1, 1, 1, 1]
    assert inner.asked == ["a", "b", "c", "b", "d"]
