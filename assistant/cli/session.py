"""What the commands share: the settings of this run, and the library that they name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import click

from assistant.cli.output import note
from assistant.cli.progress import Tell, counting_if_told
from assistant.config import LoadedSettings, load_settings
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.library import Library
    from assistant.types import Cancellation


@dataclass
class Session:
    """One run of the command line. Nothing is read before a command asks for it."""

    library: str | None = None
    overrides: tuple[str, ...] = ()

    @cached_property
    def loaded(self) -> LoadedSettings:
        """The settings and where they come from. Raises ConfigError."""
        return load_settings(overrides=self.overrides, library=self.library)

    @cached_property
    def readable(self) -> tuple[LoadedSettings, list[UsageError]]:
        """The settings without those that are wrong, and what is wrong with these."""
        faults: list[UsageError] = []
        loaded = load_settings(overrides=self.overrides, library=self.library, faults=faults)
        return loaded, faults

    def open_library(
        self,
        *,
        create: bool = False,
        notes: bool = True,
        progress: Tell | None = None,
        cancel: Cancellation | None = None,
    ) -> Library:
        """Open the library of this run; with ``notes``, say if its index is outdated.

        ``progress`` is told how much of a large one is read that is new to this machine; else it
        is shown. Raises LibraryError, and LibraryMissing without one, Cancelled.
        """
        settings = self.loaded.settings  # first: a wrong setting is told before anything loads
        from assistant.library import Library

        with counting_if_told("Opening the library", unit="passages read") as shown:
            library = Library.open(
                settings.library_folder,
                settings=settings,
                create=create,
                progress=progress or shown,
                cancel=cancel,
            )
        if notes and (said := library.index_note):
            note(said)
        return library


pass_session = click.make_pass_decorator(Session)
