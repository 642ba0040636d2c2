"""The shape of a listing: which lines belong together, and which of them read like prose.

A block is a run of lines without a blank one between them. It is either packed (every line is a
title or an abstract of its own) or wrapped (its lines are one text of a fixed width).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.readers.limits import MAX_ABSTRACT_CHARS
from assistant.readers.lines import Line
from assistant.readers.listings.navigation import is_navigation, strip_slogans
from assistant.text.clean import normalise
from assistant.text.sentences import sentence_spans

MAX_TITLE_LINE_CHARS = 300
"""A longer line is prose."""

_SEVERAL_SENTENCES_CHARS = 150
_MIN_SENTENCE_BLANKS = 10
_SHAPE_LINES = 64
"""So many lines of a block are looked at to tell its shape."""

_MAX_TITLE_LINES = 3
_MIN_PACKED_AFTER_TITLE = 3
_WRAPPED_WIDTH_SHARE = 0.7

_FULL_STOP = re.compile(r"(?<!\.)\.[\"'”’)\]}]*$")
_PROSE_START = re.compile(
    r"(?:We|Our|In this (?:paper|work|article|study|report)|This (?:paper|work|article|study))\b"
)
_HEADING_MARK = re.compile(r"#{1,6} ")
_UNFINISHED = re.compile(
    r"(?:[:,\-–—&/]|\b(?:a|an|and|as|at|by|for|from|in|into|of|on|or|the|to|under|using|via|with))$"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A line, or the lines of a wrapped text joined: a title or (part of) an abstract."""

    line: int
    """Number of its first line, from 1."""
    text: str
    prose: bool
    navigation: bool = False
    overlong: bool = False


def is_prose(text: str) -> bool:
    """Tell whether a text reads like (part of) an abstract rather than like a title."""
    if len(text) > MAX_TITLE_LINE_CHARS or _FULL_STOP.search(text[-20:]) or "http" in text:
        return True
    if _PROSE_START.match(text) and text.count(" ") >= _MIN_SENTENCE_BLANKS:
        return True
    return len(text) > _SEVERAL_SENTENCES_CHARS and len(sentence_spans(text)) > 1


def is_unfinished(title: str, continuation: str) -> bool:
    """Tell whether a title goes on in the next line."""
    return bool(_UNFINISHED.search(title[-20:])) or continuation[:1].islower()


def read_units(lines: Iterable[Line]) -> Iterator[Unit]:
    """Yield the units of a listing in order. Memory holds one abstract of the greatest length."""
    shaper = _Shaper()
    after_newsletter = False
    for line in lines:
        if line.text is None:
            yield from shaper.end_block()
            yield shaper.note(Unit(line.number, "", prose=True, overlong=True))
            continue
        text = normalise(line.text)
        if not text:
            yield from shaper.end_block()
            continue
        text, after_newsletter = strip_slogans(text, after_newsletter=after_newsletter)
        if text:
            yield from shaper.add(_unit(line.number, _HEADING_MARK.sub("", text, count=1)))
    yield from shaper.end_block()


def _unit(line: int, text: str) -> Unit:
    return Unit(line, text, prose=is_prose(text), navigation=is_navigation(text))


class _Shaper:
    """Collects the lines of a block until its shape is known."""

    def __init__(self) -> None:
        self._block: list[Unit] = []
        self._chars = 0
        self._packed = False
        self._inside_text = False
        self._after_title = False
        self._separated = False
        """Whether titles and abstracts were last seen in blocks of their own."""

    def add(self, line: Unit) -> Iterator[Unit]:
        """Take a line; yield what of its block is certain."""
        if self._packed:
            yield self.note(line)
            return
        self._block.append(line)
        self._chars += len(line.text)
        full = self._chars > MAX_ABSTRACT_CHARS
        if full or len(self._block) == _SHAPE_LINES:
            self._packed = self._is_packed()
            if full or self._packed:
                yield from self._flush()
                self._inside_text = not self._packed

    def end_block(self) -> Iterator[Unit]:
        """Yield what is left of the block."""
        yield from self._flush()
        self._packed = self._inside_text = False

    def note(self, unit: Unit) -> Unit:
        """Remember whether an abstract is expected after ``unit``."""
        if not unit.navigation:
            self._after_title = not unit.prose
        return unit

    def _flush(self) -> Iterator[Unit]:
        if self._block:
            packed = self._packed or self._is_packed()
            units = self._block if packed else self._join()
            if len(units) > 1:
                self._separated = False
            elif not units[0].prose:
                self._separated = True
            self._block, self._chars = [], 0
            yield from map(self.note, units)

    def _is_packed(self) -> bool:
        """Tell whether the lines of the block stand each for itself."""
        lines = self._block[_leading_navigation(self._block) :]
        if self._inside_text or len(lines) <= 1:
            return not self._inside_text
        long = [len(line.text) > MAX_TITLE_LINE_CHARS for line in lines]
        if not any(long):
            return not self._after_title and _is_paired(lines)
        if not self._after_title or (not lines[0].prose and long[1]):
            return True
        papers = sum(not line.prose and after for line, after in zip(lines, long[1:], strict=False))
        return papers >= _MIN_PACKED_AFTER_TITLE

    def _join(self) -> list[Unit]:
        """Return the units of a wrapped block."""
        lines = self._block
        if self._after_title or self._inside_text:
            last = _text_lines(lines)
            return [_joined(lines[:last], prose=self._inside_text), *lines[last:]]
        first = _leading_navigation(lines)
        before, lines = lines[:first], lines[first:]
        whole = _joined(lines)
        if self._separated or not whole.prose or lines[0].prose or _PROSE_START.match(whole.text):
            return [*before, whole]
        # The last line of a title is short; the first of a text in a fixed width is full.
        full = _WRAPPED_WIDTH_SHARE * max(len(line.text) for line in lines[1:])
        title_lines = 1
        while title_lines < min(_MAX_TITLE_LINES, len(lines) - 1):
            line, before_it = lines[title_lines], lines[title_lines - 1]
            if line.prose or (len(line.text) >= full and not is_unfinished(before_it.text, "")):
                break
            title_lines += 1
        return [*before, _joined(lines[:title_lines]), _joined(lines[title_lines:])]


def _leading_navigation(lines: list[Unit]) -> int:
    """Return the number of lines of navigation before the first that is none."""
    return next((i for i, line in enumerate(lines) if not line.navigation), len(lines))


def _text_lines(lines: list[Unit]) -> int:
    """Return the number of lines before the navigation that follows the end of an abstract."""
    last = len(lines)
    while last > 1 and lines[last - 1].navigation and not lines[last - 1].prose:
        last -= 1
    return last if lines[last - 1].prose else len(lines)


def _joined(lines: list[Unit], *, prose: bool = False) -> Unit:
    text = " ".join(line.text for line in lines)
    return Unit(lines[0].line, text, prose=prose or is_prose(text))


def _is_paired(lines: list[Unit]) -> bool:
    """Tell whether short lines are titles and abstracts in turn, and no text of a fixed width."""
    if len(lines) % 2 or any(line.prose for line in lines[::2]):
        return False
    widths = [len(line.text) for line in lines[1:]]
    full = _WRAPPED_WIDTH_SHARE * max(widths)
    wrapped = len(lines) > 2 and all(width >= full for width in widths[:-1])
    return all(line.prose for line in lines[1::2]) and not wrapped
