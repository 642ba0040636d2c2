"""How sure a figure is: intervals of shares and medians, tests of pairs, worth of a probability.

Everything is deterministic: the bootstrap draws with a fixed seed, so that the same results give
the same report.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

CONFIDENCE_LEVEL = 0.95
RESAMPLES = 1000
_SEED = 20_240_229
_Z = 1.959963984540054
"""Of the normal distribution, for 95 %."""
_BINS = 10

Numbers = NDArray[np.float64]
Interval = tuple[float, float]


def wilson(right: int, of: int) -> Interval:
    """Return the 95 % interval of a share (Wilson, 1927); 0 to 1 where nothing was counted."""
    if not of:
        return 0.0, 1.0
    share, spread = right / of, _Z * _Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of the values lie; the upper one of two."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def bootstrap(of: int, figure: Callable[[NDArray[np.int64]], float | Numbers]) -> Numbers:
    """Return the 2.5 % and 97.5 % quantile of a figure over resamples (Efron, 1979).

    ``figure`` is given the places, 0 to ``of`` - 1, of a sample drawn with replacement. A figure
    of shape ``(n,)`` gives ``(2, n)``; resamples in which it is no number are left out.
    """
    chance = np.random.default_rng(_SEED)
    drawn = [np.asarray(figure(chance.integers(of, size=of))) for _ in range(RESAMPLES)]
    tail = (1 - CONFIDENCE_LEVEL) / 2
    return np.asarray(np.nanquantile(np.stack(drawn), [tail, 1 - tail], axis=0))


def median_interval(values: Sequence[float]) -> Interval:
    """Return the bootstrapped 95 % interval of a median."""
    given = np.sort(np.asarray(values, dtype=np.float64))
    middle = len(given) // 2
    # Of sorted values, the median of a sample is the value at the median of the places.
    low, high = bootstrap(len(given), lambda places: given[np.partition(places, middle)[middle]])
    return float(low), float(high)


def sign_test(up: int, down: int) -> float:
    """Return the two-sided probability of so unequal signs by chance; exact.

    Of questions that were right once and wrong once this is McNemar's test.
    """
    of = up + down
    tail = sum(math.comb(of, k) for k in range(min(up, down) + 1))
    return min(1.0, 2 * tail / (1 << of))


def area_under_curve(positive: Numbers, negative: Numbers) -> float:
    """Return how often a positive ranks above a negative (AUROC); half of it for a draw."""
    if not len(positive) or not len(negative):
        return math.nan
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    not_above = np.searchsorted(ordered, positive, side="right")
    return float((below + not_above).sum() / (2 * len(positive) * len(negative)))


def calibration_error(probabilities: Numbers, outcomes: Numbers) -> float:
    """Return the expected calibration error over ten bins of equal width (Naeini et al., 2015).

    ``outcomes`` are 0 or 1. It is the mean distance of what was promised from what came true.
    """
    places = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    promised = np.bincount(places, weights=probabilities, minlength=_BINS)
    true = np.bincount(places, weights=outcomes, minlength=_BINS)
    return float(np.abs(promised - true).sum() / len(probabilities))
