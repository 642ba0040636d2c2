"""Cosines of an embedder whose vectors crowd together mean what those of the encoder mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.encoders.embedder import Vectors
from assistant.encoders.reading import ReadingEncoder
from assistant.indexing.calibration import measured_scale
from assistant.retrieval.scale import CosineScale
from assistant.store.chroma import ChromaStore
from assistant.store.stored import IndexedPaper
from assistant.types import Paper, Passage

SUBJECTS = ["birds", "bread", "comets", "malaria", "speech", "rivers", "glass", "voting"]


class Crowded:
    """The real encoder, with one direction that all vectors share by 0.8."""

    name = "crowded"

    def __init__(self, encoder: ReadingEncoder) -> None:
        self._encoder = encoder
        self.dimension = encoder.dimension + 1

    def embed(self, texts: Sequence[str]) -> Vectors:
        own = self._encoder.embed(texts)
        shared = np.full((len(texts), 1), 0.8**0.5, dtype=np.float32)
        return np.hstack([0.2**0.5 * own, shared])

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed([text])[0]
        return vector


@pytest.fixture
def crowded(embedder: ReadingEncoder) -> Crowded:
    return Crowded(embedder)


@pytest.fixture
def store(crowded: Crowded, tmp_path: Path) -> Iterator[ChromaStore]:
    opened = ChromaStore(tmp_path / "chroma", embedder="crowded")
    put(opened, crowded, SUBJECTS)
    yield opened
    opened.close()


def put(store: ChromaStore, crowded: Crowded, subjects: Sequence[str]) -> None:
    papers = []
    for subject in subjects:
        title = f"A study of {subject}"
        text = f"{title}. We look at {subject} and at what others wrote about them."
        passage = Passage(paper_id=subject, index=0, text=text, start=0, end=10)
        paper = Paper(paper_id=subject, title=title, abstract=text)
        papers.append(
            IndexedPaper(
                paper=paper,
                digest=subject,
                origins={"made here": (paper,)},
                passages=[passage],
                vectors=crowded.embed([text]),
            )
        )
    store.upsert(papers)


def test_the_scale_undoes_what_all_vectors_share(
    store: ChromaStore, crowded: Crowded, embedder: ReadingEncoder
) -> None:
    scale = measured_scale(store, embedder=crowded, encoder=embedder)
    assert (scale.slope, scale.offset) == pytest.approx((5.0, -4.0), abs=0.05)
    assert scale.rows == len(SUBJECTS)
    texts = ["What is known of birds?", "A study of birds. We look at birds."]
    crowded_cosine = crowded.embed_query(texts[0]) @ crowded.embed(texts[1:])[0]
    own_cosine = embedder.embed_query(texts[0]) @ embedder.embed(texts[1:])[0]
    assert crowded_cosine > own_cosine + 0.05
    assert scale(np.array([crowded_cosine])) == pytest.approx([own_cosine], abs=0.05)


def test_the_scale_of_the_encoder_itself_changes_nothing(
    store: ChromaStore, embedder: ReadingEncoder, tmp_path: Path
) -> None:
    own = ChromaStore(tmp_path / "own", embedder=embedder.name)
    put(own, embedder, SUBJECTS)  # type: ignore[arg-type]
    scale = measured_scale(own, embedder=embedder, encoder=embedder)
    assert (scale.slope, scale.offset) == pytest.approx((1.0, 0.0), abs=0.02)
    own.close()


def test_few_papers_tell_nothing(
    crowded: Crowded, embedder: ReadingEncoder, tmp_path: Path
) -> None:
    few = ChromaStore(tmp_path / "few", embedder="crowded")
    assert measured_scale(few, embedder=crowded, encoder=embedder) == CosineScale()
    put(few, crowded, SUBJECTS[:3])
    assert measured_scale(few, embedder=crowded, encoder=embedder) == CosineScale(rows=3)
    few.close()


def test_a_scale_is_noted_with_the_index_and_read_again(store: ChromaStore) -> None:
    assert CosineScale.of(store.about) == CosineScale()
    scale = CosineScale(slope=5.0, offset=-4.0, rows=8)
    store.note(scale.notes())
    assert CosineScale.of(store.about) == scale
    store.note({"cosine_slope": "5"})
    assert CosineScale.of(store.about) == CosineScale()
