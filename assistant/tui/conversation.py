"""The conversation: its exchanges from top to bottom, of which only some are mounted.

Thousands of widgets would make every key press slow, so a window of the exchanges is mounted and
moves with the reader. What he reads never moves: exchanges that come or go above are made up for
by scrolling, and the end is followed only as long as he is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scrollbar import ScrollBar
from textual.widget import Widget
from textual.widgets import Static

from assistant.sessions import Exchange
from assistant.tui.answer import AnswerView
from assistant.tui.display import counted
from assistant.tui.exchange import Activity, ExchangeView
from assistant.types import Citation, Hit

if TYPE_CHECKING:
    from textual.layout import DockArrangeResult

WINDOW = 40
"""Most exchanges that are mounted at once."""
STEP = 12
"""Exchanges that are mounted when the reader comes near the edge of the window."""

_EDGE_ROWS = 4


class Conversation(VerticalScroll, can_focus=True, can_focus_children=False):
    """The exchanges of a session; n and p walk the citations of the answers."""

    HELP_TITLE = "Conversation"
    HELP = (
        "Walk the citations of the answers, open their sources and copy from them. Text in "
        "quotation marks is the paper's; a sentence with ✓ is the model's, and proved."
    )

    DEFAULT_CSS = """
    Conversation {
        padding: 0 1 0 0;
        border-left: blank;
        &:focus { border-left: vkey $primary; }
        scrollbar-size-vertical: 1;
        & > .earlier { color: $text-muted; text-align: center; margin: 1 0 0 0; }
        & > .welcome { color: $text-muted; padding: 1 2 0 2; }
        & > .filler { height: 1fr; min-height: 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next_citation", "Next citation", id="next_citation"),
        Binding("p", "previous_citation", "Previous citation", id="previous_citation"),
        Binding("enter", "open_source", "Open source", id="open_source"),
        Binding("y", "screen.copy_quote", "Copy quote", id="copy_quote"),
        Binding("c", "screen.copy_answer_text", "Copy answer", id="copy_answer"),
        Binding("end", "follow", "Go to the end", id="follow"),
    ]

    class Walked(Message):
        """Another citation is the current one; with ``opened`` its source is to be shown."""

        def __init__(self, number: int, target: Citation | Hit, *, opened: bool) -> None:
            super().__init__()
            self.number = number
            self.target = target
            self.opened = opened

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._exchanges: Sequence[Exchange] = ()
        self._activities: dict[int, Activity] = {}
        self._first = 0
        self._views: list[ExchangeView] = []
        self._cursor: ExchangeView | None = None
        self._changing = asyncio.Lock()
        self._held: ExchangeView | None = None
        self._held_row = 0
        self._arranged: DockArrangeResult | None = None
        self._earlier = Static(classes="earlier", markup=False)
        self._welcome = Static(classes="welcome", markup=False)
        self._filler = Static(classes="filler")

    def compose(self) -> ComposeResult:
        """Lay out what stands around the exchanges; the filler keeps a few of them at the top."""
        yield from (self._earlier, self._welcome, self._filler)

    def on_mount(self) -> None:
        """Follow the end until the reader scrolls."""
        self._earlier.display = False
        self.anchor()

    def welcome(self, words: Content) -> None:
        """Show these words as long as there is no exchange."""
        self._welcome.update(words)
        self._welcome.display = not self._exchanges

    async def load(self, exchanges: Sequence[Exchange]) -> None:
        """Show a session from its end; ``exchanges`` is read again when it grows."""
        self._exchanges = exchanges
        self._activities = {}
        self._cursor = None
        self._welcome.display = not exchanges
        await self._show_end()

    async def add(self, *, activity: Activity) -> None:
        """Show the exchange that was added last, and follow it."""
        number = len(self._exchanges) - 1
        self._activities[number] = activity
        self._welcome.display = False
        if self._last < number:
            await self._show_end()
            return
        async with self._changing:
            view = self._view(number)
            self._views.append(view)
            await self.mount(view, before=self._filler)
            self.follow()
            gone = self._views[:-WINDOW]
            self._first += len(gone)
            self._views = self._views[-WINDOW:]
            await self.remove_children(gone)
            self._tell_earlier()

    async def show(self, number: int, *, activity: Activity = "") -> None:
        """Show what the session holds of an exchange now."""
        self._activities[number] = activity
        async with self._changing:  # not while the view is being mounted
            view = self.view(number)
            if view is not None:
                await view.show(self._exchanges[number], activity=activity)

    def view(self, number: int) -> ExchangeView | None:
        """Return the widget of an exchange, if it is mounted."""
        position = number - self._first
        return self._views[position] if 0 <= position < len(self._views) else None

    @property
    def current(self) -> tuple[int, Citation | Hit] | None:
        """The exchange and the target of the citation that is lit."""
        if self._cursor is None or self._cursor.answer.current is None:
            return None
        return self._cursor.number, self._cursor.links[self._cursor.answer.current]

    def follow(self) -> None:
        """Go to the end, and stay there while it grows."""
        self.scroll_end(animate=False)

    async def action_follow(self) -> None:
        """Go to the end of the conversation, and stay there while it grows."""
        if self._last < len(self._exchanges):
            await self._show_end()
        else:
            self.follow()

    async def action_next_citation(self) -> None:
        """Go to the next citation: of this answer, or of one further down."""
        await self._walk(1)

    async def action_previous_citation(self) -> None:
        """Go to the citation before: of this answer, or of one further up."""
        await self._walk(-1)

    def action_open_source(self) -> None:
        """Open the source of the current citation."""
        current = self.current
        if current is not None:
            number, target = current
            self.post_message(self.Walked(number, target, opened=True))

    def on_answer_view_link_opened(self, event: AnswerView.LinkOpened) -> None:
        """Open the source of the mark that was clicked."""
        event.stop()
        view = next((view for view in self._views if view.answer is event.view), None)
        if view is not None:
            self._light(view, event.position)
            self.action_open_source()

    @property
    def _last(self) -> int:
        """Number of the first exchange below the window."""
        return self._first + len(self._views)

    def _view(self, number: int) -> ExchangeView:
        activity = self._activities.get(number, "")
        return ExchangeView(number, self._exchanges[number], activity=activity)

    async def _walk(self, step: int) -> None:
        """Light the next link in a direction; without a current one begin in the last answer."""
        view = self._cursor
        if view is None or view not in self._views or view.answer.current is None:
            view = next((view for view in reversed(self._views) if view.links), None)
            if view is not None:
                self._select(view, 0 if step > 0 else len(view.links) - 1)
            return
        position = view.answer.current + step
        if 0 <= position < len(view.links):
            self._select(view, position)
            return
        if step < 0 and self._first and not self._linked_before(view):
            await self._mount_before()
        elif step > 0 and self._last < len(self._exchanges) and not self._linked_after(view):
            await self._mount_after()
        others = self._linked_after(view) if step > 0 else self._linked_before(view)
        if others:
            self._select(others[0], 0 if step > 0 else len(others[0].links) - 1)

    def _linked_after(self, view: ExchangeView) -> list[ExchangeView]:
        """Return the views with links below a view, nearest first."""
        return [other for other in self._views if other.number > view.number and other.links]

    def _linked_before(self, view: ExchangeView) -> list[ExchangeView]:
        """Return the views with links above a view, nearest first."""
        return [
            other for other in reversed(self._views) if other.number < view.number and other.links
        ]

    def _select(self, view: ExchangeView, position: int) -> None:
        self._light(view, position)
        block = view.answer.links[position][0]
        self.scroll_to_widget(block, animate=False)
        self.post_message(self.Walked(view.number, view.links[position], opened=False))

    def _light(self, view: ExchangeView, position: int) -> None:
        if self._cursor is not None and self._cursor is not view:
            self._cursor.answer.current = None
        self._cursor = view
        view.answer.current = position

    async def _show_end(self) -> None:
        """Mount the last exchanges in place of all others, and follow them."""
        async with self._changing:
            first = max(0, len(self._exchanges) - STEP)
            views = [self._view(number) for number in range(first, len(self._exchanges))]
            await self._replace(views, before=self._filler)
        self.follow()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Move the window when the reader comes near one of its edges."""
        super().watch_scroll_y(old_value, new_value)
        self._take_hold()
        more = self._first > 0 if new_value < old_value else self._last < len(self._exchanges)
        if more and not self._changing.locked():
            self.call_next(self._come_near)

    async def _come_near(self) -> None:
        """Move the window if the reader is still near an edge of it."""
        if self.scroll_y <= _EDGE_ROWS:
            await self._mount_before()
        elif self.scroll_y >= self.max_scroll_y - _EDGE_ROWS:
            await self._mount_after()

    async def _mount_before(self) -> None:
        """Mount exchanges above the window, and take away as many below it."""
        async with self._changing:
            first = max(0, self._first - STEP)
            fresh = [self._view(number) for number in range(first, self._first)]
            if fresh:
                await self._replace((fresh + self._views)[:WINDOW], before=self._views[0])

    async def _mount_after(self) -> None:
        """Mount exchanges below the window, and take away as many above it."""
        async with self._changing:
            last = min(len(self._exchanges), self._last + STEP)
            fresh = [self._view(number) for number in range(self._last, last)]
            if fresh:
                # The end of the window is not the end of the conversation, and not followed.
                self.release_anchor()
                await self._replace((self._views + fresh)[-WINDOW:], before=self._filler)

    async def _replace(self, views: list[ExchangeView], *, before: Widget) -> None:
        """Mount those of ``views`` that are not mounted yet, and take away all others."""
        fresh = [view for view in views if not view.is_attached]
        gone = [view for view in self._views if view not in views]
        self._views = views
        self._first = views[0].number if views else 0
        with self.app.batch_update():
            await self.mount_all(fresh, before=before)
            await self.remove_children(gone)
            self._tell_earlier()

    def arrange(self, size: Size, optimal: bool = False) -> DockArrangeResult:
        """Lay the exchanges out, and scroll in the same breath so that what is read stays put.

        This is where Textual itself scrolls a widget that follows its end: later would be seen.
        """
        arranged = super().arrange(size, optimal)
        if not optimal and arranged is not self._arranged:
            self._arranged = arranged
            self._hold()
        return arranged

    def _hold(self) -> None:
        row = self._row_of(self._held)
        if row is None or self.following:
            return
        moved = row - self._held_row
        self._held_row = row
        if moved:
            rows = max(0, self.scroll_y + moved)
            self.set_reactive(Widget.scroll_y, rows)
            self.set_reactive(Widget.scroll_target_y, rows)
            self.vertical_scrollbar.set_reactive(ScrollBar.position, rows)

    def _take_hold(self) -> None:
        """Hold on to the exchange at the top of what is seen."""
        for view in self._views:
            row = self._row_of(view)
            if row is not None and row + view.outer_size.height > self.scroll_y:
                self._held, self._held_row = view, row
                return

    def _row_of(self, view: ExchangeView | None) -> int | None:
        """Return the first row of an exchange as it was laid out last."""
        if self._arranged is None or view is None:
            return None
        places = (place for place in self._arranged.placements if place.widget is view)
        return next((place.region.y for place in places), None)

    @property
    def following(self) -> bool:
        """Whether the end stays in view while it grows."""
        return self.is_anchored and not self._anchor_released

    def scroll_to(self, *args: Any, **options: Any) -> None:
        """Scroll at once: an animation would go on to where things were before they moved."""
        super().scroll_to(*args, **{**options, "animate": False})

    def _tell_earlier(self) -> None:
        self._earlier.update(Content(f"{counted(self._first, 'earlier question')} above"))
        self._earlier.display = self._first > 0
