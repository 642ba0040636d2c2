"""The papers of the library at the side: search as you type, order, pins.

The pane asks for at most ``MAX_ROWS`` papers at a time, in a thread, so that a library of ten
thousand papers answers a key press as quickly as one of ten.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from assistant.errors import AssistantError
from assistant.tui.display import counted, lines, verbatim
from assistant.tui.fields import SearchField
from assistant.tui.hints import Hint, Hints
from assistant.tui.paper_list import Found, PaperList, read_rows
from assistant.tui.paper_row import PIN, PaperRow
from assistant.tui.source_pane import SourcePane
from assistant.types import Listing, Paper, PaperOrder

MAX_ROWS = 500
ORDERS: dict[PaperOrder, str] = {
    "title": "by title",
    "year": "by year",
    "author": "by author",
}

Browse = Callable[..., Listing]
"""``Library.browse``."""


class LibraryPane(Widget):
    """The sidebar with the papers of the library."""

    BINDING_GROUP_TITLE = "Library"
    HELP = "Search by title and author, open a paper, or pin some to ask about these alone."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pin", "Pin the paper, or take the pin off", show=False, id="pin"),
        Binding("a", "ask_about", "Ask about this paper", show=False, id="ask_about"),
        Binding("m", "summarize", "Summarize this paper", show=False, id="summarize"),
        Binding("c", "compare", "Compare the pinned papers", show=False, id="compare"),
        Binding("u", "clear_pins", "Take off all pins", show=False, id="clear_pins"),
        Binding("s", "sort", "Change the order", show=False, id="sort"),
        Binding("delete", "remove", "Remove the paper from the library", show=False, id="remove"),
        Binding("escape", "clear_search", "Clear the search", show=False, id="stop"),
    ]
    DEFAULT_CSS = """
    LibraryPane {
        layout: vertical;
        background: $surface;
        border-right: vkey $foreground 15%;
        padding: 0;
        &:focus-within { border-right: vkey $primary; }
        #library-heading { height: 1; padding: 0 1; }
        #library-count { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        #library-order { width: auto; color: $text-muted; pointer: pointer; }
        #library-order:hover { text-style: underline; }
        #library-search { margin: 0 0 1 0; }
        Hints { padding: 0 1; }
    }
    """

    class Opened(Message):
        """A paper is to be read."""

        def __init__(self, paper: Paper) -> None:
            super().__init__()
            self.paper = paper

    class Pinned(Message):
        """The reader changed which papers are pinned."""

        def __init__(self, papers: tuple[Paper, ...]) -> None:
            super().__init__()
            self.papers = papers

    class RemoveAsked(Message):
        """A paper is to be removed from the library."""

        def __init__(self, paper: Paper) -> None:
            super().__init__()
            self.paper = paper

    class ComparisonAsked(Message):
        """The pinned papers are to be compared."""

    class AddAsked(Message):
        """Papers are to be added."""

    pinned: reactive[tuple[Paper, ...]] = reactive(tuple[Paper, ...])
    """The papers that the next questions are limited to, in the order of pinning."""
    order: reactive[PaperOrder] = reactive[PaperOrder]("title")

    def __init__(self, *, browse: Browse | None, id: str | None = "library") -> None:  # noqa: A002
        super().__init__(id=id)
        self._browse = browse
        self._listing: Listing | None = None
        self._in_library: int | None = None
        self._has_cursor = False
        self._made: dict[tuple[str, bool], PaperRow] = {}
        self._rows: list[Paper | None] = []
        """The paper of each row of the list; None for a row of words."""

    def compose(self) -> ComposeResult:
        """Lay out heading, search, list and keys."""
        with Horizontal(id="library-heading"):
            yield Static(id="library-count")
            yield Static(ORDERS[self.order], id="library-order")
        yield SearchField("Search titles and authors", id="library-search")
        yield PaperList(id="library-papers", markup=False)
        yield Hints(
            self,
            Hint("pin", "pin"),
            Hint("ask_about", "ask"),
            Hint("summarize", "summarize"),
            Hint("compare", "compare"),
            Hint("sort", "order"),
            Hint("remove", "remove"),
            Hint("add", "Add papers", always=True),
        )

    def on_mount(self) -> None:
        """Show the first papers."""
        self.query_one(PaperList).tooltip = None
        self._draw()
        self.reload()

    def use(self, browse: Browse) -> None:
        """Show another library, or the one that has just been opened."""
        self._browse = browse
        self.reload()

    def reload(self) -> None:
        """Read the list again; the cursor stays on its paper if that is still there."""
        if self._browse is None or not self.children:
            return
        browse = partial(self._browse, self._text, order=self.order, limit=MAX_ROWS)
        pinned = {paper.paper_id for paper in self.pinned}
        width = self.query_one(PaperList).scrollable_content_region.width - 2
        read = partial(read_rows, browse, pinned=pinned, width=width)
        self.run_worker(read, group="browse", thread=True, exclusive=True, exit_on_error=False)

    @property
    def _text(self) -> str:
        return self.query_one(SearchField).value.strip()

    @property
    def highlighted(self) -> Paper | None:
        """The paper under the cursor."""
        row = self.query_one(PaperList).highlighted
        return self._rows[row] if row is not None and row < len(self._rows) else None

    # What arrives.

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what was found; a search that was overtaken is never shown."""
        if event.worker.group != "browse":
            return
        event.stop()
        if event.state is WorkerState.SUCCESS and isinstance(event.worker.result, Found):
            self._listing = event.worker.result.listing
            self._made = event.worker.result.rows
            if not self._text:
                self._in_library = self._listing.total
            self._draw()
        elif event.state is WorkerState.ERROR:
            self._draw_failure(event.worker.error)

    @on(SearchField.Searched)
    def _search(self, event: SearchField.Searched) -> None:
        event.stop()
        self.reload()

    @on(SearchField.Left)
    @on(SearchField.Submitted)
    def _enter_list(self, event: Message) -> None:
        event.stop()
        papers = self.query_one(PaperList)
        if papers.highlighted is None:
            papers.action_first()
        papers.focus()

    @on(PaperList.LeftUpwards)
    def _leave_list(self, event: Message) -> None:
        event.stop()
        self.query_one(SearchField).focus()

    @on(OptionList.OptionHighlighted)
    def _follow_cursor(self, event: Message) -> None:
        event.stop()
        if not self._has_cursor:
            self._has_cursor = True
            self.refresh_bindings()

    @on(OptionList.OptionSelected)
    def _open(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if (paper := self._rows[event.option_index]) is not None:
            self.post_message(self.Opened(paper))

    def on_click(self, event: events.Click) -> None:
        """Change the order where it is named."""
        if event.widget is not None and event.widget.id == "library-order":
            self.action_sort()

    def watch_pinned(self) -> None:
        """Mark the pinned papers, also when someone else pinned them."""
        if self.children:
            self._draw()

    def watch_order(self) -> None:
        """Name the order, and read the list in it."""
        if self.children:
            self.query_one("#library-order", Static).update(ORDERS[self.order])
            self.reload()

    # What can be done.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done now."""
        if not self.children:
            return True
        if action in ("pin", "ask_about", "summarize", "remove"):
            return self.highlighted is not None
        if action == "clear_pins":
            return bool(self.pinned)
        if action == "compare":
            return len(self.pinned) > 1
        if action == "clear_search":
            field = self.query_one(SearchField)
            return field.has_focus and bool(field.value)
        return True

    def action_pin(self) -> None:
        """Pin the paper under the cursor, or take its pin off."""
        if (paper := self.highlighted) is None:
            return
        kept = tuple(other for other in self.pinned if other.paper_id != paper.paper_id)
        self._pin(kept if len(kept) < len(self.pinned) else (*kept, paper))

    def action_clear_pins(self) -> None:
        """Take off all pins."""
        if self.pinned:
            self._pin(())

    def _pin(self, papers: tuple[Paper, ...]) -> None:
        self.pinned = papers
        self.refresh_bindings()
        self.post_message(self.Pinned(papers))

    def action_ask_about(self) -> None:
        """Ask about the paper under the cursor alone."""
        if (paper := self.highlighted) is not None:
            self.post_message(SourcePane.AskAbout(paper))

    def action_summarize(self) -> None:
        """Sum up the paper under the cursor."""
        if (paper := self.highlighted) is not None:
            self.post_message(SourcePane.SummaryAsked(paper))

    def action_compare(self) -> None:
        """Compare the pinned papers."""
        self.post_message(self.ComparisonAsked())

    def action_remove(self) -> None:
        """Ask that the paper under the cursor be removed."""
        if (paper := self.highlighted) is not None:
            self.post_message(self.RemoveAsked(paper))

    def action_add(self) -> None:
        """Ask that papers be added."""
        self.post_message(self.AddAsked())

    def action_sort(self) -> None:
        """Take the next order."""
        orders = list(ORDERS)
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]

    def action_clear_search(self) -> None:
        """Show all papers again."""
        self.query_one(SearchField).value = ""

    # What is shown.

    def _draw(self) -> None:
        """Fill the list from what was found last."""
        listing = self._listing
        if listing is None:
            self._count(Content("Library"))
            self._fill([], words=Content("Opening the library…"))
            return
        self._count(self._counted(listing))
        found = {paper.paper_id for paper in listing.papers}
        pinned_elsewhere = [paper for paper in self.pinned if paper.paper_id not in found]
        more = listing.total - len(listing.papers)
        words: Content | None = None
        if more > 0:
            words = Content(f"and {more:,} more: type to narrow")
        elif not listing.total:
            words = Content("No paper matches." if self._text else "No papers yet.")
        self._fill(listing.papers, above=pinned_elsewhere, words=words)

    def _counted(self, listing: Listing) -> Content:
        words = counted(listing.total, "paper")
        if self._text and self._in_library is not None:
            words = f"{listing.total:,} of {self._in_library:,}"
        count = Content.styled(words, "bold")
        if self.pinned:
            count += Content.styled(f"  {PIN}{len(self.pinned):,}", "$text-accent")
        return count

    def _count(self, words: Content) -> None:
        self.query_one("#library-count", Static).update(words)

    def _fill(
        self,
        papers: list[Paper] | tuple[Paper, ...],
        *,
        above: list[Paper] | tuple[Paper, ...] = (),
        words: Content | None = None,
    ) -> None:
        """Put rows into the list: ``above`` and a rule, the papers, and a row of words."""
        under_cursor = self.highlighted
        rows = self.query_one(PaperList)
        offset = rows.scroll_offset
        pinned = {paper.paper_id for paper in self.pinned}
        options: list[Option | None] = [Option(self._row(paper, pinned=True)) for paper in above]
        if above:
            options.append(None)
        options += [Option(self._row(p, pinned=p.paper_id in pinned)) for p in papers]
        if words is not None:
            options.append(Option(words, disabled=True))
        self._rows = [*above, *papers, *([None] if words is not None else [])]
        rows.set_options(options)
        if under_cursor is not None:
            ids = [paper.paper_id if paper else "" for paper in self._rows]
            if under_cursor.paper_id in ids:
                rows.scroll_to(y=offset.y, animate=False, immediate=True)
                rows.highlighted = ids.index(under_cursor.paper_id)
        self._has_cursor = rows.highlighted is not None
        self.refresh_bindings()

    def _row(self, paper: Paper, *, pinned: bool) -> PaperRow:
        row = self._made.get((paper.paper_id, pinned))
        if row is None:
            row = self._made[paper.paper_id, pinned] = PaperRow(paper, pinned=pinned)
        return row

    def _draw_failure(self, error: BaseException | None) -> None:
        """Say in the list why there is none."""
        message = error.message if isinstance(error, AssistantError) else str(error)
        words = verbatim(message or type(error).__name__, "$text-error")
        if isinstance(error, AssistantError) and error.hint:
            words = Content("\n").join([words, lines(error.hint)])
        self._listing = None
        self._count(Content("Library"))
        self._fill([], words=words)
