"""What ``assistant models pull`` put into the user's models folder, and how to know it again.

Beside the files of a model lies a record of them, ``NAME.pulled.json``: their sizes and sha256,
and where they came from. So a file that was altered later is never used, and nothing is removed
that a user put there.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from assistant.catalogue.known import Role
from assistant.newfile import new_file

RECORD_SUFFIX = ".pulled.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledFile:
    """One file of a pulled model."""

    path: str
    """Relative to the models folder, with ``/`` between its parts."""
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledModel:
    """The record of a pulled model."""

    name: str
    """As the settings name it: a name of the catalogue, of a GGUF file or of a folder."""
    role: Role
    source: str
    """Where it came from, as ``models pull`` takes it."""
    files: tuple[PulledFile, ...]
    about: str = ""

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return sum(file.size_bytes for file in self.files)

    def complete(self, folder: Path) -> bool:
        """Tell whether every file is there, at its size."""
        return all(_size(folder / file.path) == file.size_bytes for file in self.files)

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Return the model of a record. Raises TypeError, KeyError or ValueError if it is none."""
        files = tuple(PulledFile(**file) for file in value["files"])
        for file in files:
            path = Path(file.path)
            if path.is_absolute() or ".." in path.parts or not isinstance(file.size_bytes, int):
                raise ValueError("a file that is not in the folder")
        if value["role"] not in {"chat", "embed"}:
            raise ValueError("a role that is none")
        return cls(**{**value, "files": files})


def record_file(folder: Path, name: str) -> Path:
    """Return where the record of a model lies."""
    return folder / f"{name}{RECORD_SUFFIX}"


def write_record(folder: Path, model: PulledModel) -> None:
    """Write the record, whole or not at all. Raises InputError if it cannot be written."""
    with new_file(record_file(folder, model.name), force=True) as file:
        file.write(json.dumps(asdict(model), indent=1).encode())


def pulled_models(folder: Path) -> list[PulledModel]:
    """Return the records in a models folder, by name; what is no record is left out."""
    found = []
    for path in sorted(folder.glob(f"*{RECORD_SUFFIX}")) if folder.is_dir() else ():
        try:
            model = PulledModel.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            continue
        if path == record_file(folder, model.name):
            found.append(model)
    return found


def pulled_with(folder: Path, path: Path) -> PulledModel | None:
    """Return the model that a file in a models folder was pulled with; None if it was not."""
    for model in pulled_models(folder):
        if any(folder / file.path == path for file in model.files):
            return model
    return None


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
