"""The reading encoder: vectors of unit length, whatever they are computed together with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.encoders.network import MAX_TOKENS
from assistant.encoders.reading import ReadingEncoder, _Memory
from assistant.errors import ModelError
from assistant.readers import read_papers
from assistant.resources import sample_papers
from assistant.types import Paper

TEXTS = ["BERT", "", "Attention is all you need.", "😀" * 40, "a" * 50_000, "word " * 20_000, "?"]

# The int8 weights round with the longest text of a batch: a hair's breadth, not a difference.
SAME = 0.9995


@pytest.fixture(scope="module")
def abstracts() -> list[str]:
    papers = read_papers([sample_papers()])
    return [paper.abstract for paper in papers if isinstance(paper, Paper)][:24]


def cosines(one: np.ndarray, other: np.ndarray) -> float:
    return float((one * other).sum(axis=1).min())


@pytest.fixture(scope="module")
def one_by_one() -> ReadingEncoder:
    return ReadingEncoder(batch_size=1, threads=1)


def test_every_vector_has_unit_length(embedder: ReadingEncoder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension) == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_vectors_do_not_depend_on_the_order_of_the_texts(
    embedder: ReadingEncoder, abstracts: list[str]
) -> None:
    forwards = embedder.embed(abstracts)
    backwards = embedder.embed(abstracts[::-1])[::-1]
    assert cosines(forwards, backwards) > SAME


def test_a_text_alone_has_the_vector_that_it_has_in_a_batch(
    embedder: ReadingEncoder, one_by_one: ReadingEncoder, abstracts: list[str]
) -> None:
    texts = [*abstracts[:8], *TEXTS]
    together = embedder.embed(texts)
    assert cosines(together, np.concatenate([embedder.embed([text]) for text in texts])) > SAME
    assert cosines(together, one_by_one.embed(texts)) > SAME


def test_the_same_call_gives_the_same_bits(embedder: ReadingEncoder, abstracts: list[str]) -> None:
    assert (embedder.embed(abstracts[:5]) == embedder.embed(abstracts[:5])).all()


def test_texts_that_mean_the_same_are_nearer_than_others(embedder: ReadingEncoder) -> None:
    one, same, other = embedder.embed(
        ["How fast is the model?", "What is the speed of the network?", "Apples grow on trees."]
    )
    assert one @ same > one @ other + 0.3


def test_a_question_is_a_text_like_others(embedder: ReadingEncoder) -> None:
    assert (embedder.embed_query(TEXTS[2]) == embedder.embed([TEXTS[2]])[0]).all()


def test_no_texts_give_no_vectors(embedder: ReadingEncoder) -> None:
    assert embedder.embed([]).shape == (0, 384)
    assert embedder.embed_tokens([]) == []


def test_vectors_of_tokens_belong_to_the_tokens(embedder: ReadingEncoder) -> None:
    texts = [*TEXTS, "Mask^2DiT is 2.5× faster"]
    for text, vectors in zip(texts, embedder.embed_tokens(texts), strict=True):
        assert vectors.shape == (len(embedder.tokens(text)), 384)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(vectors)), abs=1e-3)
    assert embedder.tokens("") == []
    assert embedder.tokens("Attention is all") == ["attention", "is", "all"]


def test_a_text_is_cut_at_what_the_model_was_trained_to_read(embedder: ReadingEncoder) -> None:
    assert len(embedder.tokens("word " * 20_000)) == MAX_TOKENS - 2
    long, longer = embedder.embed(["word " * 300, "word " * 20_000])
    assert long @ longer > SAME


@pytest.mark.parametrize("damaged", ["all-MiniLM-L6-v2.onnx", "all-MiniLM-L6-v2.tokenizer.json"])
def test_a_damaged_file_is_a_model_error(
    damaged: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = tmp_path / "abstract-assistant" / "models"
    folder.mkdir(parents=True)
    (folder / damaged).write_bytes(b"\x08\x07garbage" * 100)
    with pytest.raises(ModelError, match="damaged or incomplete"):
        ReadingEncoder()


def test_token_vectors_are_remembered_and_the_same(embedder: ReadingEncoder) -> None:
    texts = ["A cat sat.", "A dog ran away.", "A cat sat."]
    first = embedder.embed_tokens(texts)
    again = embedder.embed_tokens([*texts, "New."])
    for one, other in zip(first, again, strict=False):
        assert np.array_equal(one, other)
        assert np.allclose(np.linalg.norm(one, axis=1), 1, atol=1e-3)
    assert np.array_equal(first[0], first[2])


def test_what_is_remembered_is_bounded() -> None:
    memory = _Memory(max_tokens=10)
    for number in range(20):
        memory.put({str(number): np.zeros((3, 4), dtype=np.float16)})
    assert list(memory.get([str(number) for number in range(20)])) == ["17", "18", "19"]
    memory.get(["17"])
    memory.put({"20": np.zeros((3, 4), dtype=np.float16)})
    assert list(memory.get(["17", "18", "19", "20"])) == ["17", "19", "20"]
    memory.put({"long": np.zeros((30, 4), dtype=np.float16)})
    assert memory.get(["20", "long"]) == {}
