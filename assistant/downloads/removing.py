"""Takes a pulled model away again, and nothing that was not pulled."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from assistant.catalogue.known import known_models, nearest
from assistant.catalogue.locating import locate, user_models_folder
from assistant.catalogue.pulled import PulledModel, pulled_models, record_file
from assistant.config import Settings
from assistant.downloads.pulling import BEGUN_FOLDER
from assistant.errors import DownloadFailed, ModelMissing


def remove_model(name: str, settings: Settings, *, force: bool = False) -> int:
    """Remove what ``models pull`` put there of a model; return the bytes that are free now.

    Raises ModelMissing if nothing was pulled under that name, DownloadFailed if ``settings`` use
    the model (unless ``force``) or a file cannot be removed.
    """
    folder = user_models_folder()
    model = next((one for one in pulled_models(folder) if one.name == name), None)
    # Of those that are there, so that no name leads elsewhere.
    began = {path.name: path for path in _folders(folder / BEGUN_FOLDER)}
    if model is None and name not in began:
        raise _not_pulled(name, [one.name for one in pulled_models(folder)])
    if model is not None and not force and (key := setting_of(model, settings)):
        raise DownloadFailed(
            f"{name} is in use: {key}.",
            hint="Use another one first ('assistant models use NAME'), or add --force.",
        )
    freed = _remove_begun(began[name]) if name in began else 0
    if model is not None:
        freed += _remove_files(model, folder)
    return freed


def setting_of(model: PulledModel, settings: Settings) -> str:
    """Return the setting that names a pulled model; empty if none does."""
    wanted, key, served = (
        (settings.llm.model, "[llm] model", settings.llm.base_url)
        if model.role == "chat"
        else (settings.embedding.model, "[embedding] model", settings.embedding.base_url)
    )
    if served:
        return ""
    if wanted == model.name:
        return key
    with suppress(Exception):
        folder = user_models_folder()
        own = {(folder / file.path).resolve() for file in model.files}
        if own & {path.resolve() for path in locate(wanted, model.role)}:
            return key
    return ""


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _remove_begun(begun: Path) -> int:
    from filelock import FileLock, Timeout

    try:
        with FileLock(f"{begun}.lock", timeout=0):
            size = sum(part.stat().st_size for part in begun.glob("*.part"))
            shutil.rmtree(begun, ignore_errors=True)
    except Timeout as error:
        raise DownloadFailed(
            f"Another process is fetching {begun.name}.", hint="Stop it first."
        ) from error
    return size


def _remove_files(model: PulledModel, folder: Path) -> int:
    freed = 0
    try:
        for file in model.files:
            path = folder / file.path
            if path.is_symlink() or path.exists():
                freed += 0 if path.is_symlink() else path.stat().st_size
                path.unlink()
            for parent in path.parents:
                if parent == folder or any(parent.iterdir()):
                    break
                parent.rmdir()
        # Last: as long as it is there, what is left is known as pulled.
        record_file(folder, model.name).unlink(missing_ok=True)
    except OSError as error:
        raise DownloadFailed(
            f"{path} cannot be removed: {(error.strerror or 'unknown reason').lower()}.",
            hint="Correct the permissions, and remove it again.",
        ) from error
    return freed


def _not_pulled(name: str, pulled: list[str]) -> ModelMissing:
    near = nearest(name, pulled)
    if near:
        hint = f"Did you mean '{near}'?"
    elif name in {model.name for model in known_models()}:
        hint = "It is not installed, or came with a package or by hand."
    else:
        hint = "'assistant models' lists those there are."
    return ModelMissing(f"No model called '{name}' was pulled.", hint=hint)
