"""Intervals and tests, against figures from the literature and from their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.statistics import (
    area_under_curve,
    bootstrap,
    calibration_error,
    median_interval,
    quantile,
    sign_test,
    wilson,
)


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    # Newcombe (1998), table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_that_of_the_literature(
    right: int, of: int, low: float, high: float
) -> None:
    assert wilson(right, of) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilsons_interval_holds_the_share(counts: tuple[int, int]) -> None:
    low, high = wilson(*counts)
    share = counts[0] / counts[1] if counts[1] else 0.5
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("up", "down", "probability"),
    [
        (0, 0, 1),
        (1, 0, 1),
        (5, 5, 1),
        (5, 0, 0.0625),
        (6, 0, 0.03125),
        (2, 10, 0.0385742),
        (0, 4000, 0),
    ],
)
def test_the_sign_test_is_exact(up: int, down: int, probability: float) -> None:
    assert sign_test(up, down) == pytest.approx(probability, abs=1e-6)
    assert sign_test(down, up) == sign_test(up, down)


def test_a_median_of_an_even_number_is_the_upper_one() -> None:
    assert quantile([4, 1, 3, 2], 0.5) == 3
    assert quantile([7.0], 0.95) == 7.0
    assert quantile(range(1, 101), 0.95) == 96


def test_the_interval_of_a_median_holds_it_and_is_always_the_same() -> None:
    values = [float(value) for value in np.random.default_rng(1).lognormal(size=101)]
    low, high = median_interval(values)
    assert low < quantile(values, 0.5) < high
    assert median_interval(values) == (low, high)
    assert median_interval([2.0]) == (2.0, 2.0)


def test_nine_intervals_in_ten_hold_the_true_mean() -> None:
    chance = np.random.default_rng(7)
    held = 0
    for _ in range(60):
        sample = chance.normal(size=40)
        low, high = bootstrap(40, lambda places, sample=sample: float(sample[places].mean()))
        held += low <= 0 <= high
    assert held >= 50


def test_the_area_under_the_curve_counts_pairs() -> None:
    def area(positive: list[float], negative: list[float]) -> float:
        return area_under_curve(np.array(positive), np.array(negative))

    assert area([0.9, 0.8], [0.1, 0.2]) == 1
    assert area([0.1], [0.9]) == 0
    assert area([0.5, 0.5], [0.5]) == 0.5
    assert area([0.9, 0.4], [0.5, 0.4]) == (2 + 0.5) / 4
    assert math.isnan(area([], [0.5]))


def test_the_calibration_error_is_what_was_promised_and_did_not_come_true() -> None:
    right = calibration_error(np.array([0.0, 1.0, 1.0]), np.array([0.0, 1.0, 1.0]))
    sure_and_wrong = calibration_error(np.array([1.0, 1.0]), np.array([0.0, 0.0]))
    mixed = calibration_error(np.array([0.75, 0.75, 0.75, 0.75]), np.array([1.0, 1.0, 0.0, 0.0]))
    assert (right, sure_and_wrong, mixed) == (0, 1, pytest.approx(0.25))
