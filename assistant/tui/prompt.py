"""The text field in which questions are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from assistant.tui.display import brief, counted, lines, notify, shown
from assistant.tui.slash import completion, hint
from assistant.types import Paper

MAX_ROWS = 10
MAX_PASTE_CHARS = 20_000
"""More than any question may have; a whole book would keep the field busy."""
_PLACEHOLDER = "Ask your papers, or type / for commands"


class Prompt(TextArea):
    """A field that grows with its text, sends on Enter and remembers what was sent."""

    HELP_TITLE = "Prompt"
    HELP = (
        "Write a question and send it. At the edges of the text, up and down walk earlier ones. "
        "A text that begins with / is a command; tab completes it."
    )

    DEFAULT_CSS = f"""
    Prompt {{
        height: auto;
        max-height: {MAX_ROWS + 2};
        padding: 0 1;
        border: round $foreground 30%;
        background: transparent;
        border-title-color: $text-accent;
        border-subtitle-color: $text-muted;
        scrollbar-size-vertical: 1;
        &:focus {{ border: round $accent; }}
        & .text-area--cursor-line {{ background: transparent; }}
    }}
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", id="send"),
        Binding("shift+enter,ctrl+j", "newline", "New line", id="newline"),
        Binding("tab", "complete", "Complete the command", show=False, priority=True),
    ]

    class Sent(Message):
        """A question was sent."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(
            id=id,
            placeholder=_PLACEHOLDER,
            show_line_numbers=False,
            highlight_cursor_line=False,
        )
        self._sent: list[str] = []
        self._position = 0
        self._unsent = ""
        self._scope: tuple[Paper, ...] = ()

    def remember(self, questions: Sequence[str]) -> None:
        """Take these as what was sent before, oldest first."""
        self._sent = [lines(question).plain for question in questions]
        self._position = len(self._sent)

    @property
    def scope(self) -> tuple[Paper, ...]:
        """The papers that the next question is limited to."""
        return self._scope

    @scope.setter
    def scope(self, papers: tuple[Paper, ...]) -> None:
        self._scope = papers
        self._show_scope()

    def on_resize(self) -> None:
        """Cut what stands in the border to the new width."""
        self._show_scope()
        self._show_hint()

    def begin(self, words: str) -> None:
        """Begin with these words; what is written already follows them."""
        rest = self.text.strip()
        self.text = words + ("" if rest.startswith("/") else rest)
        self.move_cursor(self.document.end)

    def take_back(self, text: str) -> None:
        """Let a text that was sent be written anew, unless the next one was begun."""
        if not self.text:
            self.text = text
            self.move_cursor(self.document.end)

    @property
    def completes(self) -> bool:
        """Whether there is something to complete."""
        return bool(self.suggestion)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done now."""
        return action != "complete" or self.completes

    def action_complete(self) -> None:
        """Write the rest of the command."""
        self.insert(self.suggestion)

    def update_suggestion(self) -> None:
        """Show behind the cursor what is missing of a command."""
        at_end = self.selection.is_empty and self.cursor_location == self.document.end
        self.suggestion = completion(self.text) if at_end else ""
        self._show_hint()

    def _show_hint(self) -> None:
        """Write into the border what the command takes that is being typed."""
        words = Content(hint(self.text))
        self.border_subtitle = brief(words, cells=self.size.width - 4) if words else ""

    def _show_scope(self) -> None:
        """Write into the border which papers the question is limited to."""
        if not self._scope:
            self.border_title = ""
            return
        titles = Content("; ").join(shown(paper.title) for paper in self._scope)
        where = "in " if len(self._scope) == 1 else f"in {counted(len(self._scope), 'paper')}: "
        self.border_title = brief(Content(where) + titles, cells=self.size.width - 4)

    def action_send(self) -> None:
        """Send the question, unless there is none."""
        text = self.text.strip()
        if not text:
            return
        if text.startswith("/") and not self.text.startswith("/"):
            text = f" {text}"  # no command
        if not self._sent or self._sent[-1] != text:
            self._sent.append(text)
        self._position = len(self._sent)
        self._unsent = ""
        self.text = ""
        self.post_message(self.Sent(text))

    def action_newline(self) -> None:
        """Break the line."""
        self.replace("\n", *self.selection, maintain_selection_offset=False)

    def action_cursor_up(self, select: bool = False) -> None:
        """Go a row up, or from the first row to the question before."""
        if not select and self._row == 0 and self._position > 0:
            if self._position == len(self._sent):
                self._unsent = self.text
            self._recall(self._position - 1)
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go a row down, or from the last row to the question after."""
        last = self.wrapped_document.height - 1
        if not select and self._row >= last and self._position < len(self._sent):
            self._recall(self._position + 1)
        else:
            super().action_cursor_down(select)

    @property
    def _row(self) -> int:
        """Row of the cursor among the rows as they are wrapped, from 0."""
        return self.wrapped_document.location_to_offset(self.cursor_location).y

    def _recall(self, position: int) -> None:
        self._position = position
        self.text = self._unsent if position == len(self._sent) else self._sent[position]
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        """Send or break the line here and now, between the letters before and after.

        Textual would run a binding when the key has travelled up to the app, which is before
        (with priority) or after what was typed around it has arrived in the field.
        """
        if not event.is_printable:
            bound = self.screen.active_bindings.get(event.key)
            if bound is not None and bound.node is self:
                actions = {"send": self.action_send, "newline": self.action_newline}
                action = actions.get(bound.binding.action)
                if action is not None:
                    event.stop()
                    event.prevent_default()
                    action()

    async def _on_paste(self, event: events.Paste) -> None:
        """Take in what was pasted, without the characters that could steer the terminal."""
        event.prevent_default()
        event.stop()
        text = lines(event.text[:MAX_PASTE_CHARS]).plain
        if len(event.text) > MAX_PASTE_CHARS:
            notify(self, f"Of what was pasted the first {MAX_PASTE_CHARS:,} characters are here.")
        if text and not self.read_only:
            result = self._replace_via_keyboard(text, *self.selection)
            if result is not None:
                self.move_cursor(result.end_location)
