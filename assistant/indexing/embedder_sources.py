"""Knows where the embedder of an index is, by the name that the index remembers.

A file in a folder of the user's own is not found by its name once the settings name another. So its
path is noted among the user's data: not with the library, which may come from someone else. For the
same reason no address is noted: texts go to the server that the settings name now, or to none.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.catalogue.locating import user_models_folder
from assistant.config import EmbeddingSettings, expanded
from assistant.encoders.loading import embedder_name, locate_embedder
from assistant.errors import InputError, ModelError
from assistant.newfile import new_file

SOURCES_FILE = "embedders.json"


def remember_source(settings: EmbeddingSettings) -> None:
    """Note where the embedder is that the settings name, if its name does not lead to it."""
    name, path = embedder_name(settings), expanded(settings.model)
    if settings.base_url or settings.model == name or not path.exists():
        return
    known, source = _read(), str(path.absolute())
    if known.get(name) == source:
        return
    # In a folder that cannot be written to, the settings have to name it.
    with suppress(InputError, OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        with new_file(_file(), force=True) as file:
            file.write(json.dumps({**known, name: source}, indent=1).encode())


def source_of(name: str, settings: EmbeddingSettings) -> EmbeddingSettings:
    """Return settings that name the embedder which an index remembers as ``name``.

    If it is not on this machine, the server that the settings name may have it.
    """
    if embedder_name(settings) == name:
        return settings
    noted = _read().get(name)
    if isinstance(noted, str):
        return replace(settings, model=noted, base_url="")
    if settings.base_url and not _is_here(name):
        return replace(settings, model=name)
    return replace(settings, model=name, base_url="")


def _is_here(name: str) -> bool:
    try:
        return bool(locate_embedder(name))
    except ModelError:
        return False


def _read() -> dict[str, Any]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _file() -> Path:
    return user_models_folder().parent / SOURCES_FILE
