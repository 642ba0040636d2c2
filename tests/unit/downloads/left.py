"""What a test of downloads looks at afterwards."""

from __future__ import annotations

from pathlib import Path


def left(models: Path) -> list[str]:
    """Return the names of what lies in the models folder, without locks."""
    if not models.exists():
        return []
    return sorted(
        path.relative_to(models).as_posix()
        for path in models.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    )
