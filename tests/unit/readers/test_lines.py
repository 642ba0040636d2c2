"""Bytes to lines: encodings, line ends, lines without end, and what is no text."""

from __future__ import annotations

import io
import re
import tracemalloc
from collections.abc import Iterator
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.lines import MAX_LINE_CHARS, Line, NotText, read_lines


class Repeated(io.RawIOBase):
    """A stream of one piece many times, then an end; as a pipe, it hands over one at a time."""

    def __init__(self, piece: bytes, times: int, end: bytes = b"") -> None:
        super().__init__()
        self._pieces: Iterator[bytes] = (piece for _ in range(times))
        self._end = end

    def read(self, size: int = -1, /) -> bytes:
        piece = next(self._pieces, b"")
        if not piece:
            piece, self._end = self._end, b""
        return piece[:size]


def lines_of(data: bytes) -> list[str | None]:
    return [line.text for line in read_lines(io.BytesIO(data))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_unicode_encodings_and_line_ends(encoding: str, end: str) -> None:
    text = end.join(["Größe Σ", "", "数据 😀"])
    assert lines_of(text.encode(encoding)) == ["Größe Σ", "", "数据 😀"]


def test_lines_are_numbered_from_one() -> None:
    assert list(read_lines(io.BytesIO(b"a\n\nb"))) == [Line(1, "a"), Line(2, ""), Line(3, "b")]


def test_a_stray_byte_is_taken_for_windows_1252() -> None:
    assert lines_of("naïve – ".encode() + b"\x93quote\x94 caf\xe9 \x81") == [
        "naïve – “quote” café \x81"
    ]


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe \x00\n\x00"])
def test_an_empty_file_is_said_to_be_empty(data: bytes) -> None:
    with pytest.raises(NotText, match="empty"):
        lines_of(data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7 text", "PDF"),
        (b"PK\x03\x04abc", "ZIP"),
        (b"{\\rtf1 text}", "rich text"),
        (b"text with \x00 in it", "binary"),
        (bytes(range(128, 256)) * 9, "binary"),
        (b"\x01\x02\x03abc", "binary"),
    ],
)
def test_a_binary_file_is_named(data: bytes, kind: str) -> None:
    with pytest.raises(NotText, match=kind):
        lines_of(data)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_line_at_the_limit_is_read_and_one_above_is_not(end: bytes) -> None:
    assert lines_of(b"a" * MAX_LINE_CHARS + end) == ["a" * MAX_LINE_CHARS]
    assert lines_of(b"a" * (MAX_LINE_CHARS + 1) + end) == [None]


def test_after_an_overlong_line_the_next_one_is_read() -> None:
    data = b"first\n" + b"a" * (MAX_LINE_CHARS * 2 + 7) + b"\nthird\n"
    assert list(read_lines(io.BytesIO(data))) == [Line(1, "first"), Line(2, None), Line(3, "third")]


def test_a_line_without_end_is_passed_over_in_bounded_memory() -> None:
    stream = cast(BinaryIO, Repeated(b"a" * 60_000, times=2_000, end=b"\nend"))
    tracemalloc.start()
    try:
        assert list(read_lines(stream)) == [Line(1, None), Line(2, "end")]
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 20_000_000


@given(st.binary(max_size=2_000))
def test_any_bytes_give_lines_or_are_no_text(data: bytes) -> None:
    try:
        lines = list(read_lines(io.BytesIO(data)))
    except NotText:
        return
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


@pytest.mark.parametrize(
    ("text", "encoding", "is_read"),
    [
        ("机器学习, 图像和文字。", "gb2312", True),
        ("abstract = {深度学习的方法 (BERT)}", "gbk", True),
        ("créée par José", "cp1252", True),
        ("% Encoding: windows-1251\nДождь", "cp1251", True),
        ("Дождь идёт сегодня, " * 3 + "rain and more rain " * 9, "cp1251", False),
    ],
)
def test_chinese_is_told_and_other_bytes_are_not_taken_for_it(
    text: str, encoding: str, is_read: bool
) -> None:
    found = "\n".join(line or "" for line in lines_of(text.encode(encoding)))
    assert (found == text) is is_read
    assert is_read or not any("\u4e00" <= char <= "\u9fff" for char in found)


def test_utf8_with_a_wrong_byte_stays_utf8() -> None:
    assert lines_of("数据和文字 Größe".encode() + b"\x93") == ["数据和文字 Größe“"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_byte_order_mark_is_known_by_its_zeros(encoding: str) -> None:
    assert lines_of("Title\r\nGröße – “so”".encode(encoding)) == ["Title", "Größe – “so”"]


def test_a_long_line_is_divided_where_a_format_says_so() -> None:
    breaks = re.compile(r"\}(?=,@)")
    part = "@{" + "x" * 40_000 + "},"
    lines = list(read_lines(io.BytesIO((part * 60 + "\nend\n").encode()), breaks=breaks))
    assert [line.number for line in lines] == [1] * 60 + [2]
    assert "\n".join(str(line.text) for line in lines[:60]) == (part * 60).replace("},@", "}\n,@")


def test_of_a_divided_line_only_the_part_without_end_is_lost() -> None:
    breaks = re.compile(r"\}(?=@)")
    data = "@{a}@{" + "x" * (2 * MAX_LINE_CHARS) + "}@{b}@{c}\nend"
    lines = list(read_lines(io.BytesIO(data.encode()), breaks=breaks))
    assert lines == [Line(1, "@{a}"), Line(1, None), Line(1, "@{b}@{c}"), Line(2, "end")]
