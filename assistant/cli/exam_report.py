"""The figures of an exam as text, at most 80 columns wide."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from assistant.cli.output import plain, shown, write

if TYPE_CHECKING:
    from assistant.evaluation import Comparison, Figures, RunHeader
    from assistant.evaluation.comparison import Change, ChangedQuestion
    from assistant.evaluation.figures import RefusalCurve

WIDTH = 80
MAX_CHANGED_SHOWN = 50
_CURVE_STEP = 2
"""Of the thresholds that were measured, every second is shown, and the one in force."""

_HEADINGS = {
    "better": "Better",
    "worse": "Worse",
    "changed": "Changed",
    "no difference": "No difference can be told",
}


def write_figures(figures: Figures, header: RunHeader) -> None:
    """Write every figure of a run."""
    kinds = ", ".join(f"{number} {kind}" for kind, number in figures.questions.items() if number)
    name = f"{plain(header.name)}: " if header.name else ""
    _wrapped(
        f"{name}{sum(figures.questions.values())} questions ({kinds}) on {header.papers:,} papers, "
        f"{_model(header)}"
    )
    for group, shares in groupby(figures.shares, key=lambda share: share.figure.group):
        _heading(group, "share", "95 %", "right")
        for share in shares:
            low, high = share.interval
            of = f"{share.right:>5} of {share.of} {share.figure.of}"
            write(
                f"  {share.figure.label:<34} {_share(share.share)}  "
                f"{_share(low)}–{_share(high)}{of}"
            )
    if figures.refusal is not None:
        _write_curve(figures.refusal)
    if figures.times:
        from assistant.evaluation.figures import DURATIONS

        _heading("Seconds", "median", "95 %", "95 % are below")
        for name, spread in figures.times.items():
            write(
                f"  {DURATIONS[name]:<34} {spread.median:5.2f}  "
                f"{f'{spread.low:.2f}–{spread.high:.2f}':<11}  {spread.p95:6.2f}"
            )
    if figures.words is not None:
        words = figures.words
        _heading("Words", "median", "95 %", "95 % are below")
        interval = f"{words.low:.0f}–{words.high:.0f}"
        write(f"  {'an answer':<34} {words.median:5.0f}  {interval:<11}  {words.p95:6.0f}")
    for result in figures.failed:
        write()
        _wrapped(f"Could not be asked: {plain(result.question.question_id)}: {plain(result.error)}")


def write_comparison(comparison: Comparison) -> None:
    """Write each figure before and now by its verdict, then the questions that changed."""
    before = comparison.before
    write()
    name = f"“{plain(before.name)}”, " if before.name else "the run of "
    _wrapped(
        f"Compared with {name}{plain(before.started)}, {comparison.questions} questions in common"
    )
    for difference in comparison.differences:
        _wrapped(
            f"{plain(difference.what)}: {plain(difference.before)} → {plain(difference.now)}",
            indent="  ",
        )
    if not comparison.differences:
        write("  with the same settings, program, library and questions")
    same = [change for change in comparison.changes if change.is_none]
    for verdict, heading in _HEADINGS.items():
        changes = [c for c in comparison.changes if c.verdict == verdict and not c.is_none]
        if changes:
            write()
            write(f"{heading:<32}before    now    difference, 95 %   more / less")
            for change in changes:
                _write_change(change)
    if same:
        write()
        _wrapped(f"Not a question changed: {', '.join(change.label for change in same)}")
    write()
    _wrapped(
        "A verdict rests on how many questions have more, and how many less (exact sign test, "
        "5 %): of 20 figures that stayed, one may seem to differ. Times also depend on what else "
        "the machine did."
    )
    _write_changed(comparison.changed)


def _write_curve(curve: RefusalCurve) -> None:
    _heading("Refusal: below this confidence", "", "", "")
    write(f"  {'confidence':<18}{'facts lost':>12}{'none refused':>15}")
    for place, point in enumerate(curve.points):
        in_force = point.threshold == curve.in_force
        if place % _CURVE_STEP == 0 and not in_force:
            continue
        lost = _part(point.lost, curve.facts)
        refused = _part(point.refused, curve.nones)
        mark = "  ← in force" if in_force else ""
        write(f"  {point.threshold:<18.2f}{lost:>12}{refused:>15}{mark}")
    if curve.area is not None and curve.area_low is not None and curve.area_high is not None:
        write(
            f"  AUROC {_share(curve.area)} ({_share(curve.area_low)}–{_share(curve.area_high)}), "
            f"expected calibration error {_share(curve.calibration_error or 0.0)}"
        )


def _write_change(change: Change) -> None:
    digits = ".2f" if change.unit == "seconds" else ".3f"
    interval = f"{change.low:+{digits}} to {change.high:+{digits}}"
    counts = f"{change.up:>4} / {change.down}" if change.probability is not None else ""
    write(
        f"  {change.label:<30}{change.before:>6{digits}} {change.now:>6{digits}}  "
        f"{interval:>18}  {counts}".rstrip()
    )


def _write_changed(changed: Iterable[ChangedQuestion]) -> None:
    questions = list(changed)
    if not questions:
        return
    from assistant.evaluation.marks import FIGURES

    labels = {figure.name: figure.short for figure in FIGURES}
    write()
    write("Questions that changed")
    for question in questions[:MAX_CHANGED_SHOWN]:
        _wrapped(f"{plain(question.question_id)}  {shown(question.text)}", indent="  ")
        for heading, names in (("better", question.better), ("worse", question.worse)):
            if names:
                _wrapped(f"{heading}: {', '.join(labels[name] for name in names)}", indent="      ")
    if len(questions) > MAX_CHANGED_SHOWN:
        write(f"  and {len(questions) - MAX_CHANGED_SHOWN} more; --json lists all")


def _heading(group: str, *columns: str) -> None:
    write()
    first, second, third = columns
    write(f"{group:<37}{first:<7}{second:<13}{third}".rstrip())


def _wrapped(text: str, *, indent: str = "") -> None:
    for line in textwrap.wrap(
        text, width=WIDTH, initial_indent=indent, subsequent_indent=indent
    ) or [indent]:
        write(line)


def _model(header: RunHeader) -> str:
    if not header.settings.get("llm.enabled"):
        return "no language model"
    return plain(str(header.settings.get("llm.model")))


def _share(value: float) -> str:
    return f"{value:.3f}"


def _part(right: int, of: int) -> str:
    return f"{right / of:.3f}" if of else "–"
