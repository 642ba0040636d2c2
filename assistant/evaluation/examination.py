"""Puts an exam to a library: each question is searched and asked as a user would.

Only the public :class:`~assistant.library.Library` is used, so that what is measured is what a
user gets. Nobody and no model judges: what is right stands in the exam.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import assistant
from assistant.config import Settings, Value
from assistant.errors import Cancelled, ConfigError, InputError, UsageError
from assistant.evaluation.marks import SEARCH_DEPTHS, title_key
from assistant.evaluation.questions import Exam, ExamQuestion, QuestionKind
from assistant.evaluation.results import ExamResult
from assistant.evaluation.runs import RunFile, RunHeader, program_sha256
from assistant.library import Library
from assistant.resources import resource
from assistant.types import Cancellation, Citation, Paper, is_cancelled

MEASURED_SECTIONS = ("chunking", "embedding", "retrieval", "answer", "llm")
"""The sections of the settings on which an answer depends."""

Progress = Callable[[int, int | None], None]


def describe(
    library: Library,
    exam: Exam,
    *,
    papers: Iterable[Paper],
    name: str = "",
    kinds: Sequence[QuestionKind] = (),
    limit: int | None = None,
) -> RunHeader:
    """Return what a run of ``exam`` on ``library`` measures; ``papers`` are the library's.

    ``kinds`` and ``limit`` are those by which the questions of ``exam`` were selected.
    """
    digest = hashlib.sha256()
    count = 0
    for paper in sorted(papers, key=lambda paper: paper.paper_id):
        digest.update("\0".join((paper.paper_id, paper.title, paper.abstract, "")).encode())
        count += 1
    return RunHeader(
        started=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        exam=exam.path,
        exam_sha256=exam.sha256,
        questions=len(exam.questions),
        library=str(library.folder),
        papers=count,
        library_sha256=digest.hexdigest(),
        version=assistant.__version__,
        program_sha256=program_sha256(Path(assistant.__file__).parent, resource("prompts")),
        name=name,
        kinds=tuple(sorted(kinds)),
        limit=limit,
        settings=_measured(library.settings),
    )


def missing_papers(exam: Exam, papers: Iterable[Paper]) -> list[tuple[int, str]]:
    """Return the titles that belong in answers but not to the library, with their lines' numbers.

    Raises InputError if no paper of the exam is there: it is an exam of another library.
    """
    wanted = [
        (line, paper.title)
        for line, question in zip(exam.lines, exam.questions, strict=True)
        for paper in question.gold
    ]
    held = {title_key(paper.title) for paper in papers} if wanted else set()
    missing = [(line, title) for line, title in wanted if title_key(title) not in held]
    if wanted and len(missing) == len(wanted):
        raise InputError(
            f"The library holds no paper that {exam.path} asks about.",
            hint="Name a file of questions about your papers, or a library with --library DIR "
            "before 'eval'; 'assistant add --sample' adds the papers of the sample exam.",
        )
    return missing


def examine(
    library: Library,
    exam: Exam,
    run: RunFile,
    *,
    progress: Progress = lambda _done, _total: None,
    cancel: Cancellation | None = None,
) -> list[ExamResult]:
    """Ask every question of ``exam`` that ``run`` has no result for; return all results in order.

    Each is kept before the next is asked. Raises Cancelled once ``cancel`` is set, ModelError if
    a model fails.
    """
    pending = [question for question in exam.questions if question not in run.results]
    done, total = len(exam.questions) - len(pending), len(exam.questions)
    try:
        _check(cancel)
        if pending:
            # The first question must not pay for what is loaded once.
            library.warm_up()
            library.search("the first search opens the index")
        for question in pending:
            _check(cancel)
            progress(done, total)
            run.add(put(library, question, cancel=cancel))
            done += 1
        progress(done, total)
    except Cancelled as error:
        raise Cancelled(
            f"Stopped. {done} of {total} questions are kept.", hint="The same command goes on."
        ) from error
    return [run.results[question] for question in exam.questions]


def put(
    library: Library, question: ExamQuestion, *, cancel: Cancellation | None = None
) -> ExamResult:
    """Search and ask one question. One that the library refuses has an ``error``.

    Raises Cancelled once ``cancel`` is set, ModelError if a model fails, ConfigError if a prompt
    or a setting is wrong: then no question can be asked.
    """
    try:
        started_s = time.perf_counter()
        hits = library.search(question.text, limit=max(SEARCH_DEPTHS))
        search_s = time.perf_counter() - started_s
        answer = library.ask(question.text, cancel=cancel)
    except ConfigError:
        raise
    except UsageError as error:
        return ExamResult(question=question, error=str(error))
    return ExamResult(
        question=question,
        found_titles=tuple(hit.title for hit in hits),
        search_s=round(search_s, 4),
        confidence=round(answer.confidence, 6),
        answer=answer,
        verbatim=tuple(_is_verbatim(library, citation) for citation in answer.citations),
    )


def _is_verbatim(library: Library, citation: Citation) -> bool:
    abstract = library.paper(citation.paper_id).abstract
    return bool(citation.quote) and citation.quote == abstract[citation.start : citation.end]


def _measured(settings: Settings) -> dict[str, Value]:
    return {
        f"{section}.{key}": value
        for section, values in settings.to_dict().items()
        if section in MEASURED_SECTIONS
        for key, value in values.items()
    }


def _check(cancel: Cancellation | None) -> None:
    if is_cancelled(cancel):
        raise Cancelled("Stopped.")
