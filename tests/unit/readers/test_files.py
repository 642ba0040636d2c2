"""From paths to papers: files, folders, standard input, formats, and what cannot be read."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.identity import paper_id
from assistant.readers import read_papers
from assistant.types import Paper, Rejected

LISTING = (
    "Rain by Night\n\nRain falls by night. We count it.\n\nFog by Day\n\nFog is grey. We see it.\n"
)
TITLES = ["Rain by Night", "Fog by Day"]


def json_line(title: str) -> str:
    return json.dumps({"title": title, "abstract": "It is so."}) + "\n"


def titles(*paths: Path | str, stdin: bytes = b"") -> list[str]:
    records = list(read_papers(paths, stdin=io.BytesIO(stdin)))
    assert [str(record) for record in records if isinstance(record, Rejected)] == []
    return [record.title for record in records if isinstance(record, Paper)]


def reasons(*paths: Path | str, stdin: bytes = b"") -> list[str]:
    records = read_papers(paths, stdin=io.BytesIO(stdin))
    return [record.reason for record in records if isinstance(record, Rejected)]


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.pdf", "noextension"])
def test_the_format_is_told_by_content_and_not_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(LISTING)
    assert titles(path) == TITLES
    path.write_text("\ufeff \n\n" + json_line("A") + json_line("B"), encoding="utf-8")
    assert titles(str(path)) == ["A", "B"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_in_any_unicode_encoding(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(LISTING.replace("Rain", "Größe").replace("\n", end).encode(encoding))
    assert titles(path) == ["Größe by Night", "Fog by Day"]


def test_a_paper_knows_its_file_and_has_a_stable_id(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LISTING)
    (tmp_path / "b.txt").write_text(LISTING.replace("We count it.", "We counted it again."))
    first, _, again, _ = read_papers([tmp_path])
    assert isinstance(first, Paper)
    assert isinstance(again, Paper)
    assert (first.source, again.source) == ("a.txt", "b.txt")
    assert first.paper_id == again.paper_id == paper_id("Rain by Night")
    assert first.abstract != again.abstract


@pytest.mark.parametrize(
    "name",
    ["a.bib", "a.RIS", "a.nbib", "a.xml", "a.csv", "a.tsv", "a.tab", "a.json", "a.jsonl", "a.txt",
     "a.md", "a.ciw", "a.enw", "a.zip", "a.gz", "a.pdf", "a"],
)  # fmt: skip
def test_in_a_folder_the_files_of_all_formats_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(LISTING)
    assert titles(tmp_path) == TITLES


def test_a_folder_is_read_in_order_with_its_folders(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.jsonl", "a/y.NDJSON", "c", "d.md", "e.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json_line(name))
    assert titles(tmp_path) == ["b.txt", "c", "d.md", "e.json", "a/y.NDJSON", "a/z.jsonl"]


def test_in_a_folder_other_files_hidden_files_and_links_out_of_it_are_passed_over(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "folder"
    (folder / ".git").mkdir(parents=True)
    (tmp_path / "outside.txt").write_text(json_line("outside"))
    for name in ("a.docx", "b.py", ".hidden.txt", ".git/c.txt", "kept.txt"):
        (folder / name).write_text(json_line(name))
    (folder / "out.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "broken.txt").symlink_to(folder / "nothing")
    (folder / "within.txt").symlink_to(folder / "kept.txt")
    assert titles(folder) == ["kept.txt", "kept.txt"]


def test_a_named_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "a.txt").write_text(LISTING)
    assert titles(tmp_path) == TITLES


def test_standard_input_is_a_dash() -> None:
    assert titles("-", stdin=LISTING.encode()) == TITLES
    (paper,) = read_papers(["-"], stdin=io.BytesIO(json_line("A").encode()))
    assert isinstance(paper, Paper)
    assert paper.source == "-"


def test_several_paths_are_read_in_turn_and_a_bad_one_does_not_stop_them(tmp_path: Path) -> None:
    good, empty = tmp_path / "good.txt", tmp_path / "empty.txt"
    good.write_text(LISTING)
    empty.write_text(" \n\n")
    records = list(read_papers([tmp_path / "nothing", good, empty, good]))
    assert [str(record) for record in records if isinstance(record, Rejected)] == [
        f"{tmp_path}/nothing: no such file or folder",
        f"{empty}: the file is empty",
    ]
    assert [record.title for record in records if isinstance(record, Paper)] == TITLES * 2


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    binary, pages, only = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.txt"
    binary.write_bytes(b"abc\x00def")
    pages.write_bytes(b"%PDF-1.4\n")
    only.write_text("new\n\nSubscribe\n\nMay 21\n")
    (tmp_path / "folder").mkdir()
    assert reasons(binary) == ["not text: a binary file"]
    assert reasons(pages)[0].startswith("a PDF file that cannot be read: ")
    assert reasons(only) == ["no papers in this file"]
    assert reasons(tmp_path / "folder") == ["no text files in this folder"]
    assert reasons("a\x00b") == ["cannot be read: embedded null byte"]
    assert reasons("x" * 5_000) == ["cannot be read: File name too long"]


def test_an_overlong_first_line_does_not_hide_the_format() -> None:
    data = b'{"a": "' + b"x" * 1_100_000 + b'"}\n' + json_line("A").encode()
    records = list(read_papers(["-"], stdin=io.BytesIO(data)))
    assert [type(record) for record in records] == [Rejected, Paper]


def test_a_name_with_control_characters_is_shown_without_them(tmp_path: Path) -> None:
    path = tmp_path / "evil\x1b[31m\nname.txt"
    path.write_text("Only a Title\n")
    (rejected,) = read_papers([path])
    assert isinstance(rejected, Rejected)
    assert rejected.file == f"{tmp_path}/evil name.txt"


def test_reading_stops_when_the_caller_does() -> None:
    endless = io.BytesIO(json_line("A").encode() * 10_000)
    records = read_papers(["-"], stdin=endless)
    next(iter(records))
    assert endless.tell() < 1_000_000


@given(
    st.binary(max_size=3_000)
    | st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.lists(st.sampled_from([b"{", b"}", b'"title":', b'"a"', b"\n", b"A b", b".", b"\xff"]))
    .map(b"".join)
)  # fmt: skip
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    for record in read_papers(["-"], stdin=io.BytesIO(data)):
        assert isinstance(record, Rejected) or (record.title and record.abstract)
