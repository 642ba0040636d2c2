"""The saved conversations: found as you type, resumed, renamed, removed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from assistant.errors import AssistantError
from assistant.sessions import SessionStore, SessionSummary
from assistant.tui.dialogs.confirm import ConfirmDialog
from assistant.tui.dialogs.dialog import Dialog, DialogList
from assistant.tui.dialogs.text import TextDialog
from assistant.tui.display import counted, shown_time, verbatim
from assistant.tui.fields import SearchField
from assistant.tui.hints import Hint

MAX_ROWS = 500


class SessionList(DialogList):
    """The rows of the conversations."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "screen.rename", "Rename the conversation", show=False, id="rename"),
        Binding("delete", "screen.remove", "Remove the conversation", show=False, id="remove"),
    ]
    DEFAULT_CSS = """
    SessionList, SessionList:focus { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    class LeftUpwards(Message):
        """The cursor was moved up from the first row."""

    def action_cursor_up(self) -> None:
        """Move up; from the first row to the search."""
        if not self.highlighted:
            self.post_message(self.LeftUpwards())
        else:
            super().action_cursor_up()


class SessionsDialog(Dialog[str | None]):
    """The conversations of ``store``; the id of the one to resume, or None.

    ``current`` is the one that is open: it can be renamed here and not removed.
    """

    TITLE_TEXT = "Conversations"
    DEFAULT_CSS = """
    SessionsDialog {
        & > .dialog { height: 100%; max-height: 30; }
        & SessionList { height: 1fr; margin: 1 0 0 0; }
        & #sessions-note { display: none; color: $text-error; }
        & #sessions-note.-shown { display: block; }
    }
    """

    def __init__(self, store: SessionStore, current: str) -> None:
        super().__init__()
        self._store = store
        self._current = current
        self._summaries: list[SessionSummary] = []

    def parts(self) -> Iterable[Widget]:
        """Return search, list and a line for what went wrong."""
        yield SearchField("Search titles, questions and answers", id="sessions-search")
        yield SessionList(id="sessions", markup=False)
        yield Static(id="sessions-note", classes="dialog--words")

    def hints(self) -> Iterable[Hint]:
        """Return the keys."""
        return (
            Hint("submit", "resume"),
            Hint("select", "resume"),
            Hint("rename", "Rename", always=True),
            Hint("remove", "Remove", always=True),
            Hint("close", "close"),
        )

    def on_mount(self) -> None:
        """List the conversations."""
        self.query_one(SearchField).focus()
        self._list()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to rename and remove where there is something to."""
        if action in ("rename", "remove"):
            return bool(self._summaries)
        return super().check_action(action, parameters)

    @property
    def highlighted(self) -> SessionSummary | None:
        """The conversation under the cursor."""
        row = self.query_one(SessionList).highlighted
        return self._summaries[row] if row is not None and row < len(self._summaries) else None

    def on_search_field_searched(self, event: SearchField.Searched) -> None:
        """List what matches."""
        event.stop()
        self._list()

    def on_search_field_left(self, event: SearchField.Left) -> None:
        """Go on to the list."""
        event.stop()
        self.query_one(SessionList).focus()

    def on_session_list_left_upwards(self, event: SessionList.LeftUpwards) -> None:
        """Go back to the search."""
        event.stop()
        self.query_one(SearchField).focus()

    def on_input_submitted(self, event: SearchField.Submitted) -> None:
        """Resume the conversation under the cursor."""
        event.stop()
        if (chosen := self.highlighted) is not None:
            self.dismiss(chosen.session_id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Resume a conversation."""
        event.stop()
        self.dismiss(self._summaries[event.option_index].session_id)

    @work(exclusive=True, group="list", exit_on_error=False)
    async def _list(self) -> None:
        """Read the conversations that match; the cursor stays on its one if that is among them."""
        text = self.query_one(SearchField).value.strip()
        try:
            found = await asyncio.to_thread(self._found, text)
        except AssistantError as error:
            self._note(str(error))
            return
        under_cursor = self.highlighted
        self._summaries = found[:MAX_ROWS]
        rows = self.query_one(SessionList)
        options = [Option(self._row(summary)) for summary in self._summaries]
        if not options:
            words = "No conversation matches." if text else "No conversations yet."
            options.append(Option(Content(words), disabled=True))
        elif len(found) > MAX_ROWS:
            words = f"and {len(found) - MAX_ROWS:,} more: type to narrow"
            options.append(Option(Content(words), disabled=True))
        rows.set_options(options)
        if self._summaries:
            ids = [summary.session_id for summary in self._summaries]
            known = under_cursor is not None and under_cursor.session_id in ids
            rows.highlighted = ids.index(under_cursor.session_id) if known and under_cursor else 0
        self.refresh_bindings()

    def _found(self, text: str) -> list[SessionSummary]:
        return self._store.search(text) if text else self._store.summaries()

    def _row(self, summary: SessionSummary) -> Content:
        current = summary.session_id == self._current
        about = f"{shown_time(summary.updated_at)} · {counted(summary.questions, 'question')}"
        return Content.assemble(
            ("● " if current else "  ", "$text-accent"),
            verbatim(summary.title, "bold"),
            (f"\n  {about}{' · open now' if current else ''}", "$text-muted"),
        )

    def _note(self, words: str) -> None:
        note = self.query_one("#sessions-note", Static)
        note.update(verbatim(words))
        note.set_class(bool(words), "-shown")

    @work(exclusive=True, group="change", exit_on_error=False)
    async def action_rename(self) -> None:
        """Ask for another title for the conversation under the cursor."""
        if (chosen := self.highlighted) is None:
            return
        title = await self.app.push_screen_wait(TextDialog("Rename", value=chosen.title))
        if title is None:
            return
        try:
            await asyncio.to_thread(lambda: self._store.load(chosen.session_id).rename(title))
        except AssistantError as error:
            self._note(str(error))
            return
        self._note("")
        self._list()

    @work(exclusive=True, group="change", exit_on_error=False)
    async def action_remove(self) -> None:
        """Remove the conversation under the cursor, after a question."""
        if (chosen := self.highlighted) is None:
            return
        if chosen.session_id == self._current:
            self._note("This conversation is open. Begin a new one, then remove it.")
            return
        asked = ConfirmDialog(
            "Remove this conversation?",
            detail=f"{chosen.title}\n{counted(chosen.questions, 'question')}. "
            "It cannot be brought back.",
        )
        if not await self.app.push_screen_wait(asked):
            return
        try:
            await asyncio.to_thread(self._store.delete, chosen.session_id)
        except AssistantError as error:
            self._note(str(error))
            return
        self._note("")
        self._list()
