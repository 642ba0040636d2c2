"""``assistant models``: listing, fetching, choosing, removing and trying models."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.catalogue.locating import (
    installed_chat_models,
    known_models,
    user_models_folder,
)
from assistant.cli import main
from assistant.config import user_config_file
from assistant.downloads import space, transfer
from assistant.evaluation import trial
from assistant.resources import sample_papers
from tests.hub import Hub, serving
from tests.small_gguf import chat_gguf, embedding_gguf, small_gguf

CHAT = chat_gguf()


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models folder of a user, empty, and a large machine."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(space, "machine_memory_bytes", lambda: 64_000_000_000)
    folder = user_models_folder()
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A look-alike of the hub, which the environment names."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(transfer, "_FIRST_WAIT_S", 0.01)
    with serving() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


@pytest.fixture
def _few_papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sample be six papers: what a test of a model does is the same with all of them."""
    with sample_papers().open(encoding="utf-8") as file:
        papers = [line for line in file if "Attention Is All You Need" in line or "Adam" in line]
    (tmp_path / "few.jsonl").write_text("".join(papers[:6]), encoding="utf-8")
    monkeypatch.setattr(trial, "sample_papers", lambda: tmp_path / "few.jsonl")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["models", *arguments])


def settings_file() -> dict[str, dict[str, str]]:
    return tomllib.loads(user_config_file().read_text(encoding="utf-8"))


def test_the_list_names_what_is_installed_and_what_can_be_fetched(models: Path) -> None:
    result = run()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    (starter,) = (line for line in lines if "SmolLM2-135M-Instruct  " in line)
    assert starter.startswith("● ")
    assert starter.split()[2:] == ["98", "MB", "300", "MB", "8,192", "in", "use"]
    (large,) = (line for line in lines if "Qwen3-4B-Instruct-2507  " in line)
    assert large.split() == "Qwen3-4B-Instruct-2507 2.5 GB 3.3 GB 262,144 fits".split()
    assert max(map(len, lines)) <= 80
    for model in known_models():
        assert (model.name in result.stdout) == (model.role != "rank")
        if model.role != "rank":
            assert f"{model.licence}, {model.source.removeprefix('https://')}" in result.stdout


def test_the_list_says_what_does_not_fit_this_machine(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "machine_memory_bytes", lambda: 3_000_000_000)
    rows = {row["name"]: row for row in json.loads(run("--json").stdout)["models"]}
    assert not rows["Qwen3-4B-Instruct-2507"]["fits"]
    assert rows["Qwen3-0.6B"]["fits"]
    assert "Qwen3-4B-Instruct-2507" in run().stdout
    assert "262,144  does not fit" in run().stdout


def test_the_list_as_json_has_every_fact(models: Path) -> None:
    (models / "own.gguf").write_bytes(CHAT)
    (models / "own-embedder.gguf").write_bytes(embedding_gguf())
    (models / "broken.gguf").write_bytes(b"GGUF")
    report = json.loads(run("--json").stdout)
    rows = {row["name"]: row for row in report["models"]}
    assert rows["own.gguf"] == {
        "name": "own.gguf",
        "role": "chat",
        "installed": True,
        "in_use": False,
        "fits": True,
        "size_bytes": len(CHAT),
        "approximate": False,
        "memory_bytes": rows["own.gguf"]["memory_bytes"],
        "context_tokens": 4096,
        "licence": "",
        "source": "",
        "about": "",
        "path": str(models / "own.gguf"),
        "pulled": False,
    }
    assert (rows["own-embedder.gguf"]["role"], rows["all-MiniLM-L6-v2"]["in_use"]) == (
        "embed",
        True,
    )
    assert "broken.gguf" not in rows
    assert report["memory_bytes"] > 0


