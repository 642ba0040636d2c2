"""The one sentence of an abstract, or whole statement of it, that says best what it says.

Chosen is what most of a summary written by a person may be expected to share words with
(:mod:`assistant.summaries.salience`). On the dev split of SciTLDR this comes nearer to people's
summaries than the sentence nearest to the title, and than any choice among whole sentences:
``benchmarks/summaries.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.proof import unsupported_because
from assistant.encoders.reading import ReadingEncoder
from assistant.errors import Cancelled
from assistant.retrieval.evidence import cut_sentences
from assistant.retrieval.ranked import Sentence
from assistant.summaries.parts import statement_parts
from assistant.summaries.salience import (
    WeighedSentence,
    read_words,
    trained_network,
    weigh,
)
from assistant.text.clean import readable
from assistant.types import Cancellation, Paper, is_cancelled

PAPERS_AT_ONCE = 16
"""More would keep more states of words in memory and are no faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySentence:
    """What is shown of a sentence of a paper, and where it stands: ``abstract[start:end]``."""

    paper: Paper
    start: int
    end: int
    text: str
    """The shown part: the readable sentence, or a whole statement of it, word for word."""
    score: float

    @property
    def quote(self) -> str:
        """The whole sentence as its authors wrote it."""
        return self.paper.abstract[self.start : self.end]


def key_sentences(
    papers: Sequence[Paper], *, encoder: ReadingEncoder, cancel: Cancellation | None = None
) -> Iterator[KeySentence | None]:
    """Yield the best one-sentence summary of each paper; None for one without an abstract.

    Raises Cancelled if ``cancel`` is raised.
    """
    for first in range(0, len(papers), PAPERS_AT_ONCE):
        if is_cancelled(cancel):
            raise Cancelled("The summary was stopped.")
        batch = [_sentences(paper) for paper in papers[first : first + PAPERS_AT_ONCE]]
        found = iter(_choose([own for own in batch if own], encoder))
        yield from (next(found) if own else None for own in batch)


def _sentences(paper: Paper) -> list[Sentence]:
    return [one for one in cut_sentences([paper]) if one.text]


def _choose(papers: Sequence[Sequence[Sentence]], encoder: ReadingEncoder) -> Iterator[KeySentence]:
    if not papers:
        return
    for read in read_words(papers, encoder=encoder):
        yield _best_part(weigh(read, trained_network()))


def _best_part(sentences: Sequence[WeighedSentence]) -> KeySentence:
    """Return the statement with the highest F1 to be expected that the proof accepts."""
    parts = [
        (one.expected_f1(start, end), -place, one.sentence, start, end)
        for place, one in enumerate(sentences)
        for start, end in statement_parts(one.sentence.text)
    ]
    best = sorted(parts, key=lambda part: part[:2], reverse=True)
    score, _, sentence, start, end = next(part for part in best if _is_proved(*part[2:]))
    return KeySentence(
        paper=sentence.paper,
        start=sentence.start,
        end=sentence.end,
        text=sentence.text[start:end],
        score=score,
    )


def _is_proved(sentence: Sentence, start: int, end: int) -> bool:
    part, title = sentence.text[start:end], readable(sentence.paper.title)
    return part == sentence.text or not unsupported_because(
        part, evidence=sentence.text, title=title
    )
