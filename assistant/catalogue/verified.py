"""Compares files with their sha256, each once: what was compared is remembered.

A file that has another size, time of change or inode time than when it was compared is compared
again, which for a model of 2 GB takes some seconds.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from assistant.config import APP_NAME
from assistant.errors import InputError, ModelError
from assistant.newfile import new_file


def verify(path: Path, sha256: str, *, origin: str) -> None:
    """Raise ModelError if the file is not the one that ``origin``, such as the catalogue, names."""
    record = _record_file()
    verified = _read(record)
    if verified.get(str(path)) == _entry(path, sha256):
        return
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != sha256:
        raise ModelError(
            f"{path} is not the file that {origin} describes: it is damaged or incomplete.",
            hint="Delete it and install or download it again.",
        )
    remember(path, sha256)


def recorded_sha256(path: Path) -> str:
    """Return the sha256 that a file had when it was compared; empty if it never was.

    Whether it has it still, only reading it can tell: a bad disk changes neither size nor time.
    """
    entry = _read(_record_file()).get(str(path))
    sha256 = str(entry.get("sha256", "")) if isinstance(entry, dict) else ""
    return sha256 if entry == _entry(path, sha256) else ""


def remember(path: Path, sha256: str) -> None:
    """Note that a file has this sha256, so that it need not be read again to know it."""
    record = _record_file()
    kept = {name: entry for name, entry in _read(record).items() if Path(name).exists()}
    content = json.dumps({**kept, str(path): _entry(path, sha256)}).encode()
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        with new_file(record, force=True) as file:
            file.write(content)
    except (OSError, InputError):
        # Without a cache folder the file is compared again next time: slower, not wrong.
        return


def _entry(path: Path, sha256: str) -> dict[str, Any]:
    status = path.stat()
    return {
        "size": status.st_size,
        "changed_ns": status.st_mtime_ns,
        "status_ns": status.st_ctime_ns,
        "sha256": sha256,
    }


def _record_file() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False)) / "verified-models.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
