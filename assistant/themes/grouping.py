"""Groups papers into named themes, for a survey of a topic and for a whole library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from assistant.encoders.embedder import Embedder
from assistant.store.stored import Vectors
from assistant.themes.clusters import Labels, choose, reduced
from assistant.themes.concepts import part_by_phrases
from assistant.themes.naming import name_themes, various
from assistant.themes.neighbours import Neighbours, find_neighbours, outliers
from assistant.types import Paper

SURVEY_THEMES = 8
LIBRARY_THEMES = 20

_FEW = 6
"""Fewer papers are one theme."""
_FEW_ABOUT_A_TOPIC = 12
"""Fewer papers about one topic are one theme."""
_PLACED = 0.75
"""Share of the papers about a topic that themes have to hold, or they are one theme."""
_NEIGHBOURS = 3
_TOGETHER = 0.3
"""Share of the nearest neighbours of a group's papers that are in it, from which it is a theme.

Of 36 groups of three libraries one has less: .20, of twenty papers that share nothing but that they
fit in nowhere. The others have .40 to .89.
"""

ThemeStep = Literal["grouping", "naming"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Papers that speak of the same thing."""

    name: str
    """Words that set these papers apart, readable: "sparse attention"."""
    paper_ids: tuple[str, ...]
    """The most central first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Papers in themes."""

    themes: tuple[Theme, ...]
    """Largest first; last, as various subjects, papers that belong to none of the others."""
    others: tuple[str, ...] = ()
    """Ids of papers that are like no other, the loneliest first; then those without a vector."""


def find_themes(
    papers: Sequence[Paper],
    vectors: Vectors,
    *,
    embedder: Embedder,
    encoder: Embedder | None = None,
    topic: str = "",
    max_themes: int = LIBRARY_THEMES,
    neighbours: Neighbours | None = None,
    progress: Callable[[ThemeStep, int, int], None] | None = None,
) -> Grouping:
    """Return the themes of papers, each paper in one theme or among the others.

    ``vectors`` are those of :func:`assistant.themes.vectors.paper_vectors`, in the order of the
    papers, and the embedder is the one that made them; ``encoder`` (default: the same) tells which
    phrases mean the same. ``topic`` is what they are all about, if it is one thing: then themes are
    phrases that most of their papers hold, and where the papers are few or do not part, the topic
    is the one theme. ``neighbours`` saves looking for them, where they are known and there is no
    topic; then ``progress`` is told the step, how much of it is done, and of how much. The same
    papers give the same themes; time and memory grow with papers times themes.
    """
    if topic:
        return _about_one_topic(
            papers,
            vectors,
            embedder=embedder,
            encoder=encoder or embedder,
            topic=topic,
            max_themes=max_themes,
        )
    near = neighbours or find_neighbours(vectors, _NEIGHBOURS)
    tell = progress and partial(progress, "grouping")
    groups, left_over, others = _grouped(vectors, near, max_themes, progress=tell)
    names = name_themes(
        [[papers[i] for i in group] for group in groups],
        [vectors[group] for group in groups],
        embedder=embedder,
        progress=progress and partial(progress, "naming"),
    )
    if len(left_over):
        groups, names = [*groups, left_over], [*names, various(names)]
    return Grouping(
        themes=tuple(
            Theme(name=name, paper_ids=tuple(papers[i].paper_id for i in group))
            for name, group in zip(names, groups, strict=True)
        ),
        others=tuple(papers[i].paper_id for i in others),
    )


def _about_one_topic(
    papers: Sequence[Paper],
    vectors: Vectors,
    *,
    embedder: Embedder,
    encoder: Embedder,
    topic: str,
    max_themes: int,
) -> Grouping:
    """Return the themes of papers about one topic, or that topic as the only one."""
    parts: list[tuple[str, Labels]] = []
    if len(papers) >= _FEW_ABOUT_A_TOPIC and vectors.any():
        parts = part_by_phrases(
            papers,
            vectors,
            embedder=embedder,
            encoder=encoder,
            topic=topic,
            max_themes=max_themes,
        )
    placed = {int(i) for _, part in parts for i in part}
    if len(parts) < 2 or len(placed) < _PLACED * len(papers):
        placed = set(range(len(papers)))
        parts = [(topic, np.arange(len(papers)))] if papers else []
    return Grouping(
        themes=tuple(
            Theme(name=name, paper_ids=tuple(papers[i].paper_id for i in part))
            for name, part in parts
        ),
        others=tuple(p.paper_id for i, p in enumerate(papers) if i not in placed),
    )


def _grouped(
    vectors: Vectors,
    near: Neighbours,
    max_themes: int,
    *,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[Labels], Labels, list[int]]:
    """Return the places of the vectors of each theme, of those left over, and of all others.

    The themes are largest first, with the most central first in each. The others are far from all
    vectors, the loneliest first, or not known.
    """
    known = np.linalg.norm(vectors, axis=1) > 0
    lonely: list[int] = []
    if known.sum() >= _FEW:
        lonely = [place for place in outliers(near).tolist() if known[place]]
    places = np.setdiff1d(np.flatnonzero(known), lonely)
    parts = _parted(vectors[places], max_themes, progress=progress)
    themes, left_over = _holding_together([places[part] for part in parts], near)
    return themes, left_over, [*lonely, *np.flatnonzero(~known).tolist()]


def _parted(
    vectors: Vectors, max_themes: int, *, progress: Callable[[int, int], None] | None
) -> list[Labels]:
    """Return the places of the vectors of each theme, largest first, the most central first."""
    if not len(vectors):
        return []
    directions = reduced(vectors)
    if len(vectors) < _FEW or not directions.any():
        return [np.argsort(-(vectors @ vectors.sum(axis=0)), kind="stable")]
    clusters = choose(directions, max_themes, progress=progress)
    groups = []
    for cluster in range(len(clusters.centres)):
        members = np.flatnonzero(clusters.labels == cluster)
        order = np.argsort(-clusters.likeness[members, cluster], kind="stable")
        groups.append(members[order])
    return sorted(groups, key=lambda group: (-len(group), int(group[0])))


def _holding_together(groups: Sequence[Labels], near: Neighbours) -> tuple[list[Labels], Labels]:
    """Return the groups whose papers are near each other, and the papers of those left over.

    K-means puts every paper into a group, and so makes one of what is far from all centres. Its
    papers are nearer to papers of other groups than to each other.
    """
    group_of = np.full(len(near.places), -1)
    for number, group in enumerate(groups):
        group_of[group] = number
    themes: list[Labels] = []
    left_over = [np.zeros(0, dtype=np.int64)]
    for number, group in enumerate(groups):
        nearest = near.places[group, : len(group) - 1]
        within = (nearest >= 0) & (group_of[nearest] == number)
        share = within.mean() if within.size else 1.0
        (themes if share >= _TOGETHER else left_over).append(group)
    return themes, np.concatenate(left_over)
