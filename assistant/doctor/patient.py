"""What the checks look at: the settings of this run, as far as they can be read."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from assistant.config import LoadedSettings, Settings
from assistant.doctor.finding import Finding
from assistant.errors import UsageError
from assistant.indexing import CheckProgress
from assistant.types import Cancellation


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One installation, with the settings and the environment of one run."""

    loaded: LoadedSettings
    faults: tuple[UsageError, ...] = ()
    """What is wrong with the settings; it is left out of ``loaded``."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Variables by name; some hold keys."""
    progress: CheckProgress | None = None
    """Told how far the check of the library is."""
    cancel: Cancellation | None = None

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.loaded.settings

    def origin(self, name: str) -> str:
        """Return where the value of ``section.key`` comes from."""
        return self.loaded.origins.get(name, "")

    def command(self, words: str) -> str:
        """Return a command line of the assistant that means the library of this run."""
        if self.origin("library.path") != "--library":
            return f"assistant {words}"
        return f"assistant --library {shlex.quote(self.settings.library.path)} {words}"


class Check(Protocol):
    """Looks at one thing and tells what it found."""

    __name__: str

    def __call__(self, patient: Patient, /) -> Iterator[Finding]:
        """Yield the findings. What it raises becomes a finding, too."""
        ...
