"""Model files that are missing or damaged are told, and what does not fit into the memory."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.catalogue.verified import remember
from assistant.doctor.models import disk, memory, model_files
from assistant.resources import resource
from tests.unit.doctor.patients import patient_with, told


@pytest.fixture
def own_gguf(gguf: Path, tmp_path: Path) -> Path:
    """A chat model that no catalogue knows."""
    return shutil.copyfile(gguf, tmp_path / "own.gguf")


def test_the_starter_models_are_there_and_whole() -> None:
    findings = list(model_files(patient_with()))
    assert [(finding.name, finding.state) for finding in findings] == [
        ("chat model", "ok"),
        ("embedder", "ok"),
        ("ranker", "ok"),
    ]
    assert all("its checksum is right" in finding.message for finding in findings)


def test_models_that_are_not_there_are_told_and_do_not_hide_the_others() -> None:
    patient = patient_with("llm.model=Qwen3-4B-Instruct-2507", "embedding.model=nothing-like-it")
    assert told(model_files, patient) == [
        ("chat model", "failure"),
        ("embedder", "failure"),
        ("reading encoder", "ok"),
        ("ranker", "ok"),
    ]


def test_of_a_model_of_ones_own_no_checksum_is_known(own_gguf: Path) -> None:
    finding = next(model_files(patient_with(f"llm.model={own_gguf}")))
    assert (finding.state, "no checksum of it is known" in finding.message) == ("ok", True)


def test_a_file_that_changed_since_it_was_checked_is_told(own_gguf: Path) -> None:
    remember(own_gguf, "0" * 64)
    finding = next(model_files(patient_with(f"llm.model={own_gguf}")))
    assert (finding.state, "it is damaged" in finding.message) == ("failure", True)


def test_a_file_that_is_no_chat_model_is_told(tmp_path: Path) -> None:
    other = resource("models/smollm2-phrasing.gguf")
    finding = next(model_files(patient_with(f"llm.model={other}")))
    assert (finding.state, "is no chat model" in finding.message) == ("failure", True)
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF and nothing more")
    assert told(model_files, patient_with(f"llm.model={broken}"))[0] == ("chat model", "failure")


def test_a_chat_model_in_the_place_of_an_embedder_is_told_and_the_reverse(
    gguf: Path, embedding_gguf: Path
) -> None:
    swapped = patient_with(f"llm.model={embedding_gguf}", f"embedding.model={gguf}")
    assert told(model_files, swapped)[:2] == [("chat model", "failure"), ("embedder", "failure")]
    right = patient_with(f"embedding.model={embedding_gguf}")
    assert told(model_files, right)[:2] == [("chat model", "ok"), ("embedder", "ok")]


def test_a_window_that_the_model_was_not_made_for_is_told() -> None:
    finding = next(model_files(patient_with("llm.context_tokens=100000")))
    assert finding.state == "warning"
    assert finding.fix == "assistant config set llm.context_tokens 8192"


def test_what_is_switched_off_or_on_a_server_is_not_looked_for() -> None:
    served = patient_with(
        "llm.base_url=http://localhost:1/v1",
        "llm.model=x",
        "embedding.base_url=http://localhost:1/v1",
        "embedding.model=y",
        "retrieval.ranker=",
    )
    assert told(model_files, served) == [
        ("chat model", "skipped"),
        ("embedder", "skipped"),
        ("reading encoder", "ok"),
    ]
    assert told(model_files, patient_with("llm.enabled=no"))[0] == ("chat model", "skipped")


def test_a_model_that_does_not_fit_into_the_memory_is_told(tmp_path: Path) -> None:
    assert told(memory, patient_with()) == [("memory", "ok")]
    huge = tmp_path / "huge.gguf"
    with huge.open("wb") as file:
        file.truncate(1 << 43)  # of holes
    assert told(memory, patient_with(f"llm.model={huge}")) == [("memory", "failure")]


def test_the_room_on_the_disk_is_told_even_where_no_folder_is_yet(tmp_path: Path) -> None:
    findings = list(disk(patient_with(library=tmp_path / "not" / "yet")))
    assert [finding.name for finding in findings] == ["disk", "disk"]
    assert str(tmp_path / "not" / "yet") in findings[0].message
