"""Blocks of BibTeX to entries: kind, key and fields, with macros and ``#`` written out.

bibtexparser was tried. It needs a whole file in memory, fails on a few entries of old files that
every BibTeX reads (a key with a blank in front, a comment between fields), and gives up what
follows a brace too many; this parser is no slower. It is lenient wherever there is only one
sense to make of an entry: commas, quotation marks or braces that are missing around one field
cost no other field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.readers.bibtex.blocks import MAX_BLOCK_CHARS, Block, read_blocks
from assistant.readers.bibtex.latex import match_braces
from assistant.readers.limits import overlong_line, shortened
from assistant.readers.lines import MAX_LINE_CHARS, Line
from assistant.types import Rejected

MAX_MACROS = 50_000
MAX_MACRO_CHARS = 10_000
MAX_VALUE_CHARS = 1_000_000
"""Of a value with its macros written out."""

_MAX_FAILURES = 64
"""Entries in one block that are not closed, before others are looked for only where lines begin."""
_MAX_QUOTES = 100
"""Quotation marks within one value, before the first one is taken for its end."""
_MAX_QUOTES_IN_ENTRY = 5_000

_ENTRY = re.compile(r"(?<![\w.\\])@\s*([A-Za-z][\w+-]*)\s*([{(])")
_ENTRY_LINE = re.compile(r"^[ \t]*@\s*([A-Za-z][\w+-]*)\s*([{(])", re.MULTILINE)
_KEY_IS_FIELD = re.compile(r"\s*[\w-]+\s*=\s*[\"{\w]")
_KEY = re.compile(r'\s*+([^,{}"\n]*+)(?:,|\n|$)')
_NAME = re.compile(r'[\s,]*([^\s={}(),"#%\\@](?:[^={}(),"#%\\\n]*[^\s={}(),"#%\\])?)\s*=\s*')
_NO_FIELD = re.compile(r"[\s,]*+[^\n]*+")
_FIELD_LINE = re.compile(r'\n[ \t]*[^\s={}(),"#%\\@]{1,80}[ \t]*=[ \t]*["{\w]')
_AFTER_VALUE = re.compile(r'\s*(?:#|,?\s*(?:[})%@]|$|[^\s={}(),"#%\\@]{1,80}\s*=))')
_AFTER_ENTRY = re.compile(r"\s*,?\s*(?:%|$)")
_BARE = re.compile(r'[^\s,#{}()"]+')
_BARE_ENDS = re.compile(r"\s*(?:[,#})]|$)|[ \t]*\n")
_UNQUOTED = re.compile(r"[^\n{}]*")
_JOIN = re.compile(r"\s*#\s*")
_QUOTE_OR_BRACE = re.compile(r'\\"|["{]')
_QUOTE_ENDS = re.compile(r"\s*(?:[,#})]|$)|[ \t]*\n\s*[^\s={}(),\"#]{1,80}\s*=")
_ROUND = re.compile(r'\\"|["{}()]')


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, its values as LaTeX."""

    line: int
    kind: str
    """In lower case."""
    key: str
    fields: dict[str, str]
    """By name in lower case; of several with one name the first, and for lists all of them."""


def read_entries(lines: Iterable[Line], *, file: str) -> Iterator[Entry | Rejected]:
    """Yield the entries of a file, and a ``Rejected`` for each that has no end.

    ``@string`` is remembered and written out where it is used, ``@preamble`` and ``@comment`` are
    left out. Memory is bounded by the longest entry and the limits on macros.
    """
    parser = _Parser(file)
    for block in read_blocks(lines):
        if block.overlong_line is not None:
            yield from parser.entries_of(block, reports_open=False)
            yield overlong_line(file, block.overlong_line, MAX_LINE_CHARS)
        elif block.is_too_long:
            reason = f"an entry of more than {MAX_BLOCK_CHARS:,} characters"
            yield Rejected(file=file, line=block.line, reason=reason)
        else:
            yield from parser.entries_of(block, reports_open=True)


