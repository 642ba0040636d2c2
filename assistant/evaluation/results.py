"""What the assistant did with one question of an exam, as it is kept.

Kept is what was found and said, not what it was worth: marks are given when a run is read, so
that two runs are always measured by the same rule.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from assistant.evaluation.questions import ExamQuestion
from assistant.shapes import restore
from assistant.types import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamResult:
    """One question, what was found for it and what was answered."""

    question: ExamQuestion
    found_titles: tuple[str, ...] = ()
    """The first papers that a search finds, best first."""
    search_s: float | None = None
    confidence: float = 0.0
    answer: Answer | None = None
    verbatim: tuple[bool, ...] = ()
    """For each citation: does the quote stand in the abstract, where it says, to the letter?"""
    error: str = ""
    """Why there is no answer, if the question could not be asked."""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values, in their order here."""
        return {
            "question": asdict(self.question),
            "found_titles": list(self.found_titles),
            "search_s": self.search_s,
            "confidence": self.confidence,
            "answer": None if self.answer is None else self.answer.to_json(),
            "verbatim": list(self.verbatim),
            "error": self.error,
        }

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the result of such an object. Raises ValueError if it is none."""
        return restore(cls, value)
