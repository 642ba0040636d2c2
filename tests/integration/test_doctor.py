"""``assistant doctor`` and a library on a real Chroma server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli import main
from assistant.config import StoreSettings
from tests.chroma_server import ChromaServer

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]


def examine(folder: Path, store: StoreSettings) -> dict[str, tuple[str, str]]:
    """Return state and message of each finding by its name."""
    options = ["--library", str(folder)]
    for name in ("url", "database", "collection"):
        options += ["--set", f"store.{name}={getattr(store, name)}"]
    result = CliRunner().invoke(main, [*options, "doctor", "--json"])
    checks = json.loads(result.stdout)["checks"]
    return {check["name"]: (check["state"], check["message"]) for check in checks}


def test_a_library_on_a_server_is_reached_and_checked(
    tmp_path: Path, on_server: StoreSettings
) -> None:
    options = ["--library", str(tmp_path), "--set", f"store.url={on_server.url}"]
    options += ["--set", f"store.collection={on_server.collection}"]
    paper = tmp_path / "paper.jsonl"
    paper.write_text(json.dumps({"title": "On widgets", "abstract": "They are green."}), "utf-8")
    assert CliRunner().invoke(main, [*options, "add", str(paper)]).exit_code == 0
    found = examine(tmp_path, on_server)
    assert found["[store] server"][0] == "ok"
    assert "database 'default_database' of the tenant" in found["[store] server"][1]
    assert found["library"][0] == "ok"
    assert found["library"][1].startswith("1 paper with 1 passage")


def test_a_server_that_cannot_be_used_is_told_once(
    tmp_path: Path, chroma_server: ChromaServer
) -> None:
    for store in (
        StoreSettings(url=chroma_server.url, database="nobodys"),
        StoreSettings(url="http://127.0.0.1:9"),
    ):
        found = examine(tmp_path, store)
        assert found["[store] server"][0] == "failure"
        assert found["library"][0] == "skipped"
