"""PDF files as publishers and arXiv make them: title and abstract of the first page.

The extra ``pdf`` brings pypdf (BSD licence, pure Python) for this. A page of a PDF is letters at
places; what they mean is guessed, and where the guess is not sure the file is rejected with the
reason. The title is the one of the metadata if the page has it too, else the lines in the largest
type above the abstract. The abstract begins behind a heading that says so and ends at the next
heading, at a change of type, or where keywords or the introduction begin. A cover page is passed
over: the second page is looked at where the first has no abstract. An arXiv id and its year come
from the stamp in the margin, a DOI from the page if it names only one, authors from the metadata.

What is cleaned: ligatures are letters; lines are joined, and a word that was divided at the end of
a line is put together, with its hyphen where the page has the word with it elsewhere.
"""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.readers.lines import NotText
from assistant.readers.people import split_names
from assistant.readers.records import Fields, arxiv_id_in, to_paper
from assistant.readers.source import Source
from assistant.text.clean import normalise
from assistant.types import Paper, Rejected

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MAX_HELD_BYTES = 256 * 2**20
"""A PDF that comes out of an archive or a pipe is held in memory up to this size."""

_MAX_PAGE_BYTES = 4 * 2**20
_MAX_PAGE_S = 20.0
_MIN_ABSTRACT_CHARS = 100
_MAX_ABSTRACT_CHARS = 6_000
_MIN_TITLE_CHARS = 8
_MAX_TITLE_CHARS = 300
_SAME_SIZE = 0.06
"""Sizes of type that differ by less, as a share, are the same."""

INSTALL = "a PDF file; to read these, install the extra: pip install 'abstract-assistant[pdf]'"

_HEADING = re.compile(
    r"\s*(?:A\s?B\s?S\s?T\s?R\s?A\s?C\s?T|Abstract|S\s?U\s?M\s?M\s?A\s?R\s?Y|Summary)"
    r"\s*(?:$|[.:—–\-]+\s*|\s(?=[A-Z]))(.*)"
)
_END = re.compile(
    r"\s*(?:(?:\d{1,2}|[IVX]{1,4})\s?\.?\s*)?(?:I\s?NTRODUCTION|Introduction)\b|"
    r"\s*(?:Key\s?words|KEY\s?WORDS|Index Terms|INDEX TERMS|CCS Concepts|CCS CONCEPTS|"
    r"Categories and Subject|General Terms|ACM Reference|PACS|MSC|JEL|Contents|Permission to|"
    r"Copyright|©|Correspondence|Corresponding author|∗|†|‡|\*\s?[A-Z]|https?://)",
)
_STAMP = re.compile(r"arXiv:\S+\s+\[[^\]]{1,20}\]\s+\d{1,2} \w{3} (\d{4})")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]*[^\s\"<>.,;)\]}]")
_UNTITLED = re.compile(
    r"untitled|microsoft word|\.(?:docx?|tex|dvi|pdf|indd|rtf|ps|qxd)$|^(?:pii|doi)\b|^\S+$", re.I
)
_DIVIDED = re.compile(r"(\w+)[-‐\u00ad]\n(\w+)")
_PREFIXES = frozenset(
    "anti auto co cross few fine high inter intra long low meta micro mid mini multi non one open "
    "post pre quasi re real self semi short single state sub super two ultra well zero".split()
)
"""What often stands in front of a hyphen, and is no word of its own on most pages."""
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page."""

    text: str
    size: float
    """The size of its largest letters."""


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of a page: its lines, and what is written in the margin."""

    lines: tuple[_Line, ...]
    margin: str

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(line.text for line in self.lines)


class _Unreadable(Exception):
    """Nothing can be taken from this file; the message says why."""


def looks_like_pdf(source: Source) -> bool:
    """Tell whether a file is a PDF."""
    return b"%PDF-" in source.head[:1_024]


