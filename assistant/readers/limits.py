"""What counts as a paper, the same for every format."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from assistant.text.clean import normalise
from assistant.types import Paper, Rejected

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


def as_read(paper: Paper) -> Paper | Rejected:
    """Return a paper that a program made in the form in which the readers give papers."""
    clean = {field.name: _normalised(getattr(paper, field.name)) for field in fields(paper)}
    problem = problem_of(clean["title"], clean["abstract"])
    if not paper.paper_id or paper.paper_id != clean["paper_id"]:
        problem = f"an id that is empty or holds unseen characters: {shortened(paper.paper_id)}"
    if problem:
        return Rejected(file=clean["source"], line=None, reason=problem)
    return replace(paper, **clean)


def _normalised(value: Any) -> Any:
    if isinstance(value, str):
        return normalise(value)
    return tuple(map(normalise, value)) if isinstance(value, tuple) else value


def overlong_line(file: str, line: int, max_chars: int) -> Rejected:
    """Return the rejection of a line that was too long to be read."""
    return Rejected(file=file, line=line, reason=f"a line of more than {max_chars:,} characters")


def shortened(text: str) -> str:
    """Return ``text`` in quotation marks, cut to one line of a report."""
    text = normalise(text)
    return f'"{text}"' if len(text) <= _SHOWN_CHARS else f'"{text[: _SHOWN_CHARS - 1]}…"'
