"""XML files of any size to one small document for each record.

The text of a file is cut at the tags that begin and end its records, and each piece is parsed
on its own (:mod:`assistant.readers.xml.elements`). A parser that is given the whole file ends at
its first error; this way a record that is not well formed, cut off or too long costs only itself,
several documents in one file are read, and memory is bounded by the largest record.

No parser ever sees a document type declaration, so there is nothing that could expand an entity
or fetch one, whatever the version of expat; so defusedxml, which refuses such files whole, has
nothing to add. The names of the entities that a file declares are read only to reject the records
that use them. Other names mean what they mean in HTML.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from assistant.readers.lines import open_text
from assistant.readers.records import Fields, to_paper
from assistant.readers.source import Source
from assistant.readers.xml.elements import Element, NotXml, parse_element
from assistant.types import Paper, Rejected

MAX_RECORD_CHARS = 16_000_000
"""Of its XML text: room for thousands of authors with their affiliations."""

_NO_BEGINNING = "a record that ends here has no beginning"
_CHUNK_CHARS = 65_536
_HELD_BACK_CHARS = 4_096
"""Kept until more is read, so that no tag is cut in two; longer tags do not begin records."""
_TAIL_CHARS = 1_000

_DOCTYPE_PART = re.compile(r"""["'\[\]>]|<!--|<\?""")
_CLOSED_BY = {'"': '"', "'": "'", "<!--": "-->", "<?": "?>"}
_SPACE = re.compile(r"\s*")
_ROOT = re.compile(r"<([\w:.-]+)")
_XML_BEGINS = re.compile(r"\s*<(?:\?xml\b|!DOCTYPE\b|html\b)", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\s+([\w:.-]+)")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def root_of(source: Source) -> str:
    """Return the name of the first element of an XML file without its prefix; "" if it is none."""
    return _prolog(source.text)[0]


def _prolog(head: str) -> tuple[str, str]:
    """Return the name of the first element, and the declarations that stand before it."""
    declarations = ""
    at = _after_space(head, 0)
    while head.startswith(("<?", "<!"), at):
        if head.startswith(("<?", "<!--"), at):
            mark = "-->" if head.startswith("<!--", at) else "?>"
            end = head.find(mark, at + 2)
            end = end + len(mark) if end >= 0 else len(head)
        else:
            end = _end_of_doctype(head, at + 2)
            declarations += head[at:end]
        at = _after_space(head, end)
    match = _ROOT.match(head, at)
    return (match[1].rpartition(":")[2] if match else "", declarations)


def _after_space(head: str, at: int) -> int:
    space = _SPACE.match(head, at)
    return space.end() if space else at


def _end_of_doctype(head: str, at: int) -> int:
    """Return where a declaration that began before ``at`` ends, or the end of the text."""
    depth = 0
    while part := _DOCTYPE_PART.search(head, at):
        at = part.end()
        if closing := _CLOSED_BY.get(part[0]):
            end = head.find(closing, at)
            if end < 0:
                break
            at = end + len(closing)
        elif part[0] == ">" and not depth:
            return at
        elif part[0] != ">":
            depth = 1 if part[0] == "[" else 0
    return len(head)


def holds_record(source: Source, names: Mapping[str, str]) -> bool:
    """Tell whether a file begins as XML does and a record does in its head.

    ``names`` are as in :func:`read_records`.
    """
    if not source.text.lstrip().startswith("<"):
        return False
    return any(_begins(mark, names) for mark in _marks_of(names).finditer(source.text))


def looks_like_xml(source: Source) -> bool:
    """Tell whether a file is XML or HTML of any kind."""
    return _XML_BEGINS.match(source.text) is not None


def refuse_xml(source: Source) -> Iterator[Rejected]:
    """Say of XML and HTML that no reader knows that it is not read."""
    root = root_of(source)
    kind = "a web page" if root.lower() == "html" else f"XML of another kind (<{root}>)"
    reason = f"{kind}, not a list of papers" if root else "XML whose first element is not found"
    yield Rejected(file=source.file, line=None, reason=reason)


def read_records(
    source: Source,
    *,
    names: Mapping[str, str],
    to_fields: Callable[[Element], Fields | str],
) -> Iterator[Paper | Rejected]:
    """Yield the papers of the records of a file, and a ``Rejected`` for each that is none.

    Args:
        source: The file.
        names: Names of the elements that are records, outer ones before those that may be
            within them, each with the name of the element that comes first in it if elements of
            the same name that are no records may be within it, else with "". Small letters.
        to_fields: What a record says, or why it is no paper.

    Raises:
        NotText: the file is empty or binary.
        OSError: the file cannot be read.
    """
    reject = partial(Rejected, file=source.file)
    declared = frozenset(_ENTITY.findall(_prolog(source.text)[1]))
    for piece in _Splitter(source, names).pieces():
        if isinstance(piece, Rejected):
            yield piece
            continue
        line, text = piece
        try:
            fields = to_fields(parse_element(text, refused=declared))
        except NotXml as error:
            yield reject(line=line, reason=str(error))
            continue
        if isinstance(fields, str):
            yield reject(line=line, reason=fields)
        else:
            yield to_paper(fields, file=source.file, line=line)


class _Splitter:
    """Cuts the text of a file into its records, each with the number of its first line."""

    _name: str
    """Of the element of the record that is being read; "" between records."""
    _start_line: int
    _kept: list[str]
    """The text of that record so far, in pieces."""
    _chars: int
    _depth: int
    """How many elements of that name are open."""
    _awaited: str
    """What ends the comment, or the section without markup, that is being read."""

    def __init__(self, source: Source, names: Mapping[str, str]) -> None:
        self._source = source
        self._firsts = names
        self._ranks = {name: rank for rank, name in enumerate(names)}
        self._pattern = _marks_of(names)
        self._line = 1
        self._tail = ""
        """The last of what was read since the last record."""
        self._last_rank = -1
        """Of the element that ended last: within one that ends now, it was the record."""
        self._begin("", line=1)

    def pieces(self) -> Iterator[tuple[int, str] | Rejected]:
        """Yield the line and the text of each record, and what could not be taken for one."""
        text = open_text(self._source.bytes())
        try:
            for before, mark in _marks(text, self._pattern):
                self._keep(before)
                self._line += before.count("\n")
                if mark is not None:
                    yield from self._meet(mark)
                    self._line += mark[0].count("\n")
                if self._chars > MAX_RECORD_CHARS:
                    self._last_rank = len(self._ranks)
                    yield self._given_up(f"a record of more than {MAX_RECORD_CHARS:,} characters")
        finally:
            text.detach()
        if self._name:
            yield self._given_up("cut off: the file ends within this record")
        elif self._is_cut_off():
            reason = "cut off: the file ends before its last element does"
            yield Rejected(file=self._source.file, line=self._line, reason=reason)

    def _meet(self, mark: re.Match[str]) -> Iterator[tuple[int, str] | Rejected]:
        """Take in one mark and yield the record that it ends, if it does."""
        name = (mark["name"] or "").lower()
        is_start = _begins(mark, self._firsts)
        if is_start and self._name and self._ranks[name] <= self._ranks[self._name]:
            yield self._given_up(f"not closed: the next record begins in line {self._line}")
        if is_start and not self._name and not self._awaited:
            self._begin(name, line=self._line)
        self._keep(mark[0])
        if self._awaited:
            if mark[0] == self._awaited:
                self._awaited = ""
        elif mark["opens"]:
            self._awaited = "-->" if mark["opens"] == "<!--" else "]]>"
        elif name and name == self._name:
            self._depth += -1 if mark["end"] else (0 if mark["empty"] else 1)
            if self._depth == 0:
                yield self._start_line, "".join(self._kept)
                self._ended(name)
        elif name and mark["end"] and not self._name:
            if not self._firsts[name] and self._ranks[name] >= self._last_rank:
                yield Rejected(file=self._source.file, line=self._line, reason=_NO_BEGINNING)
            self._ended(name)

    def _ended(self, name: str) -> None:
        """Go on between records, after one of the elements ``name``."""
        self._begin("", line=self._line)
        self._last_rank = self._ranks[name]
        self._tail = ""

    def _begin(self, name: str, *, line: int) -> None:
        """Begin a record, or with an empty name the text between two."""
        self._name = name
        self._start_line = line
        self._kept = []
        self._chars = 0
        self._depth = 0
        self._awaited = ""

    def _keep(self, text: str) -> None:
        if self._name:
            self._kept.append(text)
            self._chars += len(text)
        else:
            self._tail = (self._tail + text)[-_TAIL_CHARS:]

    def _given_up(self, reason: str) -> Rejected:
        rejected = Rejected(file=self._source.file, line=self._start_line, reason=reason)
        self._begin("", line=self._line)
        return rejected

    def _is_cut_off(self) -> bool:
        """Tell whether the end of the file is missing, although no record was being read."""
        tail = self._tail.strip()
        if self._awaited or (tail and not tail.endswith(">")):
            return True
        root = root_of(self._source).lower()
        has_end = not root or root in self._ranks or "</" in tail or tail.endswith("/>")
        return not has_end


def _begins(mark: re.Match[str], names: Mapping[str, str]) -> bool:
    """Tell whether a mark is the beginning of a record."""
    name = (mark["name"] or "").lower()
    if not name or mark["end"]:
        return False
    return names[name] in ("", (mark["first"] or "").lower())


def _marks_of(names: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the marks by which a text is cut into records."""
    return re.compile(
        r"(?P<opens><!--|<!\[CDATA\[)|-->|\]\]>"
        rf"|<(?P<end>/)?(?:[\w.-]{{1,50}}:)?(?P<name>{'|'.join(map(re.escape, names))})(?=[\s/>])"
        r"[^<>]{0,2000}?(?P<empty>/)?>(?=\s{0,200}<(?:[\w.-]{1,50}:)?(?P<first>[\w.-]{0,50}))?",
        re.IGNORECASE,
    )


def _marks(
    text: io.TextIOWrapper, pattern: re.Pattern[str]
) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Yield the text before each mark with the mark; None where none has come for a while."""
    held = ""
    while True:
        chunk = text.read(_CHUNK_CHARS)
        held += _UNFIT.sub(_fit, chunk)
        end = max(len(held) - _HELD_BACK_CHARS, 0) if chunk else len(held)
        at = 0
        for mark in pattern.finditer(held):
            if mark.start() >= end:
                break
            yield held[at : mark.start()], mark
            at = mark.end()
        cut = max(at, end)
        yield held[at:cut], None
        held = held[cut:]
        if not chunk:
            return


def _fit(unfit: re.Match[str]) -> str:
    """Replace a character that XML may not hold: it is white space or nothing."""
    return " " if unfit[0].isspace() else ""
