"""Files that are no backups, or not any more: one error, and nothing is restored."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.config import Settings
from assistant.library import Library

Members = dict[str, bytes]
PAPERS, VECTORS, SESSION = "papers/00001.jsonl", "vectors/00001.f32", "sessions/a.jsonl"


@pytest.fixture(scope="module")
def whole(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the sample papers."""
    path = tmp_path_factory.mktemp("backup") / "whole.zip"
    with Library.open(sample_folder, settings=Settings(), create=False) as library:
        library.back_up(path)
    return path


def members_of(path: Path) -> tuple[Members, dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return members, json.loads(members.pop("manifest.json"))


def write(path: Path, members: Members, manifest: dict[str, Any], *, signed: bool = True) -> None:
    """Write an archive; ``signed``, its manifest names its members as they are."""
    if signed:
        manifest["members"] = [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in members.items()
        ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps(manifest))


def refuses(run_failing: Callable[..., str], path: Path, folder: Path) -> str:
    """Restore, which must fail and leave no library; return the error."""
    error = run_failing(folder, 1, "restore", str(path))
    assert not (folder / "chroma").exists()
    assert not (folder / "sessions").exists()
    assert not (folder / "restoring").exists()
    return error


CONTENTS: dict[str, bytes] = {
    "empty": b"",
    "text": b"This is no backup.\n" * 50,
    "zip without members": b"PK\x05\x06" + bytes(18),
    "zip header alone": b"PK\x03\x04",
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_that_is_no_backup(kind: str, tmp_path: Path, run_failing) -> None:
    file = tmp_path / "file.zip"
    file.write_bytes(CONTENTS[kind])
    assert "is no backup" in refuses(run_failing, file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("place", ["none.zip", "."])
def test_a_file_that_is_not_there(place: str, tmp_path: Path, run_failing) -> None:
    refuses(run_failing, tmp_path / place, tmp_path / "new")


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 0.999])
def test_a_backup_that_was_cut_short(
    share: float, whole: Path, tmp_path: Path, run_failing
) -> None:
    data = whole.read_bytes()
    file = tmp_path / "cut.zip"
    file.write_bytes(data[: int(len(data) * share)])
    refuses(run_failing, file, tmp_path / "new")


@pytest.mark.parametrize("place", [100, 5_000, 50_000, 200_000])
def test_a_backup_with_a_wrong_byte(place: int, whole: Path, tmp_path: Path, run_failing) -> None:
    data = bytearray(whole.read_bytes())
    data[place] ^= 0xFF
    file = tmp_path / "wrong.zip"
    file.write_bytes(data)
    refuses(run_failing, file, tmp_path / "new")


def test_a_member_that_was_replaced(whole: Path, tmp_path: Path, run_failing) -> None:
    members, manifest = members_of(whole)
    members[PAPERS] = members[PAPERS].replace(b"Attention", b"Retention")
    write(tmp_path / "x.zip", members, manifest, signed=False)
    assert "was altered" in refuses(run_failing, tmp_path / "x.zip", tmp_path / "new")


@pytest.mark.parametrize(
    "name",
    [
        "../evil.jsonl",
        "/tmp/evil.jsonl",
        "sessions/../../evil.jsonl",
        "sessions/..\\evil.jsonl",
        "sessions/.hidden.jsonl",
        "sessions/a/b.jsonl",
        "sessions/",
        "papers/00001.jsonl\n",
        "chroma/chroma.sqlite3",
    ],
)
def test_a_member_with_a_name_of_its_own(
    name: str, whole: Path, tmp_path: Path, run_failing
) -> None:
    members, manifest = members_of(whole)
    write(tmp_path / "x.zip", {**members, name: b"{}\n"}, manifest)
    refuses(run_failing, tmp_path / "x.zip", tmp_path / "deep" / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.zip"]


@pytest.mark.parametrize("kind", ["unnamed", "missing", "twice", "none"])
def test_members_that_are_not_those_of_the_manifest(
    kind: str, whole: Path, tmp_path: Path, run_failing
) -> None:
    members, manifest = members_of(whole)
    file = tmp_path / "x.zip"
    if kind == "unnamed":
        members[SESSION] = b"{}\n"
    elif kind == "missing":
        del members[VECTORS]
    elif kind == "none":
        members = {}
    write(file, members, manifest, signed=False)
    if kind == "twice":
        with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(PAPERS, members[PAPERS])
    assert "members" in refuses(run_failing, file, tmp_path / "new")


def test_a_bomb_is_not_unpacked(whole: Path, tmp_path: Path, run_failing) -> None:
    members, manifest = members_of(whole)
    write(tmp_path / "x.zip", {**members, SESSION: bytes(50_000_000)}, manifest)
    error = refuses(run_failing, tmp_path / "x.zip", tmp_path / "new")
    assert "would take 50,000,000 bytes" in error


def test_more_than_the_disk_holds_is_not_begun(
    whole: Path, tmp_path: Path, run_failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert "has 0 MB left" in refuses(run_failing, whole, tmp_path / "new")


def with_paper(change: Callable[[dict[str, Any]], Any]) -> Callable[[Members], None]:
    """Change the first paper of an archive."""

    def apply(members: Members) -> None:
        first, rest = members[PAPERS].split(b"\n", 1)
        value = json.loads(first)
        change(value)
        members[PAPERS] = json.dumps(value).encode() + b"\n" + rest

    return apply


def with_vectors(change: Callable[[Any], Any]) -> Callable[[Members], None]:
    def apply(members: Members) -> None:
        vectors = np.frombuffer(members[VECTORS], dtype="<f4").copy()
        members[VECTORS] = change(vectors).tobytes()

    return apply


def first_zero(vectors: Any) -> Any:
    vectors[:384] = 0
    return vectors


def first_nan(vectors: Any) -> Any:
    vectors[3] = np.nan
    return vectors


FORGED: dict[str, Callable[[Members], None]] = {
    "no paper": lambda m: m.update({PAPERS: b"[]\n" + m[PAPERS].split(b"\n", 1)[1]}),
    "not JSON": lambda m: m.update({PAPERS: b"{\n" + m[PAPERS]}),
    "deep": lambda m: m.update({PAPERS: b"[" * 200_000 + b"\n" + m[PAPERS]}),
    "cut off": lambda m: m.update({PAPERS: m[PAPERS][:-1]}),
    "a paper less": lambda m: m.update({PAPERS: m[PAPERS].split(b"\n", 1)[1]}),
    "a paper twice": lambda m: m.update({PAPERS: m[PAPERS].split(b"\n", 1)[0] + b"\n" + m[PAPERS]}),
    "no title": with_paper(lambda v: v["paper"].update(title="")),
    "a number for a title": with_paper(lambda v: v["paper"].update(title=5)),
    "a title of unseen signs": with_paper(lambda v: v["paper"].update(title="\x1b[31m\u200b")),
    "escape in an id": with_paper(lambda v: v["paper"].update(paper_id="\x1b[31mred")),
    "no id": with_paper(lambda v: v["paper"].update(paper_id="")),
    "a record that is none": with_paper(lambda v: v["origins"].update(x=[5])),
    "a span outside": with_paper(lambda v: v["passages"][0].update(end=10**9)),
    "no passages": with_paper(lambda v: v.update(passages=[])),
    "a vector less": with_vectors(lambda v: v[384:]),
    "a vector more": with_vectors(lambda v: np.concatenate([v, v[:384]])),
    "a vector of length 0": with_vectors(first_zero),
    "a vector without numbers": with_vectors(first_nan),
}


@pytest.mark.parametrize("kind", FORGED)
def test_members_that_hold_something_else(
    kind: str, whole: Path, tmp_path: Path, run_failing
) -> None:
    members, manifest = members_of(whole)
    FORGED[kind](members)
    write(tmp_path / "x.zip", members, manifest)
    assert "is no backup" in refuses(run_failing, tmp_path / "x.zip", tmp_path / "new")


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": "1"},
        {"format": "something else"},
        {"contents": None},
        {"members": [{"name": 5}]},
        {"contents": {"papers": -1}},
    ],
    ids=str,
)
def test_a_manifest_that_says_something_else(
    change: dict[str, Any], whole: Path, tmp_path: Path, run_failing
) -> None:
    members, manifest = members_of(whole)
    write(tmp_path / "x.zip", members, {**manifest, **change}, signed=False)
    refuses(run_failing, tmp_path / "x.zip", tmp_path / "new")


@pytest.mark.parametrize(
    "counts", [{"papers": 51}, {"papers": 53}, {"passages": 1}, {"dimension": 0}]
)
def test_counts_that_are_not_kept(
    counts: dict[str, int], whole: Path, tmp_path: Path, run_failing
) -> None:
    members, manifest = members_of(whole)
    manifest["contents"] |= counts
    write(tmp_path / "x.zip", members, manifest)
    refuses(run_failing, tmp_path / "x.zip", tmp_path / "new")


def test_a_forged_archive_that_is_sound_is_restored(whole: Path, tmp_path: Path, run) -> None:
    """The other tests fail for what they change, and not for how they write."""
    members, manifest = members_of(whole)
    write(tmp_path / "x.zip", {**members, SESSION: b"{}\n"}, manifest)
    result = run(tmp_path / "new", "restore", str(tmp_path / "x.zip"))
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "new" / SESSION).read_bytes() == b"{}\n"
    assert len(run(tmp_path / "new", "papers").stdout.splitlines()) == 52


def test_what_steers_a_terminal_is_not_restored(whole: Path, tmp_path: Path, run) -> None:
    members, manifest = members_of(whole)
    hostile = "\x1b]0;title\x07\u202eRed\x1b[31m"
    with_paper(lambda v: v["paper"].update(title=hostile, venue=hostile, authors=[hostile]))(
        members
    )
    write(tmp_path / "x.zip", members, manifest)
    assert run(tmp_path / "new", "restore", str(tmp_path / "x.zip")).exit_code == 0
    assert "Red" in run(tmp_path / "new", "papers").stdout
    for name in ("csv", "ris", "jsonl"):
        assert "Red" in run(tmp_path / "new", "export", "--format", name).stdout
