"""An answer as Markdown, with marks that can be walked, clicked and opened.

Every sentence of an answer is data: the words of a paper or of a model. Each character that
Markdown could take for an instruction is escaped, so the only Markdown is ours: a link for each
mark, a bullet for each paper where several answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from markdown_it import MarkdownIt
from textual.content import Content, Span
from textual.message import Message
from textual.style import Style
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownBlock

from assistant.text.clean import normalise, readable
from assistant.types import AnswerSentence, Citation, Hit
from assistant.writers.markdown import escape_markdown

PROVED = "✓"
"""Stands before the marks of a sentence that is in the model's words: they were proved."""

_CITATION = "cite"
_NEAREST = "near"
_CURRENT = Style(bold=True, reverse=True)


class AnswerView(Markdown):
    """The text of an answer. Its links are the marks of its citations, or the nearest papers."""

    DEFAULT_CSS = """
    AnswerView {
        height: auto;
        padding: 0;
        margin: 0;
        & > MarkdownParagraph { margin: 0 !important; }
        & MarkdownParagraph {
            margin: 0;
            link-color: $text-accent;
            link-background: transparent;
            link-style: none;
            link-style-hover: bold underline;
        }
        & > MarkdownBulletList { margin: 0; }
        & > MarkdownH4 { margin: 1 0 0 0; color: $text; background: transparent; text-style: bold; }
        &.-refused > MarkdownBulletList { margin: 1 0 0 0; }
        & MarkdownBulletList Horizontal { margin: 0; }
        & MarkdownBullet { color: $text-muted; }
    }
    """

    class LinkOpened(Message):
        """A mark or a title was clicked: the link at ``position`` of the view."""

        def __init__(self, view: AnswerView, position: int) -> None:
            super().__init__()
            self.view = view
            self.position = position

    def __init__(self, source: str = "") -> None:
        super().__init__(source, parser_factory=_parser, open_links=False)
        self._current: int | None = None
        self._marked: MarkdownBlock | None = None

    async def show(self, source: str) -> None:
        """Show another Markdown text; nothing is done if it is shown already."""
        if source != self.source:
            await self.update(source)
            self._marked = None
            self.current = self._current

    @property
    def links(self) -> list[tuple[MarkdownBlock, Span, str]]:
        """Every link in reading order: its paragraph, its place in it, and where it leads."""
        return [
            (block, span, target)
            for block in self.query(MarkdownBlock)
            for span in sorted(_plain_content(block).spans)
            if (target := _target(span))
        ]

    @property
    def current(self) -> int | None:
        """Position of the link that is lit, or None."""
        return self._current

    @current.setter
    def current(self, position: int | None) -> None:
        links = self.links
        if self._marked is not None:
            self._marked.update(_plain_content(self._marked))
            self._marked = None
        self._current = position if position is not None and position < len(links) else None
        if self._current is not None:
            block, span, _ = links[self._current]
            block.update(_plain_content(block).stylize(_CURRENT, span.start, span.end))
            self._marked = block

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """Say which link was clicked: the first with this target, for they lead to the same."""
        event.stop()
        targets = [target for _, _, target in self.links]
        if event.href in targets:
            self.post_message(self.LinkOpened(self, targets.index(event.href)))


def cited_number(target: str) -> int | None:
    """Return the number of the citation that a link leads to."""
    kind, _, number = target.partition(":")
    return int(number) if kind == _CITATION else None


def nearest_position(target: str) -> int | None:
    """Return the position, among the nearest papers, of the one that a link leads to."""
    kind, _, number = target.partition(":")
    return int(number) if kind == _NEAREST else None


def answer_markdown(
    sentences: Sequence[AnswerSentence], citations: Mapping[int, Citation], *, listed: bool
) -> str:
    """Return the sentences that stand: one paragraph, or with ``listed`` one bullet a paper.

    Where something is counted each count heads a list with a bullet for each sentence.
    """
    if sentences and sentences[0].kind == "counted":
        return _headed_markdown(sentences)
    if not listed:
        return " ".join(map(_sentence_markdown, sentences))

    def paper_of(sentence: AnswerSentence) -> str:
        known = (citations[n].paper_id for n in sentence.citations if n in citations)
        return next(known, "")

    bullets = (map(_sentence_markdown, group) for _, group in groupby(sentences, key=paper_of))
    return "\n".join(f"- {' '.join(bullet)}" for bullet in bullets)


def _headed_markdown(sentences: Sequence[AnswerSentence]) -> str:
    """Return headings and remarks, and the bullets below each. What a count cites stands there."""
    blocks: list[str] = []
    for is_ours, group in groupby(sentences, key=lambda one: one.kind == "counted"):
        if not is_ours:
            blocks.append("\n".join(f"- {_sentence_markdown(one)}" for one in group))
            continue
        for one in group:
            text = escape_markdown(normalise(one.text))
            blocks.append(f"#### {text}" if one.heads and blocks else text)
    return "\n\n".join(blocks)


def not_found_markdown(text: str, hits: Sequence[Hit]) -> str:
    """Return what the library holds instead of an answer, and the titles that can be opened."""
    titles = [
        f"- [{escape_markdown(readable(hit.title) or 'Untitled')}]({_NEAREST}:{position})"
        for position, hit in enumerate(hits)
    ]
    return "\n".join([escape_markdown(text), "", *titles])


def _sentence_markdown(sentence: AnswerSentence) -> str:
    """Return a sentence with its marks in front of the full stop, as ``marked`` has them."""
    marks = "".join(f"[\\[{number}\\]]({_CITATION}:{number})" for number in sentence.citations)
    sign = PROVED if sentence.kind == "generated" else ""
    body = normalise(sentence.text)
    stop = body[-1:] if body[-1:] in ".!?" else ""
    return f"{escape_markdown(body.removesuffix(stop))} {sign}{marks}{stop}"


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def _plain_content(block: MarkdownBlock) -> Content:
    """Return the text of a paragraph as it was parsed, nothing lit."""
    return block._content


def _target(span: Span) -> str:
    """Return where a span leads: Textual keeps it as the action of a click."""
    style = span.style
    action = style.meta.get("@click", "") if isinstance(style, Style) else ""
    return str(action).removeprefix("link('").removesuffix("')") if action else ""
