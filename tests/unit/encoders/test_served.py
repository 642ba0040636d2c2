"""An embedder behind a server: what is asked, and what is made of the replies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.encoders.embedder import Vectors
from assistant.encoders.reading import ReadingEncoder
from assistant.encoders.served import ServedEmbedder
from assistant.errors import ModelError


class Replies:
    """A server that answers with given vectors, or with those of the real encoder."""

    def __init__(self, *replies: object, encoder: ReadingEncoder | None = None) -> None:
        self._replies = list(replies)
        self._encoder = encoder
        self.asked: list[list[str]] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked.append(list(texts))
        if self._encoder is not None:
            return 3 * self._encoder.embed(texts)
        return np.asarray(self._replies.pop(0), dtype=np.float32)


def test_vectors_come_back_in_the_order_of_the_texts_at_length_1(embedder: ReadingEncoder) -> None:
    server = Replies(encoder=embedder)
    found = ServedEmbedder(server, name="m", query_prefix="q: ", passage_prefix="p: ")
    texts = ["A layer of wax keeps bread fresh.", "Birds.", "Malaria in Ghana"]
    assert found.embed(texts) == pytest.approx(
        embedder.embed([f"p: {text}" for text in texts]), abs=0.02
    )
    assert found.embed_query("Birds.") == pytest.approx(embedder.embed_query("q: Birds."), abs=0.02)
    assert [len(asked) for asked in server.asked] == [3, 1]
    assert found.dimension == 384
    assert len(server.asked) == 2


def test_the_dimension_is_asked_for_when_it_is_wanted_and_once() -> None:
    server = Replies([[3, 4]])
    found = ServedEmbedder(server, name="m")
    assert server.asked == []
    assert (found.dimension, found.dimension) == (2, 2)
    assert found.embed([]).shape == (0, 2)
    assert len(server.asked) == 1


def test_a_dimension_that_changes_is_an_error_that_says_so() -> None:
    found = ServedEmbedder(Replies([[3, 4]], [[1, 2, 2]]), name="m")
    assert found.embed_query("a") == pytest.approx([0.6, 0.8])
    with pytest.raises(ModelError, match="vectors of 2 numbers, and now of 3") as caught:
        found.embed(["b"])
    assert "assistant reindex" in caught.value.hint


@pytest.mark.parametrize(
    "reply", [[[0, 0]], [[float("nan"), 1]], [[1, 0], [0, 1]], [1, 2], []], ids=str
)
def test_what_is_no_vector_of_the_text_is_refused(reply: object) -> None:
    with pytest.raises(ModelError, match="no vectors of the texts"):
        ServedEmbedder(Replies(reply), name="m").embed(["a"])
