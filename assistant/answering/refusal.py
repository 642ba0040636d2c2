"""Says how likely it is that the evidence answers the question, and what to say if not.

A small model answers whatever it is asked. Whether there is an answer is therefore decided
here, before it speaks, by a logistic model on a few figures, of which the ranker's reading of
the best sentence tells most. Its weights were fitted by ``benchmarks/refusal.py`` on questions
with an answer, on questions near to a paper whose abstract does not answer them, and on
answerable questions whose paper was taken away.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields, replace

import numpy as np

from assistant.retrieval.question import Question
from assistant.retrieval.ranked import Findings
from assistant.text.clean import readable
from assistant.text.query import NO_FILTER, Filter, nothing_matches
from assistant.text.words import STOP_WORDS, stem, words

_DIGIT = re.compile(r"\d")
_QUARTER = 4
_MAX_MISSING_WORDS = 4
_USUAL_MARGIN = 0.3
"""Taken where one paper alone is asked: the median of answered questions. With it 1 % of the
sample exam's facts are refused when their paper is pinned, and all when a wrong one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What the decision rests on."""

    score: float
    """Of the best paper."""
    margin: float
    """From the best paper to the next."""
    covered: float
    """Mean, over the question's tokens that carry meaning, of the cosine in the best paper."""
    least_covered: float
    """The same for the quarter of them that are covered least: what the paper is silent about."""
    name_missing: float
    """1 if the question names something that the best paper does not, else 0."""
    number_missing: float
    """1 if a number is asked for and the best sentences hold none, else 0."""
    answering: float | None
    """The ranker's log-odds that the best sentence answers; None if it read none."""


_INTERCEPT = -7.84
_WEIGHTS = Signals(
    score=4.62,
    margin=2.11,
    covered=1.04,
    least_covered=4.31,
    name_missing=-1.34,
    number_missing=-1.63,
    answering=0.0,
)
"""Of questions that the ranker does not read: those for several papers, and all without one."""
_INTERCEPT_WITH_RANKER = -7.2
_WEIGHTS_WITH_RANKER = Signals(
    score=3.26,
    margin=2.61,
    covered=2.71,
    least_covered=3.2,
    name_missing=-1.14,
    number_missing=-0.95,
    answering=0.26,
)


def confidence(question: Question, findings: Findings) -> float:
    """Return the probability, 0 to 1, that the best evidence answers the question."""
    if not findings.sentences:
        return 0.0
    found = signals(question, findings)
    if found.answering is None:
        return _logistic(_INTERCEPT, _WEIGHTS, replace(found, answering=0.0))
    return _logistic(_INTERCEPT_WITH_RANKER, _WEIGHTS_WITH_RANKER, found)


def _logistic(intercept: float, weights: Signals, found: Signals) -> float:
    total = intercept + sum(
        getattr(weights, part.name) * getattr(found, part.name) for part in fields(Signals)
    )
    return 1 / (1 + math.exp(-total))


def signals(question: Question, findings: Findings) -> Signals:
    """Return the figures of a question; there must be a sentence."""
    best, *others = findings.papers
    told = f"{readable(best.paper.title)}. {readable(best.paper.abstract)}".casefold()
    # A question of signs alone has no tokens: nothing of it is covered.
    nearest = np.zeros(1) if best.nearest is None or not len(best.nearest) else best.nearest
    carrying = [_carries_meaning(token) for token in findings.asked]
    relevant = np.sort(nearest[carrying] if any(carrying) else nearest)
    sentences = [s.text for s in findings.sentences if s.paper.paper_id == best.paper.paper_id]
    has_number = any(_DIGIT.search(text) for text in sentences[:3])
    return Signals(
        score=best.score,
        margin=best.score - others[0].score if others else _USUAL_MARGIN,
        covered=float(relevant.mean()),
        least_covered=float(relevant[: max(1, len(relevant) // _QUARTER)].mean()),
        name_missing=float(any(name.casefold() not in told for name in question.names)),
        number_missing=float(question.asks_number and not has_number),
        answering=findings.sentences[0].answering,
    )


def explain(
    question: Question, findings: Findings, *, limit: Filter = NO_FILTER, pinned: bool = False
) -> str:
    """Say that nothing was found, and what the library does hold about the question.

    ``limit`` is the filter that papers had to pass; ``pinned`` tells whether a few were chosen.
    """
    if not findings.papers:
        if limit:
            return nothing_matches(limit, pinned=pinned)
        return "Nothing was found: the library is empty."
    papers = "among the pinned papers" if pinned else "among the papers"
    if limit:
        papers = f"{papers} that match {limit}"
    parts = [f"No abstract {papers if limit or pinned else 'in the library'} answers this."]
    unknown = [name for name in question.names if findings.frequencies.get(name, 1) == 0]
    if unknown:
        verb = "does" if len(unknown) == 1 else "do"
        place = "the library" if limit or pinned else "it"
        parts.append(f"{_listed(unknown)} {verb} not occur in {place}.")
    best = findings.papers[0].paper
    told = {stem(word) for word in words(readable(f"{best.title} {best.abstract}"))}
    missing = [
        term
        for term in dict.fromkeys(question.terms)
        if stem(term) not in told and term not in unknown
    ]
    title = f"The nearest paper is “{readable(best.title)}”"
    if missing:
        parts.append(f"{title}; its abstract does not speak of {_listed(missing)}.")
    else:
        parts.append(f"{title}; its abstract does not say this.")
    return " ".join(parts)


def _carries_meaning(token: str) -> bool:
    plain = token.removeprefix("##")
    return plain not in STOP_WORDS and any(letter.isalnum() for letter in plain)


def _listed(terms: list[str]) -> str:
    quoted = [f"“{term}”" for term in terms[:_MAX_MISSING_WORDS]]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
