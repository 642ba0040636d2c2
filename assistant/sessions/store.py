"""The saved conversations of a library: a folder with a file for each."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from assistant.errors import LibraryError, SessionMissing
from assistant.sessions import linefile
from assistant.sessions.exchange import shortened
from assistant.sessions.records import replay
from assistant.sessions.session import Session
from assistant.sessions.summary import SessionSummary, folded, searchable, summarise

T = TypeVar("T")

_ENDING = ".jsonl"
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")


class SessionStore:
    """The sessions in a folder, which need not exist: it is made with the first question.

    Several programs may use the same folder. Files that are no sessions are passed over.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._live: WeakValueDictionary[str, Session] = WeakValueDictionary()
        self._summaries = _Cache(summarise)
        self._texts = _Cache(searchable)

    def new(self) -> Session:
        """Return a session without questions. Nothing is written before the first."""
        session_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
        return self._opened(Session(self._path(session_id)))

    def load(self, session_id: str) -> Session:
        """Return a saved session; one that is still in use is returned itself.

        Raises SessionMissing if there is none with this id or it holds no question, LibraryError
        if its file cannot be read.
        """
        path = self._path(session_id)
        live = self._live.get(session_id)
        if live is not None and live.is_saved:
            return live
        try:
            told = replay(linefile.read(path))
        except FileNotFoundError:
            raise _missing(session_id) from None
        except OSError as error:
            raise _failed("read", path, error) from error
        if not told.exchanges:
            raise _missing(session_id)
        return self._opened(Session(path, told=told))

    def summaries(self) -> list[SessionSummary]:
        """Return the sessions that hold a question, last used first."""
        found = [summary for path in self._files() if (summary := self._summaries.get(path))]
        return sorted(found, key=lambda one: (one.updated_at, one.session_id), reverse=True)

    def search(self, text: str) -> list[SessionSummary]:
        """Return the sessions in which every word of ``text`` occurs, last used first.

        Looked at are titles, questions, answers and the titles of cited papers. A part of a word
        is enough; case and accents do not matter. No word at all finds every session.
        """
        words = folded([text]).split()
        return [
            summary
            for summary in self.summaries()
            if not words or self._holds(self._path(summary.session_id), words)
        ]

    def delete(self, session_id: str) -> None:
        """Delete a session for good; one that is gone already is no error.

        If it is still in use, what was said until now is not written again. Raises LibraryError
        if the file cannot be deleted, SessionMissing if this is no id.
        """
        path = self._path(session_id)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _failed("deleted", path, error) from error
        live = self._live.get(session_id)
        if live is not None:
            live.forget()

    def _holds(self, path: Path, words: list[str]) -> bool:
        text = self._texts.get(path) or ""
        return all(word in text for word in words)

    def _opened(self, session: Session) -> Session:
        self._live[session.session_id] = session
        return session

    def _path(self, session_id: str) -> Path:
        """Return the file of a session; nothing else in any folder can be named by an id."""
        if not _ID.fullmatch(session_id):
            raise _missing(session_id)
        return self.folder / f"{session_id}{_ENDING}"

    def _files(self) -> Iterator[Path]:
        try:
            paths = list(self.folder.iterdir())
        except OSError:
            return
        yield from (path for path in paths if path.suffix == _ENDING and _ID.fullmatch(path.stem))


class _Cache(Generic[T]):
    """What was read from files, as long as they do not change."""

    def __init__(self, read: Callable[[Path], T]) -> None:
        self._read = read
        self._known: dict[Path, tuple[tuple[int, int], T]] = {}

    def get(self, path: Path) -> T | None:
        """Return what the file holds, or None if it cannot be read."""
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._known.get(path)
            if known is None or known[0] != stamp:
                known = self._known[path] = (stamp, self._read(path))
            return known[1]
        except OSError:
            self._known.pop(path, None)
            return None


def _missing(session_id: str) -> SessionMissing:
    return SessionMissing(
        f"There is no saved conversation '{shortened(session_id, max_chars=80)}'.",
        hint="Start the chat without naming one, and choose from the list there.",
    )


def _failed(verb: str, path: Path, error: OSError) -> LibraryError:
    reason = (error.strerror or str(error)).lower()
    return LibraryError(
        f"The conversation {path} cannot be {verb}: {reason}.",
        hint="Correct the permissions of the file and of its folder.",
    )
