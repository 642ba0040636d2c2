"""The shape of the code: imports go one way, and starting costs little."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "chromadb",
    "llama_cpp",
    "numpy",
    "nupunkt",
    "onnxruntime",
    "openvino",
    "rich",
    "textual",
    "tiktoken",
    "tokenizers",
    "tomlkit",
}

REPORT = "\nimport json, sys; print(json.dumps(sorted({n.split('.')[0] for n in sys.modules})))"

RUN = "from assistant.cli import main\ntry: main({})\nexcept SystemExit: pass"

START = {
    "import assistant": "import assistant",
    "assistant": RUN.format("[]"),
    "assistant --help": RUN.format("['--help']"),
    "assistant chat --help": RUN.format("['chat', '--help']"),
    "assistant config show": RUN.format("['config', 'show']"),
}


def test_the_import_contracts_are_kept(project: Path) -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [str(linter), "--no-logo", "--no-cache"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("name", START)
def test_starting_loads_no_heavy_package(name: str, project: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", START[name] + REPORT],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(run.stdout.splitlines()[-1]))
    assert "assistant" in loaded
    assert not loaded & HEAVY
