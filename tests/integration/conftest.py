"""Papers made for a test, and programs that work on a library in another process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from assistant.config import StoreSettings
from tests.chroma_server import ChromaServer
from tests.model_server import ModelServer

WriteListing = Callable[..., Path]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def write_papers(tmp_path: Path) -> WriteListing:
    """Write papers number ``first`` to ``stop - 1`` into a JSON Lines file and return it."""

    def write(first: int, stop: int, *, name: str = "papers.jsonl", more: str = "") -> Path:
        path = tmp_path / name
        records = (
            {
                "title": f"Paper number {n} on zebra{n}",
                "abstract": f"We study zebra{n}. It reaches {n} points. It is new.{more}",
            }
            for n in range(first, stop)
        )
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return path

    return write


@pytest.fixture
def start(project: Path) -> Iterator[Start]:
    """Start a program; what still runs at the end of the test is killed."""
    running: list[subprocess.Popen[str]] = []

    def begin(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=project,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def model_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    """A server of models, for tests that leave it as it is."""
    running = ModelServer(tmp_path_factory.mktemp("model-server"))
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """A Chroma server for all tests; each has a collection of its own."""
    server = ChromaServer(tmp_path_factory.mktemp("chroma-server"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def on_server(chroma_server: ChromaServer) -> StoreSettings:
    """The settings of a library on the server that is not there yet."""
    return StoreSettings(url=chroma_server.url, collection=f"library-{uuid4().hex}")
