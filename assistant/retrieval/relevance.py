"""Says which papers of a library are about a topic: all of them, not the nearest few.

A search puts the best papers first and always finds some. A list, a count or a survey has to know
where they end. So each paper gets a probability that it is about the topic, of its score in the
search and of what the evidence ranker reads in its nearest sentences, by a logistic model that
``benchmarks/relevance.py`` fits to judgements of ours on public abstracts.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from assistant.encoders.ranker import EvidenceRanker, passage
from assistant.retrieval.question import Question
from assistant.retrieval.ranked import RankedPaper, RankedSentence
from assistant.text.clean import readable
from assistant.text.words import content_words
from assistant.types import Paper

PAGE_PAPERS = 20
"""Papers that are judged at once; after a page that holds none of the topic nothing is read."""
READ_SENTENCES = 4
"""Of a paper, by the ranker: those nearest to the topic."""

_INTERCEPT, _SCORE_WEIGHT, _READING_WEIGHT = -7.79, 6.84, 0.164
_INTERCEPT_UNREAD, _SCORE_WEIGHT_UNREAD = -9.08, 8.05
"""Where there is no ranker."""
_NAMED_WEIGHT = 1.0
"""Of a paper that mentions all rare names of the topic."""
_NAMES_ALONE_WEIGHT = 3.0
"""The same, if the topic is nothing but names, such as that of a data set."""

_ENOUGH = 0.6
_SHARE_OF_BEST = 0.6
"""A long description fits no paper whole: then so much of what the best one has is enough."""
_LEAST = 0.25
"""If no paper reaches this, the library has none."""
_SURELY, _SURELY_SHARE = 0.75, 0.8
"""The same of papers that are surely about the topic, not perhaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelevantPaper:
    """A paper, and whether it is about a topic."""

    found: RankedPaper
    relevance: float
    """The probability, 0 to 1, that it is."""


def judge(
    topic: Question,
    papers: Sequence[RankedPaper],
    sentences: Mapping[str, Sequence[RankedSentence]],
    *,
    names: Collection[str],
    ranker: EvidenceRanker | None,
) -> list[RelevantPaper]:
    """Return how likely papers, as a search ranked them, are about a topic.

    ``sentences`` are those of each paper by its id, compared with the topic; ``names`` are those in
    the topic that few papers mention.
    """
    odds = [_INTERCEPT_UNREAD + _SCORE_WEIGHT_UNREAD * one.score for one in papers]
    if ranker is not None:
        nearest = [_nearest(sentences.get(found.paper.paper_id, ())) for found in papers]
        texts = [passage(readable(one.paper.title), one.text) for own in nearest for one in own]
        scores = iter(ranker.scores(topic.text, texts).tolist())
        for place, (found, own) in enumerate(zip(papers, nearest, strict=True)):
            if own:
                read = sum(next(scores) for _ in own) / len(own)
                odds[place] = _INTERCEPT + _SCORE_WEIGHT * found.score + _READING_WEIGHT * read
    alone = set(topic.terms) <= set(content_words(" ".join(names)))
    weight = _NAMES_ALONE_WEIGHT if alone else _NAMED_WEIGHT
    named = [weight * _mentions(found.paper, names) for found in papers]
    return [
        RelevantPaper(found=found, relevance=1 / (1 + math.exp(-one - more)))
        for found, one, more in zip(papers, odds, named, strict=True)
    ]


def _mentions(paper: Paper, names: Collection[str]) -> bool:
    """Tell whether there are names and the paper mentions them all."""
    if not names:
        return False
    text = readable(f"{paper.title} {paper.abstract}").casefold()
    return all(name.casefold() in text for name in names)


def _nearest(sentences: Sequence[RankedSentence]) -> list[RankedSentence]:
    return sorted(sentences, key=lambda sentence: -sentence.meaning)[:READ_SENTENCES]


def is_promising(page: Sequence[RelevantPaper]) -> bool:
    """Tell whether a page holds a paper of the topic, so that the next one is worth reading."""
    return any(paper.relevance >= _LEAST for paper in page)


def relevant(judged: Sequence[RelevantPaper]) -> list[RelevantPaper]:
    """Return the papers that are about the topic, the most relevant first."""
    ordered = sorted(judged, key=lambda one: (-one.relevance, one.found.paper.paper_id))
    if not ordered or ordered[0].relevance < _LEAST:
        return []
    least = min(_ENOUGH, _SHARE_OF_BEST * ordered[0].relevance)
    return [one for one in ordered if one.relevance >= least]


def surely_from(best: float) -> float:
    """Return the relevance from which papers are surely about a topic; ``best`` is the most."""
    return min(_SURELY, _SURELY_SHARE * best)
