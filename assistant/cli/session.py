"""What the commands share: the settings of this run, and the library that they name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import click

from assistant.cli.output import note, plain
from assistant.config import LoadedSettings, load_settings
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.library import Library


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

    def open_library(self, *, create: bool = False, notes: bool = True) -> Library:
        """Open the library of this run; with ``notes``, say if its index is outdated.

        Raises LibraryError, and LibraryMissing without one.
        """
        settings = self.loaded.settings  # first: a wrong setting is told before anything loads
        from assistant.library import Library

        library = Library.open(settings.library_folder, settings=settings, create=create)
        if notes and library.outdated_index:
            before, now = plain(library.indexed_with), plain(library.outdated_index)
            note(f"This library is indexed with {before}; 'assistant reindex' moves it to {now}.")
        return library


pass_session = click.make_pass_decorator(Session)
