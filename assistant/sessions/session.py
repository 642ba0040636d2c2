"""A conversation that is saved as it goes."""

from __future__ import annotations

import errno
import secrets
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.errors import LibraryError
from assistant.sessions import linefile
from assistant.sessions.exchange import Exchange, now, shortened
from assistant.sessions.records import (
    Answered,
    Asked,
    Began,
    Failed,
    Record,
    Renamed,
    Replay,
    Said,
    Searched,
    Stopped,
    advanced,
    encode,
    records_of,
)
from assistant.text.clean import normalise
from assistant.types import Answer, SentenceDone, Turn

MAX_TITLE_CHARS = 80

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class Session:
    """A conversation and its file; made by :class:`~assistant.sessions.SessionStore`.

    What each method is told is in ``exchanges`` and in the file when it returns; questions and
    ends have reached the disk. If the file cannot be written, LibraryError is raised, the
    conversation goes on in memory, and what is missing is written by the next call that can. A
    file that has vanished is written anew. May be used from several threads.
    """

    def __init__(self, path: Path, *, told: Replay | None = None) -> None:
        told = told or Replay()
        self.session_id = path.stem
        self.exchanges: list[Exchange] = list(told.exchanges.values())
        """In the order in which they were asked. To be read only."""
        self._keys = list(told.exchanges)
        self._given_title = told.title
        self._path = path
        self._unsaved: deque[bytes] = deque()
        self._forgotten = 0
        self._lock = threading.RLock()

    @property
    def title(self) -> str:
        """The title that was given, else the first question, shortened; "" before there is one."""
        first = self.exchanges[0].question if self.exchanges else ""
        return title_of(self._given_title) or title_of(first)

    @property
    def history(self) -> tuple[Turn, ...]:
        """The exchanges that are over, for the next question."""
        return tuple(exchange.turn for exchange in list(self.exchanges) if exchange.ended)

    def ask(self, question: str, *, scope: Sequence[str] = ()) -> int:
        """Begin an exchange and return its number, from 0; ``scope``: ids of papers."""
        with self._lock:
            key, at = secrets.token_hex(4), now()
            asked = Asked(key=key, question=question, scope=tuple(scope))
            self._keys.append(key)
            self.exchanges.append(Exchange(question=question, asked_at=at, scope=asked.scope))
            number = len(self.exchanges) - 1
            self._save(asked, at=at, durable=True)
            return number

    def searched(self, number: int, query: str) -> None:
        """Note how the question was searched."""
        self._go_on(number, Searched(key=self._keys[number], query=query))

    def sentence(self, number: int, done: SentenceDone) -> None:
        """Add a sentence that stands."""
        key = self._keys[number]
        self._go_on(number, Said(key=key, sentence=done.sentence, citations=done.citations))

    def finish(self, number: int, answer: Answer) -> None:
        """End an exchange with its answer."""
        self._go_on(number, Answered(key=self._keys[number], answer=answer), durable=True)

    def stop(self, number: int) -> None:
        """End an exchange that the user stopped; the sentences that stood are kept."""
        self._go_on(number, Stopped(key=self._keys[number]), durable=True)

    def fail(self, number: int, message: str) -> None:
        """End an exchange that failed; the sentences that stood are kept."""
        self._go_on(number, Failed(key=self._keys[number], message=message), durable=True)

    def rename(self, title: str) -> None:
        """Give the session a title; an empty one takes it back."""
        with self._lock:
            self._given_title = title_of(title)
            if self._forgotten < len(self.exchanges):
                self._save(Renamed(title=self._given_title), durable=True)

    def forget(self) -> None:
        """Let go of all that was saved: the file was deleted, and stays so.

        Exchanges until now are never written again; the next question begins a new file.
        """
        with self._lock:
            self._forgotten = len(self.exchanges)
            self._unsaved.clear()

    @property
    def is_saved(self) -> bool:
        """Whether there is something that belongs into a file."""
        return self._forgotten < len(self.exchanges)

    def _go_on(
        self,
        number: int,
        record: Searched | Said | Answered | Stopped | Failed,
        *,
        durable: bool = False,
    ) -> None:
        """Note and save the next event of an exchange. The first end counts: later is void."""
        with self._lock:
            exchange = self.exchanges[number]
            if exchange.ended:
                return
            self.exchanges[number] = advanced(exchange, record)
            if number >= self._forgotten:
                self._save(record, durable=durable)

    def _save(self, record: Record, *, at: str = "", durable: bool = False) -> None:
        """Write a record that the session already knows, and whatever could not be before."""
        self._unsaved.append(encode(record, at=at))
        try:
            try:
                linefile.append(self._path, self._unsaved, durable=durable)
            except FileNotFoundError:
                self._unsaved = deque(self._all_lines())
                self._path.parent.mkdir(parents=True, exist_ok=True)
                linefile.append(self._path, self._unsaved, create=True, durable=True)
        except OSError as error:
            raise _not_saved(self._path, error) from error

    def _all_lines(self) -> Iterator[bytes]:
        """Yield the lines of a file that tells the whole session."""
        kept = list(zip(self._keys, self.exchanges, strict=True))[self._forgotten :]
        yield encode(Began(), at=kept[0][1].asked_at)
        if self._given_title:
            yield encode(Renamed(title=self._given_title))
        for key, exchange in kept:
            for record in records_of(key, exchange):
                yield encode(record, at=exchange.asked_at if isinstance(record, Asked) else "")


def title_of(text: str) -> str:
    """Return a text as a title: one line, no unseen characters, not too long."""
    return shortened(normalise(text), max_chars=MAX_TITLE_CHARS)


def _not_saved(path: Path, error: OSError) -> LibraryError:
    reason = (error.strerror or str(error)).lower()
    remedy = "Free some space" if error.errno in _NO_SPACE else "Correct that"
    return LibraryError(
        f"The conversation cannot be saved in {path.parent}: {reason}.",
        hint=f"{remedy}; until then it is kept here only, and written with the next question.",
    )
