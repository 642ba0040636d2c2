"""The folder of a library: its store or the way to it, its mirror, and the right to write."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from hashlib import blake2b
from pathlib import Path

from assistant.config import StoreSettings
from assistant.errors import LibraryBusy, LibraryError, LibraryMissing, StoreDamaged
from assistant.store.chroma import ChromaStore
from assistant.store.chroma_files import DATABASE, MEND_HINT, has_database
from assistant.store.filling import Filling
from assistant.store.lease import owner_at
from assistant.store.lexical import LexicalMirror
from assistant.store.salvage import mirrored_papers
from assistant.store.server import Address, ServerConnection, address_of
from assistant.store.shared import SharedStore, follow
from assistant.store.stored import same_write
from assistant.types import Cancellation

CHROMA_FOLDER = "chroma"
MIRROR_FILE = "mirror.sqlite3"
SESSIONS_FOLDER = "sessions"
_REBUILT_FOLDER = "chroma-rebuilt"
_LOCK_FILE = "writer.lock"
_CREATION_TIMEOUT_S = 10.0
_FOLLOW_S = 2.0
"""A mirror is at most so much older than the library on a server that it shows,"""
_FOLLOW_LATER_S = 30.0
"""or so much, where the server could not be reached."""

Turn = Callable[[], AbstractContextManager[None]]


class LibraryFolder:
    """What one folder holds: a library, or the mirror of one on a server.

    Many may read at once, one process may write.
    """

    def __init__(
        self,
        path: Path,
        *,
        embedder: str,
        server: StoreSettings | None = None,
        create: bool = True,
        filling: Filling | None = None,
    ) -> None:
        """Open the folder, which must exist, or begin a library in it for ``embedder``.

        With ``server``, if that has an address, the library is there; on the server it is begun
        only with ``create``. ``filling`` tells how far the mirror is. Raises LibraryError,
        LibraryMissing, Cancelled.
        """
        self.path = path
        self._follow_again_s = 0.0
        if server is not None and server.url:
            address = address_of(server)
            self.mirror_path = path / mirror_name(address)
            # Before the mirror: with no server there is nothing to make one of.
            self.store: ChromaStore = SharedStore(
                ServerConnection(address),
                embedder=embedder,
                collection=address.collection,
                owner=owner_at(path),
                create=create,
            )
            self.mirror = LexicalMirror(self.mirror_path)
            self._catch_up_at_first(filling or Filling())
            return
        self.mirror_path = path / MIRROR_FILE
        _refuse_lost_store(path)
        # Perhaps a new library: Chroma fails if two processes create its tables at once.
        new = not self.mirror_path.exists()
        with locked(path, timeout_s=_CREATION_TIMEOUT_S) if new else nullcontext():
            self.store = ChromaStore(path / CHROMA_FOLDER, embedder=embedder)
            self.mirror = LexicalMirror(self.mirror_path)
        self._catch_up_at_first(filling or Filling())

    def _catch_up_at_first(self, filling: Filling) -> None:
        try:
            shown = self.mirror.revision
        except LibraryError:
            # Its file is damaged; all that it says is in the store.
            with locked(self.path, timeout_s=_CREATION_TIMEOUT_S):
                self.mirror.clear()
            shown = ""
        try:
            if not same_write(shown, self.store.revision):
                self._catch_up_alone(filling)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the folder."""
        self.mirror.close()
        self.store.close()

    @property
    def is_shared(self) -> bool:
        """Whether the library is on a server, where others may write to it, too."""
        return isinstance(self.store, SharedStore)

    def follow(self) -> None:
        """Let the mirror show what others wrote to a server, if it was not just asked.

        A server that cannot be reached now is no failure: the mirror shows what it did before.
        """
        if self.is_shared and time.monotonic() > self._follow_again_s:
            self._follow_again_s = time.monotonic() + _FOLLOW_S
            try:
                if not same_write(self.mirror.revision, self.store.revision):
                    self._catch_up_alone(Filling())
            except LibraryError:
                self._follow_again_s = time.monotonic() + _FOLLOW_LATER_S

    @contextmanager
    def writing(self, *, cancel: Cancellation | None = None) -> Iterator[None]:
        """Hold the right to write. Raises LibraryBusy while another process has it.

        On a server that is all others', so what takes long should take :meth:`turns`.
        """
        with self.turns(cancel=cancel) as turn, turn():
            yield

    @contextmanager
    def turns(self, *, cancel: Cancellation | None = None) -> Iterator[Turn]:
        """Hold the right to write from this folder; yield what makes it one's turn to write.

        Between two turns others may write to a server. At the beginning of each the mirror shows
        all that they wrote. Raises LibraryBusy while another process writes from this folder.
        """
        with locked(self.path):
            if not self.is_shared:
                self._catch_up()

            @contextmanager
            def turn() -> Iterator[None]:
                with self.store.turn(cancel=cancel):
                    if self.is_shared:
                        self._catch_up()
                    yield

            yield turn

    def _catch_up(self, filling: Filling | None = None) -> None:
        """Bring the mirror up to date if someone else wrote, or a run was cut short."""
        self.store.finish_succession()
        self._follow(filling or Filling())

    def _follow(self, filling: Filling) -> None:
        if isinstance(self.store, SharedStore):
            follow(self.store, self.mirror, filling)
            return
        revision = self.store.revision
        if not same_write(self.mirror.revision, revision):
            filling.begin(self.store.count)
            self.mirror.catch_up(revision, filling.watch(self.store.papers()))

    def _catch_up_alone(self, filling: Filling) -> None:
        """Catch up on opening, unless another process writes: it does so itself."""
        empty = not self.mirror.revision
        try:
            with locked(self.path, timeout_s=_CREATION_TIMEOUT_S if empty else 0.0):
                if self.is_shared:
                    self._follow(filling)
                else:
                    self._catch_up(filling)
        except LibraryBusy:
            if empty:
                raise


