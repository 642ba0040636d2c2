"""A backup holds everything, and makes the same library on another machine without a model."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.backup import archive as layout
from assistant.config import EmbeddingSettings, LlmSettings, Settings
from assistant.errors import Cancelled, InputError, LibraryBusy, LibraryError
from assistant.library import Library
from assistant.types import Cancellation, Paper

Start = Callable[..., "subprocess.Popen[str]"]
SESSION = "sessions/20260101-000000-abcdef12.jsonl"
NO_MODELS = Settings(llm=LlmSettings(model="/no/such.gguf"))


@pytest.fixture
def backup(own_folder: Path, tmp_path: Path) -> Path:
    """A backup of the sample library with a tag, a paper in two files and a conversation."""
    more = tmp_path / "more.jsonl"
    more.write_text('{"title": "Attention is all you need", "abstract": "Short.", "pmid": "12"}\n')
    (own_folder / "sessions").mkdir()
    (own_folder / SESSION).write_bytes(b'{"asked": "what?"}\n' * 3)
    with Library.open(own_folder, settings=Settings()) as library:
        library.add(more)
        library.add_papers(
            [Paper(paper_id="own:1", title="Tagged", abstract="It is.", tags=("to read",))]
        )
        contents = library.back_up(tmp_path / "library.zip")
        assert (contents.papers, contents.sessions) == (53, 1)
        assert contents.passages == library._store.count()
    return tmp_path / "library.zip"


def everything(folder: Path) -> tuple[list[object], dict[str, tuple[object, ...]]]:
    """All that is known of the papers, and all rows, of a library.

    Vectors are rounded: Chroma brings them to length 1 again, which turns the last bit of some.
    """
    with Library.open(folder, settings=Settings(), create=False) as library:
        rows = library._store.rows(library._store.ids(offset=0, limit=10_000))
        return list(library._mirror.stored()), {
            row.row_id: (
                row.text,
                sorted(row.metadata.items()),
                (row.vector.round(5) + 0.0).tobytes(),
            )
            for row in rows
            if row.vector is not None
        }


def test_a_restored_library_is_the_same(own_folder: Path, backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "library"
    told: list[tuple[int, int]] = []
    contents = Library.restore(
        backup, folder, settings=NO_MODELS, progress=lambda *counts: told.append(counts)
    )
    assert contents.papers == 53
    assert told[-1] == (53, 53)
    papers, rows = everything(folder)
    old_papers, old_rows = everything(own_folder)
    assert papers == old_papers
    assert rows == old_rows
    assert (folder / SESSION).read_bytes() == (own_folder / SESSION).read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == [
        "chroma",
        "mirror.sqlite3",
        "sessions",
        "writer.lock",
    ]
    with Library.open(folder, settings=Settings(), create=False) as library:
        assert library.check().problems == ()
        assert library.search("transformer")[0].title


def test_adding_the_same_files_to_a_restored_library_embeds_nothing(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Library.restore(backup, tmp_path / "new", settings=Settings())
    with Library.open(tmp_path / "new", settings=Settings()) as library:
        monkeypatch.setattr(library.embedder, "embed", lambda _: pytest.fail("it embeds"))
        assert library.add(tmp_path / "more.jsonl").unchanged == 1


def test_a_library_without_papers_is_backed_up_and_restored(tmp_path: Path) -> None:
    with Library.open(tmp_path / "empty", settings=Settings()) as library:
        assert library.back_up(tmp_path / "empty.zip").papers == 0
    assert Library.restore(tmp_path / "empty.zip", tmp_path / "new").papers == 0
    with Library.open(tmp_path / "new", settings=Settings(), create=False) as library:
        assert library.papers() == []


def test_no_file_is_overwritten_by_a_backup(own_folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine.zip"
    target.write_bytes(b"mine")
    with Library.open(own_folder, settings=Settings()) as library:
        with pytest.raises(InputError, match="is there already"):
            library.back_up(target)
        assert target.read_bytes() == b"mine"
        library.back_up(target, force=True)
    assert zipfile.is_zipfile(target)


def test_a_backup_that_is_stopped_leaves_no_file(own_folder: Path, tmp_path: Path) -> None:
    cancel = Cancellation()
    cancel.cancel()
    with Library.open(own_folder, settings=Settings()) as library:
        with pytest.raises(Cancelled):
            library.back_up(tmp_path / "x.zip", cancel=cancel)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["library"]
        library.search("transformer")


def test_a_library_with_papers_is_never_replaced(backup: Path, own_folder: Path) -> None:
    before = everything(own_folder)
    with pytest.raises(LibraryError, match="a library with papers"):
        Library.restore(backup, own_folder, settings=Settings())
    assert everything(own_folder) == before


def test_conversations_are_never_replaced(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    (folder / "sessions").mkdir(parents=True)
    mine = folder / SESSION
    mine.write_bytes(b"mine")
    with pytest.raises(LibraryError, match="a library with conversations"):
        Library.restore(backup, folder, settings=Settings())
    assert mine.read_bytes() == b"mine"
    assert not (folder / "chroma").exists()


READ_AND_ADD = """
import sys
from assistant.config import Settings
from assistant.library import Library
from assistant.types import Paper

