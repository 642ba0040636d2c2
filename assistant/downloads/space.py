"""Whether a model fits: the memory of this machine, and what is free on the disk."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from assistant.errors import DownloadFailed

DISK_MARGIN_BYTES = 200_000_000
"""Left free beside what is fetched, for the library and for everything else that runs."""

_USABLE_MEMORY = 0.75
"""Of the memory: the rest is for the system, the encoders and the library."""
_BESIDE_WEIGHTS_BYTES = 400_000_000
_WINDOW_SHARE = 0.15
"""What a model needs beside its weights, as far as its size tells: measured on the catalogue."""


def machine_memory_bytes() -> int:
    """Return the memory of this machine, or of the container in which this runs."""
    import psutil

    total = int(psutil.virtual_memory().total)
    with contextlib.suppress(OSError, ValueError):
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))
        total = min(total, limit)
    return total


def fits(memory_bytes: int) -> bool:
    """Tell whether a model that needs so much memory can run on this machine."""
    return memory_bytes <= machine_memory_bytes() * _USABLE_MEMORY


def memory_needed_bytes(size_bytes: int) -> int:
    """Return the memory that a model of so many bytes is likely to need."""
    return int(size_bytes * (1 + _WINDOW_SHARE)) + _BESIDE_WEIGHTS_BYTES


def check_disk(folder: Path, wanted_bytes: int) -> None:
    """Raise DownloadFailed if there is no room for so many bytes more in an existing folder."""
    free = shutil.disk_usage(folder).free
    if wanted_bytes and wanted_bytes + DISK_MARGIN_BYTES > free:
        raise DownloadFailed(
            f"The disk is too full: {said(wanted_bytes)} are to come to {folder}, and "
            f"{said(free)} are free.",
            hint="Free some space, or remove a model: assistant models remove NAME",
        )


def check_memory(name: str, memory_bytes: int, *, force: bool) -> None:
    """Raise DownloadFailed if a model would not fit into the memory, unless ``force``."""
    if not force and not fits(memory_bytes):
        raise DownloadFailed(
            f"{name} needs about {said(memory_bytes)} of memory, and this machine has "
            f"{said(machine_memory_bytes())}.",
            hint="Take a smaller one ('assistant models'), or fetch it all the same with --force.",
        )


def said(size_bytes: int) -> str:
    """Return a size as people say it: ``98 MB``, ``2.5 GB``."""
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))} KB"
    if size_bytes < 1_000_000_000:
        return f"{size_bytes / 1e6:.0f} MB"
    return f"{size_bytes / 1e9:.1f} GB"
