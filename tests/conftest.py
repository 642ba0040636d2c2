"""What every test may use: a clean environment, and a library of the sample papers."""

from __future__ import annotations

import os
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from assistant.config import Settings
from assistant.resources import sample_papers

if TYPE_CHECKING:
    from assistant.encoders.reading import ReadingEncoder
    from assistant.library import Library
    from assistant.llm.llama import LlamaModel
    from assistant.text.tokens import TokenCounter

PROJECT = Path(__file__).resolve().parent.parent

# How long an example takes says something of the machine, not of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


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


@pytest.fixture(scope="session")
def gguf() -> Path:
    """The file of the starter chat model."""
    from assistant.catalogue.locating import locate

    return locate("SmolLM2-135M-Instruct", "chat")[0]


@pytest.fixture(scope="session")
def embedding_gguf(gguf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights of the starter as an embedder of 576 dimensions: its header says how it pools."""

    def entry(key: str, kind: int, value: bytes) -> bytes:
        return struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", kind) + value

    pools = entry("llama.pooling_type", 4, struct.pack("<I", 1))
    # Tensors lie at multiples of 32 bytes: what is put in front of them has to be one.
    short = entry("test.filler", 8, struct.pack("<Q", 0))
    room = -len(pools + short) % 32
    filler = entry("test.filler", 8, struct.pack("<Q", room) + b" " * room)
    path = tmp_path_factory.mktemp("embedding") / "starter-embedding.gguf"
    with gguf.open("rb") as source, path.open("wb") as target:
        magic, version, tensors, entries = struct.unpack("<4sIQQ", source.read(24))
        target.write(struct.pack("<4sIQQ", magic, version, tensors, entries + 2) + pools + filler)
        shutil.copyfileobj(source, target)
    return path


@pytest.fixture(scope="session")
def embedder() -> ReadingEncoder:
    """The encoder of the libraries here."""
    from assistant.encoders.reading import ReadingEncoder

    return ReadingEncoder()


@pytest.fixture(scope="session")
def chat_model(gguf: Path) -> Iterator[LlamaModel]:
    """The starter chat model with a window of 1,024 tokens."""
    from assistant.llm.llama import LlamaModel

    # One thread: several that wait for each other crawl where other tests run at the same time.
    model = LlamaModel(gguf, name="starter", context_tokens=1024, threads=1)
    yield model
    model.close()


@pytest.fixture(scope="session")
def count_tokens(gguf: Path) -> TokenCounter:
    """Counts tokens as the starter chat model does."""
    from assistant.catalogue.gguf import read_metadata
    from assistant.text.tokens import byte_level_encoding, counter

    metadata = read_metadata(gguf)
    encoding = byte_level_encoding(
        "starter",
        merges=metadata["tokenizer.ggml.merges"],
        pre_tokenizer=metadata["tokenizer.ggml.pre"],
    )
    assert encoding is not None
    return counter(encoding)