def mirror_name(address: Address) -> str:
    """Return the name of the mirror of a library on a server: each has its own."""
    return f"mirror-{blake2b(address.place.encode(), digest_size=8).hexdigest()}.sqlite3"


@contextmanager
def locked(path: Path, *, timeout_s: float = 0.0) -> Iterator[None]:
    """Hold the right to write to the library in a folder; others wait so long for it.

    Raises LibraryBusy if another process has it still, LibraryError without access to the folder.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path / _LOCK_FILE)
    try:
        lock.acquire(timeout=timeout_s)
    except Timeout:
        raise LibraryBusy(
            f"Another program is writing to the library in {path}.",
            hint="Wait until it has finished, then run the command again.",
        ) from None
    except OSError as error:
        raise _not_writable(path, error) from error
    try:
        yield
    finally:
        lock.release()


def replace_store(path: Path, built: Path) -> Path | None:
    """Put a store that was built in ``path`` in the place of the library's own.

    Returns where the old one is now, if there was one. The caller holds the right to write. Cut
    short, it is finished when the library is opened.
    """
    store, rebuilt = path / CHROMA_FOLDER, path / _REBUILT_FOLDER
    aside = None
    try:
        shutil.rmtree(rebuilt, ignore_errors=True)
        built.replace(rebuilt)
        if store.exists():
            aside = path / time.strftime(f"{CHROMA_FOLDER}-damaged-%Y%m%d-%H%M%S")
            store.rename(aside)
        rebuilt.replace(store)
    except OSError as error:
        raise _not_writable(path, error) from error
    return aside


def _finish_replacing(path: Path) -> None:
    """Do the last step of :func:`replace_store`, if that was cut short."""
    store, rebuilt = path / CHROMA_FOLDER, path / _REBUILT_FOLDER
    if rebuilt.exists() and not store.exists():
        with locked(path, timeout_s=_CREATION_TIMEOUT_S):
            if rebuilt.exists() and not store.exists():
                rebuilt.replace(store)


def _refuse_lost_store(path: Path) -> None:
    """Refuse to begin a library beside the mirror of one whose store is lost.

    The mirror would be brought up to date: it would lose the last record of the papers.
    """
    if not has_database(path / CHROMA_FOLDER) and mirrored_papers(path / MIRROR_FILE):
        raise StoreDamaged(
            f"The library is damaged: {path / CHROMA_FOLDER} is missing or empty.", hint=MEND_HINT
        )


def prepare(path: Path, *, create: bool, on_server: bool = False) -> None:
    """Make sure that a folder can hold a library, or that it does unless ``create``.

    For a library on a server, the folder holds its mirror.

    Raises LibraryMissing if there is none, LibraryError if the folder cannot be used.
    """
    try:
        _finish_replacing(path)
        there = on_server or (path / CHROMA_FOLDER / DATABASE).exists()
        if not create and not there and not mirrored_papers(path / MIRROR_FILE):
            raise LibraryMissing(
                f"There is no library in {path}.",
                hint="Add papers with 'assistant add PATH', or name another with --library.",
            )
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise LibraryError(
            f"{path} is a file, not a library.", hint="Name a folder with --library."
        ) from None
    except OSError as error:
        raise _not_writable(path, error) from error
    if not os.access(path, os.W_OK):
        raise _not_writable(path, PermissionError(errno.EACCES, "permission denied"))


def _not_writable(path: Path, error: OSError) -> LibraryError:
    reason = (error.strerror or str(error)).lower()
    return LibraryError(
        f"The library folder {path} cannot be written: {reason}.",
        hint="Choose another with --library, or correct the permissions.",
    )
