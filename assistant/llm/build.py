"""Tells what llama.cpp was built for: the instructions that it uses, and the devices that it sees.

A llama.cpp that was built for another processor ends the process that loads it, with no error that
could be caught. So another process looks: ``python -m assistant.llm.build``.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from assistant.errors import ModelError
from assistant.llm.llama import import_llama_cpp

_TIMEOUT_S = 120.0
_GRAPHICS = {1, 2}
"""ggml's numbers for devices that are graphics processors (``ggml-backend.h``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What the installed llama.cpp can use."""

    version: str
    """Of llama-cpp-python."""
    features: frozenset[str]
    """As llama.cpp names them: ``AVX2``, ``AVX512``, ``AMX_INT8``, ``NEON``, ``OPENMP``, …"""
    devices: tuple[str, ...]
    """Graphics processors that it sees, each with its driver: ``CUDA0 (NVIDIA H200)``."""


def read_build() -> Build:
    """Return what the installed llama.cpp can use. Raises ModelError if it cannot be loaded."""
    try:
        run = subprocess.run(
            [sys.executable, "-m", __name__],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError(f"llama.cpp cannot be looked at: {error}.") from error
    try:
        told = json.loads(run.stdout)
    except ValueError:
        raise ModelError(f"llama.cpp cannot be loaded: {_reason(run)}.") from None
    return Build(
        version=told["version"],
        features=frozenset(told["features"]),
        devices=tuple(told["devices"]),
    )


def _reason(run: subprocess.CompletedProcess[str]) -> str:
    """Return why the other process told nothing."""
    if run.returncode < 0:
        with suppress(ValueError):
            if signal.Signals(-run.returncode) == signal.SIGILL:
                return "it was built for another processor than this one"
            return f"the process was ended by {signal.Signals(-run.returncode).name}"
    return (run.stderr.strip().splitlines() or [f"exit code {run.returncode}"])[-1].rstrip(".")


def _look() -> Build:
    llama_cpp = import_llama_cpp()
    return Build(
        version=str(llama_cpp.__version__),
        features=_features(llama_cpp.llama_print_system_info().decode("utf-8", "replace")),
        devices=tuple(_devices(llama_cpp.llama_cpp._lib)),
    )


def _features(system_info: str) -> frozenset[str]:
    """Return what is 1 in a text such as ``CPU : AVX2 = 1 | NEON = 0 | CUDA : ARCHS = 900 |``."""
    entries = (entry.rpartition(":")[2].split("=") for entry in system_info.split("|"))
    return frozenset(
        entry[0].strip() for entry in entries if len(entry) == 2 and entry[1].strip() == "1"
    )


def _devices(library: Any) -> list[str]:
    """Return the graphics processors; a library that cannot be asked for them has none."""
    with suppress(AttributeError):  # on some systems the functions are in another library
        library.ggml_backend_dev_count.restype = ctypes.c_size_t
        library.ggml_backend_dev_get.restype = ctypes.c_void_p
        library.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
        library.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
        for text in (library.ggml_backend_dev_name, library.ggml_backend_dev_description):
            text.restype, text.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
        devices = map(library.ggml_backend_dev_get, range(library.ggml_backend_dev_count()))
        return [
            f"{_text(library.ggml_backend_dev_name(device))} "
            f"({_text(library.ggml_backend_dev_description(device))})"
            for device in devices
            if library.ggml_backend_dev_type(device) in _GRAPHICS
        ]
    return []


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


if __name__ == "__main__":
    found = _look()
    json.dump({**asdict(found), "features": sorted(found.features)}, sys.stdout)
