"""A way to Chroma: opens it, finds and makes collections, and says what its failures mean."""

from __future__ import annotations

import logging
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from assistant.errors import AssistantError, LibraryError, StoreDamaged
from assistant.store.chroma_files import (
    MEND_HINT,
    database_identity,
    refuse_damaged,
    unused_indexes,
)
from assistant.telemetry import silence

COLLECTION = "passages"
"""The collection of a library in a folder."""

_CONFIGURATION = {"hnsw": {"space": "cosine", "ef_search": 200}}

_FREE_SPACE = "Free space on the disk, then run the command again: what was stored is kept."
_PASSING_FAILURES = {
    "disk is full": _FREE_SPACE,
    "no space left": _FREE_SPACE,
    "quota exceeded": _FREE_SPACE,
    "readonly database": "Correct the permissions of the library's folder.",
    "permission denied": "Correct the permissions of the library's folder.",
    "database is locked": "Wait until other programs that use the library have finished.",
}
"""What Chroma says of failures that no repair would mend, and what would."""


def quiet_settings() -> Any:
    """Return settings with which Chroma reports nothing of its use, and nothing is logged.

    By itself it takes settings from a file ``.env`` in the current folder, too: another program's,
    which may ask for traces. The packages that it speaks HTTP with log what servers send back.
    """
    silence()
    from chromadb.config import Settings

    logging.getLogger("chromadb").setLevel(logging.CRITICAL)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return Settings(
        _env_file=None,  # type: ignore[call-arg] # of pydantic's making
        anonymized_telemetry=False,
        chroma_otel_granularity="none",
        chroma_otel_collection_endpoint="",
    )


class Connection(ABC):
    """Chroma with its collections. What it raises is told by :meth:`failure`."""

    page_rows = 2000
    """Rows that are read at once."""
    max_results = 50_000
    """Rows that a search may return."""
    waits_s: tuple[float, ...] = ()
    """How long to wait before what failed for a moment is tried again."""

    _client: Any = None

    @abstractmethod
    def open(self) -> None:
        """Open it. Raises LibraryError, or what Chroma raises."""

    @abstractmethod
    def again(self) -> Connection:
        """Return another connection to the same Chroma, to be opened."""

    @abstractmethod
    def failure(self, error: BaseException) -> LibraryError:
        """Return what a failure of Chroma means."""

    def close(self) -> None:
        """Let go of it."""
        self._client.close()

    @property
    def was_replaced(self) -> bool:
        """Whether another database took the place of the one that is open."""
        return False

    @property
    def max_rows(self) -> int:
        """Rows that may be written at once."""
        return int(self._client.get_max_batch_size())

    def passes(self, error: BaseException) -> bool:  # noqa: ARG002 - not of a folder's
        """Tell whether a failure is worth another try after a moment."""
        return False

    def is_gone(self, error: BaseException) -> bool:
        """Tell whether a failure means that a collection is no longer there."""
        from chromadb.errors import NotFoundError

        return isinstance(error, NotFoundError)

    def find(self, name: str) -> Any:
        """Return a collection, or None if there is none."""
        from chromadb.errors import NotFoundError

        try:
            return self._client.get_collection(name, embedding_function=None)
        except NotFoundError:
            return None

    def create(self, name: str, *, metadata: Mapping[str, Any]) -> Any:
        """Return a new collection, or the one that another process made just now."""
        return self._client.get_or_create_collection(
            name,
            embedding_function=None,
            configuration=_CONFIGURATION,
            metadata=dict(metadata),
        )

    def delete(self, name: str) -> None:
        """Remove a collection, if it is there."""
        from chromadb.errors import NotFoundError

        try:
            self._client.delete_collection(name)
        except NotFoundError:
            return

    def names(self) -> list[str]:
        """Return the names of all collections."""
        return [found.name for found in self._client.list_collections()]

    def sweep(self) -> None:  # noqa: B027 - only a folder has files
        """Remove the files of collections that were deleted, while it is closed."""


class FolderConnection(Connection):
    """Chroma in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: tuple[int, int] | None = None

    def open(self) -> None:
        """Open the folder. Raises StoreDamaged, or what Chroma raises."""
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient

        refuse_damaged(self._folder)
        try:
            self._client = chromadb.PersistentClient(
                path=str(self._folder), settings=quiet_settings()
            )
        except BaseException:
            # Chroma keeps what failed to start for the next who opens this folder.
            if str(self._folder) not in SharedSystemClient._identifier_to_refcount:
                SharedSystemClient._identifier_to_system.pop(str(self._folder), None)
            raise
        self._file = database_identity(self._folder)

    def again(self) -> FolderConnection:
        """Return another connection to the same folder."""
        return FolderConnection(self._folder)

    @property
    def was_replaced(self) -> bool:
        """Whether another database took the place of the one that is open."""
        return database_identity(self._folder) not in (None, self._file)

    def sweep(self) -> None:
        """Remove the files of collections that were deleted, which Chroma leaves where they are.

        To close its database here would take away the locks of a Chroma that has it open.
        """
        for path in unused_indexes(self._folder):
            shutil.rmtree(path, ignore_errors=True)

    def failure(self, error: BaseException) -> LibraryError:
        """Return what a failure of Chroma means: the disk, the permissions, or else damage."""
        what = " ".join(str(error).split())
        message = f"The library's Chroma store failed: {type(error).__name__}: {what}."
        for sign, hint in _PASSING_FAILURES.items():
            if sign in what.lower():
                return LibraryError(message, hint=hint)
        return StoreDamaged(message, hint=MEND_HINT)


class _Connected(Protocol):
    @property
    def _connection(self) -> Connection: ...

    def _look_again(self) -> None: ...


P = ParamSpec("P")
T = TypeVar("T")
Owner = TypeVar("Owner", bound=_Connected)


def translate(
    method: Callable[Concatenate[Owner, P], T],
) -> Callable[Concatenate[Owner, P], T]:
    """Turn whatever Chroma raises, Rust panics included, into a LibraryError.

    What may work after a moment is tried again, once the owner has looked again what it works
    with: nothing here does harm if it is done twice.
    """

    @wraps(method)
    def guarded(owner: Owner, /, *args: P.args, **kwargs: P.kwargs) -> T:
        waits_s = iter(owner._connection.waits_s)
        wait_s = None
        while True:
            try:
                if wait_s is not None:
                    owner._look_again()
                return method(owner, *args, **kwargs)
            except (AssistantError, KeyboardInterrupt, SystemExit, GeneratorExit):
                raise
            except BaseException as error:
                wait_s = next(waits_s, None) if owner._connection.passes(error) else None
                if wait_s is None:
                    raise owner._connection.failure(error) from error
            time.sleep(wait_s)

    return guarded
