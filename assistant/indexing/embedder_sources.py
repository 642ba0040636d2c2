"""Notes where the embedders of a library are, where their names do not lead to them.

An index remembers its embedder by name. A file in a folder of the user's own, or a model on a
server, is not found by its name alone once the settings name another. So a note lies in the folder
of the library; another machine that shares the index has another one.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.config import EmbeddingSettings, expanded
from assistant.errors import InputError
from assistant.llm.embedders import embedder_name
from assistant.newfile import new_file

SOURCES_FILE = "embedders.json"


def remember_source(folder: Path, settings: EmbeddingSettings) -> None:
    """Note where the embedder is that the settings name, if its name does not lead to it."""
    name, path = embedder_name(settings), expanded(settings.model)
    if settings.base_url:
        source = {
            "model": settings.model,
            "base_url": settings.base_url,
            "api_key_variable": settings.api_key_variable,
        }
    elif settings.model != name and path.exists():
        source = {"model": str(path.absolute())}
    else:
        return
    known = _read(folder)
    if known.get(name) == source:
        return
    # In a folder that cannot be written to, the settings have to name it.
    with suppress(InputError), new_file(folder / SOURCES_FILE, force=True) as file:
        file.write(json.dumps({**known, name: source}, indent=1).encode())


def source_of(folder: Path, name: str, settings: EmbeddingSettings) -> EmbeddingSettings:
    """Return settings that name the embedder which an index remembers as ``name``."""
    if embedder_name(settings) == name:
        return settings
    noted = _read(folder).get(name)
    known = noted if isinstance(noted, dict) else {}
    model, address = known.get("model", name), known.get("base_url", "")
    variable = known.get("api_key_variable", settings.api_key_variable)
    if not all(isinstance(text, str) for text in (model, address, variable)):
        model, address = name, ""
    return replace(settings, model=model, base_url=address, api_key_variable=variable)


def _read(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / SOURCES_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
