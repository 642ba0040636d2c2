"""Bytes of unknown origin to numbered lines of text, in bounded memory.

Every format reader gets its text from here, so that encodings, binary files and lines without
end are dealt with once.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

MAX_LINE_CHARS = 1_000_000
"""A longer line is not a record of anybody's; it is passed over."""
LONG_LINE_CHARS = 65_536
"""A longer line may hold a whole file."""

HEAD_BYTES = 65_536
_MAX_STRANGE_SHARE = 0.3
_CHUNK_CHARS = 65_536

_MAGIC = {
    b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a ZIP, Word or EPUB file",
    b"\x1f\x8b": "a compressed file",
    b"BZh": "a compressed file",
    b"\xfd7zXZ": "a compressed file",
    b"{\\rtf": "a rich text file",
    b"\xd0\xcf\x11\xe0": "an Office file",
}
_XML_ENCODING = re.compile(rb"""\s*<\?xml\s[^>]{0,80}\bencoding\s*=\s*["']([\w.:-]{1,40})""")
_JABREF_ENCODING = re.compile(rb"\s*(?:%[^\n]{0,200}\n\s*){0,3}%\s*Encoding:\s*([\w.:-]{1,40})")
_FAMILIES = re.compile(
    r"iso8859-(?!1$)\d+|cp125[013-8]|koi8-[ru]|gb(?:k|2312|18030)|big5|euc_(?:jp|kr)|shift_jis|"
    r"cp932|cp949|cp950"
)
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}
"""What files in these encodings are really written in."""
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
_GB_2312 = re.compile(rb"(?:[\xa1-\xf7][\xa1-\xfe])+")
_MIN_CHINESE_SHARE = 0.9
"""Of the runs of bytes that are no ASCII; the rest may be rarer characters."""
_MIN_CHINESE_RUN = 4
"""Bytes in such a run, on average."""
_MIN_ZERO_SHARE = 0.7
"""Of every other byte in UTF-16 without a byte order mark."""
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file without its line break."""

    number: int
    """From 1."""
    text: str | None
    """None for a line of more than ``MAX_LINE_CHARS`` characters."""


class NotText(Exception):
    """The bytes are no text; the message says what they are. Stays within the readers."""


def read_lines(stream: BinaryIO, *, breaks: re.Pattern[str] | None = None) -> Iterator[Line]:
    """Yield the lines of ``stream``.

    UTF-8 and UTF-16 with or without a byte order mark, UTF-32 with one. A byte that is no UTF-8
    is taken for Windows-1252, so that one stray quotation mark does not cost a file. Line ends
    may be LF, CRLF or CR. Memory is bounded by ``MAX_LINE_CHARS``.

    With ``breaks``, a line of more than ``LONG_LINE_CHARS`` is also divided behind each match, for
    formats whose programs write a whole file on one line; the parts have the number of the line.

    Raises:
        NotText: the file is empty or binary.
        OSError: the stream cannot be read.
    """
    text = open_text(stream)
    number = 0
    held = ""
    try:
        while (line := _read_on(text, held)) != "":
            number += not held
            held = ""
            if breaks is not None and len(line) > LONG_LINE_CHARS:
                *parts, line = _divided(line, breaks)
                yield from (Line(number, part) for part in parts)
                if parts and not line.endswith("\n"):
                    held = line
                    continue
            ended = line.endswith("\n")
            if len(line) - ended <= MAX_LINE_CHARS:
                yield Line(number, line.rstrip("\n"))
                continue
            while not ended and not held and (more := text.readline(_CHUNK_CHARS)) != "":
                ended = more.endswith("\n")
                if breaks is not None and (match := breaks.search(more)):
                    held = more[match.end() :]
            yield Line(number, None)
    finally:
        text.detach()


def _read_on(text: io.TextIOWrapper, held: str) -> str:
    """Return the part of a line that is held, with what follows it up to the greatest length."""
    if held.endswith("\n"):
        return held
    return held + text.readline(max(MAX_LINE_CHARS + 2 - len(held), 1))


def _divided(line: str, breaks: re.Pattern[str]) -> list[str]:
    """Return the parts of a line, each ending with a match but the last, which is not empty."""
    cuts = [0, *(match.end() for match in breaks.finditer(line) if match.end() < len(line))]
    return [line[start:end] for start, end in pairwise([*cuts, len(line)])]


def open_text(stream: BinaryIO) -> io.TextIOWrapper:
    """Return ``stream`` as text with LF at every line end; detach it, it closes nothing itself.

    For formats that are not made of lines. Encodings, bytes that are wrong in them and what is
    raised are as in :func:`read_lines`.
    """
    head = read_head(stream)
    encoding = _detect_encoding(head)
    return io.TextIOWrapper(
        io.BufferedReader(Rejoined(head, stream), HEAD_BYTES),
        encoding=encoding,
        errors=_FALLBACK if encoding.startswith("utf-8") else "replace",
        newline=None,
    )


def decode_head(head: bytes) -> str:
    """Return the text that a file begins with. Raises NotText, as :func:`read_lines` does."""
    encoding = _detect_encoding(head)
    return head.decode(encoding, "ignore").lstrip("\ufeff")


def read_head(stream: BinaryIO) -> bytes:
    """Read up to ``HEAD_BYTES``; a pipe may hand them over in pieces."""
    head = bytearray()
    while len(head) < HEAD_BYTES and (piece := stream.read(HEAD_BYTES - len(head))):
        head += piece
    return bytes(head)


def _detect_encoding(head: bytes) -> str:
    """Return the encoding of a file that begins with ``head``.

    Raises:
        NotText: the file is empty or binary.
    """
    if not head.strip():
        raise NotText("the file is empty")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            if not head[len(mark) :].strip(b"\x00 \t\r\n"):
                raise NotText("the file is empty")
            return encoding
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise NotText(f"not text: {kind}")
    if b"\x00" in head and (unmarked := _unmarked_utf16(head)):
        return unmarked
    if declared := _declared_encoding(head):
        return declared
    if b"\x00" in head or _strange_share(head) > _MAX_STRANGE_SHARE:
        raise NotText("not text: a binary file")
    return "utf-8"


def _unmarked_utf16(head: bytes) -> str:
    """Return the byte order of UTF-16 without a mark: every other byte is zero; "" if it is none.

    So it is in Latin letters. Texts in other scripts have a mark, or cannot be told from binary.
    """
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = head[offset::2].count(0)
        if zeros >= _MIN_ZERO_SHARE * (len(head) // 2) and not head[1 - offset :: 2].count(0):
            return encoding
    return ""


def _declared_encoding(head: bytes) -> str:
    """Return the encoding that XML or JabRef declares, "" if UTF-8 is to be tried first.

    That is so wherever the bytes are UTF-8, whatever they say they are, and for ASCII, Latin-1
    and UTF-16, which a declaration that can be read at all here is not in.
    """
    match = _XML_ENCODING.match(head) or _JABREF_ENCODING.match(head)
    if match is None:
        return "gb18030" if _is_chinese(head) else ""
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except (LookupError, UnicodeError):
        return ""
    if not _FAMILIES.fullmatch(name) or (not head.isascii() and _is_utf8(head)):
        return ""
    return _SUPERSETS.get(name, name)


def _is_chinese(head: bytes) -> bool:
    """Tell whether bytes are Chinese in GB 2312, which exports of Chinese databases do not say.

    Its characters are pairs of bytes that are no ASCII, and its words several of them. In Western
    texts such bytes stand alone, in Greek and Cyrillic ones as many words have an odd number of
    them as an even one; in UTF-8 with some wrong bytes most of them are right.
    """
    runs = _NOT_ASCII.findall(head)
    if not runs or sum(map(len, runs)) < _MIN_CHINESE_RUN * len(runs):
        return False
    paired = sum(_GB_2312.fullmatch(run) is not None for run in runs)
    wrong = head.decode("utf-8", "replace").count("\ufffd")
    return paired >= _MIN_CHINESE_SHARE * len(runs) and wrong >= len(runs)


def _is_utf8(head: bytes) -> bool:
    """Tell whether bytes, the last character of which may be cut off, are UTF-8."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _strange_share(head: bytes) -> float:
    """Return the share of bytes that are controls or no UTF-8."""
    text = head.decode("utf-8", "replace")
    strange = sum(
        char == "\ufffd" or (char < " " and char not in "\t\n\r\f\v\x1b") for char in text
    )
    return strange / len(text)


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decode what is no UTF-8 as Windows-1252, and what is not that either as Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    piece = error.object[error.start : error.end]
    try:
        return piece.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return piece.decode("latin-1"), error.end


_FALLBACK = "abstract-assistant-windows-1252"
codecs.register_error(_FALLBACK, _windows_1252)


class Rejoined(io.RawIOBase):
    """A stream with the bytes that were read from its head put back."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        super().__init__()
        self._head = io.BytesIO(head)
        self._stream = stream

    def readable(self) -> bool:
        """Tell the buffer above that there is something to read."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Fill ``buffer`` as far as one read goes and return the number of bytes."""
        piece = self._head.read(len(buffer)) or self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