def read_pdf(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of a PDF file, or why there is none.

    Raises:
        NotText: it comes from an archive or a pipe and is too large.
        OSError: it cannot be read.
    """
    try:
        fields = _fields(source)
    except _Unreadable as error:
        yield Rejected(file=source.file, line=None, reason=str(error))
        return
    yield to_paper(fields, file=source.file, line=None)


def _fields(source: Source) -> Fields:
    """Return the fields of a paper. Raises _Unreadable."""
    try:
        from pypdf import PdfReader
    except ImportError:
        raise _Unreadable(INSTALL) from None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    stream = source.random_access(MAX_HELD_BYTES)
    try:
        reader = PdfReader(stream)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _Unreadable("a PDF file with a password")
        pages = [_read_page(page) for page in reader.pages[:2]]
        about = _metadata(reader)
    except (_Unreadable, NotText, MemoryError):
        raise
    except Exception as error:
        # A damaged PDF makes pypdf fail in every way that Python knows.
        detail = normalise(str(error))[:100] or type(error).__name__
        raise _Unreadable(f"a PDF file that cannot be read: {detail}") from error
    if not any(page.lines for page in pages):
        raise _Unreadable("no text on the first page of this PDF; perhaps it is a scan")
    for page in pages:
        place = _find_abstract(page.lines)
        if place is not None:
            return _paper_fields(page, about, *place)
    raise _Unreadable("no abstract found on the first page of this PDF")


def _paper_fields(page: _Page, about: dict[str, str], start: int, abstract: str) -> Fields:
    title = _find_title(page, about, page.lines[:start])
    if not title:
        raise _Unreadable("no title found on the first page of this PDF")
    dois = set(_DOI.findall(page.text))
    year = _STAMP.search(page.margin) or _STAMP.search(page.text)
    return Fields(
        title=title,
        abstract=abstract,
        authors=_find_authors(page, about),
        year=year[1] if year else "",
        doi=about.get("doi", "") or (dois.pop() if len(dois) == 1 else ""),
        arxiv_id=arxiv_id_in(page.margin, page.text if year else ""),
    )


def _metadata(reader: PdfReader) -> dict[str, str]:
    """Return the texts of the metadata by their names in lower case."""
    found: dict[str, str] = {}
    for key, value in (reader.metadata or {}).items():
        if isinstance(value, str):
            found[str(key).strip("/").lower()] = normalise(value)
    return found


def _read_page(page: PageObject) -> _Page:
    """Return the lines of a page in the order of the file. Raises _Unreadable."""
    contents = page.get_contents()
    if contents is not None and len(contents.get_data()) > _MAX_PAGE_BYTES:
        raise _Unreadable("a PDF file whose first page is too large to be read")
    pieces: list[tuple[str, float]] = []
    margin: list[str] = []
    deadline_s = time.monotonic() + _MAX_PAGE_S

    def check(*_: Any) -> None:
        if time.monotonic() > deadline_s:
            raise _Unreadable("a PDF file whose first page takes too long to be read")

    def take(text: str, outer: Sequence[float], inner: Sequence[float], _: Any, size: Any) -> None:
        if abs(inner[1]) > abs(inner[0]):
            margin.append(text)
        elif isinstance(size, int | float):
            scale = math.hypot(inner[2], inner[3]) * math.hypot(outer[2], outer[3])
            pieces.append((text, size * scale))

    page.extract_text(visitor_operand_before=check, visitor_text=take)
    return _Page(tuple(_lines(pieces)), normalise(" ".join(margin)))


def _lines(pieces: Sequence[tuple[str, float]]) -> Iterator[_Line]:
    """Put the pieces of a page together to lines."""
    text, size, last_size = "", 0.0, 0.0
    for piece, piece_size in [*pieces, ("\n", 0.0)]:
        first, *others = piece.translate(_LIGATURES).split("\n")
        # Small capitals: "R" in large type, " ETHINKING" in small.
        if first[:1] == " " and first[1:2].isupper() and piece_size < last_size * (1 - _SAME_SIZE):
            first = first[1:] if re.search(r"(?:^|\W)[A-Z]$", text) else first
        for index, part in enumerate([first, *others]):
            if index:
                if text.strip():
                    yield _Line(normalise(text), size)
                text, size = "", 0.0
            text += part
            if part.strip():
                size, last_size = max(size, piece_size), piece_size


def _find_abstract(lines: Sequence[_Line]) -> tuple[int, str] | None:
    """Return the index of the heading of the abstract and its text, None if there is none."""
    for start, line in enumerate(lines):
        heading = _HEADING.fullmatch(line.text)
        if heading is None:
            continue
        texts = [heading[1]] if heading[1] else []
        body = lines[start + 1 :]
        size = body[0].size if body else line.size
        for below in body:
            if _END.match(below.text) or abs(below.size - size) > 2 * _SAME_SIZE * size:
                break
            texts.append(below.text)
        abstract = _joined(texts, within="\n".join(line.text for line in lines))
        if _MIN_ABSTRACT_CHARS <= len(abstract) <= _MAX_ABSTRACT_CHARS:
            return start, abstract
    return None


def _find_title(page: _Page, about: dict[str, str], above: Sequence[_Line]) -> str:
    """Return the title: the metadata's if the page has it, else the lines in the largest type."""
    said = about.get("title", "")
    if _UNTITLED.search(said) or not _MIN_TITLE_CHARS <= len(said) <= _MAX_TITLE_CHARS:
        said = ""
    if said and _letters(said) in _letters(page.text):
        return said
    wordy = [line for line in above if len(_letters(line.text)) > 3]
    largest = max((line.size for line in wordy), default=0.0)
    texts: list[str] = []
    for line in above:
        if line.size >= largest * (1 - _SAME_SIZE):
            texts.append(line.text)
        elif texts:
            break
    title = _joined(texts, within=page.text)
    stands_out = any(line.size < largest * (1 - _SAME_SIZE) for line in page.lines)
    if stands_out and _MIN_TITLE_CHARS <= len(title) <= _MAX_TITLE_CHARS:
        return title
    return said


def _find_authors(page: _Page, about: dict[str, str]) -> list[str]:
    """Return the authors of the metadata if all their names are on the page."""
    names = split_names(about.get("author", ""))
    letters = _letters(page.text)
    known = [name for name in names if _letters(name.split(",")[0].split()[-1]) in letters]
    return names if len(known) == len(names) else []


def _joined(texts: Sequence[str], *, within: str) -> str:
    """Join lines, and the words that were divided at their ends."""
    page = within.casefold()
    words = frozenset(re.findall(r"\w+", _DIVIDED.sub(" ", page)))

    def join(match: re.Match[str]) -> str:
        first, second = match[1].casefold(), match[2].casefold()
        whole, hyphened = match[1] + match[2], f"{match[1]}-{match[2]}"
        if first + second in words:
            return whole
        is_compound = second in words and (first in words or first in _PREFIXES)
        is_name = not match[2][0].islower() or match[1][-1].isdigit()
        return hyphened if is_compound or is_name or f"{first}-{second}" in page else whole

    return normalise(_DIVIDED.sub(join, "\n".join(texts)))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