def test_a_model_on_a_server_is_said_to_be_in_use(models: Path) -> None:
    result = CliRunner().invoke(
        main,
        ["--set", "llm.base_url=http://localhost:1/v1", "--set", "llm.model=qwen", "models"],
    )
    assert "● qwen  in use, on a server" in result.stdout
    assert "● SmolLM2" not in result.stdout


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_a_model_is_pulled_listed_used_and_removed(hub: Hub, models: Path) -> None:
    hub.repositories["Qwen/Qwen3-0.6B-GGUF"] = {"Qwen3-0.6B-Q8_0.gguf": CHAT}
    pulled = run("pull", "Qwen3-0.6B")
    assert (pulled.exit_code, pulled.stdout) == (0, "")
    assert pulled.stderr.endswith("Use it: assistant models use Qwen3-0.6B\n")
    rows = {row["name"]: row for row in json.loads(run("--json").stdout)["models"]}
    assert (rows["Qwen3-0.6B"]["installed"], rows["Qwen3-0.6B"]["pulled"]) == (True, True)
    assert "Qwen3-0.6B" in [model.name for model in installed_chat_models()]
    used = run("use", "Qwen3-0.6B")
    assert used.exit_code == 0
    assert settings_file() == {"llm": {"model": "Qwen3-0.6B"}}
    refused = run("remove", "Qwen3-0.6B")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: Qwen3-0.6B is in use: [llm] model.\n")
    assert run("remove", "Qwen3-0.6B", "--force").exit_code == 0
    assert list(models.glob("*")) == [models / ".pulling"]


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_what_was_pulled_as_json(hub: Hub, models: Path) -> None:
    hub.files["x.gguf"] = CHAT
    report = json.loads(run("pull", f"{hub.url}/files/x.gguf", "--json").stdout)
    assert (report["name"], report["role"], report["fetched"]) == ("x.gguf", "chat", True)
    assert [file["path"] for file in report["files"]] == [str(models / "x.gguf")]
    again = json.loads(run("pull", f"{hub.url}/files/x.gguf", "--json").stdout)
    assert again == {**report, "fetched": False}


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_a_pull_that_failed_is_listed_and_can_be_removed(hub: Hub, models: Path) -> None:
    hub.repositories["me/x"] = {"x.gguf": CHAT}
    hub.faults.cut_after = [200_000, 0, 0, 0, 0, 0, 0]
    failed = run("pull", "hf:me/x/x.gguf")
    assert failed.exit_code == 1
    assert failed.stderr.splitlines()[-2].startswith("Error: ")
    assert "Begun: 200 KB of x.gguf; pull it again to go on.\n" in run().stderr
    assert run("remove", "x.gguf").stderr == "Removed x.gguf; 200 KB are free again.\n"
    assert "Begun" not in run().stderr


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["pull", "Qwen3-0.6"], 4, "There is no model called 'Qwen3-0.6'."),
        (["pull", "none.gguf"], 4, "There is no file none.gguf."),
        (["pull", "x", "--sha256", "12"], 2, "'12' is no sha256."),
        (["pull", "evidence-minilm", "--name", "x"], 1, "evidence-minilm comes with the assistant"),
        (["use", "Qwen3-0.6B"], 4, "The model Qwen3-0.6B is not installed"),
        (["use", "qwen3"], 4, "There is no model called 'qwen3' here."),
        (["use", "none.gguf"], 4, "There is no model file none.gguf."),
        (["use", "plain.gguf"], 1, "plain.gguf is neither a chat model"),
        (["test", "nothing"], 4, "There is no model called 'nothing' here."),
        (["remove", "SmolLM2-135M-Instruct"], 4, "No model called 'SmolLM2-135M-Instruct' was"),
        (["remove", ".."], 4, "No model called '..' was pulled."),
        (["remove", ""], 4, "No model called '' was pulled."),
        (["--json", "pull", "x"], 2, "--json belongs behind 'pull'."),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    arguments: list[str], code: int, error: str, models: Path
) -> None:
    (models / "plain.gguf").write_bytes(small_gguf(general__architecture="llama"))
    result = run(*arguments)
    assert result.exit_code == code
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1
    assert error in errors[0]
    assert result.stdout == ""


def test_an_embedder_is_used_as_one_and_says_what_follows(models: Path) -> None:
    (models / "vectors.gguf").write_bytes(embedding_gguf())
    result = run("use", "vectors.gguf")
    assert result.exit_code == 0
    assert settings_file() == {"embedding": {"model": "vectors.gguf"}}
    assert "assistant reindex" in result.stderr


def test_a_model_outside_the_models_folder_is_named_by_its_whole_path(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here.gguf").write_bytes(CHAT)
    monkeypatch.chdir(tmp_path)
    assert run("use", "./here.gguf").exit_code == 0
    assert settings_file() == {"llm": {"model": str(tmp_path / "here.gguf")}}
    rows = {row["name"]: row for row in json.loads(run("--json").stdout)["models"]}
    assert rows[str(tmp_path / "here.gguf")]["in_use"]


@pytest.mark.usefixtures("_few_papers")
def test_the_starter_passes_its_test_with_one_proved_answer(models: Path) -> None:
    result = run("test", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["model"], report["role"]) == ("SmolLM2-135M-Instruct", "chat")
    assert report["speed"]["prompt_tokens"] > 100
    assert report["speed"]["read_per_s"] > 0
    (sentence,) = report["answer"]["sentences"]
    assert sentence["kind"] == "generated"
    (citation,) = report["answer"]["citations"]
    assert citation["title"] == "Attention Is All You Need"
    assert not (models.parent / "library").exists()


@pytest.mark.usefixtures("_few_papers")
def test_an_embedder_is_tested_with_an_answer_too(models: Path) -> None:
    result = run("test", "all-MiniLM-L6-v2")
    assert result.exit_code == 0
    first = result.stdout.splitlines()[0]
    assert first.startswith("all-MiniLM-L6-v2: loaded in ")
    assert first.endswith("384 dimensions")
    assert "[1] Attention Is All You Need\n" in result.stdout


def start_pull(home: Path, hub: Hub) -> subprocess.Popen[str]:
    code = (
        "from assistant.downloads import space\n"
        "space.machine_memory_bytes = lambda: 64_000_000_000\n"
        "from assistant.cli import main; main()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, "models", "pull", "hf:me/starter/starter.gguf"],
        cwd=Path(__file__).parents[2],
        env={"HOME": str(home), "PATH": os.environ["PATH"], "HF_ENDPOINT": hub.url},
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_pull_of_the_starter_goes_on(
    how: signal.Signals, hub: Hub, tmp_path: Path, gguf: Path
) -> None:
    hub.repositories["me/starter"] = {"starter.gguf": gguf.read_bytes()}
    hub.faults.bytes_per_s = 40_000_000
    folder = tmp_path / ".local/share/abstract-assistant/models"
    process = start_pull(tmp_path, hub)
    deadline = time.monotonic() + 60
    while sum(part.stat().st_size for part in folder.glob(".pulling/*/*.part")) < 5_000_000:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert "the next pull goes on from it" in errors
    assert not (folder / "starter.gguf").exists()
    (part,) = folder.glob(".pulling/*/*.part")
    begun = part.stat().st_size
    hub.faults.bytes_per_s = None
    hub.asked.clear()
    again = start_pull(tmp_path, hub)
    again.communicate(timeout=60)
    assert again.returncode == 0
    assert hub.contents()[-1].range == f"bytes={begun}-"
    assert (folder / "starter.gguf").read_bytes() == gguf.read_bytes()
