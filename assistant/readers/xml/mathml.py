"""Formulas in MathML, as abstracts hold them, as one line of text: ``V̇O2max``, ``a/(b+c)``.

Layout that means something becomes a sign (``^``, ``_``, ``/``, ``√``), so that no two numbers
and no two words grow together. Blanks between the elements of a formula mean nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from assistant.readers.records import lowered, raised

_ATOM = re.compile(r"[+\-−]?[^\W_]*(?:\.\d+)?|[^\w\s]")
_UNSHOWN = frozenset({"annotation", "annotation-xml", "mphantom"})
_MARKS_ABOVE = {
    "¯": "\u0304", "‾": "\u0304", "\u0305": "\u0304", "^": "\u0302", "ˆ": "\u0302", "~": "\u0303",
    "˜": "\u0303", ".": "\u0307", "˙": "\u0307", "¨": "\u0308", "→": "\u20d7", "⃗": "\u20d7",
}  # fmt: skip
"""Signs that stand above one letter, to the combining marks that put them there."""


class Part(Protocol):
    """A formula, or an element of one; names and attributes in small letters, without prefix."""

    @property
    def name(self) -> str:
        """What kind of element it is: ``mfrac``."""

    @property
    def attributes(self) -> Mapping[str, str]:
        """Its attributes by their names."""

    @property
    def children(self) -> Sequence[Part | str]:
        """The elements and the text directly within it."""


def maths(element: Part) -> str:
    """Return a formula, or a part of one, as text."""
    name = element.name
    inner = [child for child in element.children if not isinstance(child, str)]
    if name == "mspace":
        return " "
    if not inner:
        text = "".join(map(str, element.children))
        return text if name == "mtext" else text.strip()
    shown = [maths(part) for part in inner if part.name not in _UNSHOWN]
    if name == "mfenced":
        return _fenced(element, shown)
    count, write = _LAYOUTS.get(name, (-1, _row))
    if count in (0, len(shown)):
        return write(shown)
    return _row(
        child.strip() if isinstance(child, str) else maths(child)
        for child in element.children
        if isinstance(child, str) or child.name not in _UNSHOWN
    )


def _fenced(element: Part, parts: list[str]) -> str:
    signs = element.attributes
    inner = (signs.get("separators", ",")[:1] + " ").join(parts)
    return signs.get("open", "(") + inner.strip() + signs.get("close", ")")


def _row(written: Iterable[str]) -> str:
    """Join what stands side by side: words and numbers apart, letters not."""
    line = ""
    before = ""
    for text in filter(None, written):
        if line and line[-1].isalnum() and text[0].isalnum() and not _may_touch(before, text):
            line += " "
        line += text
        before = text
    return line


def _may_touch(before: str, text: str) -> bool:
    """Tell whether ``2`` and ``x`` may become ``2x``; ``sin`` and ``x``, ``1`` and ``2`` not."""
    if before[-1].isdigit() and text[0].isdigit():
        return False
    return all(len(part) == 1 or part.isdigit() for part in (before, text))


def _bracketed(text: str) -> str:
    text = text.strip()
    return text if _ATOM.fullmatch(text) else f"({text})"


def _with_above(base: str, sign: str) -> str:
    mark = _MARKS_ABOVE.get(sign)
    if mark and len(base) == 1:
        return unicodedata.normalize("NFC", base + mark)
    return base + _high(sign)


def _with_scripts(parts: list[str]) -> str:
    base, low, *high = parts
    return base + lowered(_bracketed(low), before=base) + "".join(map(_high, high))


def _high(text: str) -> str:
    return raised(_bracketed(text))


_LAYOUTS: dict[str, tuple[int, Callable[[list[str]], str]]] = {
    "mfrac": (2, lambda parts: f"{_bracketed(parts[0])}/{_bracketed(parts[1])}"),
    "mroot": (2, lambda parts: f"{_bracketed(parts[1])}√{_bracketed(parts[0])}"),
    "msqrt": (0, lambda parts: f"√{_bracketed(_row(parts))}"),
    "msup": (2, lambda parts: parts[0] + _high(parts[1])),
    "mover": (2, lambda parts: _with_above(*parts)),
    "msub": (2, _with_scripts),
    "munder": (2, _with_scripts),
    "msubsup": (3, _with_scripts),
    "munderover": (3, _with_scripts),
    "mtable": (0, "; ".join),
    "mtr": (0, ", ".join),
}
"""How elements with a layout are written, and how many parts they have; 0 for any number."""
