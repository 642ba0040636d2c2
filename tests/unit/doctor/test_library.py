"""The library is checked from end to end, and nothing in it is changed."""

from __future__ import annotations

from pathlib import Path

from assistant.config import Settings
from assistant.doctor.library import library
from assistant.library import Library
from assistant.store.folder import locked
from tests.unit.doctor.patients import patient_with, told


def test_a_library_that_is_whole_is_said_to_be(sample_folder: Path) -> None:
    findings = list(library(patient_with(library=sample_folder)))
    assert [(finding.name, finding.state) for finding in findings] == [
        ("library", "ok"),
        ("mirror", "ok"),
        ("library embedder", "ok"),
    ]
    assert findings[0].message.startswith("52 papers with ")


def test_without_a_library_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    (finding,) = library(patient_with(library=tmp_path / "my library"))
    assert finding.state == "skipped"
    assert finding.fix == f"assistant --library '{tmp_path / 'my library'}' add --sample"
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_is_told_with_the_command_that_mends_it(own_folder: Path) -> None:
    with Library.open(own_folder, settings=Settings()) as opened:
        paper_id = opened.papers()[0].paper_id
        opened._store.delete_rows([f"{paper_id}:1"])
    finding = next(library(patient_with(library=own_folder)))
    assert finding.state == "failure"
    assert paper_id in finding.message
    assert finding.fix == f"assistant --library {own_folder} check --repair"


def test_files_that_are_damaged_are_told_and_end_nothing(own_folder: Path) -> None:
    (header,) = own_folder.glob("chroma/*/header.bin")
    header.write_bytes(b"")
    patient = patient_with(library=own_folder)
    assert told(library, patient)[0] == ("library", "failure")
    finding = next(library(patient))
    assert "check --repair" in finding.fix
    assert header.read_bytes() == b""


def test_a_library_that_is_no_database_is_told(own_folder: Path) -> None:
    (own_folder / "chroma" / "chroma.sqlite3").write_bytes(b"no database at all" * 100)
    assert told(library, patient_with(library=own_folder))[0] == ("library", "failure")


def test_a_library_that_is_being_written_to_is_left_alone(own_folder: Path) -> None:
    with locked(own_folder):
        assert told(library, patient_with(library=own_folder)) == [("library", "skipped")]


def test_a_library_of_another_embedder_is_to_be_indexed_anew(sample_folder: Path) -> None:
    patient = patient_with("embedding.model=bge-small-en-v1.5", library=sample_folder)
    findings = {finding.name: finding for finding in library(patient)}
    told_of = findings["library embedder"]
    assert (told_of.state, told_of.fix) == (
        "warning",
        f"assistant --library {sample_folder} reindex",
    )
    assert "all-MiniLM-L6-v2" in told_of.message
    assert "bge-small-en-v1.5" in told_of.message
