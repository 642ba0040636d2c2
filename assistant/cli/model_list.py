"""The list of ``assistant models``: what is installed, then what the catalogue offers, by role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from assistant.catalogue.gguf import read_metadata
from assistant.catalogue.known import KnownModel
from assistant.catalogue.locating import (
    installed_chat_models,
    installed_embedders,
    known_model,
    known_models,
    user_models_folder,
)
from assistant.catalogue.pulled import PulledModel, pulled_models
from assistant.cli.output import note, plain, write, write_wrapped
from assistant.config import Settings
from assistant.downloads import begun_pulls, fits, machine_memory_bytes, memory_needed_bytes
from assistant.downloads.space import said
from assistant.types import InstalledModel

ListedRole = Literal["chat", "embed"]
_HEADINGS: dict[ListedRole, str] = {
    "chat": "Chat models, which phrase answers",
    "embed": "Embedders, which make the vectors",
}
_NAME_WIDTH = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedModel:
    """One line of the list."""

    name: str
    role: ListedRole
    installed: bool
    in_use: bool
    fits: bool
    size_bytes: int
    approximate: bool
    """Whether the size is only about right."""
    memory_bytes: int
    context_tokens: int | None
    licence: str
    source: str
    about: str
    path: str
    """Of its first file; empty if it is not installed."""
    pulled: bool
    """Whether ``models pull`` put it there, so that ``models remove`` takes it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelList:
    """Every model that is installed or can be fetched by name."""

    models: tuple[ListedModel, ...]
    memory_bytes: int
    """Of this machine."""
    folder: str
    servers: dict[str, str]
    """What the settings leave to a server, by role: the model, as the server calls it."""
    begun: dict[str, int]
    """Bytes of models whose pull was stopped."""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return asdict(self)


def list_models(settings: Settings) -> ModelList:
    """Return what there is. The network is not asked."""
    rows = [
        *_of_role("chat", installed_chat_models(), _wanted(settings, "chat")),
        *_of_role("embed", installed_embedders(), _wanted(settings, "embed")),
    ]
    served = {
        role: section.model
        for role, section in (("chat", settings.llm), ("embed", settings.embedding))
        if section.base_url
    }
    return ModelList(
        models=tuple(rows),
        memory_bytes=machine_memory_bytes(),
        folder=str(user_models_folder()),
        servers=served,
        begun=begun_pulls(),
    )


def write_list(models: ModelList) -> None:
    """Write the list for a reader, within 80 columns."""
    memory = said(models.memory_bytes)
    for role, heading in _HEADINGS.items():
        write(f"{heading:<{_NAME_WIDTH + 2}}{'size':>8}{'memory':>9}{'longest':>9}")
        for model in models.models:
            if model.role == role:
                _write_model(model)
        if role in models.servers:
            write(f"● {plain(models.servers[role])}  in use, on a server")
        write()
    note(f"● in use. “fits”: into the {memory} of memory of this machine.")
    for name, size in models.begun.items():
        note(f"Begun: {said(size)} of {plain(name)}; pull it again to go on.")
    note("Fetch one: assistant models pull NAME. Use it: assistant models use NAME")


def _write_model(model: ListedModel) -> None:
    mark = "● " if model.in_use else "  "
    longest = "" if model.context_tokens is None else f"{model.context_tokens:,}"
    size = f"{'~' if model.approximate else ''}{said(model.size_bytes)}"
    state = ("in use" if model.in_use else "installed") if model.installed else "fits"
    if not model.fits:
        state = "does not fit"
    name = plain(model.name)
    if len(name) > _NAME_WIDTH:
        write(f"{mark}{name}")
        mark, name = "  ", ""
    write(f"{mark}{name:<{_NAME_WIDTH}}{size:>8}{said(model.memory_bytes):>9}{longest:>9}  {state}")
    if model.about:
        write_wrapped(model.about, indent="    ")
    if model.licence:
        write_wrapped(f"{model.licence}, {model.source.removeprefix('https://')}", indent="    ")
    elif model.source:
        write_wrapped(plain(model.source), indent="    ")


def _wanted(settings: Settings, role: ListedRole) -> str:
    """Return the model of this machine that the settings name; empty if there is none."""
    section = settings.llm if role == "chat" else settings.embedding
    return (
        "" if section.base_url or (role == "chat" and not settings.llm.enabled) else section.model
    )


def _of_role(
    role: ListedRole, installed: Sequence[InstalledModel], wanted: str
) -> list[ListedModel]:
    pulled = {model.name: model for model in pulled_models(user_models_folder())}
    rows = [_installed(role, model, pulled.get(model.name), wanted) for model in installed]
    if wanted and not any(row.in_use for row in rows):
        rows += _elsewhere(role, wanted)
    names = {row.name for row in rows}
    rows += [
        _offered(role, model)
        for model in known_models()
        if model.role == role and model.name not in names
    ]
    return rows


def _installed(
    role: ListedRole, model: InstalledModel, pulled: PulledModel | None, wanted: str
) -> ListedModel:
    known = known_model(model.name, role)
    memory = known.memory_bytes if known else memory_needed_bytes(model.size_bytes)
    return ListedModel(
        name=model.name,
        role=role,
        installed=True,
        in_use=wanted in {model.name, model.path},
        fits=fits(memory),
        size_bytes=model.size_bytes,
        approximate=False,
        memory_bytes=memory,
        context_tokens=known.context_tokens if known else _context_of(model.path),
        licence=known.licence if known else "",
        source=known.source if known else (pulled.source if pulled else ""),
        about=model.about,
        path=model.path,
        pulled=pulled is not None,
    )


def _elsewhere(role: ListedRole, wanted: str) -> list[ListedModel]:
    """Return the model that the settings name by a path outside the models folders."""
    from assistant.catalogue.locating import locate
    from assistant.errors import AssistantError

    try:
        paths = locate(wanted, role)
    except AssistantError:
        return []
    size = sum(path.stat().st_size for path in paths)
    found = InstalledModel(name=wanted, path=str(paths[0]), size_bytes=size)
    return [_installed(role, found, None, wanted)]


def _offered(role: ListedRole, model: KnownModel) -> ListedModel:
    return ListedModel(
        name=model.name,
        role=role,
        installed=False,
        in_use=False,
        fits=fits(model.memory_bytes),
        size_bytes=model.size_bytes,
        approximate=model.approximate,
        memory_bytes=model.memory_bytes,
        context_tokens=model.context_tokens,
        licence=model.licence,
        source=model.source,
        about=model.about,
        path="",
        pulled=False,
    )


def _context_of(path: str) -> int | None:
    """Return the longest text of a GGUF model; None for other files."""
    from pathlib import Path

    from assistant.errors import AssistantError

    try:
        metadata = read_metadata(Path(path))
    except AssistantError:
        return None
    found = metadata.get(f"{metadata.get('general.architecture')}.context_length")
    return found if isinstance(found, int) else None
