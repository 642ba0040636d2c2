"""What a list of sessions shows of each, read without restoring the conversation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.sessions import linefile
from assistant.sessions.records import Asked, Renamed, decode, peek, replay
from assistant.sessions.session import title_of
from assistant.text.clean import readable

_ACCENT = re.compile("[\u0300-\u036f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """A session in a list. Times are ISO 8601 in UTC, to the millisecond."""

    session_id: str
    title: str
    started_at: str
    updated_at: str
    """When it was last spoken in; a new title does not count."""
    questions: int


def summarise(path: Path) -> SessionSummary | None:
    """Return the summary of a session file, or None if it holds no question.

    Only the first question and the titles are parsed; of the other lines, the first few bytes
    are looked at. Raises OSError if the file cannot be read.
    """
    title = first_question = started_at = updated_at = ""
    questions = 0
    for line in linefile.read(path):
        head = peek(line)
        if head is None:
            continue
        kind, at = head
        if kind == "title":
            renamed = decode(line)
            title = renamed.title if isinstance(renamed, Renamed) else title
            continue
        if kind == "question":
            if not questions:
                asked = decode(line)
                if not isinstance(asked, Asked):
                    continue
                first_question, started_at = asked.question, at
            questions += 1
        updated_at = at
    if not questions:
        return None
    return SessionSummary(
        session_id=path.stem,
        title=title_of(title) or title_of(first_question),
        started_at=started_at,
        updated_at=updated_at,
        questions=questions,
    )


def searchable(path: Path) -> str:
    """Return all that was asked and answered in a session, and what was cited, folded.

    Raises OSError if the file cannot be read.
    """
    told = replay(linefile.read(path))
    parts: list[str] = [told.title]
    titles: set[str] = set()
    for exchange in told.exchanges.values():
        parts += [exchange.question, exchange.query, exchange.turn.answer]
        titles.update(exchange.turn.titles)
    return folded([*parts, *map(readable, titles)])


def folded(parts: Iterable[str]) -> str:
    """Return texts one a line, such that case, accents and width do not matter in a search."""
    return _ACCENT.sub("", unicodedata.normalize("NFKD", "\n".join(parts).casefold()))
