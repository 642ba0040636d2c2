"""The one screen of the chat: where things stand, and who is told about what.

The widgets hold no logic and do not know each other. What a widget asks for is handled here, by
the engine (what takes time), the asking (questions), the panes or a dialog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from assistant.tui import messages
from assistant.tui.asking import Asking, told
from assistant.tui.conversation import Conversation
from assistant.tui.display import counted, lines, notify, verbatim
from assistant.tui.empty_state import EmptyState
from assistant.tui.engine import Engine
from assistant.tui.hints import active_keys
from assistant.tui.indexing_bar import IndexingBar
from assistant.tui.library_pane import LibraryPane
from assistant.tui.panes import BREAKPOINTS, Panes
from assistant.tui.prompt import Prompt
from assistant.tui.source_pane import SourcePane
from assistant.tui.status import StatusLine
from assistant.tui.summary_actions import SummaryActions
from assistant.types import AddReport, Citation, Hit, Paper

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.config import Settings
    from assistant.library import Library
    from assistant.sessions import Session, SessionStore


NEAR = "Near, but no answer."
"""Above a paper that is named where nothing was found: what is shown else is a proof."""
INDEX_NOTE_S = 15.0
"""How long it is told that the index is outdated: longer than Textual does, as it is long."""


class ChatScreen(SummaryActions):
    """Library at the left, conversation in the middle, source at the right."""

    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "Stop", show=False, id="stop"),
        Binding("ctrl+b", "toggle_library", "Library", show=False, id="library"),
        Binding("ctrl+g", "toggle_source", "Source", show=False, id="source"),
        Binding("ctrl+r", "sessions", "Conversations", show=False, id="sessions"),
        Binding("ctrl+n", "new_session", "New conversation", show=False, id="new_session"),
        Binding("ctrl+o", "add_files", "Add papers", show=False, id="add"),
        Binding("f2", "models", "Models", show=False, id="models"),
        # With priority the focus has moved before the next key is looked at, however soon it comes.
        Binding("tab", "app.focus_next", "Next part", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "Part before", show=False, priority=True),
    ]

    def __init__(
        self,
        open_library: Callable[..., Library],
        *,
        settings: Settings,
        store: SessionStore,
        session: Session,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.store = store
        self.last_report: AddReport | None = None
        self.engine = Engine(open_library, self.post_message)
        self.conversation = Conversation(id="conversation")
        self.empty_state = EmptyState(id="empty")
        self.indexing_bar = IndexingBar()
        self.prompt = Prompt(id="prompt")
        self.library_pane = LibraryPane(browse=None)
        self.source_pane = SourcePane()
        self.status = StatusLine(id="status")
        self.panes = Panes(
            library=self.library_pane,
            source=self.source_pane,
            prompt=self.prompt,
            library_wanted=settings.chat.show_library,
            source_wanted=settings.chat.show_source,
        )
        self.asking = Asking(
            session=session,
            engine=self.engine,
            conversation=self.conversation,
            status=self.status,
            answered=self.answered,
            rest=self.rest,
        )

    def compose(self) -> ComposeResult:
        """Lay out the screen; the status line is docked at its foot."""
        yield self.status
        yield self.library_pane
        with Vertical(id="main"):
            yield self.conversation
            yield self.empty_state
            yield self.indexing_bar
            yield self.prompt
        yield self.source_pane

    async def on_mount(self) -> None:
        """Show the session, and open the library once the first picture stands."""
        self.empty_state.display = False
        self.panes.resize(self.app.size.width)
        session = self.asking.session
        self.prompt.remember([exchange.question for exchange in session.exchanges])
        self.prompt.focus()
        await self.conversation.load(session.exchanges)
        self.open_library()

    def open_library(self) -> None:
        """Begin to open the library; what is asked meanwhile waits."""
        self.status.begin("Opening the library")
        self.call_after_refresh(self.engine.start)

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the panes for the new width."""
        self.panes.resize(event.size.width)

    @property
    def focus_chain(self) -> list[Widget]:
        """The order of tab: prompt, conversation, source, library."""
        order = (self.prompt, self.main_part, self.source_pane, self.library_pane)

        def place(widget: Widget) -> int:
            above = widget.ancestors_with_self
            return next((i for i, part in enumerate(order) if part in above), len(order))

        return sorted(super().focus_chain, key=place)

    @property
    def main_part(self) -> Widget:
        """The column in the middle."""
        return self.query_one("#main")

    def rest(self) -> None:
        """Show that nothing is going on: how many papers there are, and where help is."""
        library = self.engine.library
        if library is None:
            return
        keys = active_keys(self)
        shown = [
            verbatim(f"{keys[action][0]} {what}")
            for action, what in (("command_palette", "commands"), ("help", "help"))
            if action in keys
        ]
        self.status.idle(counted(library.count(), "paper"), hints=shown)

    # Questions.

    def answered(self, number: int) -> None:
        """Show the first proof of a new answer beside it, if the reader is not at another.

        Of what is not in the library there is none, but the nearest paper: that it does not say it
        can be read there.
        """
        reading = self.conversation.current is not None or self.source_pane.has_focus_within
        if reading or not self.source_pane.display or self.panes.narrow:
            return
        exchange = self.asking.session.exchanges[number]
        nearest = exchange.answer.nearest if exchange.answer is not None else ()
        if shown := exchange.citations or nearest:
            self.show_source(number, shown[0])
        else:
            self.source_pane.show_nothing()

    async def on_prompt_sent(self, message: Prompt.Sent) -> None:
        """Ask, or do the command; what is none goes back into the prompt."""
        if not await self.send(message.text):
            self.prompt.take_back(message.text)

    def make_room(self) -> None:
        """Show the conversation; a library that could not be opened is tried again."""
        if self._failed_to_open:
            self._failed_to_open = False
            self.open_library()
        self.panes.close_overlay()
        self.empty_state.display = False
        self.conversation.display = True

    _failed_to_open = False

    async def action_stop(self) -> None:
        """Close what lies on top, or else stop the answer, or else go to the prompt."""
        if self.panes.close_overlay() or await self.asking.stop():
            return
        self.prompt.focus()

    async def on_run_progressed(self, message: messages.RunProgressed) -> None:
        """Show how an answer comes along."""
        await self.asking.progressed(message)

    async def on_run_failed(self, message: messages.RunFailed) -> None:
        """Show why there is no answer."""
        await self.asking.failed(message)

    async def on_run_ended(self, message: messages.RunEnded) -> None:
        """Go on with the next question."""
        await self.asking.ended(message.run_id)

    # The library.

    def on_library_opening(self, message: messages.LibraryOpening) -> None:
        """Show how far it is."""
        self.status.phase(f"Opening the library: {message.done:,} of {message.total:,} passages")

    async def on_library_opened(self, message: messages.LibraryOpened) -> None:
        """Let the library be used, and answer what was asked meanwhile."""
        self.engine.opened(message.library)
        self.library_pane.use(self.engine.browse)
        self.status.model(self.engine.model_name)
        self._follow_library()
        self.rest()
        await self.asking.start_next()

    def on_index_outdated(self, message: messages.IndexOutdated) -> None:
        """Tell that the library could move to another embedder."""
        notify(self, message.note, timeout_s=INDEX_NOTE_S)

    async def on_library_failed(self, message: messages.LibraryFailed) -> None:
        """Say what is wrong; the next question tries again."""
        self._failed_to_open = True
        self.status.idle("The library is not open")
        self.conversation.welcome(lines(told(message.error)))
        self.library_pane.use(self.engine.browse)
        await self.asking.fail_all(message.error)

    def on_library_changed(self) -> None:
        """Show the papers that are there now."""
        self.library_pane.reload()
        self._follow_library()
        if not self.asking.busy:
            self.rest()

    def _follow_library(self) -> None:
        """Show the ways to begin in an empty library, and else what can be done."""
        library = self.engine.library
        count = 0 if library is None else library.count()
        empty = count == 0 and not self.asking.session.exchanges
        began = self.empty_state.display and not empty
        self.empty_state.display = empty
        self.conversation.display = not empty
        self.panes.clear(empty)
        if empty and not self.prompt.text:
            self.set_focus(next(iter(self.empty_state.query("Button")), self.prompt))
        elif began:
            self.prompt.focus()
        self.conversation.welcome(
            Content(
                f"Ask about your {counted(count, 'paper')}. Every sentence of an answer carries "
                "the number of the abstract that proves it; open it to read the proof. Type / for "
                "summaries, surveys and comparisons."
            )
        )

    # What the widgets ask for.

    def on_conversation_walked(self, message: Conversation.Walked) -> None:
        """Show the source of a citation: when it is opened, or is beside the conversation."""
        message.stop()
        if message.opened or (self.source_pane.display and not self.panes.narrow):
            self.show_source(message.number, message.target)
            if message.opened:
                self.panes.show_source()

    def show_source(self, number: int, target: Citation | Hit) -> None:
        """Put a paper into the source pane, with what an answer cites of it."""
        paper = self.engine.paper(target.paper_id)
        exchange = self.asking.session.exchanges[number]
        current = target if isinstance(target, Citation) else None
        if paper is None:
            # Removed since; what was cited is still known.
            quote = "" if current is None else current.quote
            paper = Paper(paper_id=target.paper_id, title=target.title, abstract=quote)
        note = NEAR if current is None else ""
        self.source_pane.show(paper, citations=exchange.citations, current=current, note=note)

    def on_library_pane_opened(self, message: LibraryPane.Opened) -> None:
        """Show a paper of the list."""
        message.stop()
        self.source_pane.show(message.paper)
        self.panes.show_source()

    def on_library_pane_pinned(self, message: LibraryPane.Pinned) -> None:
        """Limit the next questions to the pinned papers."""
        message.stop()
        self.prompt.scope = message.papers

    def on_library_pane_remove_asked(self, message: LibraryPane.RemoveAsked) -> None:
        """Remove a paper."""
        message.stop()
        self.ask_to_remove(message.paper)

    def on_source_pane_ask_about(self, message: SourcePane.AskAbout) -> None:
        """Ask about one paper alone."""
        message.stop()
        self.pin((message.paper,))
        self.panes.close_overlay()
        self.prompt.focus()

    async def on_source_pane_summary_asked(self, message: SourcePane.SummaryAsked) -> None:
        """Sum up a paper."""
        message.stop()
        await self.summarize(message.paper)

    async def on_library_pane_comparison_asked(self) -> None:
        """Compare the pinned papers."""
        await self.action_compare()

    def on_source_pane_quote_copied(self, message: SourcePane.QuoteCopied) -> None:
        """Copy what was chosen in the source."""
        message.stop()
        self.copy(message.text, "Link" if message.text.startswith("http") else "Quote")

    @on(LibraryPane.AddAsked)
    @on(EmptyState.AddAsked)
    def _add_files(self) -> None:
        self.action_add_files()

    def on_empty_state_sample_asked(self) -> None:
        """Load the sample."""
        self.action_add_sample()

    # Adding papers and switching models.

    def on_indexing_bar_stopped(self) -> None:
        """Stop the adding of papers."""
        self.engine.stop_adding()

    def on_indexing_bar_report_asked(self, message: IndexingBar.ReportAsked) -> None:
        """Show what was rejected."""
        self.show_report(message.report)

    def on_index_progressed(self, message: messages.IndexProgressed) -> None:
        """Show how far the adding is."""
        self.indexing_bar.progress(message.progress)

    def on_index_finished(self, message: messages.IndexFinished) -> None:
        """Show what was added."""
        self.last_report = message.report
        self.indexing_bar.finish(message.report)

    def on_index_failed(self, message: messages.IndexFailed) -> None:
        """Show why nothing more was added."""
        self.indexing_bar.fail(message.error.message, message.error.hint)

    async def on_model_changed(self, message: messages.ModelChanged) -> None:
        """Show which model writes from now on."""
        self.status.model(message.name)
        await self.asking.start_next()

    async def on_model_failed(self, message: messages.ModelFailed) -> None:
        """Say why the model cannot be used; the one before goes on."""
        self.complain(message.error)
        await self.asking.start_next()
