"""Damage to the files of a vector index is seen without Chroma, and a whole index is let pass."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.store.chroma import ChromaStore
from assistant.store.stored import IndexedPaper
from assistant.store.vector_files import content_fault, file_fault
from assistant.types import Paper, Passage

ROWS = 1500


@pytest.fixture(scope="module")
def full_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of so many vectors that it has upper levels."""
    folder = tmp_path_factory.mktemp("full") / "chroma"
    vectors = np.random.default_rng(1).normal(size=(ROWS, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    paper = Paper(paper_id="p", title="T", abstract="We win.")
    passages = [Passage(paper_id="p", index=n, text="t", start=0, end=7) for n in range(ROWS)]
    store = ChromaStore(folder, embedder="e")
    store.upsert(
        [IndexedPaper(paper=paper, digest="d", origins={}, passages=passages, vectors=vectors)]
    )
    store.nearest(vectors[0], limit=5)
    store.delete_passages("p", first=1400, stop=1500)
    store.nearest(vectors[0], limit=5)
    store.close()
    (header,) = folder.glob("*/header.bin")
    return header.parent


@pytest.fixture
def index(full_index: Path, tmp_path: Path) -> Path:
    return shutil.copytree(full_index, tmp_path / "index")


def test_a_whole_index_has_no_fault(index: Path) -> None:
    assert (index / "link_lists.bin").stat().st_size > 4 * ROWS
    assert (file_fault(index), content_fault(index)) == ("", "")


FILES = ("header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle")


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_gone_or_empty_is_named(name: str, index: Path) -> None:
    os.truncate(index / name, 0)
    assert name in file_fault(index)
    (index / name).unlink()
    assert file_fault(index) == f"{index / name} is missing"


@pytest.mark.parametrize("name", ["header.bin", "data_level0.bin", "length.bin"])
def test_a_file_that_was_cut_is_named(name: str, index: Path) -> None:
    os.truncate(index / name, (index / name).stat().st_size - 1)
    assert name in file_fault(index)


@pytest.mark.parametrize("place", [0, 4])
def test_a_link_to_a_row_that_is_not_there_is_seen(place: int, index: Path) -> None:
    with (index / "data_level0.bin").open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 64)
    assert file_fault(index) == ""
    assert "links to rows that are not there" in content_fault(index)


def test_upper_levels_that_were_cut_or_overwritten_are_seen(index: Path) -> None:
    links = index / "link_lists.bin"
    whole = links.read_bytes()
    for damaged in (whole[:-1], whole + b"x", b"\xff" * len(whole)):
        links.write_bytes(damaged)
        assert "links" in content_fault(index)
