r"""Lines of a BibTeX file to the blocks of text that hold an entry each.

A block ends where its braces are balanced. An entry that is never closed must not take the rest
of the file along, so it ends at the latest where a line begins another one; unless it is inside
a value, which may quote an entry, and the braces come out even soon after.

Braces are counted twice, because people and programs do not agree whether ``\{`` is one: for
BibTeX it is, for LaTeX it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from assistant.readers.lines import Line

MAX_BLOCK_CHARS = 4_000_000
"""An entry with a longer text is passed over."""

_MAX_QUOTED_ENTRIES = 8
_MAX_QUOTED_CHARS = 100_000
"""So far an entry that is inside a value goes on when lines begin other entries."""

BEGINS = re.compile(r"[ \t]*@[ \t]*([A-Za-z][\w+-]*)[ \t]*(?:([{(])|$)")
_BEGINS_LATER = re.compile(
    r"(?<![\w.%\\])@[ \t]*[A-Za-z]+[ \t]*\{[^\s{}(),=]+[ \t]*,[ \t]*(?:\w|$)"
)
ENTRY_ENDS = re.compile(r"[})](?=[\s,]{0,99}@[ \t]{0,9}[A-Za-z][\w+-]{0,40}[ \t]{0,9}[{(])")
"""The last sign of an entry that another one follows on the same line."""
_ENDS_ROUND = re.compile(r"\s*\)\s*,?\s*$")


@dataclass(slots=True)
class Block:
    """Consecutive lines that begin with an entry."""

    line: int
    """Number of the first, from 1."""
    lines: list[str] = field(default_factory=list)
    chars: int = 0
    overlong_line: int | None = None
    """Number of a line that was too long to be read, with which the block ends."""

    @property
    def text(self) -> str:
        """The lines, joined."""
        return "\n".join(self.lines)

    @property
    def is_too_long(self) -> bool:
        """Whether the block was cut off at the greatest length."""
        return self.chars > MAX_BLOCK_CHARS


def read_blocks(lines: Iterable[Line]) -> Iterator[Block]:
    """Yield the blocks of a file in order; what stands between them is left out.

    Memory is bounded by ``MAX_BLOCK_CHARS``.
    """
    growing: _Growing | None = None
    for line in lines:
        if line.text is None:
            block = growing.block if growing else Block(line.number)
            block.overlong_line = line.number
            yield block
            growing = None
            continue
        if growing and BEGINS.match(line.text) and growing.ends_before_next():
            yield from growing.kept()
            growing = None
        if growing is None and _begins(line.text):
            growing = _Growing(Block(line.number), is_round=_is_round(line.text))
        if growing:
            growing.add(line.text)
            if growing.is_complete():
                yield from growing.kept()
                growing = None
            elif growing.block.is_too_long:
                yield from growing.kept()
                growing.drop()
    if growing:
        yield from growing.kept()


def _begins(text: str) -> bool:
    if "@" not in text:
        return False
    if BEGINS.match(text):
        return True
    return not text.lstrip().startswith("%") and _BEGINS_LATER.search(text) is not None


def _is_round(text: str) -> bool:
    match = BEGINS.match(text)
    return match is not None and match[2] == "("


class _Growing:
    """A block whose end is not seen yet."""

    def __init__(self, block: Block, *, is_round: bool) -> None:
        self.block = block
        self.is_dropped = False
        self._is_round = is_round
        self._is_comment = False
        self._depth = 0
        self._depth_escaped = 0
        self._opened = False
        self._quoted_entries = 0
        self._quoted_from: int | None = None

    def add(self, text: str) -> None:
        """Take the next line."""
        if not self.block.lines and not self.is_dropped:
            self._is_comment = text.lstrip(" \t@").lower().startswith("comment")
        self.block.chars += len(text) + 1
        if not self.is_dropped:
            self.block.lines.append(text)
        change = text.count("{") - text.count("}")
        self._depth += change
        self._depth_escaped += change
        if "\\" in text:
            self._depth_escaped -= text.count(r"\{") - text.count(r"\}")
        self._opened = self._opened or "{" in text or "(" in text

    def kept(self) -> Iterator[Block]:
        """Yield the block, if it was not dropped."""
        if not self.is_dropped:
            yield self.block

    def is_complete(self) -> bool:
        """Tell whether the block ends with the line that was added last."""
        even = self._depth <= 0 and self._depth_escaped <= 0
        if self.is_dropped:
            return even
        if self._is_round:
            return even and _ENDS_ROUND.match(self.block.lines[-1]) is not None
        if even and (min(self._depth, self._depth_escaped) < 0 or self._has_more()):
            return False  # With a brace too many in a value, the rest of the fields follow.
        # The brace of an entry may stand in the line after its kind.
        return even and (self._opened or len(self.block.lines) > 1)

    def ends_before_next(self) -> bool:
        """Tell whether a line that begins an entry ends this one."""
        depth = min(self._depth, self._depth_escaped)
        if self.is_dropped or not self._opened or depth <= 0:
            return True
        if depth == 1 and not self._is_comment and not self._is_round:
            return True
        if self._quoted_from is None:
            self._quoted_from = self.block.chars
        self._quoted_entries += 1
        return (
            self._quoted_entries > _MAX_QUOTED_ENTRIES
            or self.block.chars - self._quoted_from > _MAX_QUOTED_CHARS
        )

    def _has_more(self) -> bool:
        return self.block.lines[-1].rstrip().endswith(",")

    def drop(self) -> None:
        """Keep no more lines; go on only to see where the next entry begins."""
        self.is_dropped = True
        self.block = Block(self.block.line)
