"""Chooses what to say of papers, with the models that are loaded anyway."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.encoders.ranker import EvidenceRanker
from assistant.encoders.reading import ReadingEncoder
from assistant.summaries.aspects import AspectStatement, state_aspects
from assistant.summaries.sentences import KeySentence, key_sentences
from assistant.summaries.types import Aspect
from assistant.types import Cancellation, Paper


class SummaryReader:
    """Chooses what to say of a paper. Safe to share between threads."""

    def __init__(self, *, encoder: ReadingEncoder, ranker: EvidenceRanker | None = None) -> None:
        """Without ``ranker`` words alone decide which sentence states an aspect best."""
        self._encoder = encoder
        self._ranker = ranker

    def key_sentences(
        self, papers: Sequence[Paper], *, cancel: Cancellation | None = None
    ) -> list[KeySentence | None]:
        """Return the best one-sentence summary of each paper; None without an abstract.

        Many papers in one call cost less than as many calls. Raises Cancelled if ``cancel`` is
        raised.
        """
        return list(key_sentences(papers, encoder=self._encoder, cancel=cancel))

    def aspects(self, paper: Paper) -> dict[Aspect, AspectStatement | None]:
        """Return the sentence that states each aspect best; None for "not stated"."""
        return state_aspects(paper, ranker=self._ranker)
