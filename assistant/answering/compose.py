"""Chooses which sentences make the answer, and how a quoted one is shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from assistant.config import AnswerSettings
from assistant.retrieval.evidence import names_something
from assistant.retrieval.question import Question
from assistant.retrieval.ranked import Findings, RankedSentence
from assistant.text.clean import readable

_SHORT_NAME_WORDS = 4
_CONSIDERED = 8
"""Sentences looked at for an answer; beyond them a sentence that fits is no longer evidence."""
_MAX_GAP = 0.4
"""Least score of a further sentence, below the best. Without it answers are filled up with
sentences that have nothing to do with the question, and hold the fact no more often."""
_NAMING_BONUS = 0.3
"""Added, when several papers are asked for, to a sentence in which authors say what theirs is."""

_MEASURED_AGAINST = re.compile(
    r"\b(?:than|over|instead of|compared (?:with|to)|relative to|outperforms?|beats?|"
    r"surpass(?:es)?|replac(?:es?|ing))\b",
    re.IGNORECASE,
)


def choose(
    question: Question,
    findings: Findings,
    settings: AnswerSettings,
    *,
    pinned: Collection[str] = (),
) -> list[RankedSentence]:
    """Return the sentences of the answer, most important first; at least one if any is there.

    ``pinned`` are the ids of the papers that the question is limited to, if it is.
    """
    named = compared_papers(question, findings)
    if named:
        return _one_a_paper(findings.sentences, settings, among=named)
    if question.asks_several:
        return _one_a_paper(findings.sentences, settings, among=pinned)
    chosen: list[RankedSentence] = []
    words = 0
    for sentence in findings.sentences[:_CONSIDERED]:
        if sentence.score < findings.sentences[0].score - _MAX_GAP:
            break
        length = len(show(sentence).split())
        if chosen and words + length > settings.max_words:
            continue
        chosen.append(sentence)
        words += length
        if len(chosen) == settings.max_sentences:
            break
    return chosen


def show(sentence: RankedSentence, *, part: str = "") -> str:
    """Return a quoted sentence as it stands in an answer: ``BitNet: “We introduce …”``.

    The name in front tells whose "we" speaks; it is left out where the quote says it. Of a long
    sentence ``part``, which must stand in it, is shown alone.
    """
    quote = part or sentence.text
    name = short_name(sentence.paper.title)
    if name and name.casefold() not in quote.casefold():
        return f"{name}: “{quote}”"
    return f"“{quote}”"


def short_name(title: str) -> str:
    """Return the name that a title gives to its subject (``Name: what it is``), or nothing."""
    name, colon, _ = readable(title).partition(": ")
    if colon and len(name.split()) <= _SHORT_NAME_WORDS:
        return name
    brackets = re.search(r"\(([A-Za-z][\w^+-]*[A-Z\d][\w^+-]*)\)", readable(title))
    return brackets[1] if brackets else ""


def compared_papers(question: Question, findings: Findings) -> set[str]:
    """Return the ids of the papers that the question sets side by side: "BERT and RoBERTa".

    "Faster than Linformer" asks for one paper's result; nothing is returned for it.
    """
    if _MEASURED_AGAINST.search(question.text):
        return set()
    named = {}
    for found in findings.papers:
        name = short_name(found.paper.title)
        if name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question.text, re.IGNORECASE):
            named[name] = found.paper.paper_id
    return set(named.values()) if len(named) > 1 else set()


def _one_a_paper(
    ranked: Sequence[RankedSentence],
    settings: AnswerSettings,
    *,
    among: Collection[str] = (),
) -> list[RankedSentence]:
    """Return the best sentence of each of the best papers, or of all papers in ``among``."""

    def fitness(sentence: RankedSentence) -> float:
        return sentence.score + _NAMING_BONUS * names_something(sentence.text)

    best: dict[str, RankedSentence] = {}
    for sentence in sorted(ranked, key=fitness, reverse=True):
        if not among or sentence.paper.paper_id in among:
            best.setdefault(sentence.paper.paper_id, sentence)
    leading = list(best.values())
    if among:
        return leading
    enough = settings.paper_cut * fitness(leading[0]) if leading else 0.0
    return [s for s in leading[: settings.max_papers] if fitness(s) >= enough]
