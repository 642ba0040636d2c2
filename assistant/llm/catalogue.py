"""Finds the files of a model by name, without any download.

A model may lie in the project's or the user's ``models/`` folder, or inside an installed
Python package (the extra ``starter``), which is located but never imported. A file that
the catalogue knows is checked against its sha256 once; the result is remembered by path,
size and time of change.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib.util
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from assistant.config import APP_NAME, expanded
from assistant.errors import AssistantError, ModelError, ModelMissing
from assistant.llm.gguf import read_metadata
from assistant.resources import resource
from assistant.types import InstalledModel

Role = Literal["chat", "embed", "rank"]

_STARTER_HINT = "Install the starter models: pip install 'abstract-assistant[starter]'."


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a model, and where it may be found."""

    name: str
    size_bytes: int
    sha256: str
    package: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """An entry of ``models/catalogue.toml``."""

    name: str
    role: Role
    about: str
    licence: str
    source: str
    context_tokens: int
    files: tuple[ModelFile, ...]
    adapter: ModelFile | None = None
    """Low-rank weights that are added to those of a chat model."""


@cache
def known_models() -> tuple[KnownModel, ...]:
    """Return the catalogue, in the order of its file."""
    with resource("models/catalogue.toml").open("rb") as file:
        entries = tomllib.load(file)["model"]
    return tuple(_known_model(entry) for entry in entries)


def _known_model(entry: dict[str, Any]) -> KnownModel:
    files = tuple(ModelFile(**item) for item in entry["files"])
    adapter = ModelFile(**entry["adapter"]) if "adapter" in entry else None
    return KnownModel(**{**entry, "files": files, "adapter": adapter})


def model_folders() -> tuple[Path, ...]:
    """Return the folders in which model files are looked for, first come first served."""
    import platformdirs

    user = Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "models"
    return (user, resource("models"))


def locate(name: str, role: Role) -> tuple[Path, ...]:
    """Return the files of the model ``name``, in the order of the catalogue.

    ``name`` is a name of the catalogue or, of a chat model, a GGUF file: its path, or its
    name in a models folder; of a ranker, a folder with ``model.onnx`` and ``tokenizer.json``.
    Raises ModelMissing if a file is not there and ModelError if it is not what it should be.
    """
    path = expanded(name)
    if role == "rank" and path.is_dir():
        return _in_folder(path)
    if role == "chat" and path.suffix.lower() == ".gguf":
        for candidate in (path, *(folder / path for folder in model_folders())):
            if _is_file(candidate):
                return (candidate.absolute(),)
        raise ModelMissing(
            f"There is no model file {path}.",
            hint="Check the path, or put the file into " + str(model_folders()[0]) + ".",
        )
    model = _known(name, role)
    return tuple(_find(file, model) for file in model.files)


def locate_adapter(name: str) -> Path | None:
    """Return the file of the adapter that belongs to a chat model of the catalogue, if any.

    Raises ModelMissing and ModelError as :func:`locate` does.
    """
    for model in known_models():
        if model.role == "chat" and model.name == name and model.adapter is not None:
            return _find(model.adapter, model)
    return None


def installed_chat_models() -> list[InstalledModel]:
    """Return the chat models whose files are there: the catalogue's, then other GGUF files."""
    found = []
    for model in known_models():
        if model.role == "chat":
            try:
                (path,) = locate(model.name, "chat")
            except (ModelMissing, ModelError):
                continue
            found.append(_installed(model.name, path, about=model.about))
    known = {Path(model.path).resolve() for model in found}
    for folder in model_folders():
        found += [
            _installed(path.name, path)
            for path in (sorted(folder.glob("*.gguf")) if folder.is_dir() else ())
            if path.resolve() not in known and _is_chat_model(path)
        ]
    return found


def _in_folder(folder: Path) -> tuple[Path, ...]:
    files = (folder / "model.onnx", folder / "tokenizer.json")
    for path in files:
        if not _is_file(path):
            raise ModelMissing(
                f"The model folder {folder} holds no {path.name}.",
                hint="A ranker is an ONNX cross-encoder: model.onnx and tokenizer.json.",
            )
    return files


def _installed(name: str, path: Path, *, about: str = "") -> InstalledModel:
    size = path.stat().st_size
    return InstalledModel(name=name, path=str(path), size_bytes=size, about=about)


def _is_chat_model(path: Path) -> bool:
    """Tell whether a GGUF file can be talked to: an encoder has no chat template."""
    try:
        return "tokenizer.chat_template" in read_metadata(path)
    except AssistantError:
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # In a folder that may not be looked into, or with a name that no file can have.
        return False


def _known(name: str, role: Role) -> KnownModel:
    of_role = {model.name: model for model in known_models() if model.role == role}
    if name in of_role:
        return of_role[name]
    near = difflib.get_close_matches(name, list(of_role), n=1, cutoff=0.3)
    hint = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(of_role)}."
    raise ModelMissing(f"There is no {role} model called '{name}'.", hint=hint)


def _find(file: ModelFile, model: KnownModel) -> Path:
    places = [folder / file.name for folder in model_folders()]
    # find_spec of a top-level package reads its location and runs none of its code.
    if file.package and (spec := importlib.util.find_spec(file.package)):
        places += [Path(root) / file.path for root in spec.submodule_search_locations or ()]
    for path in places:
        if _is_file(path):
            _verify(path, file)
            return path
    raise ModelMissing(
        f"The model {model.name} is not installed ({file.name} was not found).",
        hint=_STARTER_HINT if file.package else f"Put the file into {places[0].parent}.",
    )


def _verify(path: Path, file: ModelFile) -> None:
    """Compare a file with its sha256, unless this very file was compared before."""
    status = path.stat()
    entry = {"size": status.st_size, "changed_ns": status.st_mtime_ns, "sha256": file.sha256}
    record = _verified_record()
    verified = _read_record(record)
    if verified.get(str(path)) == entry:
        return
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != file.sha256:
        raise ModelError(
            f"{path} is not the file that the catalogue describes: it is damaged or incomplete.",
            hint="Delete it and install or download it again.",
        )
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(json.dumps({**verified, str(path): entry}), encoding="utf-8")
    except OSError:
        # Without a cache folder the file is compared again next time: slower, not wrong.
        return


def _verified_record() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False)) / "verified-models.json"


def _read_record(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
