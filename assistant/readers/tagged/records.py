"""What the formats share in which each line begins with a tag: RIS, MEDLINE, Web of Science, …

A record is a run of lines ``TAG value``; lines without a tag continue the value before them. The
formats differ in how a tag looks and in where a record begins and ends, which is all that a
:class:`Grammar` says. So a record that is damaged costs only itself, and memory is bounded by
the greatest length of one.

None of them is read by a library. rispy holds a whole file in memory, and a record without an
end costs the one after it, or itself at the end of a file, without a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from assistant.readers.limits import overlong_line
from assistant.readers.lines import MAX_LINE_CHARS
from assistant.readers.people import split_names
from assistant.readers.records import Fields, to_paper
from assistant.readers.source import Source
from assistant.types import Paper, Rejected

MAX_RECORD_CHARS = 4_000_000
"""A longer record is passed over."""

_LINE_CHARS = 64
"""What a line costs besides its text."""
_MAX_TAGS = 10_000
"""So many fields of a lost record are kept at most; there are fewer different tags."""
_OVID_NOTE = re.compile(r"\s*\[[^\]]*\]?\s*$|(?<=\w)[\s,*\d]+$")
_JOURNAL_ENDS = re.compile(r"\.(?=\s|$)|(?<=\w)[;,](?=\s*(?:vol|\d))")
_TIGHT_COMMA = re.compile(r",(?=\S)")
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s;]+|\bwww\.[^\s;]+")


@dataclass(slots=True)
class TaggedRecord:
    """The tags of a record and their values, in the order of the file."""

    line: int
    """Number of its first line, from 1."""
    fields: list[tuple[str, list[str]]] = field(default_factory=list)
    """Tags, and the lines of the value of each."""
    chars: int = 0
    is_lost: bool = False
    """Whether it is not to be read, and that has been said."""
    before_blank: bool = False
    """Whether the line before the present one is blank."""

    def add(self, tag: str, value: str) -> None:
        """Take the first line of a field."""
        self.fields.append((tag, []))
        self.extend(value.strip())

    def extend(self, text: str) -> None:
        """Take a further line of the last field."""
        self.chars += len(text) + _LINE_CHARS
        if text and not self.is_lost:
            self.fields[-1][1].append(text)

    def lose(self) -> None:
        """Read no more values; only the tags are needed to see where the next record begins."""
        self.fields = [(tag, []) for tag, _ in self.fields]
        self.is_lost = True
        self.forget()

    def forget(self) -> None:
        """Keep each tag once."""
        if len(self.fields) > _MAX_TAGS:
            self.fields = [(tag, []) for tag in dict.fromkeys(tag for tag, _ in self.fields)]

    def has(self, *tags: str) -> bool:
        """Tell whether one of these tags occurs."""
        return any(tag in tags for tag, _ in self.fields)

    def texts(self, *tags: str) -> list[str]:
        """Return the values of these tags that are not empty: by tag, then in order."""
        joined = (
            " ".join(lines).strip()
            for wanted in tags
            for tag, lines in self.fields
            if tag == wanted
        )
        return [text for text in joined if text]

    def text(self, *tags: str) -> str:
        """Return the first value of these tags that is not empty, or ""."""
        return next(iter(self.texts(*tags)), "")

    def whole(self, *tags: str) -> str:
        """Return all values of the first of these tags that has one, joined by blanks."""
        return next((" ".join(texts) for tag in tags if (texts := self.texts(tag))), "")

    def lines(self, *tags: str) -> list[str]:
        """Return the lines of these tags, each for itself, in the order of the file."""
        return [line for tag, lines in self.fields if tag in tags for line in lines]

    def url(self, *tags: str) -> str:
        """Return the first address in the values of these tags, or ""."""
        found = filter(None, map(_ADDRESS.search, self.texts(*tags)))
        return next((match[0] for match in found), "")


class Grammar(Protocol):
    """How the lines of a format are read."""

    @property
    def last_tags(self) -> frozenset[str]:
        """The tags of lines that end a record."""

    @property
    def paragraph_tags(self) -> frozenset[str]:
        """The tags of values that may go on after a blank line."""

    def split(self, text: str) -> tuple[str, str] | None:
        """Return tag and value of a line, or None if it has no tag."""

    def begins(self, record: TaggedRecord | None, tag: str) -> bool:
        """Tell whether a line with this tag begins a record; ``record`` is the one under way."""


def read_tagged(
    source: Source, grammar: Grammar, to_fields: Callable[[TaggedRecord], Fields]
) -> Iterator[Paper | Rejected]:
    """Yield the paper of each record, or why it is none. Raises NotText and OSError.

    Lines outside of records are passed over. A record whose end is missing ends where the next one
    begins.
    """
    reader = _Reader(source.file, grammar.paragraph_tags, to_fields)
    for line in source.lines():
        if line.text is None:
            yield reader.lose(overlong_line(source.file, line.number, MAX_LINE_CHARS))
            continue
        parts = grammar.split(line.text)
        if parts is None:
            yield from reader.extend(line.text.strip())
            continue
        tag, value = parts
        if grammar.begins(reader.record, tag):
            yield from reader.end()
            reader.record = TaggedRecord(line.number)
        if tag in grammar.last_tags:
            yield from reader.end()
        else:
            yield from reader.add(tag, value)
    yield from reader.end()


class _Reader:
    """Holds the record under way."""

    def __init__(
        self,
        file: str,
        paragraph_tags: frozenset[str],
        to_fields: Callable[[TaggedRecord], Fields],
    ) -> None:
        self.record: TaggedRecord | None = None
        self._file = file
        self._paragraph_tags = paragraph_tags
        self._to_fields = to_fields

    def add(self, tag: str, value: str) -> Iterator[Rejected]:
        if self.record is not None:
            self.record.before_blank = False
            self.record.add(tag, value)
            yield from self._check(self.record)

    def extend(self, text: str) -> Iterator[Rejected]:
        record = self.record
        if record is None:
            return
        if not text:
            record.before_blank = True
        elif not record.before_blank or record.fields[-1][0] in self._paragraph_tags:
            record.before_blank = False
            record.extend(text)
            yield from self._check(record)

    def lose(self, reason: Rejected) -> Rejected:
        if self.record is not None:
            self.record.lose()
        return reason

    def end(self) -> Iterator[Paper | Rejected]:
        record, self.record = self.record, None
        if record is not None and not record.is_lost:
            yield to_paper(self._to_fields(record), file=self._file, line=record.line)

    def _check(self, record: TaggedRecord) -> Iterator[Rejected]:
        if record.is_lost:
            record.forget()
        elif record.chars > MAX_RECORD_CHARS:
            record.lose()
            reason = f"a record of more than {MAX_RECORD_CHARS:,} characters"
            yield Rejected(file=self._file, line=record.line, reason=reason)


def heading(word: str) -> str:
    """Return a subject heading of MEDLINE without the asterisks that mark a main subject."""
    return word.strip().removeprefix("*").replace("/*", "/")


def names_in(texts: Iterable[str]) -> list[str]:
    """Return the names in values of RIS or RefWorks (``Lee,Ann``), with a blank behind the comma.

    There may be several in one, with semicolons between them.
    """
    return [
        _TIGHT_COMMA.sub(", ", name).strip(", ")
        for text in texts
        for name in (split_names(text) if ";" in text else [text])
    ]


def bare_name(name: str) -> str:
    """Return a name of Ovid without the note or the numbers of institutions behind it."""
    return _OVID_NOTE.sub("", name).strip(" ,")


def cited_journal(source: str) -> str:
    """Return the journal of ``Journal of X. 12(3):1-9, 2001``."""
    return _JOURNAL_ENDS.split(source, maxsplit=1)[0]
