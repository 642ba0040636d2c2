"""What a session file holds: one JSON object a line, each an event of the conversation.

Every line begins ``{"type":…,"at":…`` and goes on with the fields of one of the records here.
Exchanges are named by random keys, not by number: two programs may add to the same session.
A line that is no record (torn by a crash, of a newer version, not ours) is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from assistant.sessions.exchange import Exchange, now
from assistant.shapes import restore
from assistant.types import Answer, AnswerSentence, Citation

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """The first line of a file."""

    version: int = VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """The session has another title; none: that of its first question."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question."""

    key: str
    question: str
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """How the question was searched."""

    key: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence of the answer stands."""

    key: str
    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer is finished."""

    key: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The user stopped it."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It failed."""

    key: str
    message: str


Record = Began | Renamed | Asked | Searched | Said | Answered | Stopped | Failed

_KINDS: dict[str, type[Record]] = {
    "session": Began,
    "title": Renamed,
    "question": Asked,
    "query": Searched,
    "sentence": Said,
    "answer": Answered,
    "stopped": Stopped,
    "failed": Failed,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}

_HEAD = re.compile(rb'\{"type":"([a-z]{1,20})","at":"(\d{4}-\d\d-\d\dT[\d:.]{8,15}\+00:00)"')


def encode(record: Record, *, at: str = "") -> bytes:
    """Return the line of a record, ASCII and with its line break; ``at``: now."""
    value = {"type": _NAMES[type(record)], "at": at or now(), **asdict(record)}
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def peek(line: bytes) -> tuple[str, str] | None:
    """Return type and time of a line without reading the rest of it; None if it is no record."""
    match = _HEAD.match(line)
    return (match[1].decode(), match[2].decode()) if match else None


def decode(line: bytes) -> Record | None:
    """Return the record of a line, or None if it is none that is known here."""
    head = peek(line)
    kind = _KINDS.get(head[0]) if head else None
    if kind is None:
        return None
    try:
        value: Any = json.loads(line)
        return restore(kind, value)
    except (ValueError, RecursionError):
        return None


@dataclass(kw_only=True)
class Replay:
    """A conversation as its records tell it."""

    title: str = ""
    """As given by the user."""
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    """By key, in the order in which they were asked."""

    def take(self, record: Record, *, at: str) -> None:
        """Take in the next record. What belongs to no exchange, or to one that is over, is void."""
        if isinstance(record, Renamed):
            self.title = record.title
        elif isinstance(record, Asked):
            asked = Exchange(question=record.question, asked_at=at, scope=record.scope)
            self.exchanges.setdefault(record.key, asked)
        elif not isinstance(record, Began):
            exchange = self.exchanges.get(record.key)
            if exchange is not None and not exchange.ended:
                self.exchanges[record.key] = advanced(exchange, record)


def advanced(exchange: Exchange, record: Searched | Said | Answered | Stopped | Failed) -> Exchange:
    """Return an open exchange after one more event."""
    match record:
        case Searched():
            return replace(exchange, query=record.query)
        case Said():
            return exchange.with_sentence(record.sentence, record.citations)
        case Answered():
            return exchange.with_answer(record.answer)
        case Stopped():
            return replace(exchange, outcome="stopped")
        case Failed():
            return replace(exchange, outcome="failed", error=record.message)


def replay(lines: Iterable[bytes]) -> Replay:
    """Return the conversation that the lines of a file tell."""
    told = Replay()
    for line in lines:
        record = decode(line)
        if record is not None:
            told.take(record, at=(peek(line) or ("", ""))[1])
    return told


def records_of(key: str, exchange: Exchange) -> Iterator[Record]:
    """Yield the records that tell an exchange anew."""
    yield Asked(key=key, question=exchange.question, scope=exchange.scope)
    if exchange.query:
        yield Searched(key=key, query=exchange.query)
    if exchange.answer is not None:
        yield Answered(key=key, answer=exchange.answer)
        return
    for sentence in exchange.sentences:
        proofs = tuple(proof for proof in exchange.citations if proof.number in sentence.citations)
        yield Said(key=key, sentence=sentence, citations=proofs)
    if exchange.outcome == "stopped":
        yield Stopped(key=key)
    elif exchange.outcome == "failed":
        yield Failed(key=key, message=exchange.error)
