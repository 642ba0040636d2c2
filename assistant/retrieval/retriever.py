"""Finds papers, and the sentences in them: candidates, fusion, a closer look at the best.

Two rankings are united: the cosine of the best passage of a paper, and BM25 over title and
abstract. A paper's score is ``w * cosine + (1 - w) * bm25 / best bm25``. Fusing scores
rather than ranks keeps the margin between papers: on 395 papers and questions the right
one comes first for 97.7 %, against 85.8 % with reciprocal rank fusion, and on nine public
sets the same weight of 0.7 wins whichever set is left out of the choice.

The leading papers are then read sentence by sentence (see :mod:`assistant.retrieval.evidence`)
and ranked again by how much of the question their best sentence, and all their sentences
together, speak of. That adds .005 to .006 nDCG@10 on SciFact and Cranfield.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from assistant.config import RetrievalSettings
from assistant.llm.embedder import Embedder
from assistant.retrieval.evidence import (
    cut_sentences,
    idf_weights,
    rank_sentences,
    read_sentences,
)
from assistant.retrieval.question import Question
from assistant.retrieval.ranked import (
    Candidates,
    Cosines,
    Findings,
    RankedPaper,
    RankedSentence,
)
from assistant.store.chroma import ChromaStore
from assistant.store.lexical import LexicalMirror

_BEST_SENTENCE_WEIGHT = 0.5
_ALL_SENTENCES_WEIGHT = 0.5


class Retriever:
    """The search of one library. Safe to share between threads."""

    def __init__(
        self,
        *,
        store: ChromaStore,
        mirror: LexicalMirror,
        embedder: Embedder,
        settings: RetrievalSettings,
    ) -> None:
        self._store = store
        self._mirror = mirror
        self._embedder = embedder
        self._settings = settings

    def find(self, question: Question) -> Findings:
        """Return the papers for a question, best first, and the sentences of the leading ones."""
        return self.read(question, self.candidates(question))

    def candidates(self, question: Question, *, among: Collection[str] = ()) -> Candidates:
        """Return the papers that may answer, of the whole library or ``among`` these ids."""
        papers = self._fuse(question.text, among)
        leading = papers[: self._settings.read_papers]
        return Candidates(
            papers=tuple(papers),
            leading=len(leading),
            sentences=tuple(cut_sentences(found.paper for found in leading)),
        )

    def read(self, question: Question, candidates: Candidates) -> Findings:
        """Compare the question with the sentences of the leading papers, and rank again."""
        sentences = read_sentences(question, candidates.sentences, embedder=self._embedder)
        leading = candidates.papers[: candidates.leading]
        reread = _rank_again(leading, sentences)
        frequencies = self._mirror.document_frequencies({*question.terms, *question.names})
        idf = idf_weights(frequencies, self._mirror.count())
        return Findings(
            papers=(*reread, *candidates.papers[candidates.leading :]),
            sentences=tuple(rank_sentences(question, sentences, papers=reread, idf=idf)),
            asked=tuple(self._embedder.tokens(question.text)),
            frequencies=frequencies,
        )

    def _fuse(self, text: str, among: Collection[str]) -> list[RankedPaper]:
        """Return the candidates of both rankings by their fused score."""
        limit, weight = self._settings.candidates, self._settings.dense_weight
        vector = self._embedder.embed([text])[0]
        bm25 = self._mirror.bm25(text, limit=limit, among=among)
        # Of a few papers every one is a candidate, whatever its place in the whole library.
        cosines = {} if among else self._store.nearest(vector, limit=limit)
        known = self._mirror.get([*dict.fromkeys([*cosines, *bm25, *among])])
        unseen = [(i, known[i].passages) for i in known if i not in cosines]
        cosines |= self._store.cosines(vector, unseen)
        # Relative to the best paper of all, so that a score means the same in a small choice.
        widely = self._mirror.bm25(text, limit=1) if among else bm25
        best = max(widely.values(), default=0.0) or 1.0
        fused = [
            RankedPaper(
                paper=stored.paper,
                cosine=cosines.get(paper_id, 0.0),
                score=weight * cosines.get(paper_id, 0.0)
                + (1 - weight) * bm25.get(paper_id, 0.0) / best,
            )
            for paper_id, stored in known.items()
        ]
        return sorted(fused, key=_order)


def _rank_again(
    papers: Sequence[RankedPaper], sentences: Sequence[RankedSentence]
) -> list[RankedPaper]:
    """Add to each paper's score how much of the question its sentences speak of."""
    nearest: dict[str, Cosines] = {}
    best: dict[str, float] = {}
    for sentence in sentences:
        paper_id = sentence.paper.paper_id
        best[paper_id] = max(best.get(paper_id, 0.0), sentence.meaning)
        so_far = nearest.get(paper_id, sentence.nearest)
        nearest[paper_id] = np.maximum(so_far, sentence.nearest)
    again = []
    for found in papers:
        paper_id = found.paper.paper_id
        covered = nearest.get(paper_id, np.zeros(1, dtype=np.float32))
        score = (
            found.score
            + _BEST_SENTENCE_WEIGHT * best.get(paper_id, 0.0)
            + _ALL_SENTENCES_WEIGHT * (float(covered.mean()) if len(covered) else 0.0)
        )
        again.append(replace(found, score=score, nearest=covered))
    return sorted(again, key=_order)


def _order(found: RankedPaper) -> tuple[float, str]:
    """Sort by score; the id breaks ties, so that equal papers keep their order."""
    return (-found.score, found.paper.paper_id)
