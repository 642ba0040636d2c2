"""A collection that takes the place of another, and what is left when that is cut short."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.store.chroma import ChromaStore
from tests.unit.store.test_chroma import indexed, known, rows, unit_vectors


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChromaStore]:
    opened = ChromaStore(tmp_path / "chroma", embedder="e")
    yield opened
    opened.close()


def names(store: ChromaStore) -> list[str]:
    return store._connection.names()


def indexes(folder: Path) -> int:
    return sum(path.is_dir() for path in folder.iterdir())


def test_a_successor_takes_the_place_of_an_index(store: ChromaStore, tmp_path: Path) -> None:
    with store.writing():
        store.upsert([indexed("a", 2), indexed("b", 2, seed=1)])
    store.note({"scale": 0.5})
    successor = store.successor(embedder="f")
    with successor.writing():
        successor.upsert([indexed("a", 3, seed=7)])
    successor.close()
    assert (store.embedder, rows(store), store.about["scale"]) == ("e", 4, 0.5)
    before = store.revision
    store.succeed()
    assert (store.embedder, rows(store), known(store).keys()) == ("f", 3, {"a"})
    assert "scale" not in store.about
    assert store.revision != before
    assert store.nearest(unit_vectors(3, seed=7)[2], limit=1) == {"a": pytest.approx(1, abs=1e-5)}
    assert names(store) == ["passages"]
    assert indexes(tmp_path / "chroma") <= 1


def test_a_successor_is_kept_for_the_same_embedder_only(store: ChromaStore) -> None:
    for embedder, kept in (("f", 0), ("f", 1), ("g", 0)):
        successor = store.successor(embedder=embedder)
        assert (rows(successor), successor.embedder) == (kept, embedder)
        successor.upsert([indexed("a")])
        successor.close()
    store.discard_successor()
    assert names(store) == ["passages"]


SUCCEED = """
import os, sys
from pathlib import Path
from assistant.store import succession
from assistant.store.chroma import ChromaStore

real, left = succession._rename, int(sys.argv[2])

def rename(collection, name):
    global left
    if left == 0:
        os._exit(9)
    left -= 1
    real(collection, name)

succession._rename = rename
ChromaStore(Path(sys.argv[1]), embedder="e").succeed()
os._exit(9)
"""


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_succession_that_was_cut_short_is_finished(tmp_path: Path, done: int) -> None:
    folder = tmp_path / "chroma"
    store = ChromaStore(folder, embedder="e")
    store.upsert([indexed("old", 2)])
    successor = store.successor(embedder="f")
    successor.upsert([indexed("new", 3)])
    successor.close()
    store.close()
    ended = subprocess.run([sys.executable, "-c", SUCCEED, folder, str(done)], check=False)
    assert ended.returncode == 9
    store = ChromaStore(folder, embedder="e")
    # Who only reads may find the old one, or the new one, but never none.
    assert known(store).keys() == ({"old"} if done == 0 else {"new"})
    store.finish_succession()
    assert known(store).keys() == {"new"}
    assert (store.embedder, names(store)) == ("f", ["passages"])
    store.close()
