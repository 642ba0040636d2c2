"""Summaries, surveys and comparisons as runs of the chat: the same events, the same answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from assistant.errors import Cancelled, NothingFound
from assistant.summaries.types import Comparison, Survey, SurveyProgress
from assistant.types import Answer, Cancellation, Event, Finished, Searching, Timings, Usage

if TYPE_CHECKING:
    from assistant.library import Library

MAX_SURVEYED = 200
"""Papers of a survey in the chat: nobody scrolls through more, and the command line has them."""

TaskEvent = Event | SurveyProgress
"""What happens in a run of the chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be told, in place of the answer to a question."""

    kind: Literal["summarize", "survey", "compare"]
    about: tuple[str, ...]
    """Ids or titles of papers, or one topic."""

    @property
    def keeps(self) -> bool:
        """Whether what is done when it is stopped can be shown."""
        return self.kind != "summarize"


def stream_task(
    library: Library,
    task: Task,
    *,
    question: str,
    papers: Sequence[str] = (),
    cancel: Cancellation,
) -> Iterator[TaskEvent]:
    """Yield how far a task is, and at last Finished. ``question`` is the command as it is shown.

    With ``papers``, ids, what there is about a topic is looked for in these alone. What is done
    when ``cancel`` is raised is the answer. Raises Cancelled if that is nothing, and what the
    method of the library raises.
    """
    started_s = time.perf_counter()
    match task.kind:
        case "summarize":
            events = _summarize(library, task, question, cancel)
        case "survey":
            events = _survey(library, task, question, papers, cancel)
        case "compare":
            events = _compare(library, task, question, papers, cancel)
    for event in events:
        if isinstance(event, Finished):
            timings = Timings(total_s=time.perf_counter() - started_s)
            yield Finished(answer=replace(event.answer, timings=timings))
        else:
            yield event


def _summarize(
    library: Library, task: Task, question: str, cancel: Cancellation
) -> Iterator[TaskEvent]:
    from assistant.summaries.answers import summary_answer

    paper = library.paper(task.about[0])
    yield Searching(query=paper.title)
    summary = library.summarize(paper.paper_id)
    if cancel.cancelled:
        raise Cancelled("Stopped.")
    note = None
    with suppress(NothingFound):  # of an abstract in another language
        note = library.summarize(paper.paper_id, long=True)
    yield _finished(summary_answer(question, summary, note=note), papers_read=1)


def _survey(
    library: Library, task: Task, question: str, papers: Sequence[str], cancel: Cancellation
) -> Iterator[TaskEvent]:
    topic = task.about[0]
    yield Searching(query=topic)
    read = 0
    events = library.stream_survey(topic, papers=papers, max_papers=MAX_SURVEYED, cancel=cancel)
    for event in events:
        if isinstance(event, SurveyProgress):
            read = event.judged
            yield event
        else:
            yield _finished(_surveyed(question, event), papers_read=read)


def _surveyed(question: str, survey: Survey) -> Answer:
    from assistant.summaries.answers import survey_answer

    if not survey.found and not survey.complete:
        raise Cancelled("Stopped.")
    return survey_answer(question, survey)


def _compare(
    library: Library, task: Task, question: str, papers: Sequence[str], cancel: Cancellation
) -> Iterator[TaskEvent]:
    named = len(task.about) > 1
    titles = [library.paper(reference).title for reference in task.about] if named else task.about
    yield Searching(query=" and ".join(titles))
    for event in library.stream_comparison(*task.about, papers=papers, cancel=cancel):
        if isinstance(event, SurveyProgress):
            yield event
        else:
            yield _finished(_compared(question, event), papers_read=len(event.papers))


def _compared(question: str, comparison: Comparison) -> Answer:
    from assistant.summaries.answers import comparison_answer

    if not comparison.papers:
        raise Cancelled("Stopped.")
    return comparison_answer(question, comparison)


def _finished(answer: Answer, *, papers_read: int) -> Finished:
    return Finished(answer=replace(answer, usage=Usage(papers_read=papers_read)))
