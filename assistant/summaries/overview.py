"""The overview of a library: themes, years, venues, twins, outliers, and a map."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np

from assistant.encoders.embedder import Embedder
from assistant.errors import Cancelled
from assistant.retrieval.scale import CosineScale
from assistant.store.stored import Vectors
from assistant.summaries.types import Overview, PlacedPaper, ThemeOverview
from assistant.text.clean import readable
from assistant.text.words import folded
from assistant.themes.clusters import reduced
from assistant.themes.grouping import LIBRARY_THEMES, Grouping, find_themes
from assistant.themes.layout import place_papers
from assistant.themes.neighbours import find_neighbours
from assistant.themes.twins import find_twins
from assistant.types import Cancellation, Paper, is_cancelled

OverviewStep = Literal["reading", "grouping", "naming", "placing"]
OverviewProgress = Callable[[OverviewStep, int, int], None]
"""Told the step, how many papers, trials, themes or rounds of it are done, and of how many."""

MAX_OUTLIERS = 10
_NEIGHBOURS = 5


def make_overview(
    papers: Sequence[Paper],
    vectors: Vectors,
    *,
    embedder: Embedder,
    scale: CosineScale | None = None,
    max_themes: int = LIBRARY_THEMES,
    progress: OverviewProgress | None = None,
) -> Overview:
    """Return what is in a library of these papers.

    ``vectors`` are those of :func:`assistant.themes.vectors.paper_vectors`, in the order of the
    papers, and the embedder is the one that made them; ``scale`` is that of its cosines. What
    ``progress`` raises ends it. Time grows with papers times a constant; memory stays within a few
    times that of the vectors.
    """
    neighbours = find_neighbours(vectors, min(_NEIGHBOURS, max(len(papers) - 1, 0)))
    if scale is not None:
        neighbours = replace(neighbours, cosines=scale(neighbours.cosines))
    grouping = find_themes(
        papers,
        vectors,
        embedder=embedder,
        max_themes=max_themes,
        neighbours=neighbours,
        progress=progress,
    )
    by_id = {paper.paper_id: paper for paper in papers}
    without_abstract = sum(not paper.abstract.strip() for paper in papers)
    return Overview(
        papers=len(papers),
        without_abstract=without_abstract,
        themes=tuple(
            _theme(theme.name, [by_id[paper_id] for paper_id in theme.paper_ids])
            for theme in grouping.themes
        ),
        years=tuple(sorted(Counter(p.year for p in papers if p.year is not None).items())),
        venues=tuple(count_venues(paper.venue for paper in papers)),
        twins=tuple(find_twins(papers, neighbours)),
        outliers=grouping.others[:MAX_OUTLIERS],
        map=tuple(
            _map(papers, vectors, grouping, progress=progress and partial(progress, "placing"))
        ),
    )


def stopping_at(cancel: Cancellation | None, progress: OverviewProgress | None) -> OverviewProgress:
    """Return what tells ``progress`` and, once ``cancel`` is set, raises Cancelled."""

    def tell(step: OverviewStep, done: int, total: int) -> None:
        if is_cancelled(cancel):
            raise Cancelled("Stopped.")
        if progress is not None:
            progress(step, done, total)

    return tell


def count_venues(venues: Iterable[str]) -> list[tuple[str, int]]:
    """Return each venue as it is most often written, and its number of papers, most first.

    Spellings are one venue if they differ only in case, accents, marks, "The", "Proceedings of",
    the year or the number of the conference; so are a venue and its abbreviation in brackets.
    """
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for venue in map(readable, venues):
        if key := _venue_key(venue):
            spellings[key][venue] += 1
    counted = [
        (min(forms, key=lambda form: (-forms[form], form)), sum(forms.values()))
        for forms in spellings.values()
    ]
    return sorted(counted, key=lambda item: (-item[1], item[0]))


_YEAR_OR_NUMBER = re.compile(r"(?:19|20)\d\d|\d+(?:st|nd|rd|th)|'\d\d")
_PLAIN_WORDS = frozenset("the proceedings proc of in and on for".split())


def _venue_key(venue: str) -> str:
    text = re.sub(r"\([^()]*\)", " ", folded(venue)).replace("arxiv.org", "arxiv")
    if text.startswith(("arxiv", "corr ")) or text.strip() == "corr":
        return "arxiv"
    words = re.findall(r"\w+", _YEAR_OR_NUMBER.sub(" ", text))
    return " ".join(word for word in words if word not in _PLAIN_WORDS) or " ".join(words)


def _theme(name: str, papers: Sequence[Paper]) -> ThemeOverview:
    years = [paper.year for paper in papers if paper.year is not None]
    return ThemeOverview(
        name=name,
        size=len(papers),
        central_paper_id=papers[0].paper_id,
        central_title=papers[0].title,
        first_year=min(years, default=None),
        last_year=max(years, default=None),
    )


def _map(
    papers: Sequence[Paper],
    vectors: Vectors,
    grouping: Grouping,
    *,
    progress: Callable[[int, int], None] | None,
) -> Iterable[PlacedPaper]:
    """Yield the papers with their places, in their order."""
    theme_of = {
        paper_id: number
        for number, theme in enumerate(grouping.themes)
        for paper_id in theme.paper_ids
    }
    labels = np.array([theme_of.get(paper.paper_id, -1) for paper in papers], dtype=np.int64)
    points = place_papers(reduced(vectors), labels, progress=progress)
    for paper, label, point in zip(papers, labels.tolist(), points, strict=True):
        yield PlacedPaper(
            paper_id=paper.paper_id,
            title=paper.title,
            year=paper.year,
            theme=None if label < 0 else label,
            x=round(float(point[0]), 4),
            y=round(float(point[1]), 4),
        )
