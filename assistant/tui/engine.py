"""Everything that takes time, in threads: opening the library, answering, adding, switching.

This is the only module of the chat that works with :class:`assistant.library.Library`. Its
methods are called in the thread of the screen and return at once; what comes of them is posted
as a message (see :mod:`assistant.tui.messages`).

The threads are daemons and not Textual's workers: a thread that is inside a C library cannot be
stopped, and asyncio waits for its workers' threads before it lets a program end.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message

from assistant.errors import AssistantError, Cancelled, LibraryError
from assistant.tui.messages import (
    IndexFailed,
    IndexFinished,
    IndexOutdated,
    IndexProgressed,
    LibraryChanged,
    LibraryFailed,
    LibraryOpened,
    LibraryOpening,
    ModelChanged,
    ModelFailed,
    ModelsFound,
    OverviewFailed,
    OverviewMade,
    OverviewProgressed,
    RunEnded,
    RunFailed,
    RunProgressed,
)
from assistant.tui.tasks import Task, TaskEvent, stream_task
from assistant.types import Cancellation, Token

if TYPE_CHECKING:
    from assistant.library import Library
    from assistant.summaries.overview import OverviewStep
    from assistant.types import Listing, Paper, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A question to answer, or a task."""

    run_id: int
    question: str
    papers: tuple[str, ...]
    """Ids of the papers that may answer; none: all."""
    task: Task | None
    cancel: Cancellation

    @property
    def keeps(self) -> bool:
        """Whether it ends with what is done when it is stopped."""
        return self.task is not None and self.task.keeps


