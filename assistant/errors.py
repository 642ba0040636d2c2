"""Every failure that the assistant foresees, as one tree.

    AssistantError            message, hint
    ├── UsageError            the command or its arguments make no sense      exit code 2
    │   └── ConfigError       a setting is unknown or of the wrong kind       exit code 2
    ├── InputError            a file or a text cannot be used                 exit code 1
    │   ├── SessionMissing    there is no such saved conversation             exit code 1
    │   └── NothingFound      no paper is meant, or it is not clear which     exit code 3
    ├── LibraryError          the library cannot be opened or written         exit code 1
    │   ├── LibraryMissing    there is no library there                       exit code 4
    │   ├── LibraryBusy       another process is writing to it                exit code 1
    │   ├── StoreDamaged      what Chroma keeps of it cannot be read          exit code 1
    │   └── EmbedderMismatch  it was indexed with another embedder            exit code 1
    ├── ModelError            a model cannot be loaded or failed              exit code 1
    │   ├── ModelMissing      there is no such model file                     exit code 4
    │   └── DownloadFailed    a model cannot be fetched, or may not be        exit code 1
    └── Cancelled             the user stopped the run                        exit code 130

Foreign errors (of Chroma, SQLite, llama.cpp, OpenVINO) are translated where the library is
imported and travel as ``__cause__``; nothing above sees them.
"""

from __future__ import annotations


class AssistantError(Exception):
    """A failure with one line that says what happened and one that says what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(AssistantError):
    """The command or its arguments make no sense."""


class ConfigError(UsageError):
    """A setting is unknown or of the wrong kind."""


class InputError(AssistantError):
    """A file or a text that was given cannot be used."""


class SessionMissing(InputError):
    """There is no such saved conversation."""


class NothingFound(InputError):
    """What is asked for is not in the library, or there is nothing to say of it."""


class LibraryError(AssistantError):
    """The library cannot be opened, read or written."""


class LibraryMissing(LibraryError):
    """There is no library at that place."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class StoreDamaged(LibraryError):
    """What Chroma keeps of the library is damaged, missing, or fails to open."""


class EmbedderMismatch(LibraryError):
    """The embedding model makes other vectors than those that the library is indexed with."""


class ModelError(AssistantError):
    """A model cannot be loaded, or failed while it ran."""


class ModelMissing(ModelError):
    """There is no such model file."""


class DownloadFailed(ModelError):
    """A model cannot be fetched, or what came is not what was to come."""


class Cancelled(AssistantError):
    """The user stopped the run."""
