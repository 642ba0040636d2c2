"""Examines a library on questions whose right answers are known, and keeps the results.

``questions`` reads an exam, ``examination`` puts it to a library, ``runs`` keeps what came of it.
``marks`` defines every figure, ``figures`` sums them up with intervals, and ``comparison`` says
whether a run is better or worse than one before.
"""

from __future__ import annotations

from assistant.evaluation.comparison import Comparison, compare
from assistant.evaluation.examination import describe, examine, missing_papers
from assistant.evaluation.figures import Figures, measure
from assistant.evaluation.questions import Exam, read_exam, sample_exam
from assistant.evaluation.results import ExamResult
from assistant.evaluation.runs import Run, RunFolder, RunHeader, checked_label

__all__ = [
    "Comparison",
    "Exam",
    "ExamResult",
    "Figures",
    "Run",
    "RunFolder",
    "RunHeader",
    "checked_label",
    "compare",
    "describe",
    "examine",
    "measure",
    "missing_papers",
    "read_exam",
    "sample_exam",
]
