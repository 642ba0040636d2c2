"""One exchange of the conversation: a question, and everything that came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from assistant.sessions import Exchange
from assistant.tui.answer import (
    AnswerView,
    answer_markdown,
    cited_number,
    nearest_position,
    not_found_markdown,
)
from assistant.tui.display import counted, lines, verbatim
from assistant.types import Answer, Citation, Hit

Activity = Literal["", "waiting", "running"]
"""What goes on with an exchange just now."""

MAX_SHOWN_CHARS = 10_000
"""Of a question; the library reads no more of it either."""

DRAFT_INTERVAL_S = 0.04
"""Pieces of a draft are gathered this long: the eye sees no difference, and the screen rests."""

_WAITING = "Waits for the answer before."
_STOPPED = "Stopped."
_UNFINISHED = "Not finished: the program ended before the answer did."
_NOT_FOUND = "Not in your library"


class ExchangeView(Vertical):
    """A question and its answer. It shows a record, and what is being written meanwhile."""

    DEFAULT_CSS = """
    ExchangeView {
        height: auto;
        max-width: 110;
        margin: 1 0 0 0;
        & > .question {
            border-left: outer $accent;
            padding: 0 0 0 1;
            margin: 0 0 1 0;
            text-style: bold;
        }
        & > .note, & > .draft, & > .usage { padding-left: 2; color: $text-muted; }
        & > .note { margin: 0 0 1 0; }
        & > .draft { text-style: dim italic; }
        & > .headline { padding-left: 2; text-style: bold; color: $text-warning; }
        & > AnswerView { padding-left: 2; }
        & > .outcome, & > .warning { padding-left: 2; }
        & > .warning { color: $text-warning; }
        & > .outcome.-failed { border-left: outer $error; padding-left: 1; }
        & > .usage { margin: 1 0 0 0; }
    }
    """

    def __init__(self, number: int, exchange: Exchange, *, activity: Activity = "") -> None:
        super().__init__()
        self.number = number
        self.exchange = exchange
        self._activity = activity
        self._listed = False
        self._draft = ""
        self._drawing: Timer | None = None
        self._parts = {
            name: Static(classes=name, markup=False)
            for name in ("question", "note", "draft", "headline", "outcome", "usage", "warning")
        }
        self._parts["warning"].display = False
        self.answer = AnswerView(self._markdown())
        self._fill()

    def compose(self) -> ComposeResult:
        """Lay the parts out from top to bottom; those without text take no room."""
        parts = self._parts
        yield from (parts["question"], parts["note"], parts["headline"], self.answer)
        yield from (parts["draft"], parts["outcome"], parts["usage"], parts["warning"])

    async def show(self, exchange: Exchange, *, activity: Activity = "") -> None:
        """Show what stands now; the draft is gone."""
        self.exchange = exchange
        self._activity = activity
        self._draft = ""
        self._fill()
        await self.answer.show(self._markdown())

    def announce(self, phase: str) -> None:
        """Say in the place of the draft what is going on."""
        if not self._draft:
            self._put("draft", Content(phase))

    def write(self, piece: str) -> None:
        """Add to the draft, which is not proved and does not look like an answer."""
        self._draft += piece
        if self._drawing is None and self.is_mounted:
            self._drawing = self.set_timer(DRAFT_INTERVAL_S, self._draw_draft)

    def _draw_draft(self) -> None:
        self._drawing = None
        self._put("draft", verbatim(self._draft))

    def warn(self, words: str) -> None:
        """Say below the answer what went wrong beside it."""
        self._put("warning", lines(words))

    def expect_papers(self, count: int) -> None:
        """Know how many papers will answer: several are listed."""
        self._listed = count > 1

    @property
    def links(self) -> list[Citation | Hit]:
        """What the links of the answer lead to, in reading order."""
        citations = {citation.number: citation for citation in self.exchange_citations}
        found: list[Citation | Hit] = []
        for _, _, target in self.answer.links:
            number, position = cited_number(target), nearest_position(target)
            if number is not None:
                found.append(citations[number])
            elif position is not None and self.exchange.answer is not None:
                found.append(self.exchange.answer.nearest[position])
        return found

    @property
    def exchange_citations(self) -> Sequence[Citation]:
        """The citations of the answer, or of what stands of it."""
        answer = self.exchange.answer
        return self.exchange.citations if answer is None else answer.citations

    def _fill(self) -> None:
        exchange = self.exchange
        self._put("question", lines(exchange.question[:MAX_SHOWN_CHARS]))
        self._put("note", Content("\n").join(self._notes()))
        self._put("draft", Content(self._draft))
        refused = exchange.answer is not None and not exchange.answer.found
        self._put("headline", Content(_NOT_FOUND if refused else ""))
        self.answer.set_class(refused, "-refused")
        self._put("outcome", self._outcome())
        self._parts["outcome"].set_class(exchange.outcome == "failed", "-failed")
        self._put("usage", Content("" if exchange.answer is None else usage(exchange.answer)))

    def _put(self, name: str, content: Content) -> None:
        part = self._parts[name]
        part.update(content)
        part.display = bool(content.plain)

    def _notes(self) -> list[Content]:
        """Return how the question was understood."""
        exchange = self.exchange
        notes = []
        if query := exchange.searched_as:
            notes.append(Content("searched as: ") + verbatim(query[:MAX_SHOWN_CHARS]))
        if exchange.scope:
            notes.append(Content(f"in {counted(len(exchange.scope), 'pinned paper')}"))
        return notes

    def _outcome(self) -> Content:
        match self.exchange.outcome:
            case "stopped":
                return Content(_STOPPED)
            case "failed":
                return lines(self.exchange.error)
            case "open" if self._activity == "waiting":
                return Content(_WAITING)
            case "open" if not self._activity:
                return Content(_UNFINISHED)
        return Content("")

    def _markdown(self) -> str:
        answer = self.exchange.answer
        if answer is not None and not answer.found:
            return not_found_markdown(answer.text, answer.nearest)
        citations = {citation.number: citation for citation in self.exchange_citations}
        papers = {citation.paper_id for citation in citations.values()}
        return answer_markdown(
            self.exchange.sentences if answer is None else answer.sentences,
            citations,
            listed=self._listed or len(papers) > 1,
        )


def usage(answer: Answer) -> str:
    """Return the line below an answer: what was read and written for it, and how long it took."""
    used = answer.usage
    figures = []
    if used.papers_read:
        read = [counted(used.papers_read, "paper")]
        if used.sentences_read:
            read.append(counted(used.sentences_read, "sentence"))
        figures.append(f"{', '.join(read)} read")
    if used.tokens_written:
        figures.append(f"{counted(used.tokens_written, 'token')} written")
    if answer.timings.total_s is not None:
        figures.append(f"{answer.timings.total_s:.1f} s")
    return " · ".join(figures)
