"""The cited paper at the side, with the sentence that proves lit in its abstract.

What is lit can be seen without colours: the sentence in question is bold (and in reverse where
there are no colours), the other cited ones are underlined, and each carries its ``[n]``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region, Spacing
from textual.message import Message
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from assistant.tui.display import names, shown, verbatim
from assistant.tui.hints import Hint, Hints
from assistant.types import Citation, Paper

MAX_AUTHORS = 8
"""Authors named before "and 12 more"."""
_WEB_ADDRESS = re.compile(r"https?://[!-~]{1,2000}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lit:
    """A cited sentence, ``abstract[start:end]``."""

    start: int
    end: int
    numbers: tuple[int, ...]
    current: bool


def lit_sentences(
    paper: Paper, citations: Sequence[Citation], current: Citation | None
) -> list[Lit]:
    """Return the sentences of ``paper`` that are cited, in their order, none over another.

    An abstract may have changed since it was cited: a quote that is not where it was is looked
    for, and left out where it is gone.
    """
    found: dict[tuple[int, int], Lit] = {}
    for citation in ([current] if current else []) + list(citations):
        if citation.paper_id != paper.paper_id or not citation.quote.strip():
            continue
        start = citation.start
        if not paper.abstract.startswith(citation.quote, start) or start < 0:
            start = paper.abstract.find(citation.quote)
        if start < 0:
            continue
        span = (start, start + len(citation.quote))
        known = found.get(span)
        numbers = (known.numbers if known else ()) + (citation.number,)
        found[span] = Lit(
            *span,
            numbers=tuple(dict.fromkeys(numbers)),
            current=citation is current or (known is not None and known.current),
        )
    # The first is the current one: where two overlap it is the one that stays.
    apart: list[Lit] = []
    for lit in found.values():
        if all(lit.end <= other.start or other.end <= lit.start for other in apart):
            apart.append(lit)
    return sorted(apart, key=lambda lit: lit.start)


def lit_abstract(
    abstract: str, sentences: Sequence[Lit], *, colours: bool = True
) -> tuple[Content, tuple[int, int] | None]:
    """Return the abstract as it is shown, and where in it the current sentence stands.

    The pieces are mended one by one, because mending changes their lengths.
    """
    whole = Content("")
    place: tuple[int, int] | None = None
    at = 0
    for lit in sentences:
        whole = _joined(whole, shown(abstract[at : lit.start]), abstract, at)
        style = "underline"
        if lit.current:
            style = "bold $text on $warning-muted" if colours else "bold reverse"
        marks = "".join(f"[{number}]" for number in lit.numbers)
        sentence = shown(abstract[lit.start : lit.end], style)
        sentence += Content.assemble(" ", (marks, "bold $text-accent"))
        start = len(_joined(whole, Content("x"), abstract, lit.start)) - 1
        whole = _joined(whole, sentence, abstract, lit.start)
        if lit.current:
            place = (start, len(whole))
        at = lit.end
    return _joined(whole, shown(abstract[at:]), abstract, at), place


def _joined(before: Content, after: Content, abstract: str, at: int) -> Content:
    """Join two pieces; a blank goes between them where the abstract has one at ``at``."""
    if not before or not after:
        return before + after
    blank = abstract[at - 1 : at].isspace() or abstract[at : at + 1].isspace()
    # A mark stands between a sentence and what follows, also where nothing parted the two.
    return before + (" " if blank or before.plain.endswith("]") else "") + after


def web_address(paper: Paper) -> str:
    """Return where the paper is on the web, fit to be a link; "" if that is not known."""
    if paper.doi:
        return "https://doi.org/" + quote(paper.doi, safe="/:;().-_<>")
    if paper.arxiv_id:
        return "https://arxiv.org/abs/" + quote(paper.arxiv_id, safe="/.-")
    if paper.pmid:
        return "https://pubmed.ncbi.nlm.nih.gov/" + quote(paper.pmid, safe="")
    return paper.url if _WEB_ADDRESS.fullmatch(paper.url) else ""


class SourceText(VerticalScroll):
    """The part that scrolls."""

    DEFAULT_CSS = """
    SourceText {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """


class SourcePane(Widget):
    """The pane with the cited paper."""

    BINDING_GROUP_TITLE = "Source"
    HELP = "Read the abstract behind a citation. The sentence that proves it is lit."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "ask_about", "Ask about this paper", show=False, id="ask_about"),
        Binding("m", "summarize", "Summarize this paper", show=False, id="summarize"),
        Binding(
            "y", "copy_quote", "Copy the quote with its reference", show=False, id="copy_quote"
        ),
    ]
    DEFAULT_CSS = """
    SourcePane {
        layout: vertical;
        background: $surface;
        border-left: vkey $foreground 15%;
        &:focus-within { border-left: vkey $primary; }
        Static { width: 1fr; height: auto; }
        #source-note { color: $text-warning; margin: 0 0 1 0; }
        #source-title { text-style: bold; margin: 0 0 1 0; }
        #source-authors, #source-where { color: $text-muted; }
        #source-link { color: $text-accent; text-style: underline; pointer: pointer; }
        #source-abstract { margin: 1 0 0 0; }
        #source-nothing { padding: 1 2; color: $text-muted; }
        Hints { padding: 1 1 0 1; }
        &.-empty SourceText, &.-empty Hints { display: none; }
        &.-full #source-nothing { display: none; }
    }
    """

    class AskAbout(Message):
        """The reader wants to ask about this paper alone."""

        def __init__(self, paper: Paper) -> None:
            super().__init__()
            self.paper = paper

    class SummaryAsked(Message):
        """The reader wants to have this paper summed up."""

        def __init__(self, paper: Paper) -> None:
            super().__init__()
            self.paper = paper

    class QuoteCopied(Message):
        """``text`` is to be copied: a quote with its reference, or the link of the paper."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = "source") -> None:  # noqa: A002
        super().__init__(id=id, classes="-empty")
        self._paper: Paper | None = None
        self._citations: tuple[Citation, ...] = ()
        self._current: Citation | None = None
        self._note = ""
        self._place: tuple[int, int] | None = None
        self._abstract = Content("")

    @property
    def paper(self) -> Paper | None:
        """The paper that is shown."""
        return self._paper

    @property
    def current(self) -> Citation | None:
        """The citation whose sentence is lit."""
        return self._current

    def compose(self) -> ComposeResult:
        """Lay out the parts of a paper."""
        yield Static(
            "The paper behind a citation is shown here, with the sentence that proves it.",
            id="source-nothing",
        )
        with SourceText(id="source-text"):
            yield Static(id="source-note")
            yield Static(id="source-title")
            yield Static(id="source-authors")
            yield Static(id="source-where")
            yield Static(id="source-link")
            yield Static(id="source-abstract")
        yield Hints(
            self,
            Hint("ask_about", "Ask about it", always=True),
            Hint("summarize", "Summarize", always=True),
            Hint("copy_quote", "Copy quote", always=True),
            Hint("stop", "Back"),
        )

    def on_mount(self) -> None:
        """Show what was given before the pane was there."""
        self._draw()

    def show(
        self,
        paper: Paper,
        *,
        citations: Sequence[Citation] = (),
        current: Citation | None = None,
        note: str = "",
    ) -> None:
        """Show a paper; of the ``citations`` those of this paper are lit, ``current`` most.

        ``note``, our own words, stands above it.
        """
        self._paper, self._citations, self._current = paper, tuple(citations), current
        self._note = note
        self._draw()

    def show_nothing(self) -> None:
        """Show no paper."""
        self._paper, self._citations, self._current = None, (), None
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done now."""
        if action == "copy_quote":
            return self._paper is not None and self._quoted is not None
        if action in ("ask_about", "summarize"):
            return self._paper is not None
        return True

    @property
    def _quoted(self) -> Citation | None:
        """The citation that is copied: the current one, or the first of this paper."""
        if self._current is not None or self._paper is None:
            return self._current
        own = (c for c in self._citations if c.paper_id == self._paper.paper_id)
        return next(own, None)

    def action_ask_about(self) -> None:
        """Ask about this paper alone."""
        if self._paper is not None:
            self.post_message(self.AskAbout(self._paper))

    def action_summarize(self) -> None:
        """Sum up this paper."""
        if self._paper is not None:
            self.post_message(self.SummaryAsked(self._paper))

    def action_copy_quote(self) -> None:
        """Copy the quote with its reference."""
        from assistant.writers.text import quote_with_reference

        if self._paper is not None and (citation := self._quoted) is not None:
            self.post_message(self.QuoteCopied(quote_with_reference(citation, self._paper)))

    def on_click(self, event: events.Click) -> None:
        """Copy the link where it is clicked; opening it is left to the terminal."""
        clicked = event.widget.id if event.widget is not None else None
        if clicked == "source-link" and self._paper and (address := web_address(self._paper)):
            self.post_message(self.QuoteCopied(address))

    def on_resize(self) -> None:
        """Keep the lit sentence in view: its rows have moved."""
        self.call_after_refresh(self._scroll_to_lit)

    def _draw(self) -> None:
        if not self.children:
            return
        paper = self._paper
        self.set_class(paper is None, "-empty")
        self.set_class(paper is not None, "-full")
        self.refresh_bindings()
        if paper is None:
            return
        sentences = lit_sentences(paper, self._citations, self._current)
        colours = not self.app.no_color
        self._abstract, self._place = lit_abstract(paper.abstract, sentences, colours=colours)
        self._put("#source-note", Content(self._note))
        self._put("#source-title", shown(paper.title))
        self._put("#source-authors", shown(names(paper.authors, limit=MAX_AUTHORS)))
        year = str(paper.year) if paper.year else ""
        self._put("#source-where", shown(" · ".join(part for part in (year, paper.venue) if part)))
        self._put("#source-link", self._link(paper))
        self._put("#source-abstract", self._gone(sentences) + self._abstract)
        self.query_one(Hints).refresh(layout=True)
        self.query_one(SourceText).scroll_home(animate=False)
        self.call_after_refresh(self._scroll_to_lit)

    def _put(self, selector: str, content: Content) -> None:
        part = self.query_one(selector, Static)
        part.update(content)
        part.display = bool(content)

    def _link(self, paper: Paper) -> Content:
        """Return the address: a link for the terminal, and a click copies it."""
        address = web_address(paper)
        if not address:
            return verbatim(paper.url, "$text-muted")
        words = verbatim(address.removeprefix("https://").removeprefix("http://"))
        return words.stylize(Style(link=address))

    def _gone(self, sentences: Sequence[Lit]) -> Content:
        """Return the quote itself if the abstract no longer holds it."""
        if self._current is None or any(lit.current for lit in sentences):
            return Content("")
        note = Content.styled("The abstract has changed. It said: ", "$text-muted")
        return note + shown(f"“{self._current.quote}”", "bold") + "\n\n"

    def _scroll_to_lit(self) -> None:
        """Bring the lit sentence into view, with as much of it as there is room for."""
        if self._place is None or not self.children:
            return
        abstract = self.query_one("#source-abstract", Static)
        width = abstract.content_size.width
        if not width:
            return
        start, end = self._place
        # Lines are filled greedily: what follows the first word does not move it.
        word_end = self._abstract.plain.find(" ", start)
        first = self._abstract[: word_end if word_end > 0 else end].get_height({}, width) - 1
        last = self._abstract[:end].get_height({}, width)
        top = abstract.virtual_region.y + first
        scroll = self.query_one(SourceText)
        scroll.scroll_to_region(
            Region(0, top, width, last - first),
            spacing=Spacing(1, 0, 1, 0),
            animate=False,
            immediate=True,
            force=True,
        )
