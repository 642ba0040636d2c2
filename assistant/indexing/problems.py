"""What can be wrong with a library, and what was done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

ProblemKind = Literal[
    "store", "incomplete", "unreadable", "orphans", "mirror", "search", "vectors", "twice"
]
"""The files of the store are damaged; papers without all their rows; records that are none; rows
of no paper; the mirror differs from the store; a search does not find a row; vectors that are not
those of their texts; one paper twice."""

CheckStep = Literal["checking", "comparing", "embedding"]
"""Passages are read; passages are compared with their vectors; papers are embedded again."""

CheckProgress = Callable[[CheckStep, int, int], None]
"""Told the step, how many passages or papers of it are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a library."""

    kind: ProblemKind
    message: str
    papers: tuple[str, ...] = ()
    """Ids of the papers that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What a check found."""

    papers: int
    rows: int
    """Passages in the store."""
    problems: tuple[Problem, ...] = ()
    repairs: tuple[str, ...] = ()
    """What was done about them, in this order."""
    left: tuple[Problem, ...] = ()
    """What is wrong still."""
    compared: int = 0
    """Passages that were embedded again to compare their vectors; 0 without an encoder."""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values, in their order here."""
        return asdict(self)
