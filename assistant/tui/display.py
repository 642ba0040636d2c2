"""The one door through which text that is not ours reaches the screen.

Titles, abstracts, questions, paths, errors and the words of a model may hold anything: square
brackets that Textual would take for markup, escape sequences, bidi overrides. What passes here
comes out as :class:`textual.content.Content`, which is never parsed again. Widgets take it
wherever they take a text: a list row, a border title, a tooltip. A notification takes only a
``str``, so it goes through :func:`notify`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from textual.content import Content

from assistant.text.clean import printable, readable

if TYPE_CHECKING:
    from textual.app import App
    from textual.widget import Widget

MAX_NOTICE_CHARS = 400
"""A notification covers what is beneath it: longer texts are cut."""


def shown(text: str, style: str = "") -> Content:
    """Return words of a paper or a model: one line, LaTeX mended, nothing taken for markup.

    For a question, a path or a message use :func:`verbatim`, which mends nothing.
    """
    return Content.styled(readable(text), style)


def verbatim(text: str, style: str = "") -> Content:
    """Return a text as it stands, on one line: a question, a path, a name, an error."""
    return Content.styled(" ".join(printable(text).split()), style)


def lines(text: str, style: str = "") -> Content:
    """Return a text as it stands, with its line breaks and indents."""
    kept = (printable(line.expandtabs(4)).rstrip() for line in text.splitlines())
    return Content.styled("\n".join(kept), style)


def brief(content: Content, *, cells: int) -> Content:
    """Return content cut to ``cells`` columns of the terminal, with a dot-dot-dot if it was cut."""
    return content.truncate(max(1, cells), ellipsis=True)


def names(authors: Sequence[str], *, limit: int) -> str:
    """Return authors as one text; of a long list the first ``limit``, and how many more."""
    if len(authors) <= limit + 1:
        return ", ".join(authors)
    return f"{', '.join(authors[:limit])} and {len(authors) - limit:,} more"


def byline(authors: Sequence[str], year: int | None) -> str:
    """Return the shortest way to name a paper's authors and year: ``Dosovitskiy et al. 2021``."""
    who = authors[0] if authors else ""
    who = (who.partition(",")[0] if "," in who else who.split(" ")[-1]).strip()
    if len(authors) == 2:
        second = authors[1]
        who += f" and {second.partition(',')[0] if ',' in second else second.split(' ')[-1]}"
    elif len(authors) > 2:
        who += " et al."
    return f"{who} {year or ''}".strip()


def counted(number: int, noun: str) -> str:
    """Return ``1 paper``, ``395 papers``, ``10,000 papers``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shown_time(stamp: str) -> str:
    """Return a time (ISO 8601) in local time: ``today 14:03``, ``2 November 2025 14:03``."""
    try:
        moment = datetime.fromisoformat(stamp).astimezone()
    except (ValueError, OverflowError, OSError):
        return verbatim(stamp[:40]).plain
    now = datetime.now().astimezone()
    day = f"{moment.day} {moment:%B %Y}"
    if moment.date() == now.date():
        day = "today"
    elif moment.date() == now.date() - timedelta(days=1):
        day = "yesterday"
    return f"{day} {moment:%H:%M}"


def notify(
    where: App[object] | Widget,
    message: str,
    *,
    severity: Literal["information", "warning", "error"] = "information",
    timeout_s: float | None = None,
) -> None:
    """Show a notification whose text is never taken for markup, for as long as Textual does."""
    text = lines(message).plain
    if len(text) > MAX_NOTICE_CHARS:
        text = text[: MAX_NOTICE_CHARS - 1] + "…"
    where.notify(text, severity=severity, timeout=timeout_s, markup=False)
