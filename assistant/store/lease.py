"""The right to write to a library on a server, which one program has at a time.

Chroma has no locks, but only one client can create a collection of a name. So a collection without
rows is the right to write; its metadata say who has it and until when, by the server's clock.
Whoever has it renews it. Of one who died it runs out, and is then taken over.

All that is done to the collection of another is done to it by its id: a name may be someone else's
lease by the time that a request arrives.
"""

from __future__ import annotations

import os
import platform
import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from assistant.errors import Cancelled, LibraryBusy, LibraryError
from assistant.store.connection import translate
from assistant.store.server import ServerConnection
from assistant.store.succession import aside_name
from assistant.types import Cancellation, is_cancelled

VALID_S = 30.0
"""How long a lease lasts that is not renewed."""
_RENEW_S = VALID_S / 3
_PATIENCE_S = 120.0
"""How long to wait for one that others have."""
_POLL_S = (0.05, 0.25)


def owner_at(folder: Path) -> str:
    """Return a mark of those who hold the lock of a folder: only one program at a time does.

    So what such a program left behind when it was killed need not run out first.
    """
    status = folder.stat()
    told = (platform.node(), uuid.getnode(), os.fspath(folder), status.st_dev, status.st_ino)
    return blake2b(repr(told).encode(), digest_size=16).hexdigest()


def _clocks_s() -> tuple[float, float]:
    """Return two times: one may stand still while the machine sleeps, the other be set back."""
    return time.monotonic(), time.time()


class Lease:
    """The right to write to one collection."""

    def __init__(self, connection: ServerConnection, collection: str, *, owner: str = "") -> None:
        self._connection = connection
        self._name = f"{collection}-writer"
        self._owner = owner or uuid.uuid4().hex
        self._held: Any = None
        self._renewed_s = (0.0, 0.0)
        self._changing = threading.Lock()

    @contextmanager
    def held(self, *, cancel: Cancellation | None = None) -> Iterator[None]:
        """Have the right to write, and renew it as long as that takes.

        Raises LibraryBusy if another program has it for long, Cancelled once ``cancel`` is set.
        """
        self._acquire(cancel)
        done = threading.Event()
        renewal = threading.Thread(target=self._keep, args=(done,), daemon=True)
        renewal.start()
        try:
            yield
        finally:
            done.set()
            renewal.join()
            with suppress(LibraryError):  # then it runs out
                self._release()

    def check(self) -> None:
        """Make sure, before a write, that the right is still there. Raises LibraryBusy if not.

        It may have run out while the machine slept, or while the server could not be reached.
        """
        passed_s = [now - then for now, then in zip(_clocks_s(), self._renewed_s, strict=True)]
        if max(passed_s) > 2 * _RENEW_S:
            self._renew()

    def _acquire(self, cancel: Cancellation | None) -> None:
        started_s = time.monotonic()
        while not self._try_to_acquire():
            if is_cancelled(cancel):
                raise Cancelled("Stopped while another program was writing to the library.")
            if time.monotonic() - started_s > _PATIENCE_S:
                raise LibraryBusy(
                    f"Another program is writing to the library on {self._connection.address}.",
                    hint="Wait until it has finished, then run the command again.",
                )
            time.sleep(random.uniform(*_POLL_S))

    def _look_again(self) -> None:
        """Nothing: each request looks by itself."""

    @translate
    def _try_to_acquire(self) -> bool:
        now_s = self._connection.now_s()
        about = {"owner": self._owner, "host": platform.node(), "until_s": now_s + VALID_S}
        made = self._connection.claim(self._name, metadata=about)
        if made is not None:
            self._held, self._renewed_s = made, _clocks_s()
            return True
        other = self._connection.find(self._name)
        if other is not None:
            told = other.metadata or {}
            if told.get("owner") == self._owner or told.get("until_s", 0.0) < now_s:
                self._put_away(other)
        return False

    def _keep(self, done: threading.Event) -> None:
        while not done.wait(_RENEW_S):
            with suppress(LibraryError):  # told when something is to be written
                self._renew()

    @translate
    def _renew(self) -> None:
        with self._changing:
            about = dict(self._held.metadata or {})
            about["until_s"] = self._connection.now_s() + VALID_S
            found = self._connection.find(self._name)
            if found is None or found.id != self._held.id:
                raise LibraryBusy(
                    "The right to write to the library ran out, and another program has it.",
                    hint="What was stored is kept: run the command again.",
                )
            self._held.modify(metadata=about)
            self._renewed_s = _clocks_s()

    @translate
    def _release(self) -> None:
        self._put_away(self._held)

    def _put_away(self, lease: Any) -> None:
        """Free the name of a lease, and then remove it under a name that no other can have."""
        name = aside_name(self._name, lease)
        try:
            lease.modify(name=name)
        except Exception as error:
            if not self._connection.is_gone(error):
                raise
        self._connection.delete(name)
