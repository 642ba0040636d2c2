"""Places papers on a plane, so that near papers are about near things.

A neighbour embedding in the manner of t-SNE (van der Maaten and Hinton 2008): papers pull their
nearest neighbours and push all others. The push is taken from a sample in each round, so that a
round costs papers times a constant. Beyond a number of papers the others are put beside those of
them that they are most like.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assistant.store.stored import Vectors
from assistant.themes.clusters import Labels, even_places
from assistant.themes.neighbours import Neighbours, find_neighbours

Points = NDArray[np.float64]

MAX_PLACED = 2000
"""Papers that find their own place; others follow them."""

_NEIGHBOURS = 12
_ROUNDS = 300
_ROUNDS_TOLD = 10
_EARLY_ROUNDS = 100
_EARLY_PULL = 8.0
_PULL = 1.2
"""How much stronger than in t-SNE papers pull their neighbours: themes draw together."""
_SAME_THEME = 2.0
"""How much stronger a neighbour of the same theme pulls."""
_MAX_PUSHED = 400
"""Papers that push in a round."""
_MOMENTUM = 0.8
_SEED = 20240229
_BLOCK_ROWS = 1000
_GUIDES = 3


def place_papers(
    vectors: Vectors, themes: Labels, *, progress: Callable[[int, int], None] | None = None
) -> Points:
    """Return a place for each paper, both coordinates 0 to 1, shape ``(papers, 2)``.

    ``vectors`` are unit vectors, reduced or not; ``themes`` the theme of each, -1 for none. The
    same papers have the same places. ``progress`` is told how many rounds of the search for them
    are done, and of how many.
    """
    if len(vectors) < 3:
        return np.array([[0.25 + 0.5 * i, 0.5] for i in range(len(vectors))]).reshape(-1, 2)
    chosen = even_places(len(vectors), MAX_PLACED)
    neighbours = find_neighbours(vectors[chosen], min(_NEIGHBOURS, len(chosen) - 1))
    points = _settle(_start(vectors[chosen]), neighbours, themes[chosen], progress=progress)
    if len(chosen) < len(vectors):
        points = _follow(vectors, chosen, points)
    return _fitted(points)


def _start(vectors: Vectors) -> Points:
    """Return the two main directions of the vectors, small; equal papers a little apart."""
    _, axes = np.linalg.eigh(np.cov(vectors.astype(np.float64), rowvar=False))
    main = axes[:, ::-1][:, :2]
    # The sign of a direction is arbitrary: the largest part of it is made positive.
    main = main * np.sign(main[np.abs(main).argmax(axis=0), [0, 1]])
    points = vectors @ main
    points = points / max(float(points.std()), 1e-9)
    return np.asarray(points + 0.01 * np.random.default_rng(_SEED).normal(size=points.shape))


def _settle(
    points: Points,
    neighbours: Neighbours,
    themes: Labels,
    *,
    progress: Callable[[int, int], None] | None,
) -> Points:
    """Move the points by the pull of their neighbours and the push of all."""
    random = np.random.default_rng(_SEED)
    one, other, pull = _pulls(neighbours, themes)
    count = len(points)
    speed = np.zeros_like(points)
    gains = np.ones_like(points)
    rate = max(count / _EARLY_PULL / 4, 10.0)
    for turn in range(_ROUNDS):
        strength = _EARLY_PULL if turn < _EARLY_ROUNDS else _PULL
        apart = points[one] - points[other]
        drawn = (strength * pull / (1 + (apart**2).sum(axis=1)))[:, np.newaxis] * apart
        slope = _summed(one, drawn, count) - _summed(other, drawn, count)
        slope -= _push(points, random)
        same = np.sign(slope) == np.sign(speed)
        gains = np.maximum(np.where(same, gains * 0.8, gains + 0.2), 0.01)
        speed = _MOMENTUM * speed - rate * gains * 4 * slope
        points = points + np.clip(speed, -5, 5)
        points = points - points.mean(axis=0)
        if progress is not None and (turn + 1) % _ROUNDS_TOLD == 0:
            progress(turn + 1, _ROUNDS)
    return points


def _pulls(neighbours: Neighbours, themes: Labels) -> tuple[Labels, Labels, Points]:
    """Return the pairs that pull each other, each way once, and how much; the sum is one half."""
    one, column = np.nonzero(neighbours.places >= 0)
    other = neighbours.places[one, column]
    width = neighbours.cosines[:, :1] - neighbours.cosines[:, -1:]
    near = np.exp((neighbours.cosines - neighbours.cosines[:, :1]) / np.maximum(width, 1e-3))
    weights = near[one, column].astype(np.float64)
    weights *= np.where((themes[one] == themes[other]) & (themes[one] >= 0), _SAME_THEME, 1.0)
    totals = np.bincount(one, weights=weights, minlength=len(themes))
    weights /= totals[one]
    return one, other, weights / (2 * weights.sum())


def _push(points: Points, random: np.random.Generator) -> Points:
    """Return the push that each point feels, estimated from a sample of the others."""
    count = len(points)
    sample = random.permutation(count)[:_MAX_PUSHED]
    pushing = points[sample]
    squares = (points**2).sum(axis=1)[:, np.newaxis] + (pushing**2).sum(axis=1)
    near = 1 / (1 + np.maximum(squares - 2 * points @ pushing.T, 0))
    near[sample, np.arange(len(sample))] = 0
    total = near.sum()
    near **= 2
    push = points * near.sum(axis=1)[:, np.newaxis] - near @ pushing
    return np.asarray(push / max(float(total), 1e-12))


def _summed(places: Labels, values: Points, count: int) -> Points:
    sums = [np.bincount(places, weights=column, minlength=count) for column in values.T]
    return np.stack(sums, axis=1)


def _follow(vectors: Vectors, chosen: Labels, points: Points) -> Points:
    """Return places for all papers: the mean place of those that each is most like."""
    random = np.random.default_rng(_SEED)
    every = np.zeros((len(vectors), 2))
    guides = vectors[chosen]
    for first in range(0, len(vectors), _BLOCK_ROWS):
        near = vectors[first : first + _BLOCK_ROWS] @ guides.T
        best = np.argpartition(-near, _GUIDES - 1, axis=1)[:, :_GUIDES]
        weights = np.exp(20 * (np.take_along_axis(near, best, axis=1) - 1)).astype(np.float64)
        weights /= weights.sum(axis=1, keepdims=True)
        every[first : first + _BLOCK_ROWS] = (points[best] * weights[..., np.newaxis]).sum(axis=1)
    every += 0.01 * points.std() * random.normal(size=every.shape)
    every[chosen] = points
    return every


def _fitted(points: Points) -> Points:
    """Return the points between 0 and 1; few that are far out stand at the border."""
    low, high = np.quantile(points, [0.005, 0.995], axis=0)
    width = np.where(high - low > 1e-9, high - low, 1.0)
    low = np.where(high - low > 1e-9, low - 0.02 * width, low - 0.5)
    return np.asarray(np.clip((points - low) / (1.04 * width), 0.0, 1.0))
