"""Papers side by side: for each aspect a few words of each paper, with their proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.summaries.paper import citation_of
from assistant.summaries.reader import SummaryReader
from assistant.summaries.types import (
    Aspect,
    Cell,
    ComparedPaper,
    Comparison,
    SurveyProgress,
)
from assistant.text.words import is_english
from assistant.types import Cancellation, Citation, Paper, is_cancelled

COMPARED: tuple[Aspect, ...] = ("task", "method", "data", "result", "cost", "code")
"""The columns of a comparison."""
NOT_ENGLISH = "not in English"
"""Of an abstract in which aspects are not recognised."""


def compare(
    papers: Sequence[Paper], *, reader: SummaryReader, cancel: Cancellation | None = None
) -> Iterator[SurveyProgress | Comparison]:
    """Yield how far it is, paper by paper, and at last the comparison.

    Once ``cancel`` is raised the papers that were read until then make the comparison, which is
    not complete.
    """
    rows: list[ComparedPaper] = []
    citations: list[Citation] = []
    complete = True
    for paper in papers:
        if is_cancelled(cancel):
            complete = False
            break
        rows.append(_row(paper, reader, citations))
        yield SurveyProgress(judged=0, told=len(rows), total=len(papers))
    yield Comparison(
        aspects=COMPARED, papers=tuple(rows), citations=tuple(citations), complete=complete
    )


def _row(paper: Paper, reader: SummaryReader, citations: list[Citation]) -> ComparedPaper:
    """Return the row of a paper, and add the citations of its cells, each sentence once."""
    if not is_english(paper.abstract):
        return _row_of(paper, [Cell(text=NOT_ENGLISH) for _ in COMPARED])
    stated = reader.aspects(paper)
    numbers: dict[tuple[int, int], int] = {}
    cells = []
    for aspect in COMPARED:
        statement = stated[aspect]
        if statement is None:
            cells.append(Cell())
            continue
        span = (statement.start, statement.end)
        if span not in numbers:
            numbers[span] = len(citations) + 1
            citations.append(citation_of(statement, number=numbers[span]))
        cells.append(Cell(text=statement.cell, citation=numbers[span]))
    return _row_of(paper, cells)


def _row_of(paper: Paper, cells: Sequence[Cell]) -> ComparedPaper:
    return ComparedPaper(
        paper_id=paper.paper_id, title=paper.title, year=paper.year, cells=tuple(cells)
    )
