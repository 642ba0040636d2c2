"""Tiny apps that hold one widget or dialog, and texts that try to break them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App, ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from assistant.types import Citation, Listing, Paper

HOSTILE = (
    "[/",
    "[/]",
    "[red]x",
    "[x=y",
    "[@click=app.quit]press[/]",
    "<mask> and <s>",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;owned\x07title",
    "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\",
    "\u202ereversed\u202c",
    "w" * 10_000,
    "👩‍👩‍👧 🎉 emoji",
    "変換器は注意機構だけを使う。",
    "line\nbreak\ttab\rreturn",
    "$x^{[/]}$ \\emph{[red]}",
    "",
)


class Host(App[None]):
    """An app with the given widgets."""

    def __init__(self, *widgets: Widget, css: str = "") -> None:
        self.CSS = css  # type: ignore[misc]
        super().__init__()
        self._widgets = widgets

    def compose(self) -> ComposeResult:
        yield from self._widgets


class Heard(list[Message]):
    """The messages of an app: give its ``append`` to ``run_test(message_hook=...)``."""

    def of(self, kind: type[Message]) -> list[Any]:
        """Return the messages of one kind, each once."""
        return list(
            {id(message): message for message in self if isinstance(message, kind)}.values()
        )


class DialogHost(App[None]):
    """An app that opens one dialog at once and keeps its result."""

    def __init__(self, make: Callable[[], Screen[object]]) -> None:
        super().__init__()
        self._make = make
        self.results: list[object] = []

    def on_mount(self) -> None:
        self.push_screen(self._make(), self.results.append)


def paper(number: int = 1, **fields: object) -> Paper:
    """Return a paper; ``fields`` replace what it has."""
    values: dict[str, object] = {
        "paper_id": f"p{number}",
        "title": f"Paper number {number}",
        "abstract": "We begin. It reaches 28.4 BLEU on the task. We end.",
        "authors": ("Ada Lovelace", "Charles Babbage"),
        "year": 1843,
    }
    return Paper(**{**values, **fields})  # type: ignore[arg-type]


def citation(of: Paper, quote: str, number: int = 1) -> Citation:
    """Return the citation of a sentence of a paper."""
    start = of.abstract.index(quote)
    return Citation(
        number=number,
        paper_id=of.paper_id,
        title=of.title,
        quote=quote,
        start=start,
        end=start + len(quote),
        score=1.0,
    )


def browse_in(papers: list[Paper]) -> Callable[..., Listing]:
    """Return a ``browse`` over papers in memory, as quick as the real one or quicker."""

    def browse(text: str = "", *, order: str = "title", limit: int = 500) -> Listing:
        words = text.casefold().split()
        found = [
            p
            for p in papers
            if all(word in f"{p.title} {' '.join(p.authors)}".casefold() for word in words)
        ]
        keys: dict[str, Callable[[Paper], object]] = {
            "title": lambda p: p.title,
            "year": lambda p: -(p.year or 0),
            "author": lambda p: p.authors[:1],
        }
        found.sort(key=keys[order])  # type: ignore[arg-type]
        return Listing(papers=tuple(found[:limit]), total=len(found))

    return browse
