"""The summary of one paper: one sentence, or a note with a line for each aspect."""

from __future__ import annotations

from assistant.errors import NothingFound
from assistant.summaries.aspects import AspectStatement
from assistant.summaries.reader import SummaryReader
from assistant.summaries.sentences import KeySentence
from assistant.summaries.types import NOT_STATED, Aspect, Summary
from assistant.text.clean import readable
from assistant.text.words import is_english
from assistant.types import AnswerSentence, Citation, Paper

NOTED: tuple[Aspect, ...] = ("problem", "method", "result", "data", "code")
"""The lines of a structured note."""


def summarize(paper: Paper, *, reader: SummaryReader, long: bool = False) -> Summary:
    """Return one sentence that says what the paper says, or with ``long`` a note of its aspects.

    Every sentence is quoted and carries the citation that proves it; lines of a note that quote
    one sentence share its number. Raises NothingFound if there is no abstract, or if one in another
    language than English is to be taken apart.
    """
    if not readable(paper.abstract):
        raise NothingFound(
            f"“{readable(paper.title) or paper.paper_id}” has no abstract to summarize.",
            hint="Add it again from a file that holds its abstract.",
        )
    if not long:
        return _one_sentence(paper, reader)
    if not is_english(paper.abstract):
        raise NothingFound(
            f"The abstract of “{readable(paper.title)}” is not in English: what it says of method, "
            "data and result is not recognised.",
            hint="Ask for one sentence, without --long.",
        )
    return _note(paper, reader.aspects(paper))


def _one_sentence(paper: Paper, reader: SummaryReader) -> Summary:
    # Where the abstract is not empty, one of its sentences is not.
    (best,) = (found for found in reader.key_sentences([paper]) if found is not None)
    sentence = _quoted(best.text, 1)
    return Summary(
        paper_id=paper.paper_id,
        title=paper.title,
        text=sentence.marked,
        sentences=(sentence,),
        citations=(citation_of(best, number=1),),
    )


def _note(paper: Paper, stated: dict[Aspect, AspectStatement | None]) -> Summary:
    sentences: list[AnswerSentence] = []
    citations: dict[tuple[int, int], Citation] = {}
    places: list[tuple[Aspect, int | None]] = []
    lines = []
    for aspect in NOTED:
        statement = stated[aspect]
        if statement is None:
            places.append((aspect, None))
            lines.append(f"{aspect.capitalize()}: {NOT_STATED}")
            continue
        span = (statement.start, statement.end)
        if span not in citations:
            citations[span] = citation_of(statement, number=len(citations) + 1)
        sentence = _quoted(statement.text, citations[span].number)
        places.append((aspect, len(sentences)))
        sentences.append(sentence)
        lines.append(f"{aspect.capitalize()}: {sentence.marked}")
    return Summary(
        paper_id=paper.paper_id,
        title=paper.title,
        text="\n".join(lines),
        sentences=tuple(sentences),
        citations=tuple(citations.values()),
        aspects=tuple(places),
    )


def _quoted(text: str, number: int) -> AnswerSentence:
    return AnswerSentence(text=f"“{text}”", citations=(number,), kind="quoted")


def citation_of(found: KeySentence | AspectStatement, *, number: int) -> Citation:
    """Return the citation that proves what is shown of a sentence."""
    return Citation(
        number=number,
        paper_id=found.paper.paper_id,
        title=found.paper.title,
        quote=found.quote,
        start=found.start,
        end=found.end,
        score=found.score,
    )
