"""Archives: their files are read as in a folder, and a hostile one ends in one line."""

from __future__ import annotations

import gzip
import io
import json
import random
import stat
import struct
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.readers import archives, read_papers
from assistant.types import Paper, Rejected

BIBTEX = b"@article{a, title = {A Title}, abstract = {It is.}}\n"


def record(title: str) -> bytes:
    return json.dumps({"title": title, "abstract": "It is so."}).encode() + b"\n"


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(*members: tuple[str, bytes], links: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(info)
    return out.getvalue()


def read(path: Path, data: bytes) -> list[Paper | Rejected]:
    path.write_bytes(data)
    return list(read_papers([path]))


def found(path: Path, data: bytes) -> list[tuple[str, str]]:
    """Title and source of each paper; nothing may be rejected."""
    records = read(path, data)
    assert [str(one) for one in records if isinstance(one, Rejected)] == []
    return [(one.title, one.source) for one in records if isinstance(one, Paper)]


def refused(path: Path, data: bytes) -> list[str]:
    """The rows of the report, without the folder of the archive."""
    records = read(path, data)
    return [str(r).removeprefix(f"{path.parent}/") for r in records if isinstance(r, Rejected)]


@pytest.mark.parametrize("name", ["export.zip", "export", "export.txt"])
def test_the_files_of_a_zip_are_read_in_their_formats(tmp_path: Path, name: str) -> None:
    data = zipped(
        ("refs.bib", BIBTEX),
        ("more/papers.jsonl", record("B")),
        ("more/table.csv", b"title,abstract\nC,It is.\n"),
        ("README", b"D Title\n\nIt is an abstract.\n"),
    )
    assert found(tmp_path / name, data) == [
        ("A Title", f"{name}/refs.bib"),
        ("B", f"{name}/more/papers.jsonl"),
        ("C", f"{name}/more/table.csv"),
        ("D Title", f"{name}/README"),
    ]


def test_a_compressed_file_keeps_its_name(tmp_path: Path) -> None:
    assert found(tmp_path / "refs.bib.gz", gzip.compress(BIBTEX)) == [("A Title", "refs.bib.gz")]
    twice = gzip.compress(record("A")) + gzip.compress(record("B"))
    assert [title for title, _ in found(tmp_path / "a.gz", twice)] == ["A", "B"]


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tgz"])
def test_a_tar_archive_is_read_compressed_or_not(tmp_path: Path, name: str) -> None:
    data = tarred(("x/a.bib", BIBTEX), ("b.jsonl", record("B")), links=("c.txt",))
    assert found(tmp_path / name, data if name == "a.tar" else gzip.compress(data)) == [
        ("A Title", f"{name}/x/a.bib"),
        ("B", f"{name}/b.jsonl"),
    ]


def test_an_archive_in_an_archive_is_read_and_one_in_that_is_not(tmp_path: Path) -> None:
    deep = zipped(("c.jsonl", record("C")))
    inner = zipped(("b.jsonl", record("B")), ("deep.zip", deep), ("deeper.zip", deep))
    data = zipped(("inner.zip", inner), ("a.jsonl.gz", gzip.compress(record("A"))))
    records = read(tmp_path / "outer.zip", data)
    assert [(r.title, r.source) for r in records if isinstance(r, Paper)] == [
        ("B", "outer.zip/inner.zip/b.jsonl"),
        ("A", "outer.zip/a.jsonl.gz"),
    ]
    (rejected,) = (r for r in records if isinstance(r, Rejected))
    assert rejected.file == f"{tmp_path}/outer.zip/inner.zip/deep.zip"
    assert rejected.reason.startswith("an archive in an archive in an archive")


def test_an_archive_is_read_from_standard_input_and_in_a_folder(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    data = zipped(("a.jsonl", record("A")))
    (paper,) = read_papers(["-"], stdin=Pipe(data))
    assert isinstance(paper, Paper)
    assert paper.source == "-/a.jsonl"
    (tmp_path / "b.zip").write_bytes(data)
    (paper,) = read_papers([tmp_path])
    assert isinstance(paper, Paper)
    assert paper.source == "b.zip/a.jsonl"


def test_what_a_user_says_of_columns_holds_in_archives_too(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(("a.csv", b"Headline,abstract\nA,It is.\n")))
    (paper,) = read_papers([path], columns={"Headline": "title"})
    assert isinstance(paper, Paper)
    assert paper.title == "A"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/a.jsonl", "etc/a.jsonl"),
        ("/etc/a.jsonl", "etc/a.jsonl"),
        ("C:\\Windows\\a.jsonl", "Windows/a.jsonl"),
        ("x\x1b[31m/a.jsonl", "x/a.jsonl"),
        ("./a.jsonl", "a.jsonl"),
    ],
)
def test_a_path_that_leads_out_is_a_name_like_any_other(
    tmp_path: Path, name: str, clean: str
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for data in (zipped((name, record("A"))), tarred((name, record("A")))):
        assert found(folder / "a.zip", data) == [("A", f"a.zip/{clean}")]
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "a.zip"]


