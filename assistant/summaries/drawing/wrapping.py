"""Running text in lines, and quotes with their proofs, as every summary shows them in a terminal.

A quote that is a whole sentence of its abstract is its own proof. Only for one that was shortened
is the sentence given below, so that nothing is said twice.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from assistant.summaries.types import Survey
from assistant.text.clean import readable
from assistant.types import AnswerSentence, Citation, Hit
from assistant.writers import escape_markdown

_LEAST_WIDTH = 20


def wrapped(text: str, *, width: int | None, first: str = "", rest: str | None = None) -> str:
    """Return a text broken at blanks; on one line if ``width`` is None.

    ``first`` stands before its first line and ``rest`` before the others; if that is not given,
    they are indented as much as the first.
    """
    if width is None:
        return f"{first}{text}".rstrip()
    return textwrap.fill(
        text,
        width=max(_LEAST_WIDTH, width),
        initial_indent=first,
        subsequent_indent=" " * len(first) if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def heading(text: str, *, width: int | None) -> str:
    """Return a heading, underlined."""
    from rich.cells import cell_len

    lines = wrapped(text, width=width).splitlines() or [""]
    return "\n".join([*lines, "─" * max(map(cell_len, lines))])


def shown_title(title: str, year: int | None = None) -> str:
    """Return a title with its year: ``Attention Is All You Need (2017)``."""
    dated = "" if year is None else f" ({year})"
    return f"{readable(title) or 'Untitled'}{dated}"


def shown_quote(citation: Citation) -> str:
    """Return the whole sentence, readable, in quotation marks."""
    return f"“{readable(citation.quote)}”"


def shortened(
    sentences: Iterable[AnswerSentence | None], citations: Sequence[Citation]
) -> list[Citation]:
    """Return the citations whose sentences are not shown whole by those that cite them."""
    whole = {readable(sentence.text) for sentence in sentences if sentence is not None}
    return [citation for citation in citations if shown_quote(citation) not in whole]


def left_out_title(survey: Survey) -> str:
    """Return what to call the papers next to the topic of a survey."""
    return "Left out, nearest to the topic" if survey.found else "Nearest papers"


def hit_list(hits: Sequence[Hit], *, width: int | None) -> str:
    """Return the titles of papers, a line or a few for each."""
    titles = (shown_title(hit.title) for hit in hits)
    return "\n".join(wrapped(title, width=width, first="  ", rest="    ") for title in titles)


def quote_list(citations: Iterable[Citation], *, width: int | None, indent: str = "") -> str:
    """Return the whole sentences by their numbers."""
    return "\n".join(
        wrapped(
            shown_quote(citation),
            width=width,
            first=f"{indent}[{citation.number}] ",
            rest=f"{indent}    ",
        )
        for citation in citations
    )


def markdown_quote_list(citations: Iterable[Citation]) -> str:
    """Return the whole sentences by their numbers as a Markdown list."""
    return "\n".join(
        f"- \\[{citation.number}\\] {escape_markdown(shown_quote(citation))}"
        for citation in citations
    )


def joined_blocks(blocks: Iterable[str]) -> str:
    """Return blocks of text with an empty line between them."""
    return "\n\n".join(block for block in blocks if block) + "\n"
