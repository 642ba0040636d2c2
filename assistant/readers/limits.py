"""What counts as a paper, the same for every format."""

from __future__ import annotations

from assistant.text.clean import normalise
from assistant.types import Rejected

MAX_TITLE_CHARS = 1_000
MAX_ABSTRACT_CHARS = 100_000

STANDARD_INPUT = "-"

_SHOWN_CHARS = 60


def problem_of(title: str, abstract: str) -> str:
    """Return why a title and an abstract, both normalised, make no paper, or "" if they do."""
    if not title:
        return "no title"
    if len(title) > MAX_TITLE_CHARS:
        return f"a title of more than {MAX_TITLE_CHARS:,} characters: {shortened(title)}"
    if not abstract:
        return f"no abstract: {shortened(title)}"
    if len(abstract) > MAX_ABSTRACT_CHARS:
        return f"an abstract of more than {MAX_ABSTRACT_CHARS:,} characters: {shortened(title)}"
    return ""


def overlong_line(file: str, line: int, max_chars: int) -> Rejected:
    """Return the rejection of a line that was too long to be read."""
    return Rejected(file=file, line=line, reason=f"a line of more than {max_chars:,} characters")


def shortened(text: str) -> str:
    """Return ``text`` in quotation marks, cut to one line of a report."""
    text = normalise(text)
    return f'"{text}"' if len(text) <= _SHOWN_CHARS else f'"{text[: _SHOWN_CHARS - 1]}…"'
