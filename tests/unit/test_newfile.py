"""A new file is there whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.newfile import check_new_file, new_file


def test_a_file_is_there_at_the_end_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "refs.bib"
    with new_file(target, force=False) as file:
        file.write(b"one")
        assert not target.exists()
    assert target.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [target]


def test_an_exception_leaves_nothing(tmp_path: Path) -> None:
    with suppress(KeyboardInterrupt), new_file(tmp_path / "x", force=False) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path) -> None:
    target = tmp_path / "refs.bib"
    target.write_bytes(b"mine")
    target.chmod(0o640)
    with (
        pytest.raises(InputError, match="is there already") as caught,
        new_file(target, force=False),
    ):
        pytest.fail("nothing is to be written")
    assert "--force" in caught.value.hint
    assert target.read_bytes() == b"mine"
    with pytest.raises(KeyboardInterrupt), new_file(target, force=True):
        raise KeyboardInterrupt
    assert target.read_bytes() == b"mine"
    with new_file(target, force=True) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_file_that_comes_up_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "refs.bib"
    with pytest.raises(InputError, match="is there already"), new_file(target, force=False):
        target.write_bytes(b"another's")
    assert target.read_bytes() == b"another's"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.bib", tmp_path / "link.bib"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with new_file(link, force=True) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("place", ["folder", "none/x", "pipe"])
def test_what_cannot_be_written_is_one_error(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError), new_file(tmp_path / place, force=True):
        pytest.fail("nothing can be written")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "pipe"]


def test_a_full_disk_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InputError, match="no space left"), new_file(tmp_path / "x", force=False):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    check_new_file(tmp_path / "new", force=False)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "old").write_bytes(b"mine")
    check_new_file(tmp_path / "old", force=True)
    for place in (tmp_path / "old", tmp_path, tmp_path / "none" / "new"):
        with pytest.raises(InputError):
            check_new_file(place, force=False)
