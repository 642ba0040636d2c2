"""Several short texts in one field: authors and keywords where a format has no lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DIVIDES = re.compile(r"[,|&]|\band\b", re.IGNORECASE)


def joined_with_semicolons(texts: Iterable[str]) -> str:
    """Return texts with ``; `` between them, which is how lists in one cell are read.

    A single text that would be divided elsewhere otherwise (``Department of X and Y``) has a
    semicolon at its end. Texts that hold semicolons themselves cannot be told apart.
    """
    several = list(texts)
    if len(several) == 1 and _DIVIDES.search(several[0]):
        return f"{several[0]};"
    return "; ".join(several)


def joined_with_commas(texts: Iterable[str]) -> str:
    """Return texts with ``, `` between them, or ``; `` where one of them holds a comma."""
    several = list(texts)
    if any(sign in text for text in several for sign in ",|"):
        return joined_with_semicolons(several)
    return ", ".join(several)