def test_links_hidden_files_and_other_files_are_passed_over(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    data = zipped(
        (link, b"/etc/passwd"),
        (".hidden.txt", b"x"),
        ("__MACOSX/._a.jsonl", b"\x00\x01"),
        (".git/a.txt", b"x"),
        ("picture.png", b"\x89PNG"),
        ("folder/", b""),
        ("a.jsonl", record("A")),
    )
    assert found(tmp_path / "a.zip", data) == [("A", "a.zip/a.jsonl")]


def test_each_bad_file_is_reported_by_its_name_and_the_others_are_read(tmp_path: Path) -> None:
    data = bytearray(
        zipped(("a.txt", b""), ("b.txt", bytes(range(256))), ("c.jsonl", record("C" * 300)),
               ("d.jsonl", record("D")), ("e.jsonl", b"{\n"), ("f.jsonl", record("F")))
    )  # fmt: skip
    for index, name in ((data.index(b"d.jsonl") - 30, 6), (data.rindex(b"d.jsonl") - 46, 8)):
        data[index + name] |= 0x1  # encrypted
    start = data.index(b"c.jsonl") + len(b"c.jsonl")
    data[start + 5] ^= 0xFF
    records = read(tmp_path / "a.zip", bytes(data))
    assert [r.title for r in records if isinstance(r, Paper)] == ["F"]
    reasons = {r.file.rpartition("/")[2]: r.reason for r in records if isinstance(r, Rejected)}
    assert reasons["a.txt"] == "the file is empty"
    assert reasons["b.txt"] == "not text: a binary file"
    assert reasons["c.jsonl"].startswith("cannot be read: damaged")
    assert reasons["d.jsonl"].startswith("an encrypted file")
    assert reasons["e.jsonl"].startswith("not valid JSON")


def test_what_comes_before_the_damage_is_read(tmp_path: Path) -> None:
    lines = b"".join(record(f"Title {number} {random.random()}") for number in range(3_000))
    records = read(tmp_path / "a.jsonl.gz", gzip.compress(lines)[:-2_000])
    assert sum(isinstance(r, Paper) for r in records) > 1_000
    assert "to its end" in str(records[-1])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04" + bytes(60), "a.x: cannot be read: damaged ZIP file"),
        (b"\x1f\x8b\x08" + bytes(60), "a.x: cannot be read: damaged compressed file"),
        (zipped(), "a.x: no text files in this archive"),
        (zipped(("a.png", b"x")), "a.x: no text files in this archive"),
        (
            zipped(("[Content_Types].xml", b"<x/>"), ("word/a.xml", b"<x/>")),
            "a.x: not text: a Word",
        ),
        (zipped(("META-INF/container.xml", b"<x/>")), "a.x: not text: an EPUB file"),
        (gzip.compress(b""), "a.x: the file is empty"),
        (tarred(("a.txt", b"x" * 5_000))[:3_000], "a.x/a.txt: "),
    ],
    ids=["zip", "gzip", "empty", "pictures", "Word", "EPUB", "empty gzip", "cut tar"],
)
def test_an_archive_that_cannot_be_read_says_so(tmp_path: Path, data: bytes, reason: str) -> None:
    assert refused(tmp_path / "a.x", data)[0].startswith(reason)


LONG = (b"x" * 999 + b"\n") * 40_000


@pytest.mark.parametrize(
    "bomb",
    [
        zipped(("a.txt", LONG), ("b.jsonl", record("B"))),
        gzip.compress(LONG),
        gzip.compress(tarred(("a.txt", LONG))),
        zipped(*((f"{number}.zip", zipped(("a.txt", LONG))) for number in range(3))),
        gzip.compress(zipped(("a.txt", LONG))),
    ],
    ids=["zip", "gzip", "tar", "nested", "zip in gzip"],
)
def test_a_bomb_ends_in_one_clear_rejection_and_in_little_memory(
    tmp_path: Path, bomb: bytes
) -> None:
    tracemalloc.start()
    try:
        *before, reason = refused(tmp_path / "a.zip", bomb)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reason.startswith("a.zip: an archive that unpacks to more than 200 times its size")
    assert peak_bytes < 30_000_000
    # A ZIP file says beforehand how much it holds; of the others, what came out was read.
    assert all("x" * 20 in row for row in before)
    assert not before or bomb.startswith(b"\x1f\x8b")


def test_a_zip_that_lies_about_sizes_is_found_out(tmp_path: Path) -> None:
    data = bytearray(zipped(("a.txt", LONG)))
    size = struct.pack("<I", len(LONG))
    for _ in range(2):
        place = data.index(size)
        data[place : place + 4] = struct.pack("<I", 100)
    assert len(refused(tmp_path / "a.zip", bytes(data))) == 1


def test_an_archive_of_too_many_files_is_one_rejection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 20)
    members = [(f"{number}.jsonl", record(f"T{number}")) for number in range(21)]
    (reason,) = refused(tmp_path / "a.zip", zipped(*members))
    assert reason.startswith("a.zip: an archive of more than 20 files")
    assert len(found(tmp_path / "b.zip", zipped(*members[:20]))) == 20


def test_well_compressed_text_is_no_bomb(tmp_path: Path) -> None:
    lines = record("A") * 100_000
    data = gzip.compress(lines)
    assert len(lines) > 40 * len(data)
    assert len(found(tmp_path / "a.gz", data)) == 100_000


@settings(max_examples=60)
@given(st.data())
def test_any_damage_is_told_and_nothing_raised(data: st.DataObject) -> None:
    kinds = [zipped(("a.jsonl", record("A") * 50)), tarred(("a.jsonl", record("A"))),
             gzip.compress(record("A") * 50)]  # fmt: skip
    content = bytearray(data.draw(st.sampled_from(kinds)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(content)))
    for part in (content, content[:cut]):
        assert list(read_papers(["-"], stdin=io.BytesIO(bytes(part))))
