"""What every test may use: a clean environment, and a library of the sample papers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.config import Settings
from assistant.resources import sample_papers

if TYPE_CHECKING:
    from assistant.library import Library

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep data and caches of the tests out of the home of whoever runs them."""
    base = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(base / "data"))
        patch.setenv("XDG_CACHE_HOME", str(base / "cache"))
        for name in [name for name in os.environ if name.startswith("ASSISTANT_")]:
            patch.delenv(name)
        yield


@pytest.fixture(autouse=True)
def _own_settings(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep the settings of whoever runs the tests, and those of other tests, out of each."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))


@pytest.fixture(scope="session")
def project() -> Path:
    """The top of the checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library with the sample papers. To be read only."""
    from assistant.library import Library

    folder = tmp_path_factory.mktemp("sample") / "library"
    with Library.open(folder, settings=Settings()) as library:
        library.add(sample_papers())
    return folder


@pytest.fixture
def own_folder(sample_folder: Path, tmp_path: Path) -> Path:
    """A copy of the library of the sample papers that a test may change."""
    return shutil.copytree(sample_folder, tmp_path / "library")


@pytest.fixture(scope="session")
def sample_library(sample_folder: Path) -> Iterator[Library]:
    """The library of the sample papers, opened once for all tests. To be read only."""
    from assistant.library import Library

    with Library.open(sample_folder, settings=Settings(), create=False) as library:
        yield library
