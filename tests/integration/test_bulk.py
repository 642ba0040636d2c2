"""Bulk ingest with a real Ray on two processors, into a real Chroma server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assistant.bulk import ingest
from assistant.bulk.work import PassageEmbedder, first_bytes, reading, rows_of
from assistant.cli import main
from assistant.config import EmbeddingSettings, LlmSettings, Settings, StoreSettings
from assistant.errors import LibraryError, UsageError
from assistant.library import Library
from assistant.resources import sample_papers
from assistant.types import Paper, Rejected
from tests.chroma_server import free_port

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

Start = Callable[..., Any]

SETTINGS = Settings(embedding=EmbeddingSettings(threads=1), llm=LlmSettings(enabled=False))

INGEST = """
import sys
from dataclasses import asdict
from assistant.bulk import ingest
from assistant.config import EmbeddingSettings, LlmSettings, Settings, StoreSettings
from assistant.errors import Cancelled
from assistant.library import Library
from assistant.types import Cancellation

settings = Settings(
    store=StoreSettings(url=sys.argv[1], collection=sys.argv[2]),
    embedding=EmbeddingSettings(threads=1),
    llm=LlmSettings(enabled=False),
)
with Library.open(sys.argv[3], settings=settings) as library:
    embedded = []
    embed = library.embedder.embed
    library.embedder.embed = lambda texts: (embedded.extend(texts), embed(texts))[1]
    cancel = Cancellation()
    told = []
    def tell(now):
        told.append(now.papers_done)
        cancel.cancel()
    try:
        ingest(library, *sys.argv[4:], workers=2, progress=tell, cancel=cancel)
    except Cancelled as stopped:
        print(told, len(embedded), stopped.message, flush=True)
    report = ingest(library, *sys.argv[4:], workers=2)
    print(report.added, report.unchanged, len(report.rejected), len(embedded), flush=True)
"""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files with papers in common, one of them under another key, and what is no paper."""
    folder = tmp_path_factory.mktemp("bulk")
    records = [json.loads(line) for line in sample_papers().read_text("utf-8").splitlines()]
    again = [{**record, "url": "", "doi": f"10.1000/{n}"} for n, record in enumerate(records[:9])]
    more = [
        {"title": f"On zebra{n}", "abstract": f"We count zebra{n}. It has stripes."}
        for n in range(40)
    ]
    for name, some in (("a", records), ("b", [*again, *more, {"abstract": "No title."}])):
        lines = (json.dumps(record) + "\n" for record in some)
        (folder / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    return folder


def test_bulk_ends_as_plain_adding_does_and_goes_on_where_it_stopped(
    tmp_path: Path, papers: Path, on_server: StoreSettings, start: Start
) -> None:
    where = (on_server.url, on_server.collection)
    said, errors = start(INGEST, *where, tmp_path / "library", papers).communicate()
    assert said.count("\n") == 2, errors
    first, second = said.splitlines()
    # A batch was stored before it stopped; then the rest. No text was embedded in this process.
    assert first.startswith("[64] 0 Stopped. ")
    kept = int(first.split()[3])
    added, unchanged, rejected, embedded = map(int, second.split())
    assert (added + unchanged, rejected, embedded) == (101, 1, 0)
    assert not errors
    with Library.open(tmp_path / "plain", settings=SETTINGS) as plain:
        plain.add(papers)
        expected = plain.papers()
        assert kept + added == len(expected)
        question = "How many GPU hours did training the Transformer take?"
        hits = plain.search(question)
    settings = Settings(store=on_server, embedding=SETTINGS.embedding, llm=SETTINGS.llm)
    with Library.open(tmp_path / "other", settings=settings) as library:
        assert library.papers() == expected
        assert [hit.title for hit in library.search(question)] == [hit.title for hit in hits]
        assert not library.check().problems


def test_ctrl_c_ends_bulk_after_the_batch_and_leaves_no_process(
    tmp_path: Path, project: Path
) -> None:
    file = tmp_path / "papers.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for n in range(1500):
            text = f"We count zebra{n}. " + "It has stripes, and more of them than others. " * 9
            lines.write(json.dumps({"title": f"On zebra{n}", "abstract": text}) + "\n")
    program = [sys.executable, "-m", "assistant", "--library", str(tmp_path / "library")]
    environment = {**os.environ, "ASSISTANT_LLM__ENABLED": "false"}
    process = subprocess.Popen(
        [*program, "bulk", str(file), "--workers", "1"],
        cwd=project,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    assert "papers" in process.stderr.readline()
    # As a terminal does it: to all processes of the group.
    os.killpg(process.pid, signal.SIGINT)
    said = process.stderr.read()
    assert process.wait() == 130
    assert "Stopping after this batch" in said
    assert "papers were added and are kept." in said
    assert "Traceback" not in said
    with Library.open(tmp_path / "library", settings=SETTINGS) as library:
        assert 0 < library.count() < 1500
        assert not library.check().problems
    ends = time.monotonic() + 60
    while is_there(process.pid) and time.monotonic() < ends:
        time.sleep(0.1)
    assert not is_there(process.pid)


def is_there(group: int) -> bool:
    """Tell whether there is a process of a group."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_without_ray_it_is_said_how_to_get_it(
    tmp_path: Path, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    done = CliRunner().invoke(main, ["--library", str(tmp_path / "library"), "bulk", str(papers)])
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 2
    assert "abstract-assistant[ray]" in done.stderr


@pytest.mark.parametrize("address", ["nonsense", "a b:c", "ray://", "127.0.0.1:{port}"])
def test_a_cluster_that_is_not_there(tmp_path: Path, papers: Path, address: str) -> None:
    address = address.format(port=free_port())
    with (
        Library.open(tmp_path / "library", settings=SETTINGS) as library,
        pytest.raises(LibraryError, match="Ray does not start at") as caught,
    ):
        ingest(library, papers, address=address)
    assert "--address" in caught.value.hint


def test_standard_input_is_not_for_other_machines(tmp_path: Path) -> None:
    with (
        Library.open(tmp_path / "library", settings=SETTINGS) as library,
        pytest.raises(UsageError, match="standard input"),
    ):
        ingest(library, "-")


def test_rows_come_back_as_they_were(papers: Path, tmp_path: Path) -> None:
    import pyarrow as pa

    files = pa.table({"path": [str(papers / "b.jsonl"), str(tmp_path / "nowhere.bib")]})
    tables = list(reading({})(files))
    worker = PassageEmbedder(SETTINGS, SETTINGS.embedding, first_bytes([]))
    rows = [row for table in tables for row in rows_of(worker(table), dimension=384)]
    found = [row.record for row in rows if isinstance(row.record, Paper)]
    assert len(found) == 49
    assert {row.record.reason for row in rows if isinstance(row.record, Rejected)} >= {
        "no such file or folder"
    }
    for row in rows:
        assert len(row.texts) == len(row.vectors)
        assert bool(row.texts) == isinstance(row.record, Paper)
    assert json.dumps([asdict(row.record) for row in rows])