with Library.open(sys.argv[1], settings=Settings()) as library:
    print(len(library.search("transformer")), flush=True)
    sys.stdin.readline()
    print(len(library.search("transformer")), flush=True)
    late = Paper(paper_id="late", title="Late", abstract="It is added after the restore.")
    print(library.add_papers([late]).added, flush=True)
"""


def test_a_program_that_has_the_library_open_sees_what_is_restored(
    backup: Path, tmp_path: Path, start: Start
) -> None:
    folder = tmp_path / "new"
    process = start(READ_AND_ADD, folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    Library.restore(backup, folder, settings=Settings())
    assert process.communicate("\n") == ("10\n1\n", "")
    with Library.open(folder, settings=Settings()) as library:
        assert library.count() == 54
        assert library.check().problems == ()


def test_a_restore_that_is_stopped_leaves_no_library_and_can_be_run_again(
    backup: Path, tmp_path: Path
) -> None:
    folder, cancel = tmp_path / "new", Cancellation()
    with pytest.raises(Cancelled, match="Nothing was restored"):
        Library.restore(backup, folder, progress=lambda *_: cancel.cancel(), cancel=cancel)
    with pytest.raises(LibraryError, match="There is no library"):
        Library.open(folder, create=False)
    assert [path.name for path in folder.iterdir()] == ["writer.lock"]
    assert Library.restore(backup, folder).papers == 53


RESTORE = """
import sys, time
from assistant.library import Library

def tell(done, total):
    print(done, flush=True)
    time.sleep(60)

Library.restore(sys.argv[1], sys.argv[2], progress=tell)
"""

BACK_UP = """
import sys, time
from assistant.library import Library

def tell(done, total):
    print(done, flush=True)
    time.sleep(60)

with Library.open(sys.argv[1]) as library:
    library.back_up(sys.argv[2], progress=tell)
"""


def test_a_restore_that_is_killed_leaves_no_library_and_can_be_run_again(
    backup: Path, tmp_path: Path, start: Start
) -> None:
    folder = tmp_path / "new"
    process = start(RESTORE, backup, folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "53\n"
    with pytest.raises(LibraryBusy):
        Library.restore(backup, folder)
    process.kill()
    process.wait()
    with pytest.raises(LibraryError, match="There is no library"):
        Library.open(folder, create=False)
    assert (folder / "restoring").exists()
    assert Library.restore(backup, folder).papers == 53
    assert not (folder / "restoring").exists()


def test_a_restore_that_is_killed_at_its_last_step_can_be_run_again(
    backup: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    Library.restore(backup, folder)
    # The state before the store is put into its place: all else is there.
    shutil.rmtree(folder / "chroma")
    assert Library.restore(backup, folder).papers == 53
    assert len(everything(folder)[0]) == 53


def test_a_backup_that_is_killed_leaves_no_file_of_its_name(
    own_folder: Path, tmp_path: Path, start: Start
) -> None:
    process = start(BACK_UP, own_folder, tmp_path / "x.zip")
    assert process.stdout is not None
    process.stdout.readline()
    with Library.open(own_folder, settings=Settings()) as library:
        with pytest.raises(LibraryBusy):
            library.back_up(tmp_path / "y.zip")
        assert library.search("transformer")
        process.kill()
        process.wait()
        assert not (tmp_path / "x.zip").exists()
        assert library.back_up(tmp_path / "x.zip").papers == 52


def test_a_library_of_another_encoder_is_restored_with_its_name(
    backup: Path, tmp_path: Path
) -> None:
    other = Settings(embedding=EmbeddingSettings(model="another"))
    contents = Library.restore(backup, tmp_path / "new", settings=other)
    assert contents.embedder == Settings().embedding.model
    with Library.open(tmp_path / "new", settings=Settings()) as library:
        assert library.count() == 53


def test_a_damaged_library_is_not_backed_up_as_if_it_were_whole(
    own_folder: Path, tmp_path: Path
) -> None:
    with Library.open(own_folder, settings=Settings()) as library:
        item = next(item for item in library._mirror.stored() if item.passages > 1)
        library._store.delete_rows([f"{item.paper.paper_id}:1"])
        with pytest.raises(LibraryError, match="lacks passages") as caught:
            library.back_up(tmp_path / "x.zip")
    assert "check --repair" in caught.value.hint
    assert not (tmp_path / "x.zip").exists()


def test_memory_holds_a_part_at_a_time(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert layout.PART_PAPERS <= 256
    with zipfile.ZipFile(backup) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        vectors = np.frombuffer(archive.read("vectors/00001.f32"), dtype="<f4")
    contents = manifest["contents"]
    assert vectors.size == contents["passages"] * contents["dimension"]
