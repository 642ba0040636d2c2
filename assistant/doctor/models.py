"""Checks the models of the settings: are their files there and whole, and do they fit."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.catalogue.gguf import read_metadata, role_of
from assistant.catalogue.known import Role, known_model
from assistant.catalogue.locating import locate, locate_adapter, model_folders
from assistant.catalogue.verified import recorded_sha256
from assistant.doctor.finding import Finding, failure, ok, skipped, warning
from assistant.doctor.patient import Patient
from assistant.downloads.space import fits, machine_memory_bytes, memory_needed_bytes, said
from assistant.encoders.loading import locate_embedder
from assistant.encoders.reading import READING_ENCODER
from assistant.errors import AssistantError

_LOW_DISK_BYTES = 1_000_000_000
_NO_DISK_BYTES = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A model that the settings name and that runs on this machine."""

    finding: str
    """What it is called in the report."""
    name: str
    role: Role


def model_files(patient: Patient, /) -> Iterator[Finding]:
    """Look whether the files of each model are there, and read them from end to end."""
    for section, finding in (("llm", "chat model"), ("embedding", "embedder")):
        if getattr(patient.settings, section).base_url:
            yield skipped(finding, f"It runs on the server of [{section}] base_url.")
    if not patient.settings.llm.enabled:
        yield skipped("chat model", "Switched off: answers are made of quotes alone.")
    for wanted in _wanted(patient):
        yield _examine(wanted, context_tokens=patient.settings.llm.context_tokens)


def memory(patient: Patient, /) -> Iterator[Finding]:
    """Compare the memory of the machine with what the models need."""
    import psutil

    total, available = machine_memory_bytes(), int(psutil.virtual_memory().available)
    need = sum(_memory_bytes(wanted) for wanted in _wanted(patient))
    have = f"{said(total)} in all, {said(available)} of it free"
    if not fits(need):
        yield failure(
            "memory",
            f"The models need about {said(need)}, and this machine has {have}.",
            fix="Use a smaller one: 'assistant models' says which fit, 'assistant models use NAME'"
            " takes it.",
        )
    elif need > available:
        yield warning(
            "memory",
            f"The models need about {said(need)}, and there is {have}.",
            fix="End other programs.",
        )
    else:
        yield ok("memory", f"{have}; the models need about {said(need)}.")


def disk(patient: Patient, /) -> Iterator[Finding]:
    """Look how much room there is for the library and for models."""
    places = {"library": patient.settings.library_folder, "models": model_folders()[0]}
    for what, folder in places.items():
        free = shutil.disk_usage(_existing(folder)).free
        text = f"{said(free)} free for {what} in {folder}."
        if free < _LOW_DISK_BYTES:
            tell = failure if free < _NO_DISK_BYTES else warning
            yield tell("disk", text, fix="Free space, or move it: --library DIR, [library] path.")
        else:
            yield ok("disk", text)


def _wanted(patient: Patient) -> list[_Wanted]:
    settings = patient.settings
    found = []
    if settings.llm.enabled and not settings.llm.base_url:
        found.append(_Wanted(finding="chat model", name=settings.llm.model, role="chat"))
    chosen = "" if settings.embedding.base_url else settings.embedding.model
    if chosen:
        found.append(_Wanted(finding="embedder", name=chosen, role="embed"))
    if chosen != READING_ENCODER:
        found.append(_Wanted(finding="reading encoder", name=READING_ENCODER, role="embed"))
    if settings.retrieval.ranker:
        found.append(_Wanted(finding="ranker", name=settings.retrieval.ranker, role="rank"))
    return found


def _files(wanted: _Wanted) -> list[Path]:
    """Return the files of a model. Raises ModelMissing, ModelError."""
    if wanted.role == "embed":
        return list(locate_embedder(wanted.name))
    adapter = locate_adapter(wanted.name) if wanted.role == "chat" else None
    return [*locate(wanted.name, wanted.role), *([adapter] if adapter else [])]


def _examine(wanted: _Wanted, *, context_tokens: int) -> Finding:
    """Look at the files of one model; a chat model is used with a window of so many tokens."""
    try:
        paths = _files(wanted)
        if paths[0].suffix.lower() == ".gguf" and (
            finding := _judge_gguf(paths[0], wanted, context_tokens)
        ):
            return finding
    except AssistantError as error:
        return failure(wanted.finding, error.message, fix=error.hint)
    size = said(sum(path.stat().st_size for path in paths))
    unknown = 0
    for path in paths:
        expected = recorded_sha256(path)
        unknown += not expected
        if expected and _sha256(path) != expected:
            return failure(
                wanted.finding,
                f"{path} has changed since it was checked: it is damaged.",
                fix=f"Delete it, and get it again: assistant models pull {wanted.name}",
            )
    checked = "no checksum of it is known" if unknown else "its checksum is right"
    return ok(wanted.finding, f"{wanted.name}: {size}, {checked}.")


def _judge_gguf(path: Path, wanted: _Wanted, context_tokens: int) -> Finding | None:
    """Tell what the header of a GGUF file holds against its use. Raises ModelError."""
    metadata = read_metadata(path)
    if role_of(metadata) != wanted.role:
        return failure(
            wanted.finding,
            f"{path} is no {wanted.finding}.",
            fix="'assistant models' lists some, 'assistant models use NAME' takes one.",
        )
    trained = metadata.get(f"{metadata.get('general.architecture')}.context_length")
    if wanted.role == "chat" and isinstance(trained, int) and context_tokens > trained:
        return warning(
            wanted.finding,
            f"{wanted.name} was made for {trained:,} tokens, and [llm] context_tokens is "
            f"{context_tokens:,}: beyond that it writes nonsense.",
            fix=f"assistant config set llm.context_tokens {trained}",
        )
    return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _memory_bytes(wanted: _Wanted) -> int:
    known = known_model(wanted.name, wanted.role)
    if known and known.memory_bytes:
        return known.memory_bytes
    try:
        return memory_needed_bytes(sum(path.stat().st_size for path in _files(wanted)))
    except (AssistantError, OSError):
        return 0  # told by the check of its files


def _existing(folder: Path) -> Path:
    """Return the nearest folder above that is there."""
    return next(path for path in (folder, *folder.parents) if path.exists())
