"""Says of one result what was right in it: the definition of every figure of an exam.

A mark is so many right of so many; a figure is the sum of the marks of all questions. What a
question says nothing about gives no mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.evaluation.questions import ExamQuestion, GoldPaper
from assistant.evaluation.results import ExamResult
from assistant.text.clean import normalise, readable
from assistant.text.words import folded
from assistant.types import Answer, Citation

FACT_WITHIN_WORDS = 60
"""A fact counts as given only so early in an answer: pasting an abstract gives no fact."""
SEARCH_DEPTHS = (1, 3, 5, 10)

_MARKS = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Mark:
    """So many right of so many."""

    right: int
    of: int


Good = Literal["high", "low", "neither"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What is counted, and how a reader is told of it."""

    name: str
    group: str
    label: str
    """Under the heading of its group."""
    short: str
    """Standing alone."""
    good: Good = "high"
    of: str = "questions"
    """What is counted."""


def _figure(
    name: str, group: str, label: str, short: str, of: str = "questions", good: Good = "high"
) -> Figure:
    return Figure(name=name, group=group, label=label, short=short, of=of, good=good)


FIGURES: tuple[Figure, ...] = (
    _figure("top_1", "Search, facts", "right paper found first", "found first"),
    _figure("top_3", "Search, facts", "… among the first 3", "found in first 3"),
    _figure("top_5", "Search, facts", "… among the first 5", "found in first 5"),
    _figure("top_10", "Search, facts", "… among the first 10", "found in first 10"),
    _figure("answered", "Facts", "answered", "fact answered"),
    _figure("cited_first", "Facts", "right title cited first", "title cited first"),
    _figure("cited", "Facts", "right title cited", "title cited"),
    _figure("fact_given", "Facts", "fact given and cited, in 60 words", "fact given and cited"),
    _figure("refused", "Without an answer", "said not found", "said not found"),
    _figure(
        "multi_found", "Several papers", "found among the first 10", "several: found", "titles"
    ),
    _figure("multi_cited", "Several papers", "titles cited", "several: titles cited", "titles"),
    _figure("multi_facts", "Several papers", "facts given", "several: facts given", "facts"),
    _figure(
        "title_precision", "Citations", "are of a right title", "citations of a right title",
        "citations",
    ),
    _figure(
        "fact_precision", "Citations", "hold the fact", "citations that hold the fact", "citations"
    ),
    _figure(
        "title_recall", "Citations", "right titles that are cited", "right titles cited", "titles"
    ),
    _figure("fact_recall", "Citations", "facts that a quote holds", "facts in a quote", "facts"),
    _figure("verbatim", "Citations", "quote is verbatim", "quotes verbatim", "citations"),
    _figure("carried", "Sentences", "carry a citation", "sentences with a citation", "sentences"),
    _figure(
        "own_words", "Sentences", "are in the model's own words", "sentences in own words",
        "sentences", "neither",
    ),
    _figure(
        "strange_numbers", "Sentences", "hold a number that no quote has", "numbers no quote has",
        "sentences", "low",
    ),
)  # fmt: skip
"""Every share that is measured, in the order in which it is told."""


def mark(result: ExamResult) -> dict[str, Mark]:
    """Return the marks of a result by the name of the figure."""
    marks = {**_search_marks(result), **_answer_marks(result), **_recall_marks(result)}
    if result.answer is not None and result.answer.found:
        marks |= _proof_marks(result, result.answer)
    return {name: given for name, given in marks.items() if given.of}


def plain_text(answer: Answer) -> str:
    """Return the text of an answer without its marks ``[n]``."""
    return _MARKS.sub("", answer.text)


@lru_cache(maxsize=4096)
def title_key(title: str) -> str:
    """Return a title as it is compared: without regard to case, accents and LaTeX."""
    return folded(title)


def _search_marks(result: ExamResult) -> dict[str, Mark]:
    found = list(dict.fromkeys(map(title_key, result.found_titles)))
    gold = _keys(result.question)
    match result.question.kind:
        case "fact":
            return {f"top_{n}": Mark(gold[0] in found[:n], 1) for n in SEARCH_DEPTHS}
        case "multi":
            return {"multi_found": Mark(sum(key in found for key in gold), len(gold))}
        case "none":
            return {}


