"""Reads the text of a reply while it is written: up to a stop text, without what is thought aloud.

A model that reasons writes its thoughts between marks in front of its reply. It is asked not to,
but not every model or server knows of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

_THOUGHTS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "[THINK]": "[/THINK]",
}
"""What begins the thoughts in front of a reply, and what ends them."""


def thought_through(prompt: str) -> str:
    """Return a prompt after which no thoughts follow, where it ends with what begins them."""
    for mark, end in _THOUGHTS.items():
        if prompt.rstrip().endswith(mark):
            return f"{prompt.rstrip()}\n\n{end}\n\n"
    return prompt


def read_reply(pieces: Iterable[str], *, stop: Sequence[str] = ()) -> Iterator[str]:
    """Yield the text of a reply, in other pieces, up to the first of ``stop``."""
    held = ""
    for piece in _without_thoughts(pieces):
        held += piece
        found = [held.index(text) for text in stop if text in held]
        # What may be the beginning of a stop text is held back until more is known.
        length = min(found) if found else len(held) - _begun(held, stop)
        if length:
            yield held[:length]
        if found:
            return
        held = held[length:]
    if held:
        yield held


def _without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    rest = iter(pieces)
    ends: Sequence[str] = ()
    held = ""
    for piece in rest:
        held += piece
        if not ends:
            begun = held.lstrip()
            ends = [end for mark, end in _THOUGHTS.items() if begun.startswith(mark)]
            if not ends and not any(mark.startswith(begun) for mark in _THOUGHTS):
                break
        for end in ends:
            if end in held:
                yield from _after_blanks(held.partition(end)[2], rest)
                return
    if not ends and held:
        yield held
    yield from rest


def _after_blanks(piece: str, rest: Iterator[str]) -> Iterator[str]:
    while not (piece := piece.lstrip()):
        following = next(rest, None)
        if following is None:
            return
        piece = following
    yield piece
    yield from rest


def _begun(text: str, stop: Sequence[str]) -> int:
    """Return the length of the longest end of ``text`` with which a stop text may begin."""
    lengths = (n for word in stop for n in range(1, len(word)) if text.endswith(word[:n]))
    return max(lengths, default=0)
