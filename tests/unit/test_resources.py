"""What comes with the assistant is found in a checkout and in an installed wheel alike."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

import assistant
from assistant.errors import AssistantError
from assistant.resources import resource, sample_papers

LOOK = """
import json, sys, tomllib
sys.path.insert(0, sys.argv[1])
import assistant.resources as resources
from assistant.config import Settings

prompts = resources.resource("prompts")
print(json.dumps({
    "module": resources.__file__,
    "prompts": {file.name: file.read_text("utf-8") for file in prompts.iterdir()},
    "settings": tomllib.loads(resources.resource("config.toml").read_text("utf-8")),
    "defaults": Settings().to_dict(),
    "catalogue": tomllib.loads(resources.resource("models/catalogue.toml").read_text("utf-8")),
    "sample": resources.sample_papers().read_text("utf-8").count("\\n"),
}))
"""
"""Run by an interpreter of its own: says what the package in ``sys.argv[1]`` finds."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """The wheel of this checkout, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def look(package_folder: Path, cwd: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", LOOK, str(package_folder)]
    run = subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_a_checkout_finds_everything(project: Path, tmp_path: Path) -> None:
    found = look(project, tmp_path)
    assert Path(found["module"]).is_relative_to(project)
    assert found["settings"] == found["defaults"]
    assert found["prompts"]
    assert found["catalogue"]
    assert found["sample"] >= 40


def test_an_unpacked_wheel_finds_the_same_on_its_own(
    wheel: Path, project: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    found = look(tmp_path / "site", tmp_path)
    assert Path(found.pop("module")).is_relative_to(tmp_path)
    checkout = look(project, tmp_path)
    del checkout["module"]
    assert found == checkout


def test_a_wheel_holds_the_package_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = [name for name in names if name.endswith("METADATA")]
        text = archive.read(metadata[0]).decode()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"assistant", f"abstract_assistant-{assistant.__version__}.dist-info"}
    models = {Path(name).name for name in names if name.endswith((".gguf", ".onnx"))}
    assert models == {"evidence-minilm.onnx", "smollm2-phrasing.gguf"}
    assert not [name for name in names if name.endswith(".pyc")]
    assert "License-Expression: Apache-2.0" in text


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(AssistantError, match=r"'prompts/none\.md'.*missing"):
        resource("prompts/none.md")


def test_every_line_of_the_sample_is_a_paper() -> None:
    lines = sample_papers().read_text(encoding="utf-8").splitlines()
    papers = [json.loads(line) for line in lines]
    assert all(paper["title"].strip() and paper["abstract"].strip() for paper in papers)
