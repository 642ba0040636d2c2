"""Listings of papers as text: copied web pages, exports, and files typed by hand.

One parser serves them all, because they are the same thing with more or less around it: a title,
then its abstract. It knows these shapes, also mixed within a file:

- a title and an abstract on a line each, with blank lines between all of them or none at all;
- an abstract in lines of a fixed width, up to the next blank line, below its title or below a
  blank line; a title over two lines; an abstract in several paragraphs;
- the buttons, dates and slogans of the page around and between them.

A line is told by what it is (prose ends with a full stop or is long; a title is short and does
not) and by where it stands (an abstract is expected after a title). Where the two disagree, the
line after it decides. What fits nowhere is rejected with its line, never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from assistant.identity import paper_id
from assistant.readers.limits import MAX_ABSTRACT_CHARS, overlong_line, problem_of, shortened
from assistant.readers.lines import MAX_LINE_CHARS, Line
from assistant.readers.listings.blocks import Unit, is_unfinished, read_units
from assistant.text.sentences import sentence_spans
from assistant.types import Paper, Rejected

MAX_LINES_WITHOUT_PAPER = 100_000
"""After so many a file is no listing, and the rest of it is not read."""
_MAX_STOPPED_TITLE_CHARS = 200
_PARAGRAPH_START = re.compile(
    r"(?:We|Our|This|These|The (?:codes?|source|project|data|models?)|Codes?|In|It|However|To|"
    r"Project|Source|Finally|Moreover|Furthermore|Additionally|Extensive|Experiments|Results)\b"
)


def read_listing(lines: Iterable[Line], *, file: str) -> Iterator[Paper | Rejected]:
    """Yield the papers of a listing, and what in it is none.

    A record begins at the line of its title. Memory holds one paper and one block of lines.
    """
    parser = _Parser(file)
    waiting: Unit | None = None
    for unit in read_units(parser.lines_of(lines)):
        if waiting is not None:
            yield from parser.take(waiting, unit)
        waiting = unit
    if waiting is not None:
        yield from parser.take(waiting, None)
    yield from parser.finish()
    if parser.gave_up_at is not None:
        reason = f"{MAX_LINES_WITHOUT_PAPER:,} lines without a paper; the rest is not read"
        yield Rejected(file=file, line=parser.gave_up_at, reason=reason)


class _Parser:
    """Puts titles and abstracts together, one unit after the other."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._title: Unit | None = None
        self._paragraphs: list[str] = []
        self._chars = 0
        self._last_paper_line = 0
        self.gave_up_at: int | None = None
        """Number of the line at which the file was found to be no listing."""

    def lines_of(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Yield lines as long as there are papers in them."""
        for line in lines:
            if line.number - self._last_paper_line > MAX_LINES_WITHOUT_PAPER:
                self.gave_up_at = line.number
                return
            yield line

    def take(self, unit: Unit, following: Unit | None) -> Iterator[Paper | Rejected]:
        """Take the next unit; ``following`` is the one after it. Yield what is complete."""
        before_prose = following is not None and following.prose and not following.overlong
        awaits_abstract = self._title is not None and not self._paragraphs
        if unit.overlong:
            if awaits_abstract:
                self._title = None
            yield from self.finish()
            yield overlong_line(self._file, unit.line, MAX_LINE_CHARS)
        elif unit.navigation and (awaits_abstract or not before_prose):
            return
        elif self._title is not None and awaits_abstract:
            yield from self._take_after_title(self._title, unit)
        elif not unit.prose or (before_prose and _is_stopped_title(unit.text)):
            yield from self.finish()
            self._title = unit
        elif self._title is not None:
            self._add(unit)
        else:
            yield self._rejected(unit.line, f"no title: {shortened(unit.text)}")

    def finish(self) -> Iterator[Paper | Rejected]:
        """Yield the paper that is under way, if there is one."""
        if self._title is not None:
            yield self._record(self._title, " ".join(self._paragraphs))
        self._title, self._paragraphs, self._chars = None, [], 0

    def _take_after_title(self, title: Unit, unit: Unit) -> Iterator[Paper | Rejected]:
        """Take an abstract, or the second line of a title, or give the title up for the next."""
        if unit.prose:
            self._add(unit)
        elif is_unfinished(title.text, unit.text):
            self._title = Unit(title.line, f"{title.text} {unit.text}", prose=False)
        else:
            yield from self.finish()
            self._title = unit

    def _add(self, unit: Unit) -> None:
        """Add a paragraph; of an abstract that is too long only as much as shows it."""
        if self._chars <= MAX_ABSTRACT_CHARS:
            self._paragraphs.append(unit.text)
            self._chars += len(unit.text)

    def _record(self, title: Unit, abstract: str) -> Paper | Rejected:
        if problem := problem_of(title.text, abstract):
            return self._rejected(title.line, problem)
        self._last_paper_line = title.line
        return Paper(
            paper_id=paper_id(title.text),
            title=title.text,
            abstract=abstract,
            source=PurePath(self._file).name,
        )

    def _rejected(self, line: int, reason: str) -> Rejected:
        return Rejected(file=self._file, line=line, reason=reason)


def _is_stopped_title(text: str) -> bool:
    """Tell whether a short text with a full stop, with prose after it, is a title after all."""
    return (
        len(text) <= _MAX_STOPPED_TITLE_CHARS
        and "http" not in text
        and not _PARAGRAPH_START.match(text)
        and len(sentence_spans(text)) == 1
    )
