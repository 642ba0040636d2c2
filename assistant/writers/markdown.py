"""Answers and conversations as Markdown, in which data always shows as the text it is.

Papers, people and models write ``<mask>``, ``a_b``, ``[x]`` and ``1. ``; renderers differ in what
they make of it. Every character that starts something in CommonMark or in a usual extension
(GFM tables, strikethrough, links and mentions; maths, highlights, emoji names, attributes) is
escaped with a backslash where it would, and only there, so that the source stays legible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from assistant.sessions.exchange import Exchange, shortened
from assistant.text.clean import normalise, readable
from assistant.types import Answer, AnswerSentence, Citation, Hit

MAX_HEADING_CHARS = 100
"""A longer question stands below its heading."""

_ACTS_ANYWHERE = re.compile(
    r"[\\`*_\[\]{}<>|~$^#@]"
    r"|&(?=#?\w+;)"  # an entity
    r"|:(?=[\w+-]+:)"  # an emoji by its name
    r"|/(?=/)|\.(?=[^\W\d_])|(?<=[wW]{3})\."  # an address that would become a link
    r"|([-.=+!,%])(?=\1)"  # dashes, ellipses, highlights, insertions, comments
)
_STARTS_A_LINE = re.compile(r"(?:\d{1,9}|[A-Za-z]|[ivxlcdmIVXLCDM]{1,8})?[.)]|[-+=(:%!]")
"""What starts a list, a heading, a definition or an admonition; its last character is escaped."""


def escape_markdown(text: str) -> str:
    """Return a text on one line as Markdown that shows exactly its characters.

    White space is made single blanks and unseen characters are dropped first, as by
    :func:`assistant.text.clean.normalise`. It may stand at the start of a line, in a heading, a
    list, a quotation or between ``**``.
    """
    clean = normalise(text)
    start = _STARTS_A_LINE.match(clean)
    end = start.end() if start else 0
    lead = f"{clean[: end - 1]}\\{clean[end - 1]}" if end else ""
    return lead + _ACTS_ANYWHERE.sub(r"\\\g<0>", clean[end:])


def answer_markdown(answer: Answer) -> str:
    """Return the answer, then its proofs by number: title and quote.

    Without an answer: what is said instead, and the nearest papers.
    """
    return _document(_answer_blocks(answer))


def session_markdown(title: str, exchanges: Iterable[Exchange]) -> str:
    """Return a conversation: a heading for each question, its answer, and how it ended.

    What stood of an answer that was stopped or failed is kept, and said to be a part.
    """
    blocks = [f"# {escape_markdown(title) or 'Conversation'}"]
    for number, exchange in enumerate(exchanges, start=1):
        blocks += _exchange_blocks(number, exchange)
    return _document(blocks)


def _document(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def _exchange_blocks(number: int, exchange: Exchange) -> list[str]:
    blocks = _question_blocks(number, exchange.question)
    if exchange.searched_as:
        blocks.append(f"*Searched as:* {escape_markdown(exchange.searched_as)}")
    if exchange.scope:
        papers = (
            "1 chosen paper" if len(exchange.scope) == 1 else f"{len(exchange.scope)} chosen papers"
        )
        blocks.append(f"*Asked of {papers} only.*")
    if exchange.answer is not None:
        return blocks + _answer_blocks(exchange.answer)
    blocks += _proved_blocks(exchange.sentences, exchange.citations)
    part = "What stands here is a part of the answer." if exchange.sentences else ""
    if exchange.outcome == "stopped":
        note = f"*Stopped.* {part}"
    elif exchange.outcome == "failed":
        note = f"*Failed:* {escape_markdown(exchange.error) or 'no reason is known.'} {part}"
    else:
        note = f"*Not finished.* {part}"
    return [*blocks, note.strip()]


def _question_blocks(number: int, question: str) -> list[str]:
    """Return a heading that holds the question, or its beginning and then all its lines."""
    lines = [line for line in map(escape_markdown, question.splitlines()) if line]
    whole = normalise(question)
    if len(lines) == 1 and len(whole) <= MAX_HEADING_CHARS:
        return [f"## {number}. {lines[0]}"]
    heading = escape_markdown(shortened(whole, max_chars=MAX_HEADING_CHARS))
    return [f"## {number}. {heading}", "\\\n".join(f"> {line}" for line in lines)]


def _answer_blocks(answer: Answer) -> list[str]:
    if answer.found:
        return _proved_blocks(answer.sentences, answer.citations)
    blocks = ["**Not in the library.**", escape_markdown(answer.text)]
    if answer.nearest:
        blocks += ["Nearest papers:", "\n".join(map(_bullet, answer.nearest))]
    return blocks


def _proved_blocks(sentences: Sequence[AnswerSentence], citations: Sequence[Citation]) -> list[str]:
    blocks = _said_blocks(sentences)
    for citation in citations:
        title = escape_markdown(readable(citation.title))
        blocks += [
            f"\\[{citation.number}\\] **{title or 'Untitled'}**",
            f"> “{escape_markdown(readable(citation.quote))}”",
        ]
    return blocks


def _said_blocks(sentences: Sequence[AnswerSentence]) -> list[str]:
    """Return running text, or with a count in front: paragraphs, and a list below each."""
    if not sentences or sentences[0].kind != "counted":
        return [" ".join(escape_markdown(one.marked) for one in sentences)] if sentences else []
    blocks: list[str] = []
    for is_ours, group in groupby(sentences, key=lambda one: one.kind == "counted"):
        told = [(one, escape_markdown(one.marked)) for one in group]
        if not is_ours:
            blocks.append("\n".join(f"- {text}" for _, text in told))
            continue
        for one, text in told:
            blocks.append(f"**{text}**" if one.heads and blocks else text)
    return blocks


def _bullet(hit: Hit) -> str:
    return f"- {escape_markdown(readable(hit.title)) or 'Untitled'}"
