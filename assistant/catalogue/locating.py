"""Finds the files of a model by name, without any download.

A model may lie in the project's or the user's ``models/`` folder, or inside an installed
Python package (the extra ``starter``), which is located but never imported. A file that
the catalogue knows, or that was pulled, is checked against its sha256.
"""

from __future__ import annotations

import importlib.util
from contextlib import suppress
from pathlib import Path
from typing import Literal

from assistant.catalogue.gguf import read_metadata, role_of
from assistant.catalogue.known import (
    KnownModel,
    ModelFile,
    Role,
    known_model,
    known_models,
    nearest,
)
from assistant.catalogue.pulled import pulled_with
from assistant.catalogue.verified import verify
from assistant.config import APP_NAME, expanded
from assistant.errors import AssistantError, ModelError, ModelMissing
from assistant.resources import resource
from assistant.types import InstalledModel

__all__ = [
    "KnownModel",
    "ModelFile",
    "Role",
    "installed_chat_models",
    "installed_embedders",
    "known_model",
    "known_models",
    "locate",
    "locate_adapter",
    "model_folders",
    "user_models_folder",
]

_CALLED: dict[Role, str] = {"chat": "a chat model", "embed": "an embedder", "rank": "a ranker"}
_STARTER_HINT = "Install the starter models: pip install 'abstract-assistant[starter]'."
_NETWORKS = (
    "model.onnx",
    "onnx/model.onnx",
    "model_quantized.onnx",
    "onnx/model_quantized.onnx",
)
"""Where an encoder lies in a folder, the first that is there first; else the only ONNX file."""


def user_models_folder() -> Path:
    """Return the folder in which a user's own models lie; it need not exist yet."""
    import platformdirs

    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "models"


def model_folders() -> tuple[Path, ...]:
    """Return the folders in which model files are looked for, first come first served."""
    return (user_models_folder(), resource("models"))


def locate(name: str, role: Role) -> tuple[Path, ...]:
    """Return the files of the model ``name``, in the order of the catalogue.

    ``name`` is a name of the catalogue, or

    * of a chat model, a GGUF file: its path, or its name in a models folder;
    * of an embedder the same, or a folder with an ONNX encoder, by its path or its name in a
      models folder: the network and ``tokenizer.json`` are returned;
    * of a ranker, a folder with ``model.onnx`` and ``tokenizer.json``.

    Raises ModelMissing if a file is not there and ModelError if it is not what it should be.
    """
    if known_model(name, role) is None:
        path = expanded(name)
        if role != "rank" and path.suffix.lower() == ".gguf":
            return (_checked(_in_model_folders(path)),)
        if role == "rank" and path.is_dir():
            return _in_folder(path)
        if role == "embed" and (folder := _encoder_folder(path)) is not None:
            return tuple(_checked(file) for file in _encoder(folder))
    model = _known(name, role)
    return tuple(_find(file, model) for file in model.files)


def locate_adapter(name: str) -> Path | None:
    """Return the file of the adapter that belongs to a chat model of the catalogue, if any.

    Raises ModelMissing and ModelError as :func:`locate` does.
    """
    model = known_model(name, "chat")
    return None if model is None or model.adapter is None else _find(model.adapter, model)


def installed_chat_models() -> list[InstalledModel]:
    """Return the chat models whose files are there: the catalogue's, then other GGUF files."""
    return _installed_models("chat")


def installed_embedders() -> list[InstalledModel]:
    """Return the embedders whose files are there: the catalogue's, then GGUF files and folders."""
    found = _installed_models("embed")
    known = {Path(model.path).parent for model in found}
    for folder in model_folders():
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            with suppress(AssistantError, OSError):
                if path not in known and not path.name.startswith(".") and path.is_dir():
                    files = [_checked(file) for file in _encoder(path)]
                    found.append(_installed(path.name, *files))
    return found


def _installed_models(role: Literal["chat", "embed"]) -> list[InstalledModel]:
    found = []
    for model in known_models():
        if model.role == role:
            with suppress(ModelError):
                found.append(_installed(model.name, *locate(model.name, role), about=model.about))
    known = {Path(model.path).resolve() for model in found}
    for folder in model_folders():
        found += [
            _installed(path.name, path)
            for path in (sorted(folder.glob("*.gguf")) if folder.is_dir() else ())
            if path.resolve() not in known and _is_for(role, path)
        ]
    return found


