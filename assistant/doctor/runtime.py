"""Checks what the assistant runs on: Python, SQLite, the installed packages, llama.cpp as built."""

from __future__ import annotations

import platform
import re
import shlex
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from typing import TYPE_CHECKING

from assistant.config import APP_NAME
from assistant.doctor.finding import Finding, failure, ok, warning
from assistant.doctor.patient import Patient
from assistant.doctor.processor import graphics, processor_features
from assistant.errors import ModelError

if TYPE_CHECKING:
    from assistant.llm.build import Build

_LEAST_PYTHON = (3, 11)
_SHOWN_PACKAGES = ("chromadb", "llama-cpp-python", "openvino", "openai", "textual", "ray", "pypdf")
_TOLD_FEATURES = ("AVX2", "AVX512", "AMX_INT8", "NEON", "DOTPROD", "SVE")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def python(_patient: Patient, /) -> Iterator[Finding]:
    """Look at the version of Python."""
    said = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}."
    if sys.version_info < _LEAST_PYTHON:
        least = ".".join(map(str, _LEAST_PYTHON))
        yield failure("python", said, fix=f"Install Python {least} or newer.")
    else:
        yield ok("python", said)


def sqlite(_patient: Patient, /) -> Iterator[Finding]:
    """Look whether Python's SQLite has the full-text search that the mirror is made of."""
    said = f"SQLite {sqlite3.sqlite_version}"
    try:
        with closing(sqlite3.connect(":memory:")) as db:
            db.execute("CREATE VIRTUAL TABLE words USING fts5(word)")
    except sqlite3.OperationalError:
        yield failure(
            "sqlite",
            f"{said} without full-text search (FTS5).",
            fix="Use a Python whose SQLite has FTS5, such as that of python.org or conda.",
        )
    else:
        yield ok("sqlite", f"{said} with full-text search (FTS5).")


def packages(_patient: Patient, /) -> Iterator[Finding]:
    """Look whether every package that is needed is installed, and say the versions that matter."""
    needed = _needed_packages()
    missing = [name for name in needed if not _version(name)]
    if missing:
        command = f"{_python()} -m pip install {' '.join(missing)}"
        yield failure("packages", f"Not installed: {', '.join(missing)}.", fix=command)
    versions = [(name, _version(name)) for name in _SHOWN_PACKAGES]
    there = ", ".join(f"{name} {version}" for name, version in versions if version)
    yield ok("packages", f"{there}.")


def llama_cpp(patient: Patient, /) -> Iterator[Finding]:
    """Compare llama.cpp, as it was built, with what the machine offers."""
    from assistant.llm.build import read_build

    llm = patient.settings.llm
    is_used = llm.enabled and not llm.base_url
    try:
        build = read_build()
    except ModelError as error:
        tell = failure if is_used else warning
        yield tell("llama.cpp", error.message, fix=_rebuild("-DGGML_NATIVE=on"))
        return
    wanted = graphics() if is_used and llm.gpu_layers else None
    yield compare_build(build, features=processor_features(), wanted=wanted)


def compare_build(
    build: Build, *, features: frozenset[str], wanted: tuple[str, str] | None
) -> Finding:
    """Compare a build with the features of the processor.

    ``wanted`` is a graphics processor that is there and should be used, and the option that
    builds llama.cpp for it.
    """
    if lacking := sorted(features - build.features):
        return warning(
            "llama.cpp",
            f"It was built without {', '.join(lacking)}, which this processor has: it is slow.",
            fix=_rebuild("-DGGML_NATIVE=on"),
        )
    if wanted and not build.devices:
        what, option = wanted
        return warning(
            "llama.cpp",
            f"There is {what}, and it was built without support for it.",
            fix=_rebuild(option),
        )
    told = [name for name in _TOLD_FEATURES if name in build.features]
    seen = f"; sees {', '.join(build.devices)}" if build.devices else "; runs on the processor"
    return ok(
        "llama.cpp",
        f"{build.version}, built with {', '.join(told) or 'no special instructions'}{seen}.",
    )


def _needed_packages() -> list[str]:
    """Return the packages without which nothing works, as the installation declares them."""
    try:
        declared = metadata.requires(APP_NAME) or []
    except metadata.PackageNotFoundError:  # run from a checkout that was not installed
        return []
    names = (_NAME.match(item) for item in declared if "extra ==" not in item)
    return [name[0] for name in names if name]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _python() -> str:
    return shlex.quote(sys.executable)


def _rebuild(option: str) -> str:
    """Return the command that builds llama.cpp on this machine anew."""
    version = _version("llama-cpp-python")
    wanted = f"llama-cpp-python=={version}" if version else "llama-cpp-python"
    return (
        f'CMAKE_ARGS="{option}" {_python()} -m pip install --force-reinstall --no-deps '
        f"--no-cache-dir --no-binary llama-cpp-python {wanted}"
    )
