"""Papers and sentences as a search ranks them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.types import Evidence, Hit, Paper

Cosines = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPaper:
    """A paper that was found, and what led to its place."""

    paper: Paper
    score: float
    cosine: float
    """Of the question and the paper's best passage."""
    nearest: Cosines | None = None
    """For each token of the question the cosine of the nearest token of the paper; None for
    papers too far down to be looked at so closely."""

    @property
    def hit(self) -> Hit:
        """The paper as a search result."""
        return Hit(paper_id=self.paper.paper_id, title=self.paper.title, score=self.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a paper, not yet compared with anything."""

    paper: Paper
    start: int
    end: int
    text: str
    """The sentence in readable form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The papers that a question leads to, and the sentences that are worth reading."""

    papers: tuple[RankedPaper, ...]
    """Best first."""
    leading: int
    """How many of them are read."""
    sentences: tuple[Sentence, ...]
    """All sentences of the leading papers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedSentence(Sentence):
    """A sentence of a paper, and what speaks for it."""

    nearest: Cosines
    """For each token of the question the cosine of the nearest token here, title included."""
    score: float = 0.0
    answering: float | None = None
    """The ranker's log-odds that it answers the question; None if it was not read by one."""

    @property
    def meaning(self) -> float:
        """The mean of ``nearest``: how much of the question this sentence speaks of."""
        return float(self.nearest.mean()) if len(self.nearest) else 0.0

    @property
    def quote(self) -> str:
        """The sentence as its authors wrote it."""
        return self.paper.abstract[self.start : self.end]

    @property
    def evidence(self) -> Evidence:
        """The sentence as the caller of the library sees it."""
        return Evidence(
            paper_id=self.paper.paper_id,
            title=self.paper.title,
            quote=self.quote,
            start=self.start,
            end=self.end,
            score=self.score,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a search found for a question."""

    papers: tuple[RankedPaper, ...]
    """Best first."""
    sentences: tuple[RankedSentence, ...]
    """Of the leading papers, best evidence first."""
    asked: tuple[str, ...]
    """The tokens of the question to which the entries of ``nearest`` belong."""
    frequencies: dict[str, int]
    """In how many papers of the library each term of the question occurs."""
