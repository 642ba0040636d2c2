"""llama-cpp-python's own OpenAI server on loopback, with the starter as two models.

``starter`` phrases (with its adapter, as in this process) and ``embedding`` embeds. As a program
this module is the server: ``python -m tests.model_server PORT``. It loads llama.cpp as the
assistant does, for on some processors it would crash otherwise.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

KEY = "sk-key-of-the-tests-0123456789"
CHAT = "starter"
EMBEDDING = "embedding"
_START_S = 120.0


class ModelServer:
    """The server, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        """Take a folder for what it writes."""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"

    @property
    def written(self) -> str:
        """What the server wrote so far."""
        return (self._folder / "server.log").read_text(errors="replace")

    def start(self) -> None:
        """Start it, at the same address each time, and wait until it answers."""
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.model_server", str(self._port)],
                cwd=Path(__file__).parent.parent,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdout=log,
                stderr=log,
            )
        until_s = time.monotonic() + _START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until_s:
                raise AssertionError(f"The server did not start: {self.written[-2000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        try:
            with urlopen(Request(f"{self.address}/v1/models"), timeout=5):
                return True
        except HTTPError as error:
            return error.code == 401
        except (URLError, OSError):
            return False


def _settings(port: int) -> dict[str, object]:
    from assistant.catalogue.locating import locate, locate_adapter

    (path,) = locate("SmolLM2-135M-Instruct", "chat")
    shared = {"model": str(path), "logits_all": False, "verbose": False, "n_threads": 1}
    chat = {
        "model_alias": CHAT,
        "n_ctx": 1024,
        "lora_path": str(locate_adapter("SmolLM2-135M-Instruct")),
    }
    embedding = {
        "model_alias": EMBEDDING,
        "n_ctx": 512,
        "embedding": True,
        "kv_overrides": ["llama.pooling_type=int:1"],
    }
    return {
        "host": "127.0.0.1",
        "port": port,
        "api_key": KEY,
        "models": [{**shared, **chat}, {**shared, **embedding}],
    }


def _serve() -> None:
    from assistant.llm.llama import import_llama_cpp, plain_weights_on_amx

    llama_cpp = import_llama_cpp()
    from llama_cpp.server.__main__ import main

    with tempfile.NamedTemporaryFile("w", suffix=".json") as settings:
        json.dump(_settings(int(sys.argv[1])), settings)
        settings.flush()
        sys.argv = [sys.argv[0], "--model", "", "--config_file", settings.name]
        with plain_weights_on_amx(llama_cpp):
            main()


if __name__ == "__main__":
    _serve()