class Engine:
    """Does the work of the chat, one question after the other."""

    def __init__(
        self, open_library: Callable[..., Library], post: Callable[[Message], object]
    ) -> None:
        self._open_library = open_library
        self._post = post
        self._library: Library | None = None
        self._refusal: AssistantError | None = None
        self._run_ids = itertools.count()
        self._waiting: deque[Run] = deque()
        self._running: Run | None = None
        self._adding: Cancellation | None = None
        self._opening = Cancellation()
        self._overview = Cancellation()
        self._switching = False
        self._closed = False
        self._threads: list[threading.Thread] = []

    @property
    def library(self) -> Library | None:
        """The library, once it is open."""
        return self._library

    @property
    def running(self) -> int | None:
        """The run that is being answered and was not asked to stop."""
        run = self._running
        return None if run is None or run.cancel.cancelled else run.run_id

    @property
    def waiting(self) -> list[int]:
        """The runs whose questions wait, next first."""
        return [run.run_id for run in self._waiting]

    @property
    def adding(self) -> bool:
        """Whether files are being added, or papers removed."""
        return self._adding is not None

    def start(self) -> None:
        """Open the library, then load the models: LibraryOpened or LibraryFailed follows.

        After LibraryOpened, IndexOutdated does if it is.
        """
        self._refusal = None
        self._begin(self._open, failed=self._not_opened)

    def opened(self, library: Library) -> None:
        """Take over the library that was opened; to be called on LibraryOpened."""
        self._library = library

    def ask(self, question: str, *, papers: Sequence[str] = (), task: Task | None = None) -> int:
        """Put a question, or a task, at the end of the queue and return the id of its run.

        :meth:`run_next` starts it.
        """
        run = Run(
            run_id=next(self._run_ids),
            question=question,
            papers=tuple(papers),
            task=task,
            cancel=Cancellation(),
        )
        self._waiting.append(run)
        return run.run_id

    def run_next(self, history: Sequence[Turn]) -> int | None:
        """Start the next question if nothing is in its way; return the id of its run."""
        library = self._library
        if library is None or self._running or self._switching or not self._waiting:
            return None
        run = self._waiting.popleft()
        self._running = run
        turns = tuple(history)
        self._begin(
            lambda: self._answer(library, run, turns),
            failed=lambda error: RunFailed(run.run_id, error),
            ended=RunEnded(run.run_id),
        )
        return run.run_id

    def ended(self, run_id: int) -> None:
        """Take note that a run is over; to be called on RunEnded."""
        if self._running is not None and self._running.run_id == run_id:
            self._running = None

    def stop(self, run_id: int) -> None:
        """Stop a run, or take its question out of the queue. No Finished event follows."""
        if self._running is not None and self._running.run_id == run_id:
            self._running.cancel.cancel()
        self._waiting = deque(run for run in self._waiting if run.run_id != run_id)

    def wind_up(self, run_id: int) -> bool:
        """Let the run that goes on end with what is done; False if it cannot, or does already."""
        run = self._running
        if run is None or run.run_id != run_id or not run.keeps or run.cancel.cancelled:
            return False
        run.cancel.cancel()
        return True

    def stop_all(self) -> None:
        """Stop the run and empty the queue."""
        self._waiting.clear()
        if self._running is not None:
            self._running.cancel.cancel()

    def add(self, paths: Sequence[str]) -> None:
        """Add files; IndexProgressed follows, then IndexFinished or IndexFailed."""
        library = self._idle_library()
        cancel = self._adding = Cancellation()

        def work() -> None:
            report = library.add(
                *paths,
                progress=lambda now: self._tell(IndexProgressed(now)),
                cancel=cancel,
            )
            self._adding = None
            self._tell(IndexFinished(report))
            self._tell(LibraryChanged())

        self._begin(work, failed=self._adding_failed)

    def stop_adding(self) -> None:
        """Stop the adding of files; what was added stays."""
        if self._adding is not None:
            self._adding.cancel()

    def remove(self, paper: Paper) -> None:
        """Remove a paper; LibraryChanged or IndexFailed follows."""
        library = self._idle_library()
        self._adding = Cancellation()

        def work() -> None:
            library.remove(paper.paper_id)
            self._adding = None
            self._tell(LibraryChanged())

        self._begin(work, failed=self._adding_failed)

    def find_models(self) -> None:
        """Look for the models that can be used; ModelsFound or ModelFailed follows."""
        library = self._library
        if library is not None:
            self._begin(lambda: self._tell(ModelsFound(library.models())), failed=ModelFailed)

    @property
    def model_name(self) -> str:
        """Name of the model that answers, or nothing."""
        return "" if self._library is None else self._library.model_name

    def use_model(self, name: str) -> None:
        """Switch to another model; ModelChanged or ModelFailed follows."""
        library = self._library
        if library is None or self._switching:
            return
        self._switching = True

        def work() -> None:
            try:
                library.use_model(name)
            finally:
                self._switching = False
            self._tell(ModelChanged(library.model_name))

        self._begin(work, failed=ModelFailed)

    def overview(self, limit: str = "") -> None:
        """Look at the papers that pass a filter, and no more at those of the overview before.

        OverviewProgressed follows, then OverviewMade or OverviewFailed, unless it is stopped.
        """
        library = self._opened_library()
        self.stop_overview()
        cancel = self._overview = Cancellation()

        def tell(step: OverviewStep, done: int, total: int) -> None:
            self._tell(OverviewProgressed(limit, step, done=done, total=total))

        def work() -> None:
            with suppress(Cancelled):
                made = library.overview(limit or None, progress=tell, cancel=cancel)
                self._tell(OverviewMade(made, limit))

        self._begin(work, failed=lambda error: OverviewFailed(error, limit))

    def stop_overview(self) -> None:
        """Stop the overview that is being made, if there is one."""
        self._overview.cancel()

    def browse(self, text: str = "", **options: Any) -> Listing:
        """Return papers whose titles or authors hold every word of ``text``."""
        return self._opened_library().browse(text, **options)

    def paper(self, paper_id: str) -> Paper | None:
        """Return a paper, or None if it is not in the library any more."""
        if self._library is None:
            return None
        try:
            return self._library.paper(paper_id)
        except AssistantError:
            return None

    def close(self, *, timeout_s: float) -> bool:
        """Stop everything and close the library; tell whether every thread has ended in time.

        A thread that has not ended is inside a C library. The process can then only be left
        with ``os._exit``; what was saved is on disk by then.
        """
        self._closed = True
        self._opening.cancel()
        self.stop_all()
        self.stop_adding()
        self.stop_overview()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            return False
        library = self._library
        if library is None:
            return True
        closing = threading.Thread(target=library.close, name="closing", daemon=True)
        closing.start()
        closing.join(max(0.1, deadline - time.monotonic()))
        return not closing.is_alive()

    def _idle_library(self) -> Library:
        library = self._opened_library()
        if self._adding is not None:
            raise LibraryError(
                "Papers are being added or removed already.",
                hint="Wait until that is done, or stop it.",
            )
        return library

    def _opened_library(self) -> Library:
        """Return the library; raises what kept it from being opened."""
        if self._library is not None:
            return self._library
        raise self._refusal or LibraryError(
            "The library is not open yet.", hint="Try again in a moment."
        )

    def _open(self) -> None:
        library = self._open_library(
            progress=lambda done, total: self._tell(LibraryOpening(done=done, total=total)),
            cancel=self._opening,
        )
        self._tell(LibraryOpened(library))
        if self._closed:
            return
        # What fails here fails again, and is told, when a question needs it.
        with suppress(AssistantError):
            if note := library.index_note:
                self._tell(IndexOutdated(note))
            library.warm_up()

    def _answer(self, library: Library, run: Run, history: tuple[Turn, ...]) -> None:
        with suppress(Cancelled):
            tokens = 0
            for event in _events(library, run, history):
                tokens += isinstance(event, Token)
                if run.cancel.cancelled and not run.keeps:
                    return
                self._tell(RunProgressed(run.run_id, event, tokens=tokens))

    def _not_opened(self, error: AssistantError) -> Message:
        self._refusal = error
        return LibraryFailed(error)

    def _adding_failed(self, error: AssistantError) -> Message:
        self._adding = None
        return IndexFailed(error)

    def _begin(
        self,
        work: Callable[[], None],
        *,
        failed: Callable[[AssistantError], Message],
        ended: Message | None = None,
    ) -> None:
        """Do ``work`` in a thread of its own; no error leaves it but as a message."""

        def guarded() -> None:
            try:
                work()
            except AssistantError as error:
                self._tell(failed(error))
            except Exception as error:  # the last resort: a thread has nobody above it
                self._tell(failed(unforeseen(error)))
            finally:
                if ended is not None:
                    self._tell(ended)

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=guarded, name="chat engine", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _tell(self, message: Message) -> None:
        if not self._closed:
            with suppress(RuntimeError):  # the loop of the screen has ended meanwhile
                self._post(message)


def _events(library: Library, run: Run, history: tuple[Turn, ...]) -> Iterator[TaskEvent]:
    """Yield what happens in a run."""
    if run.task is not None:
        return stream_task(
            library, run.task, question=run.question, papers=run.papers, cancel=run.cancel
        )
    return library.stream(run.question, history=history, papers=run.papers, cancel=run.cancel)


def unforeseen(error: Exception) -> AssistantError:
    """Return an error that nobody foresaw as one that can be shown."""
    return AssistantError(
        f"Something broke inside the assistant: {type(error).__name__}: {error}",
        hint="Ask again. If it happens every time, please report it.",
    )