def _in_model_folders(path: Path) -> Path:
    """Return a GGUF file that is named by its path or its name in a models folder."""
    for candidate in (path, *(folder / path for folder in model_folders())):
        if _is_file(candidate):
            return candidate.absolute()
    raise ModelMissing(
        f"There is no model file {path}.",
        hint="Check the path, or put the file into " + str(model_folders()[0]) + ".",
    )


def _in_folder(folder: Path) -> tuple[Path, ...]:
    files = (folder / "model.onnx", folder / "tokenizer.json")
    for path in files:
        if not _is_file(path):
            raise ModelMissing(
                f"The model folder {folder} holds no {path.name}.",
                hint="A ranker is an ONNX cross-encoder: model.onnx and tokenizer.json.",
            )
    return files


def _encoder_folder(path: Path) -> Path | None:
    for candidate in (path, *(folder / path for folder in model_folders() if path.name)):
        try:
            if path.name and candidate.is_dir():
                return candidate.absolute()
        except (OSError, ValueError):
            continue
    return None


def _encoder(folder: Path) -> tuple[Path, Path]:
    """Return the network and the tokenizer in the folder of an encoder."""
    networks = [folder / name for name in _NETWORKS if _is_file(folder / name)]
    networks = networks or sorted({*folder.glob("*.onnx"), *folder.glob("onnx/*.onnx")})
    tokenizer = folder / "tokenizer.json"
    if not networks or not _is_file(tokenizer):
        raise ModelMissing(
            f"The model folder {folder} holds no {'tokenizer.json' if networks else 'ONNX file'}.",
            hint="An embedder is what sentence-transformers exports as ONNX: model.onnx, here or "
            "in onnx/, and tokenizer.json.",
        )
    return networks[0], tokenizer


def _installed(name: str, *paths: Path, about: str = "") -> InstalledModel:
    size = sum(path.stat().st_size for path in paths)
    return InstalledModel(name=name, path=str(paths[0]), size_bytes=size, about=about)


def _is_for(role: str, path: Path) -> bool:
    """Tell whether a GGUF file is a model of this role, and what was pulled."""
    try:
        return role_of(read_metadata(path)) == role and _checked(path) == path
    except AssistantError:
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # In a folder that may not be looked into, or with a name that no file can have.
        return False


def _known(name: str, role: Role) -> KnownModel:
    if (model := known_model(name, role)) is not None:
        return model
    if (other := known_model(name)) is not None:
        raise ModelMissing(
            f"'{name}' is {_CALLED[other.role]}, not {_CALLED[role]}.",
            hint="See what there is: assistant models",
        )
    names = [model.name for model in known_models() if model.role == role]
    near = nearest(name, names)
    hint = f"Did you mean '{near}'?" if near else f"There are: {', '.join(names)}."
    raise ModelMissing(f"There is no {role} model called '{name}'.", hint=hint)


def _find(file: ModelFile, model: KnownModel) -> Path:
    places = [folder / file.name for folder in model_folders()]
    # find_spec of a top-level package reads its location and runs none of its code.
    if file.package and (spec := importlib.util.find_spec(file.package)):
        places += [Path(root) / file.path for root in spec.submodule_search_locations or ()]
    for path in places:
        if _is_file(path):
            return _checked(path, sha256=file.sha256)
    raise ModelMissing(
        f"The model {model.name} is not installed ({file.name} was not found).",
        hint=_STARTER_HINT if file.package else f"Fetch it: assistant models pull {model.name}",
    )


def _checked(path: Path, *, sha256: str = "") -> Path:
    """Return the path of a file that is what the catalogue, or the record of its pull, says."""
    folder = user_models_folder()
    if sha256:
        verify(path, sha256, origin="the catalogue")
    elif (pulled := pulled_with(folder, path)) is not None:
        # The others, too: parts of a split model, and weights beside a graph, are read with it.
        for file in pulled.files:
            if not _is_file(folder / file.path):
                again = pulled.name if known_model(pulled.name) else pulled.source
                raise ModelMissing(
                    f"{folder / file.path} is missing: a part of the model {pulled.name}.",
                    hint=f"Fetch it again: assistant models pull {again}",
                )
            verify(folder / file.path, file.sha256, origin="the record of its download")
    return path
