"""``assistant eval``: an exam for a library, and whether a change made it better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.exam_report import write_comparison, write_figures
from assistant.cli.interrupt import stopping
from assistant.cli.output import note, plain, write_json
from assistant.cli.progress import counting
from assistant.cli.session import Session, pass_session
from assistant.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.evaluation import Exam, ExamResult, RunHeader
    from assistant.evaluation.questions import QuestionKind
    from assistant.evaluation.runs import Run, RunFile
    from assistant.library import Library

MAX_LINES_SHOWN = 20
STOP_NOTICE = "Stopping. Press Ctrl-C again to stop at once."

HELP = """Examine the library on questions whose answers you know.

QUESTIONS.jsonl has one JSON object a line: "kind", "question", and what a right answer holds.
Without it, the exam of the sample library is taken ("assistant add --sample").

\b
  {"kind": "fact", "question": "…", "title": "A title", "answers": ["28.4"]}
  {"kind": "none", "question": "… that no abstract answers"}
  {"kind": "multi", "question": "…", "titles": ["One title", "Another"]}

Nobody and no model judges: right papers found and cited, facts given, quotes and numbers,
refusals and times are counted, with 95 % intervals. Every run is kept: change a model or a
setting, run it again with --compare, and each figure is better, worse, or not to be told
apart. Ctrl-C keeps what is done, and the same command goes on.
"""
"""The text of ``--help``; ``\\b`` keeps the lines apart."""


@click.command("eval", help=HELP)
@click.argument("questions", metavar="[QUESTIONS.jsonl]", required=False)
@click.option(
    "--only",
    "kinds",
    type=click.Choice(["fact", "none", "multi"]),
    multiple=True,
    help="Ask these questions alone: one paper answers, no paper does, several do.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), help="Ask so many, spread evenly over the file."
)
@click.option("--name", metavar="LABEL", help="Keep the run under a name, to compare with.")
@click.option(
    "--compare",
    metavar="LABEL",
    help='Compare with the run of this name or file, or with the "last" one.',
)
@click.option("--out", metavar="FILE", help="Keep the run in FILE, not in your data folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_session
def evaluate(
    session: Session,
    questions: str | None,
    kinds: tuple[QuestionKind, ...],
    limit: int | None,
    name: str | None,
    compare: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Run an exam and report it."""
    settings = session.loaded.settings
    from assistant import evaluation

    label = evaluation.checked_label(name) if name is not None else ""
    if out == "" or compare == "":
        raise UsageError("--out and --compare need a value.", hint="See: assistant eval --help")
    exam = _read(Path(questions) if questions else evaluation.sample_exam())
    exam = exam.select(kinds, limit=limit)
    with session.open_library() as library:
        papers = library.papers()
        _note_missing(evaluation.missing_papers(exam, papers))
        header = evaluation.describe(
            library, exam, papers=papers, name=label, kinds=kinds, limit=limit
        )
        del papers
        folder = evaluation.RunFolder(_folder())
        run = folder.open(header, out=Path(out) if out else None)
        before = folder.find(compare, besides=run) if compare else None
        results = _ask(library, exam, run)
    _report(run, header, results, before, as_json=as_json, threshold=settings.answer.min_confidence)


def _read(path: Path) -> Exam:
    """Read the questions; raises InputError if a line is none, after all have been named."""
    from assistant.evaluation import read_exam

    exam = read_exam(path)
    if not exam.rejected:
        return exam
    for rejected in exam.rejected[:MAX_LINES_SHOWN]:
        note(f"  {plain(str(rejected))}")
    if len(exam.rejected) > MAX_LINES_SHOWN:
        note(f"  and {len(exam.rejected) - MAX_LINES_SHOWN} more")
    lines = "1 line" if len(exam.rejected) == 1 else f"{len(exam.rejected)} lines"
    raise InputError(
        f"{lines} of {path} cannot be used: see above.",
        hint="Correct them. 'assistant eval --help' shows how a question is written.",
    )


def _ask(library: Library, exam: Exam, run: RunFile) -> list[ExamResult]:
    from assistant.evaluation import examine

    there = sum(question in run.results for question in exam.questions)
    started = plain(run.header.started)
    if there == len(exam.questions):
        note(f"This run was made before, at {started}; a new --name makes a new one.")
    elif there:
        note(f"Going on with the run of {started}: {there} questions are done.")
    with stopping(STOP_NOTICE) as cancel, counting("Asking", unit="questions") as progress:
        return examine(library, exam, run, progress=progress, cancel=cancel)


def _report(
    run: RunFile,
    header: RunHeader,
    results: Sequence[ExamResult],
    before: Run | None,
    *,
    as_json: bool,
    threshold: float,
) -> None:
    from assistant.evaluation import compare, measure

    figures = measure(results, min_confidence=threshold)
    comparison = compare(before, results, header) if before is not None else None
    if as_json:
        write_json(
            {
                "run": {**run.header.to_json(), "file": str(run.path)},
                "figures": figures.to_json(),
                "compared": None if comparison is None else comparison.to_json(),
            }
        )
    else:
        write_figures(figures, header)
        if comparison is not None:
            write_comparison(comparison)
    note(f"Kept in {plain(str(run.path))}")


def _note_missing(missing: Sequence[tuple[int, str]]) -> None:
    """Tell of papers that the library lacks: questions about them cannot be answered."""
    if not missing:
        return
    note(f"{len(missing)} of the papers asked about are not in the library, and count as missed:")
    for line, title in missing[:MAX_LINES_SHOWN]:
        note(f"  line {line}: {plain(title)}")
    if len(missing) > MAX_LINES_SHOWN:
        note(f"  and {len(missing) - MAX_LINES_SHOWN} more")


def _folder() -> Path:
    """Return where runs are kept."""
    import platformdirs

    from assistant.config import APP_NAME

    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "evaluations"