def _answer_marks(result: ExamResult) -> dict[str, Mark]:
    question, answer = result.question, result.answer
    found = answer is not None and answer.found
    cited = [title_key(citation.title) for citation in answer.citations] if answer else []
    text = plain_text(answer) if answer else ""
    gold = _keys(question)
    match question.kind:
        case "fact":
            right = found and gold[0] in cited
            beginning = " ".join(text.split()[:FACT_WITHIN_WORDS])
            return {
                "answered": Mark(found, 1),
                "cited_first": Mark(found and cited[:1] == gold, 1),
                "cited": Mark(right, 1),
                "fact_given": Mark(right and holds(beginning, question.gold[0].answers), 1),
            }
        case "none":
            return {"refused": Mark(answer is not None and not found, 1)}
        case "multi":
            told = [holds(text, paper.answers) for paper in question.gold if paper.answers]
            return {
                "multi_cited": Mark(sum(key in cited for key in gold), len(gold)),
                "multi_facts": Mark(sum(told), len(told)),
            }


def _proof_marks(result: ExamResult, answer: Answer) -> dict[str, Mark]:
    """Return what the citations and the sentences of an answer are worth."""
    citations, sentences = answer.citations, answer.sentences
    own = sum(sentence.kind == "generated" for sentence in sentences)
    strange = sum(
        bool(numbers_missing(sentence.text, _proof(citations, sentence.citations)))
        for sentence in sentences
    )
    marks = {
        "verbatim": Mark(sum(result.verbatim), len(citations)),
        "carried": Mark(sum(bool(s.citations) for s in sentences), len(sentences)),
        "own_words": Mark(own, len(sentences)),
        "strange_numbers": Mark(strange, len(sentences)),
    }
    if not result.question.gold:
        return marks
    papers = {title_key(paper.title): paper for paper in result.question.gold}
    right = [citation for citation in citations if title_key(citation.title) in papers]
    proving = [c for c in right if _proves(c, papers[title_key(c.title)])]
    return marks | {
        "title_precision": Mark(len(right), len(citations)),
        "fact_precision": Mark(
            len(proving), len(citations) if any(p.answers for p in papers.values()) else 0
        ),
    }


def _recall_marks(result: ExamResult) -> dict[str, Mark]:
    """Return how many of the right titles are cited, and of the facts are quoted."""
    citations = result.answer.citations if result.answer and result.answer.found else ()
    papers = {title_key(paper.title): paper for paper in result.question.gold}
    cited = {title_key(citation.title) for citation in citations}
    proved = {
        key for c in citations if (key := title_key(c.title)) in papers and _proves(c, papers[key])
    }
    return {
        "title_recall": Mark(len(papers.keys() & cited), len(papers)),
        "fact_recall": Mark(len(proved), sum(bool(p.answers) for p in papers.values())),
    }


def holds(text: str, accepted: Iterable[str]) -> bool:
    """Tell whether one of the accepted answers stands in ``text``, whatever its case."""
    told = normalise(text).lower()
    return any(normalise(answer).lower() in told for answer in accepted)


def numbers_missing(sentence: str, proof: str) -> set[str]:
    """Return the numbers of a sentence that its proof does not hold."""
    return _numbers(sentence) - _numbers(proof) - _numbers(readable(proof))


def _proof(citations: Sequence[Citation], numbers: Iterable[int]) -> str:
    """Return quotes and titles: the name in front of a quote is the title's."""
    wanted = {*numbers}
    return " ".join(f"{c.title} {c.quote}" for c in citations if c.number in wanted)


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(_MARKS.sub("", text))}


def _proves(citation: Citation, paper: GoldPaper) -> bool:
    return holds(citation.quote, paper.answers) or holds(readable(citation.quote), paper.answers)


def _keys(question: ExamQuestion) -> list[str]:
    return [title_key(paper.title) for paper in question.gold]
