"""How far the reading of a large library into its mirror is, and a way to end it.

It is read when a mirror is new: on a machine that opens a library on a server for the first time,
or where the mirror was deleted. What is soon done is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from assistant.errors import Cancelled
from assistant.store.stored import StoredPaper
from assistant.types import Cancellation, is_cancelled

WORTH_TELLING = 5_000
"""Passages that take longer to read than one would wait without a word: some two seconds."""
_STEP_PASSAGES = 1_000


class Filling:
    """The reading of papers into a mirror while a library is opened."""

    def __init__(
        self,
        progress: Callable[[int, int], None] | None = None,
        cancel: Cancellation | None = None,
    ) -> None:
        """Take whom to tell how many passages were read, of how many, and what ends it."""
        self._progress = progress
        self._cancel = cancel
        self._total = self._done = self._told = 0

    def begin(self, count: Callable[[], int]) -> None:
        """Note how many passages there are to read: they are counted if somebody is told."""
        if self._progress is not None and (total := count()) >= WORTH_TELLING:
            self._total = total

    def watch(self, papers: Iterable[StoredPaper]) -> Iterator[StoredPaper]:
        """Yield papers as they are read. Raises Cancelled if that is to end."""
        for item in papers:
            if is_cancelled(self._cancel):
                raise Cancelled("Stopped before the library was open.")
            yield item
            self._done += item.passages
            if self._progress and self._total and self._done >= self._told + _STEP_PASSAGES:
                self._told = self._done
                self._progress(self._done, max(self._total, self._done))
