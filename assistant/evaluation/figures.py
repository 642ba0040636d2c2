"""The figures of one run: shares and medians with their intervals, and the refusal curve."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.evaluation.marks import FIGURES, Figure, Mark, mark, plain_text
from assistant.evaluation.questions import KINDS
from assistant.evaluation.results import ExamResult
from assistant.evaluation.statistics import (
    Numbers,
    area_under_curve,
    bootstrap,
    calibration_error,
    median_interval,
    quantile,
    wilson,
)

THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""At which the refusal curve is measured, besides the one in force."""

DURATIONS = {
    "search_s": "a search",
    "first_words_s": "first words",
    "answer_s": "an answer",
}
"""Every time that is measured, and how a reader is told of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many right of so many, with the 95 % interval of Wilson."""

    figure: Figure
    right: int
    of: int

    @property
    def share(self) -> float:
        """The part that is right, 0 to 1."""
        return self.right / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of Wilson. It takes what is counted for independent."""
        return wilson(self.right, self.of)

    def to_json(self) -> dict[str, Any]:
        """Return counts, share and interval."""
        return _share_json(self.right, self.of) | {"counted": self.figure.of}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The middle and the upper end of some numbers."""

    of: int
    median: float
    low: float
    high: float
    p95: float

    def to_json(self) -> dict[str, Any]:
        """Return the fields; ``low`` and ``high`` are the 95 % interval of the median."""
        return {
            "of": self.of,
            "median": round(self.median, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "p95": round(self.p95, 4),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalPoint:
    """What a threshold of confidence costs and what it brings."""

    threshold: float
    lost: int
    """Facts below it, which would be refused."""
    refused: int
    """Questions without an answer below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalCurve:
    """How well the confidence tells questions with an answer from those without."""

    facts: int
    nones: int
    points: tuple[RefusalPoint, ...]
    in_force: float
    """The threshold that was set."""
    area: float | None = None
    """Under the ROC curve; None unless there are questions of both kinds. As what follows."""
    area_low: float | None = None
    area_high: float | None = None
    calibration_error: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the points with shares and intervals, and the summary of the curve."""
        return {
            "facts": self.facts,
            "nones": self.nones,
            "in_force": self.in_force,
            "points": [
                {
                    "threshold": point.threshold,
                    "facts_lost": _share_json(point.lost, self.facts),
                    "none_refused": _share_json(point.refused, self.nones),
                }
                for point in self.points
            ],
            "auroc": _rounded(self.area),
            "auroc_low": _rounded(self.area_low),
            "auroc_high": _rounded(self.area_high),
            "calibration_error": _rounded(self.calibration_error),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that an exam says of a library and its settings."""

    questions: dict[str, int]
    """How many there are of each kind."""
    shares: tuple[Share, ...]
    times: dict[str, Spread]
    words: Spread | None
    """Of the answers that were given."""
    refusal: RefusalCurve | None
    failed: tuple[ExamResult, ...] = ()
    """Questions that could not be asked; they count as not answered and not refused."""

    def to_json(self) -> dict[str, Any]:
        """Return every figure by its name."""
        return {
            "questions": self.questions,
            "shares": {share.figure.name: share.to_json() for share in self.shares},
            "seconds": {name: spread.to_json() for name, spread in self.times.items()},
            "words": None if self.words is None else self.words.to_json(),
            "refusal": None if self.refusal is None else self.refusal.to_json(),
            "failed": [
                {"id": result.question.question_id, "error": result.error} for result in self.failed
            ],
        }


def measure(results: Sequence[ExamResult], *, min_confidence: float) -> Figures:
    """Return the figures of some results; ``min_confidence`` is the threshold in force."""
    marks = [mark(result) for result in results]
    times = [durations(result) for result in results]
    by_name = {name: [t[name] for t in times if name in t] for name in DURATIONS}
    words = [
        float(len(plain_text(result.answer).split()))
        for result in results
        if result.answer is not None and result.answer.found
    ]
    return Figures(
        questions={kind: sum(r.question.kind == kind for r in results) for kind in KINDS},
        shares=tuple(_shares(marks)),
        times={name: spread_of(values) for name, values in by_name.items() if values},
        words=spread_of(words) if words else None,
        refusal=_refusal_curve(results, min_confidence),
        failed=tuple(result for result in results if result.error),
    )


def durations(result: ExamResult) -> dict[str, float]:
    """Return the seconds that a question took, by the names of ``DURATIONS``."""
    timings = result.answer.timings if result.answer is not None else None
    given = {
        "search_s": result.search_s,
        "first_words_s": timings.first_token_s if timings else None,
        "answer_s": timings.total_s if timings else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def spread_of(values: Sequence[float]) -> Spread:
    """Return median with interval and 95 % quantile of one or more numbers."""
    low, high = median_interval(values)
    return Spread(
        of=len(values),
        median=quantile(values, 0.5),
        low=low,
        high=high,
        p95=quantile(values, 0.95),
    )


def confidences(results: Iterable[ExamResult]) -> tuple[Numbers, Numbers]:
    """Return the confidence in questions with one right paper, and in those without any."""
    asked = [result for result in results if not result.error]

    def of(kind: str) -> Numbers:
        return np.array([r.confidence for r in asked if r.question.kind == kind], dtype=float)

    return of("fact"), of("none")


def _shares(marks: Sequence[dict[str, Mark]]) -> Iterable[Share]:
    for figure in FIGURES:
        given = [one[figure.name] for one in marks if figure.name in one]
        if given:
            right = sum(one.right for one in given)
            yield Share(figure=figure, right=right, of=sum(one.of for one in given))


def _refusal_curve(results: Sequence[ExamResult], in_force: float) -> RefusalCurve | None:
    facts, nones = confidences(results)
    if not len(facts) + len(nones):
        return None
    curve = RefusalCurve(
        facts=len(facts),
        nones=len(nones),
        in_force=in_force,
        points=tuple(
            RefusalPoint(
                threshold=threshold,
                lost=int((facts < threshold).sum()),
                refused=int((nones < threshold).sum()),
            )
            for threshold in sorted({*THRESHOLDS, in_force})
        ),
    )
    if not len(facts) or not len(nones):
        return curve
    every = np.concatenate([facts, nones])
    answered = np.arange(len(every)) < len(facts)

    def area(places: np.ndarray[Any, np.dtype[np.int64]]) -> float:
        kept, right = every[places], answered[places]
        return area_under_curve(kept[right], kept[~right])

    low, high = bootstrap(len(every), area)
    return RefusalCurve(
        facts=curve.facts,
        nones=curve.nones,
        points=curve.points,
        in_force=in_force,
        area=area_under_curve(facts, nones),
        area_low=float(low),
        area_high=float(high),
        calibration_error=calibration_error(every, answered.astype(np.float64)),
    )


def _share_json(right: int, of: int) -> dict[str, Any]:
    low, high = wilson(right, of)
    share = right / of if of else None
    return {
        "right": right,
        "of": of,
        "share": _rounded(share),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, 4)
