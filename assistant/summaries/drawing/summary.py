"""The summary of one paper as text and as Markdown."""

from __future__ import annotations

from assistant.summaries.drawing.wrapping import (
    joined_blocks,
    markdown_quote_list,
    quote_list,
    shortened,
    shown_quote,
    shown_title,
    wrapped,
)
from assistant.summaries.types import NOT_STATED, Summary
from assistant.text.clean import readable
from assistant.types import AnswerSentence
from assistant.writers import escape_markdown


def summary_text(summary: Summary, *, width: int | None = None) -> str:
    """Return the sentence and its proof as an answer shows them; of a note, a line an aspect.

    Lines are broken at ``width`` columns; None breaks none.
    """
    if not summary.aspects:
        blocks = [wrapped(_shown(sentence), width=width) for sentence in summary.sentences]
        for citation in summary.citations:
            title = wrapped(shown_title(citation.title), width=width, first=f"[{citation.number}] ")
            blocks.append(f"{title}\n{wrapped(shown_quote(citation), width=width, first='    ')}")
        return joined_blocks(blocks)
    lines = [
        wrapped(told, width=width, first=f"{name:<9}", rest=" " * 9)
        for name, told in _lines(summary)
    ]
    return joined_blocks(
        [
            wrapped(shown_title(summary.title), width=width),
            "\n".join(lines),
            quote_list(shortened(summary.sentences, summary.citations), width=width),
        ]
    )


def summary_markdown(summary: Summary) -> str:
    """Return a summary as a Markdown document."""
    blocks = [f"# {escape_markdown(shown_title(summary.title))}"]
    if summary.aspects:
        blocks.append(
            "\n".join(f"- **{name}:** {escape_markdown(told)}" for name, told in _lines(summary))
        )
    else:
        blocks += [escape_markdown(_shown(sentence)) for sentence in summary.sentences]
    blocks.append(markdown_quote_list(shortened(summary.sentences, summary.citations)))
    return joined_blocks(blocks)


def _lines(summary: Summary) -> list[tuple[str, str]]:
    """Return the name of each aspect, and what is said of it."""
    return [
        (aspect.capitalize(), NOT_STATED if at is None else _shown(summary.sentences[at]))
        for aspect, at in summary.aspects
    ]


def _shown(sentence: AnswerSentence) -> str:
    return readable(sentence.marked)
