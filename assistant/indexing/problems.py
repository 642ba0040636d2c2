"""What can be wrong with a library, and what was done about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

ProblemKind = Literal["incomplete", "unreadable", "orphans", "mirror", "search", "twice"]
"""Papers without all their rows; records that are none; rows of no paper; the mirror differs from
the store; a search does not find a row; one paper twice."""


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

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values, in their order here."""
        return asdict(self)
