"""Summaries, surveys and comparisons in the shape of an answer.

A conversation keeps, shows, copies and exports answers: what a paper says of itself goes the same
way, with its citations. What is ours, a heading or a remark, is a counted sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.summaries.drawing.wrapping import shown_title
from assistant.summaries.types import (
    NOT_STATED,
    ComparedPaper,
    Comparison,
    Summary,
    Survey,
    SurveyTheme,
)
from assistant.text.clean import readable
from assistant.types import Answer, AnswerSentence, Citation, joined


def summary_answer(question: str, summary: Summary, *, note: Summary | None) -> Answer:
    """Return the sentence and the structured note, if there is one, of one paper, under its title.

    A sentence that says several things at once is quoted once.
    """
    citations: dict[tuple[int, int], Citation] = {}
    said: dict[tuple[int, int], tuple[str, list[str]]] = {}
    labelled = [("in short", place) for place in range(len(summary.sentences))]
    aspects = note.aspects if note else ()
    for told, places in ((summary, labelled), (note or summary, aspects)):
        numbered = {citation.number: citation for citation in told.citations}
        for label, place in places:
            if place is None:
                continue
            sentence = told.sentences[place]
            citation = numbered[sentence.citations[0]]
            span = (citation.start, citation.end)
            citations.setdefault(span, replace(citation, number=len(citations) + 1))
            said.setdefault(span, (sentence.text, []))[1].append(label)
    sentences = [_counted(shown_title(summary.title), [one.number for one in citations.values()])]
    for span, (text, labels) in said.items():
        sentences.append(_quoted(f"{_opened(', '.join(labels))}: {text}", citations[span].number))
    silent = [aspect for aspect, place in aspects if place is None]
    return _answer(
        question, [*sentences, *([_silence(silent)] if silent else [])], list(citations.values())
    )


def survey_answer(question: str, survey: Survey) -> Answer:
    """Return the opening, then each theme as a heading with a sentence for each paper."""
    if not survey.found:
        return Answer(question=question, found=False, text=survey.opening, nearest=survey.nearest)
    sentences = [_counted(survey.opening)]
    for theme in survey.themes:
        sentences += _theme(theme, titled=len(survey.themes) > 1)
    return _answer(question, sentences, survey.citations)


def comparison_answer(question: str, comparison: Comparison) -> Answer:
    """Return the papers one below the other, each with what it says of every aspect."""
    count = len(comparison.papers)
    opening = "1 paper." if count == 1 else f"{count} papers side by side."
    if not comparison.complete:
        opening += " The comparison was stopped before every paper was read."
    sentences = [_counted(opening)]
    for paper in comparison.papers:
        sentences += _compared(paper, comparison)
    return _answer(question, sentences, comparison.citations)


def _theme(theme: SurveyTheme, *, titled: bool) -> list[AnswerSentence]:
    told = [entry.sentence for entry in theme.entries if entry.sentence is not None]
    sentences = []
    if titled:
        heading = f"{_opened(readable(theme.name))} ({len(theme.entries)})"
        sentences.append(_counted(heading, [n for one in told for n in one.citations]))
    bare = []
    for entry in theme.entries:
        title = shown_title(entry.title, entry.year)
        if entry.sentence is None:
            bare.append(title)
        else:
            sentences.append(replace(entry.sentence, text=f"{title} — {entry.sentence.text}"))
    if bare:
        sentences.append(_counted(f"Without an abstract: {'; '.join(bare)}"))
    return sentences


def _compared(paper: ComparedPaper, comparison: Comparison) -> list[AnswerSentence]:
    stated, silent = [], dict[str, list[str]]()
    for aspect, cell in zip(comparison.aspects, paper.cells, strict=True):
        if cell.citation is None:
            silent.setdefault(cell.text, []).append(aspect)
        else:
            stated.append(_quoted(f"{_opened(aspect)}: “{cell.text}”", cell.citation))
    numbers = dict.fromkeys(number for one in stated for number in one.citations)
    heading = _counted(shown_title(paper.title, paper.year), list(numbers))
    return [heading, *stated, *(_silence(aspects, why) for why, aspects in silent.items())]


def _silence(aspects: Sequence[str], why: str = NOT_STATED) -> AnswerSentence:
    """Return in one remark what nothing is said of."""
    return _counted(f"{_opened(why)}: {', '.join(aspects)}")


def _answer(
    question: str, sentences: Sequence[AnswerSentence], citations: Sequence[Citation]
) -> Answer:
    return Answer(
        question=question,
        found=True,
        text=joined(sentences),
        sentences=tuple(sentences),
        citations=tuple(citations),
        confidence=1.0,
    )


def _counted(text: str, citations: Sequence[int] = ()) -> AnswerSentence:
    return AnswerSentence(text=text, citations=tuple(citations), kind="counted")


def _quoted(text: str, number: int) -> AnswerSentence:
    return AnswerSentence(text=text, citations=(number,), kind="quoted")


def _opened(text: str) -> str:
    """Return a text with a capital in front; the rest is left as it is."""
    return text[:1].upper() + text[1:]
