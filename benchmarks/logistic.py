"""Logistic regression, for the benchmarks that fit weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RIDGE = 2.0
STEPS = 5000

Values = NDArray[np.float64]


def fit_logistic(inputs: Values, target: Values, *, weight: Values) -> tuple[Values, float]:
    """Return the slopes, for inputs as they are, and the intercept, with a small ridge penalty.

    Shapes: ``inputs`` (examples, figures), ``target`` (0 or 1) and ``weight`` (examples,).
    """
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-9
    scaled = (inputs - mean) / scale
    slopes, intercept = np.zeros(inputs.shape[1]), 0.0
    for _ in range(STEPS):
        error = weight * (1 / (1 + np.exp(-(scaled @ slopes + intercept))) - target)
        slopes -= 0.5 * (scaled.T @ error / weight.sum() + RIDGE * slopes / len(target))
        intercept -= 0.5 * float(error.sum() / weight.sum())
    slopes = slopes / scale
    return slopes, intercept - float(slopes @ mean)
