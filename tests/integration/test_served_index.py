"""A library whose index a server makes, and the same library among several people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.config import EmbeddingSettings, LlmSettings, Settings, StoreSettings
from assistant.errors import ModelError, ModelMissing
from assistant.library import Library
from assistant.retrieval.scale import CosineScale
from assistant.types import Paper
from tests.model_server import EMBEDDING, KEY, ModelServer
from tests.tiny_onnx import write_folder

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

PAPERS = [
    Paper(paper_id="p0", title="Heron counts birds", abstract="We count birds by their songs."),
    Paper(paper_id="p1", title="Wax for bread", abstract="Wax keeps bread fresh for 9 days."),
    Paper(paper_id="p2", title="Malaria in Ghana", abstract="We counted 412 cases of malaria."),
    Paper(paper_id="p3", title="A catalogue of comets", abstract="We list 88 comets."),
]
LOCAL = Settings(llm=LlmSettings(enabled=False))


def served(server: ModelServer, **changes: str) -> Settings:
    embedding = EmbeddingSettings(model=EMBEDDING, base_url=server.address)
    return replace(LOCAL, embedding=replace(embedding, **changes))


def first(library: Library) -> str:
    return library.search("How many days does wax keep bread fresh?")[0].title


def test_a_server_makes_the_index_and_is_missed_only_where_vectors_are_wanted(
    model_server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_EMBEDDING_KEY", KEY)
    with Library.open(tmp_path, settings=LOCAL) as library:
        library.add_papers(PAPERS)
    with Library.open(tmp_path, settings=served(model_server)) as library:
        assert library.reindex() is not None
        assert (library.indexed_with, library.embedder.dimension) == (EMBEDDING, 576)
        assert CosineScale.of(library._store.about).rows == library._store.count()
        assert first(library) == "Wax for bread"
        assert library.check().problems == ()
    with Library.open(tmp_path, settings=served(model_server, model="another")) as library:
        assert library.outdated_index == "another"
        assert first(library) == "Wax for bread"
    # Nothing is sent to a server that the settings do not name any more.
    with (
        Library.open(tmp_path, settings=LOCAL) as library,
        pytest.raises(ModelMissing, match=f"indexed with '{EMBEDDING}', which cannot be loaded"),
    ):
        first(library)
    nowhere = served(model_server, base_url="http://127.0.0.1:9/v1")
    with Library.open(tmp_path, settings=nowhere) as library:
        assert len(library.papers()) == len(PAPERS)
        with pytest.raises(ModelError) as caught:
            first(library)
        assert "127.0.0.1:9" in caught.value.message
        assert "\n" not in str(caught.value)


def test_a_shared_library_moves_and_others_notice(on_server: StoreSettings, tmp_path: Path) -> None:
    tiny = write_folder(tmp_path / "tiny")
    mine, yours = tmp_path / "mine", tmp_path / "yours"
    old = replace(LOCAL, store=on_server)
    new = replace(old, embedding=EmbeddingSettings(model=str(tiny)))
    with Library.open(mine, settings=new) as moving:
        moving.add_papers(PAPERS[:1])
        assert moving.indexed_with == "tiny"
    with Library.open(mine, settings=old) as moving, Library.open(yours, settings=new) as other:
        other.add_papers(PAPERS[1:3])

        def tell(done: int, total: int) -> None:
            if done == total:
                other.add_papers(PAPERS[3:])

        report = moving.reindex(progress=tell)
        assert report is not None
        assert (report.before, report.embedder) == ("tiny", "all-MiniLM-L6-v2")
        assert (report.papers, report.embedded) == (4, 4)
        assert first(moving) == "Wax for bread"
        assert moving.check().problems == ()
        assert first(other) == "Wax for bread"
        assert (other.indexed_with, other.outdated_index) == ("all-MiniLM-L6-v2", "tiny")
