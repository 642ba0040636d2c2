"""What the commands share: the settings of this run, and the library that they name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import click

from assistant.config import LoadedSettings, load_settings

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

    def open_library(self, *, create: bool = False) -> Library:
        """Open the library of this run. Raises LibraryError, and LibraryMissing without one."""
        settings = self.loaded.settings  # first: a wrong setting is told before anything loads
        from assistant.library import Library

        return Library.open(settings.library_folder, settings=settings, create=create)


pass_session = click.make_pass_decorator(Session)
