"""What the chat tells beside answers: summaries, surveys, comparisons, the overview."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, UsageError
from assistant.text.clean import readable
from assistant.tui import messages
from assistant.tui.actions import ChatActions
from assistant.tui.display import notify
from assistant.tui.slash import Typed, read_command
from assistant.tui.source_pane import SourcePane
from assistant.tui.tasks import Task
from assistant.types import Paper

if TYPE_CHECKING:
    from assistant.tui.dialogs.overview import OverviewDialog


class SummaryActions(ChatActions):
    """The actions of the screen that sum papers up; the same are typed as commands."""

    source_pane: SourcePane

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done now."""
        if action in {"survey", "overview"}:
            return self.engine.library is not None
        if action == "summarize":
            return self.paper_meant is not None
        if action == "compare":
            return len(self.prompt.scope) > 1
        return super().check_action(action, parameters)

    @property
    def paper_meant(self) -> Paper | None:
        """The paper that is open, or the only one that is pinned, or the highlighted one."""
        if self.source_pane.display and self.source_pane.paper is not None:
            return self.source_pane.paper
        if len(self.prompt.scope) == 1:
            return self.prompt.scope[0]
        return self.library_pane.highlighted if self.library_pane.display else None

    async def send(self, text: str) -> bool:
        """Do what was typed: a command, or else a question. Tell whether it was understood."""
        try:
            typed = read_command(text)
            if typed is not None:
                await self._do(typed)
                return True
        except AssistantError as error:
            notify(self, "\n".join(filter(None, [error.message, error.hint])), severity="warning")
            return False
        # A question that begins like a command keeps a blank in front, also when it is recalled.
        question = f" {text.strip()}" if text.lstrip().startswith("/") else text
        self.make_room()
        await self.asking.ask(question, scope=self.prompt.scope)
        return True

    def make_room(self) -> None:
        """Show the conversation, where something is about to be said."""
        raise NotImplementedError

    async def _do(self, typed: Typed) -> None:
        """Do a command. Raises UsageError if something is missing."""
        if typed.name == "overview":
            self.show_overview(typed.argument)
        elif typed.name == "survey":
            if not typed.argument:
                raise UsageError(
                    "What is the survey to be about?", hint="For example: /survey sparse attention"
                )
            await self._look_for(Task(kind="survey", about=(typed.argument,)))
        elif typed.name == "summarize":
            await self._summarize(typed.argument)
        else:
            await self._compare(typed.argument)

    async def _summarize(self, reference: str) -> None:
        if reference:
            await self._tell(Task(kind="summarize", about=(reference,)), reference)
        elif self.paper_meant is not None:
            await self.summarize(self.paper_meant)
        else:
            raise UsageError(
                "Which paper is to be summarized?",
                hint="Open one, or name it by its title or id: /summarize attention is all",
            )

    async def summarize(self, paper: Paper) -> None:
        """Sum up one paper."""
        await self._tell(Task(kind="summarize", about=(paper.paper_id,)), named([paper]))

    async def _compare(self, references: str) -> None:
        given = tuple(filter(None, (part.strip() for part in references.split(";"))))
        if len(given) == 1:
            await self._look_for(Task(kind="compare", about=given))
        elif given:
            await self._tell(Task(kind="compare", about=given), "; ".join(given))
        elif len(self.prompt.scope) > 1:
            pinned = self.prompt.scope
            ids = tuple(paper.paper_id for paper in pinned)
            await self._tell(Task(kind="compare", about=ids), named(pinned))
        else:
            raise UsageError(
                "Which papers are to be compared?",
                hint="Pin two or more in the library, or name them: /compare BERT; GPT-3",
            )

    async def _look_for(self, task: Task) -> None:
        """Tell what there is about a topic: in the pinned papers alone, if there are any."""
        await self._tell(task, task.about[0], scope=self.prompt.scope)

    async def _tell(self, task: Task, about: str, *, scope: Sequence[Paper] = ()) -> None:
        self.make_room()
        await self.asking.ask(f"/{task.kind} {about}", scope=scope, task=task)

    async def action_summarize(self) -> None:
        """Sum up the paper that is meant."""
        if (paper := self.paper_meant) is not None:
            await self.summarize(paper)

    async def action_compare(self) -> None:
        """Compare the pinned papers."""
        await self._compare("")

    def action_survey(self) -> None:
        """Begin a survey: its topic is to be typed."""
        self.prompt.begin("/survey ")
        self.prompt.focus()

    def action_overview(self) -> None:
        """Show what is in the library."""
        self.show_overview("")

    def show_overview(self, limit: str) -> None:
        """Show what is in the library, of the papers that pass a filter; it is read meanwhile.

        Once nobody waits for it any more it is stopped.
        """
        from assistant.tui.dialogs.overview import OverviewDialog

        self.engine.overview(limit)
        self.app.push_screen(OverviewDialog(limit), lambda _: self.engine.stop_overview())

    def on_overview_progressed(self, message: messages.OverviewProgressed) -> None:
        """Show how far the overview is."""
        if (dialog := self._waiting(message.limit)) is not None:
            dialog.progress(message.step, done=message.done, total=message.total)

    def on_overview_made(self, message: messages.OverviewMade) -> None:
        """Show the overview, unless nobody waits for it any more."""
        if (dialog := self._waiting(message.limit)) is not None:
            dialog.show(message.overview)

    def on_overview_failed(self, message: messages.OverviewFailed) -> None:
        """Say why there is no overview."""
        if (dialog := self._waiting(message.limit)) is not None:
            dialog.fail(message.error)

    def _waiting(self, limit: str) -> OverviewDialog | None:
        """Return the dialog that waits for the overview of these papers."""
        from assistant.tui.dialogs.overview import OverviewDialog

        open_now = (one for one in self.app.screen_stack if isinstance(one, OverviewDialog))
        return next((one for one in open_now if one.limit == limit), None)


def named(papers: Sequence[Paper]) -> str:
    """Return papers as one would name them in a command."""
    return "; ".join(readable(paper.title) or paper.paper_id for paper in papers)
