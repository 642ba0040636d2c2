"""Nothing leaves the machine: the whole way works while every use of a network is refused.

What is refused in Python is told by a hook; and on Linux the kernel ends any process that makes a
socket of the internet at all, native code of Chroma, gRPC or llama.cpp included.
"""

from __future__ import annotations

import json
import platform
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.catalogue.locating import locate
from assistant.encoders.reading import READING_ENCODER
from tests.tui.pseudo_terminal import CTRL_Q, ENTER, running

GUARD = Path(__file__).with_name("offline_guard.py")
ATTEMPT = """import urllib.request; urllib.request.urlopen("http://127.0.0.1:9/")"""
FORKED = f"""if __import__("os").fork() == 0:
    {ATTEMPT}
__import__("os").wait()"""
NATIVE = "import ctypes; print('made', ctypes.CDLL(None).socket(2, 1, 0) >= 0, flush=True)"
TALKATIVE = {
    "ANONYMIZED_TELEMETRY": "True",
    "CHROMA_OTEL_GRANULARITY": "all",
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "http://127.0.0.1:4317",
    "HF_HUB_DISABLE_TELEMETRY": "0",
    "RAY_USAGE_STATS_ENABLED": "1",
}
"""Variables that ask libraries to report what is done."""
PAPER = {"title": "On Green Widgets", "abstract": "We paint widgets green. They last 37% longer."}
QUESTION = "How much longer do green widgets last?"
KERNEL = pytest.mark.skipif(
    (platform.system(), platform.machine()) not in {("Linux", "x86_64"), ("Linux", "aarch64")},
    reason="the guard knows no other kernel",
)


class Offline:
    """Runs programs that may not use a network, and says what they tried."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self._attempts = folder / "attempts"
        (folder / "guard").mkdir()
        # Python imports a module of this name when it starts, in every process.
        (folder / "guard" / "sitecustomize.py").write_bytes(GUARD.read_bytes())
        self.environment = {
            "PYTHONPATH": str(folder / "guard"),
            "OFFLINE_ATTEMPTS": str(self._attempts),
            # A home of its own: nothing that an earlier run may have left in a cache.
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "PATH": "/usr/bin:/bin",
        }

    @property
    def attempts(self) -> str:
        """What was tried, one attempt a line."""
        return self._attempts.read_text("utf-8") if self._attempts.exists() else ""

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.home,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def offline(tmp_path: Path) -> Offline:
    return Offline(tmp_path)


def test_every_command_works_without_a_network(offline: Offline, tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    file.write_text(json.dumps(PAPER), encoding="utf-8")
    # The file of another program, in the folder where the assistant is used.
    talk = "".join(f"{name}={value}\n" for name, value in TALKATIVE.items())
    (offline.home / ".env").write_text(talk, encoding="utf-8")
    another = tmp_path / "another-encoder"
    another.mkdir()
    for path, name in zip(
        locate(READING_ENCODER, "embed"), ("model.onnx", "tokenizer.json"), strict=True
    ):
        shutil.copyfile(path, another / name)
    for command, words in (
        (["add", str(file)], ""),
        (["search", QUESTION], PAPER["title"]),
        (["summarize", "green widgets"], PAPER["title"]),
        (["survey", "green widgets"], PAPER["title"]),
        (["overview"], PAPER["title"]),
        (["ask", QUESTION], "37%"),
        (["models"], "SmolLM2-135M-Instruct"),
        (["--set", f"embedding.model={another}", "reindex"], ""),
        (["doctor"], "nothing leaves this machine"),
    ):
        library = ["--library", str(tmp_path / "library")]
        result = offline.run("-m", "assistant", *library, *command, **TALKATIVE)
        assert result.returncode == 0, (command, result.stdout, result.stderr)
        assert words in " ".join(result.stdout.split())
        assert (command, offline.attempts) == (command, "")
    # OpenVINO's telemetry leaves its number here.
    assert not (offline.home / "intel").exists()


def test_the_chat_answers_without_a_network(own_folder: Path, offline: Offline) -> None:
    with running("--library", str(own_folder), **offline.environment) as terminal:
        terminal.wait_until_idle()
        terminal.type("How many trainable parameters does LoRA save?", ENTER)
        terminal.wait_for("10,000 times", "[1]")
        terminal.wait_until_idle()
        terminal.type(CTRL_Q)
        assert terminal.wait_for_end() == 0
    assert offline.attempts == ""


@pytest.mark.parametrize("body", [ATTEMPT, FORKED], ids=["itself", "a child"])
def test_the_guard_tells_an_attempt(offline: Offline, body: str) -> None:
    assert offline.run("-c", body).returncode in {0, 1, -signal.SIGSYS}
    assert "socket." in offline.attempts


@KERNEL
def test_the_guard_ends_native_code_that_uses_a_network(offline: Offline) -> None:
    result = offline.run("-c", NATIVE)
    assert (result.returncode, result.stdout) == (-signal.SIGSYS, "")
