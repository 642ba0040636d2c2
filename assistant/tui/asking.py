"""Joins the three sides of a question: the session keeps it, the engine answers, the screen shows.

Every step is written down before it is shown, so that a crash loses nothing that was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.summaries.types import SurveyProgress
from assistant.tui.display import counted
from assistant.types import Finished, Found, Paper, Reading, Searching, SentenceDone, Token

if TYPE_CHECKING:
    from assistant.sessions import Session
    from assistant.tui.conversation import Conversation
    from assistant.tui.engine import Engine
    from assistant.tui.exchange import Activity
    from assistant.tui.messages import RunFailed, RunProgressed
    from assistant.tui.status import StatusLine
    from assistant.tui.tasks import Task


class Asking:
    """The questions of one session: those that wait, and the one that is being answered."""

    def __init__(
        self,
        *,
        session: Session,
        engine: Engine,
        conversation: Conversation,
        status: StatusLine,
        answered: Callable[[int], None],
        rest: Callable[[], None],
    ) -> None:
        """Call ``answered`` with the number of each answer, ``rest`` when nothing is left."""
        self.session = session
        self._engine = engine
        self._conversation = conversation
        self._status = status
        self._answered = answered
        self._rest = rest
        self._numbers: dict[int, int] = {}
        """Number of the exchange of each run that waits or goes on."""

    @property
    def busy(self) -> bool:
        """Whether a question waits or is being answered."""
        return bool(self._numbers)

    async def use(self, session: Session) -> None:
        """Go on with another session; what is being answered in this one is stopped."""
        await self.stop_all()
        self.session = session
        await self._conversation.load(session.exchanges)

    async def ask(
        self, question: str, *, scope: Sequence[Paper] = (), task: Task | None = None
    ) -> None:
        """Ask a question, or for a task; it waits for those before it."""
        papers = tuple(paper.paper_id for paper in scope)
        number = len(self.session.exchanges)
        unsaved = self._keep(lambda: self.session.ask(question, scope=papers))
        run_id = self._engine.ask(question, papers=papers, task=task)
        self._numbers[run_id] = number
        await self._conversation.add(activity="waiting")
        self._warn(number, unsaved)
        await self.start_next()

    async def start_next(self) -> None:
        """Start the question that waits, if nothing is in its way."""
        run_id = self._engine.run_next(self.session.history)
        if run_id is not None and run_id in self._numbers:
            self._status.begin("Searching")
            await self._show(self._numbers[run_id], activity="running")

    async def progressed(self, message: RunProgressed) -> None:
        """Write down and show an event of a run that was not stopped."""
        number = self._numbers.get(message.run_id)
        if number is None:
            return
        match message.event:
            case Searching(query=query):
                self._keep_of(number, lambda: self.session.searched(number, query))
                await self._show(number, activity="running")
                self._announce(number, "Searching")
            case SentenceDone() as done:
                self._keep_of(number, lambda: self.session.sentence(number, done))
                await self._show(number, activity="running")
            case Finished(answer=answer):
                self._keep_of(number, lambda: self.session.finish(number, answer))
                await self._end(message.run_id)
                self._answered(number)
            case Reading() | SurveyProgress() as event:
                self._announce(number, phase_of(event))
            case Found() | Token() as event:
                self._write(number, event, tokens=message.tokens)

    def _write(self, number: int, event: Found | Token, *, tokens: int) -> None:
        """Show what the model is about to say, which nobody has proved."""
        view = self._conversation.view(number)
        if isinstance(event, Token):
            self._status.wrote(tokens)
            if view is not None:
                view.write(event.text)
        elif event.evidence:
            if view is not None:
                view.expect_papers(len({sentence.paper_id for sentence in event.evidence}))
            self._announce(number, "Writing")

    async def failed(self, message: RunFailed) -> None:
        """Show why there is no answer, and what to do; what stands of it is kept."""
        if message.run_id in self._numbers:
            await self._fail(message.run_id, message.error)

    async def ended(self, run_id: int) -> None:
        """Start the next question: the thread of this one is done."""
        self._engine.ended(run_id)
        if run_id in self._numbers:  # it was to end with what was done, and that is nothing
            await self._stop(run_id)
        await self.start_next()
        if not self.busy:
            self._rest()

    async def stop(self) -> bool:
        """Stop the answer that is being written, or else the question that came last.

        A survey or a comparison ends with what is done; the second time it is stopped at once.
        """
        run_id = self._engine.running
        if run_id not in self._numbers:
            run_id = next(reversed(self._numbers), None)
        if run_id is None:
            return False
        if self._engine.wind_up(run_id):
            self._announce(self._numbers[run_id], "Stopping")
        else:
            await self._stop(run_id)
        return True

    async def stop_all(self) -> None:
        """Stop the answer that is being written and every question that waits."""
        for run_id in list(self._numbers):
            await self._stop(run_id)

    async def fail_all(self, error: AssistantError) -> None:
        """Give up every question that waits, for the same reason."""
        for run_id in list(self._numbers):
            self._engine.stop(run_id)
            await self._fail(run_id, error)

    async def _fail(self, run_id: int, error: AssistantError) -> None:
        number = self._numbers[run_id]
        self._keep_of(number, lambda: self.session.fail(number, told(error)))
        await self._end(run_id)

    async def _stop(self, run_id: int) -> None:
        self._engine.stop(run_id)
        number = self._numbers[run_id]
        self._keep_of(number, lambda: self.session.stop(number))
        await self._end(run_id)

    async def _end(self, run_id: int) -> None:
        await self._show(self._numbers.pop(run_id))
        if not self.busy:
            self._rest()

    async def _show(self, number: int, *, activity: Activity = "") -> None:
        await self._conversation.show(number, activity=activity)

    def _announce(self, number: int, phase: str) -> None:
        self._status.phase(phase)
        view = self._conversation.view(number)
        if view is not None:
            view.announce(f"{phase}…")

    def _keep_of(self, number: int, write: Callable[[], object]) -> None:
        """Write something down about an exchange."""
        self._warn(number, self._keep(write))

    def _keep(self, write: Callable[[], object]) -> AssistantError | None:
        """Write something down; that it cannot be saved must not keep it from being shown."""
        try:
            write()
        except AssistantError as error:
            return error
        return None

    def _warn(self, number: int, error: AssistantError | None) -> None:
        """Say at an exchange that it could not be saved."""
        view = self._conversation.view(number)
        if error is not None and view is not None:
            view.warn(told(error))


def phase_of(event: Reading | SurveyProgress) -> str:
    """Return in words how far a run is."""
    if isinstance(event, SurveyProgress):
        if event.total is None:
            return f"Reading {counted(event.judged, 'paper')}"
        return f"Summing up {event.told:,} of {counted(event.total, 'paper')}"
    if event.sentences:
        return f"Reading {counted(event.sentences, 'sentence')}"
    return f"Reading {counted(event.papers, 'paper')}"


def told(error: AssistantError) -> str:
    """Return an error as it is kept and shown: what happened, and below it what to do."""
    return "\n".join(filter(None, [error.message, error.hint]))
