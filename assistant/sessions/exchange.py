"""One question of a conversation and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from assistant.text.clean import normalise
from assistant.types import Answer, AnswerSentence, Citation, Turn, joined

Outcome = Literal["open", "answered", "stopped", "failed"]
"""How an exchange ended; ``open``: it has not, or the program died over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question, and its answer or what stood of it in the end."""

    question: str
    asked_at: str
    """ISO 8601 in UTC, to the millisecond."""
    query: str = ""
    """As it was searched; differs from the question if that was a follow-up."""
    scope: tuple[str, ...] = ()
    """Ids of the papers to which the question was limited; empty: all."""
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    """Those of ``sentences``, each once."""
    answer: Answer | None = None
    """Set when the answer was finished; then ``sentences`` and ``citations`` are its own."""
    outcome: Outcome = "open"
    error: str = ""
    """Why it failed."""

    @property
    def ended(self) -> bool:
        """Whether the exchange is over: answered, stopped or failed."""
        return self.outcome != "open"

    @property
    def searched_as(self) -> str:
        """How the question was searched, where that is worth telling; else nothing."""
        # A command is no question: what it is about stands in it.
        told = self.question.startswith("/")
        same = normalise(self.query) == normalise(self.question)
        return "" if told or same else self.query

    @property
    def turn(self) -> Turn:
        """The exchange as history of the next question.

        If there is no answer, what stood of it; if that is nothing, the question alone.
        """
        said = joined(self.sentences) if self.answer is None else self.answer.text
        return Turn(
            question=self.query or self.question,
            answer=said,
            titles=tuple(dict.fromkeys(citation.title for citation in self.citations)),
        )

    def with_sentence(self, sentence: AnswerSentence, citations: tuple[Citation, ...]) -> Exchange:
        """Return the exchange with one more sentence and the citations that it brings."""
        known = {citation.number for citation in self.citations}
        fresh = tuple(citation for citation in citations if citation.number not in known)
        return replace(
            self, sentences=(*self.sentences, sentence), citations=(*self.citations, *fresh)
        )

    def with_answer(self, answer: Answer) -> Exchange:
        """Return the exchange with its finished answer."""
        return replace(
            self,
            answer=answer,
            sentences=answer.sentences,
            citations=answer.citations,
            outcome="answered",
        )


def shortened(text: str, *, max_chars: int) -> str:
    """Return a text on one line, cut at a blank if there is one, with ``…`` where it was cut."""
    line = " ".join(text.split())
    if len(line) <= max_chars:
        return line
    whole_words = line[:max_chars].rpartition(" ")[0]
    cut = whole_words if len(whole_words) > max_chars // 2 else line[: max_chars - 1]
    return f"{cut.rstrip(' ,;:')}…"


def now() -> str:
    """Return the time as ISO 8601 in UTC, to the millisecond: such texts sort by time."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