class _Parser:
    """Reads blocks; knows the macros that were defined in those before."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._macros: dict[str, str] = {}

    def entries_of(self, block: Block, *, reports_open: bool) -> Iterator[Entry | Rejected]:
        text = block.text
        body = _Body(text)
        position, line, counted, failures = 0, block.line, 0, 0
        while match := (_ENTRY if failures < _MAX_FAILURES else _ENTRY_LINE).search(text, position):
            position = match.end()
            if _in_comment_line(text, match.start()):
                continue
            line += text.count("\n", counted, match.start())
            counted = match.start()
            kind = match[1].lower()
            end = body.end_of(match.end() - 1)
            if end is None:
                failures += 1
                # What is not closed and does not look like an entry is somebody's text.
                if reports_open and kind not in {"comment", "preamble"}:
                    yield self._not_closed(text, match, line)
                continue
            if kind == "string":
                self._define(dict(_Fields(body, self._macros).read(match.end(), end)))
            elif kind not in {"comment", "preamble"}:
                yield self._entry(body, kind, match.end(), end, line)
            position = end + 1

    def _entry(self, body: _Body, kind: str, start: int, end: int, line: int) -> Entry:
        key = ""
        if not _KEY_IS_FIELD.match(body.text, start, end) and (
            match := _KEY.match(body.text, start, end)
        ):
            key, start = match[1].strip(), match.end()
        fields: dict[str, str] = {}
        for name, value in _Fields(body, self._macros).read(start, end):
            if not fields.get(name):
                fields[name] = value
            elif name in _LISTS and value.strip():
                fields[name] += _LISTS[name] + value
        return Entry(line=line, kind=kind, key=key, fields=fields)

    def _define(self, macros: dict[str, str]) -> None:
        for name, value in macros.items():
            if len(value) <= MAX_MACRO_CHARS and len(self._macros) < MAX_MACROS:
                self._macros[name] = value

    def _not_closed(self, text: str, match: re.Match[str], line: int) -> Rejected:
        key = _KEY.match(text, match.end())
        name = f": {shortened(key[1])}" if key and key[1].strip() else ""
        return Rejected(file=self._file, line=line, reason=f"an entry that is not closed{name}")


_LISTS = {"author": " and ", "editor": " and ", "keywords": ", ", "keyword": ", "}
"""Fields that some programs repeat for each item, and what joins them."""


def _in_comment_line(text: str, position: int) -> bool:
    start = text.rfind("\n", 0, position) + 1
    return text[start:position].lstrip().startswith("%")


class _Body:
    r"""The text of a block and its braces.

    Whether ``\{`` is a brace is decided for each entry by what makes it come out even.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._plain = match_braces(text, escapes=False)
        has_escapes = "\\{" in text or "\\}" in text
        self._escaped = match_braces(text, escapes=True) if has_escapes else self._plain
        self.closers = self._plain

    def end_of(self, opening: int) -> int | None:
        """Return the position of the brace or parenthesis that ends an entry, or None."""
        self.closers = self._plain
        if self.text[opening] == "(":
            if self.text.count("{") != self.text.count("}"):
                self.closers = self._escaped
            return self._end_of_round(opening)
        end, other = self._plain.get(opening), self._escaped.get(opening)
        if other is not None and (end is None or (end < other and self._goes_on(end))):
            self.closers = self._escaped
            end = other
        return self._goes_on(end) or end if end is not None else None

    def _goes_on(self, end: int) -> int | None:
        """Return the last brace of an entry whose fields go on after its end, or None."""
        following = _ENTRY.search(self.text, end + 1)
        limit = following.start() if following else len(self.text)
        if _AFTER_ENTRY.match(self.text, end + 1, limit):
            return None
        if _FIELD_LINE.search(self.text, end + 1, limit) is None:
            return None
        last = self.text.rfind("}", end + 1, limit)
        return last if last >= 0 else limit - 1

    def _end_of_round(self, opening: int) -> int | None:
        position = opening + 1
        quoted = False
        while match := _ROUND.search(self.text, position):
            position = match.end()
            if match[0] == '"':
                quoted = not quoted
            elif match[0] == "{":
                position = self.closers.get(match.start(), match.start()) + 1
            elif match[0] == ")" and not quoted:
                return match.start()
        # A quotation mark too many: the last line tells.
        last = len(self.text.rstrip(" \t\n,")) - 1
        return last if last > opening and self.text[last] == ")" else None


class _Fields:
    """Reads the fields between two positions."""

    def __init__(self, body: _Body, macros: dict[str, str]) -> None:
        self._text = body.text
        self._closers = body.closers
        self._macros = macros
        self._quotes_left = _MAX_QUOTES_IN_ENTRY

    def read(self, position: int, end: int) -> Iterator[tuple[str, str]]:
        """Yield name and value of each field; what is no field is passed over line by line."""
        while position < end:
            match = _NAME.match(self._text, position, end)
            if match is None:
                passed_over = _NO_FIELD.match(self._text, position, end)
                position = max(position + 1, passed_over.end() if passed_over else end)
                continue
            value, position = self._value(match.end(), end)
            yield match[1].lower(), value

    def _value(self, position: int, end: int) -> tuple[str, int]:
        """Return a value and where it ends: texts, numbers and macros joined by ``#``."""
        parts: list[str] = []
        chars = 0
        while position < end:
            part, position = self._part(position, end)
            chars += len(part)
            if chars <= MAX_VALUE_CHARS:
                parts.append(part)
            join = _JOIN.match(self._text, position, end)
            if join is None:
                break
            position = join.end()
        return "".join(parts), position

    def _part(self, position: int, end: int) -> tuple[str, int]:
        first = self._text[position]
        if first == "{":
            close = self._closers.get(position, end)
            if not _AFTER_VALUE.match(self._text, close + 1, end):
                close = self._last_brace(close, end)
            return self._text[position + 1 : close], min(close + 1, end)
        if first == '"':
            return self._quoted(position + 1, end)
        bare = _BARE.match(self._text, position, end)
        if bare is None:
            return "", position + (first not in ",#})")
        if _BARE_ENDS.match(self._text, bare.end(), end):
            return self._macros.get(bare[0].lower(), bare[0]), bare.end()
        unquoted = _UNQUOTED.match(self._text, position, end)
        text = unquoted[0].rstrip() if unquoted else ""
        return text.removesuffix(",").strip("\"'"), position + max(1, len(text))

    def _last_brace(self, close: int, end: int) -> int:
        """Return the last brace of a value in which there is one too many."""
        following = _FIELD_LINE.search(self._text, close + 1, end)
        last = self._text.rfind("}", close + 1, following.start() if following else end)
        return max(close, last)

    def _quoted(self, start: int, end: int) -> tuple[str, int]:
        """Return the text up to the quotation mark that ends a value; others are part of it."""
        first = None
        position = start
        for _ in range(min(_MAX_QUOTES, self._quotes_left)):
            self._quotes_left -= 1
            match = _QUOTE_OR_BRACE.search(self._text, position, end)
            if match is None:
                break
            position = match.end()
            if match[0] == "{":
                position = self._closers.get(match.start(), match.start()) + 1
            elif match[0] == '"' and _QUOTE_ENDS.match(self._text, position, end):
                return self._text[start : match.start()], position
            elif match[0] == '"' and first is None:
                first = match.start()
        close = end if first is None else first
        return self._text[start:close], min(close + 1, end)
