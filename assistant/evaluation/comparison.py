"""Says whether a changed model or setting made the answers better, question by question.

Two shares that differ say little, and the same questions in both runs say much more: each
question that changed speaks for one of the runs, and the exact test asks how easily chance alone
would have divided them so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from assistant.errors import InputError
from assistant.evaluation.figures import DURATIONS, durations
from assistant.evaluation.marks import FIGURES, Figure, Good, Mark, mark
from assistant.evaluation.results import ExamResult
from assistant.evaluation.runs import Run, RunHeader
from assistant.evaluation.statistics import (
    Numbers,
    area_under_curve,
    bootstrap,
    quantile,
    sign_test,
)

SIGNIFICANT = 0.05

Verdict = Literal["better", "worse", "changed", "no difference"]
"""``changed`` is what differs and is neither good nor bad."""
Pair = tuple[ExamResult, ExamResult]
"""The results of one question, before and now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure before and now."""

    name: str
    label: str
    unit: Literal["share", "seconds", "area"]
    before: float
    now: float
    low: float
    high: float
    """The bootstrapped 95 % interval of the difference, over pairs of questions."""
    up: int
    """Questions of which more is right now, or that take longer."""
    down: int
    probability: float | None
    """Of so unequal an ``up`` and ``down`` by chance; None if the interval decides."""
    verdict: Verdict

    @property
    def is_none(self) -> bool:
        """Whether no question changed at all."""
        return not self.up and not self.down and self.before == self.now

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {
            "unit": self.unit,
            "before": round(self.before, 4),
            "now": round(self.now, 4),
            "difference": round(self.now - self.before, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "up": self.up,
            "down": self.down,
            "probability": None if self.probability is None else round(self.probability, 6),
            "verdict": self.verdict,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedQuestion:
    """A question that one run did better with; the names are those of figures."""

    question_id: str
    text: str
    better: tuple[str, ...]
    worse: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {
            "id": self.question_id,
            "question": self.text,
            "better": list(self.better),
            "worse": list(self.worse),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that was not the same in both runs."""

    what: str
    before: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """This run beside an earlier one, over the questions that both have."""

    before: RunHeader
    questions: int
    """In both runs."""
    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]
    changed: tuple[ChangedQuestion, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what differs, each figure with its verdict, and the questions that changed."""
        return {
            "with": self.before.to_json(),
            "questions": self.questions,
            "differences": {
                difference.what: {"before": difference.before, "now": difference.now}
                for difference in self.differences
            },
            "changes": {change.name: change.to_json() for change in self.changes},
            "changed": [question.to_json() for question in self.changed],
        }


def compare(before: Run, results: Sequence[ExamResult], header: RunHeader) -> Comparison:
    """Compare the results of the run of ``header`` with those of an earlier one.

    Raises InputError if they have no question in common.
    """
    pairs = [
        (before.results[result.question], result)
        for result in results
        if result.question in before.results
    ]
    if not pairs:
        raise InputError(
            f"The run of {before.header.started} has no question in common with this one.",
            hint="Compare runs over the same file of questions.",
        )
    marks = [(mark(old), mark(new)) for old, new in pairs]
    changes = [*_share_changes(marks), *_area_change(pairs), *_time_changes(pairs)]
    return Comparison(
        before=before.header,
        questions=len(pairs),
        differences=tuple(_differences(before.header, header)),
        changes=tuple(changes),
        changed=tuple(_changed(pairs, marks)),
    )


def _share_changes(marks: Sequence[tuple[dict[str, Mark], dict[str, Mark]]]) -> list[Change]:
    """Return the change of each share that both runs have."""
    figures = [
        figure
        for figure in FIGURES
        if all(any(figure.name in run[side] for run in marks) for side in (0, 1))
    ]
    if not figures:
        return []
    none = Mark(0, 0)
    # (questions, figures, before and now, right and of)
    table = np.array(
        [
            [
                [(m.right, m.of) for m in (old.get(f.name, none), new.get(f.name, none))]
                for f in figures
            ]
            for old, new in marks
        ],
        dtype=np.float64,
    )

    def difference(places: Any) -> Numbers:
        with np.errstate(invalid="ignore"):
            sums = table[places].sum(axis=0)
            shares = sums[:, :, 0] / sums[:, :, 1]
        return np.asarray(shares[:, 1] - shares[:, 0])

    intervals = bootstrap(len(marks), difference)
    return [
        _share_change(figure, table[:, place], low=float(low), high=float(high))
        for place, (figure, low, high) in enumerate(zip(figures, *intervals, strict=True))
    ]


def _share_change(figure: Figure, cells: Numbers, *, low: float, high: float) -> Change:
    """Return the change of a share; ``cells`` of shape (questions, 2 runs, right and of)."""
    both = cells[(cells[:, :, 1] > 0).all(axis=1)]
    shares = both[:, :, 0] / both[:, :, 1]
    up = int((shares[:, 1] > shares[:, 0]).sum())
    down = int((shares[:, 1] < shares[:, 0]).sum())
    probability = sign_test(up, down)
    before, now = (float(right / of) for right, of in cells.sum(axis=0))
    return Change(
        name=figure.name,
        label=figure.short,
        unit="share",
        before=before,
        now=now,
        low=low,
        high=high,
        up=up,
        down=down,
        probability=probability,
        verdict=_verdict(up - down, probability < SIGNIFICANT, good=figure.good),
    )


def _area_change(pairs: Sequence[Pair]) -> list[Change]:
    """Return how the confidence tells questions with an answer from those without, in both."""
    judged = [
        pair
        for pair in pairs
        if pair[0].question.kind != "multi" and not any(result.error for result in pair)
    ]
    has_answer = np.array([old.question.kind == "fact" for old, _ in judged])
    if not has_answer.any() or has_answer.all():
        return []
    table = np.array([[old.confidence, new.confidence] for old, new in judged])

    def areas(places: Any) -> tuple[float, float]:
        kept, right = table[places], has_answer[places]
        old, new = (area_under_curve(kept[right, i], kept[~right, i]) for i in (0, 1))
        return old, new

    def difference(places: Any) -> float:
        old, new = areas(places)
        return new - old

    before, now = areas(np.arange(len(judged)))
    low, high = bootstrap(len(judged), difference)
    return [
        Change(
            name="auroc",
            label="AUROC of the confidence",
            unit="area",
            before=before,
            now=now,
            low=float(low),
            high=float(high),
            up=0,
            down=0,
            probability=None,
            verdict=_verdict(now - before, bool(low > 0 or high < 0), good="high"),
        )
    ]


def _time_changes(pairs: Sequence[Pair]) -> list[Change]:
    """Return the change of the medians of the times, over questions timed in both runs."""
    changes = []
    times = [(durations(old), durations(new)) for old, new in pairs]
    for name, label in DURATIONS.items():
        both = [(old[name], new[name]) for old, new in times if name in old and name in new]
        if not both:
            continue
        table = np.array(both)
        median = len(both) // 2

        def difference(places: Any, table: Numbers = table, median: int = median) -> float:
            old, new = np.partition(table[places], median, axis=0)[median]
            return float(new - old)

        low, high = bootstrap(len(both), difference)
        up = sum(new > old for old, new in both)
        down = sum(new < old for old, new in both)
        probability = sign_test(up, down)
        before, now = (quantile([pair[i] for pair in both], 0.5) for i in (0, 1))
        # One slow moment of the machine falls on many questions: the sign alone tells too much.
        is_told = probability < SIGNIFICANT and bool(low > 0 or high < 0)
        changes.append(
            Change(
                name=name,
                label=f"seconds of {label}",
                unit="seconds",
                before=before,
                now=now,
                low=float(low),
                high=float(high),
                up=up,
                down=down,
                probability=probability,
                verdict=_verdict(up - down, is_told, good="low"),
            )
        )
    return changes


def _verdict(direction: float, is_told: bool, *, good: Good) -> Verdict:
    if not is_told or not direction:
        return "no difference"
    if good == "neither":
        return "changed"
    return "better" if (direction > 0) == (good == "high") else "worse"


def _changed(
    pairs: Sequence[Pair], marks: Sequence[tuple[dict[str, Mark], dict[str, Mark]]]
) -> list[ChangedQuestion]:
    """Return the questions of which a figure changed for the better or the worse."""
    changed = []
    signs: dict[str, Callable[[float], float]] = {
        "high": lambda difference: difference,
        "low": lambda difference: -difference,
    }
    for (old, _), (before, now) in zip(pairs, marks, strict=True):
        moved: dict[str, float] = {}
        for figure in FIGURES:
            first, second = before.get(figure.name), now.get(figure.name)
            if figure.good != "neither" and first is not None and second is not None:
                difference = second.right / second.of - first.right / first.of
                moved[figure.name] = signs[figure.good](difference)
        better = tuple(name for name, by in moved.items() if by > 0)
        worse = tuple(name for name, by in moved.items() if by < 0)
        if better or worse:
            changed.append(
                ChangedQuestion(
                    question_id=old.question.question_id,
                    text=old.question.text,
                    better=better,
                    worse=worse,
                )
            )
    return changed


def _differences(before: RunHeader, now: RunHeader) -> list[Difference]:
    """Return what the runs do not have in common, settings first."""
    found = [
        Difference(
            what=name,
            before=str(before.settings.get(name, "not there")),
            now=str(now.settings.get(name, "not there")),
        )
        for name in dict.fromkeys([*now.settings, *before.settings])
        if before.settings.get(name) != now.settings.get(name)
    ]
    for what, old, new in (
        ("version", before.version, now.version),
        ("program", before.program_sha256[:8], now.program_sha256[:8]),
        (
            "library",
            f"{before.papers} papers {before.library_sha256[:8]}",
            f"{now.papers} papers {now.library_sha256[:8]}",
        ),
        ("questions", before.exam_sha256[:8], now.exam_sha256[:8]),
    ):
        if old != new:
            found.append(Difference(what=what, before=old, now=new))
    return found
