"""What the engine tells the screen. Posted from threads; handled in the order of posting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.errors import AssistantError
    from assistant.library import Library
    from assistant.summaries.overview import OverviewStep
    from assistant.summaries.types import Overview
    from assistant.tui.tasks import TaskEvent
    from assistant.types import AddProgress, AddReport, InstalledModel


class LibraryOpening(Message):
    """So many passages of a library were read that is large, and new to this machine."""

    def __init__(self, *, done: int, total: int) -> None:
        super().__init__()
        self.done = done
        self.total = total


class LibraryOpened(Message):
    """The library can be used now."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.library = library


class IndexOutdated(Message):
    """The settings name another embedder than that of the index; ``note`` says what to do."""

    def __init__(self, note: str) -> None:
        super().__init__()
        self.note = note


class LibraryFailed(Message):
    """The library cannot be opened."""

    def __init__(self, error: AssistantError) -> None:
        super().__init__()
        self.error = error


class LibraryChanged(Message):
    """Papers were added or removed."""


class RunProgressed(Message):
    """An event of a run; ``tokens`` were written by the model so far."""

    def __init__(self, run_id: int, event: TaskEvent, *, tokens: int = 0) -> None:
        super().__init__()
        self.run_id = run_id
        self.event = event
        self.tokens = tokens


class RunEnded(Message):
    """The thread of a run is done, however it ended; the next question may start."""

    def __init__(self, run_id: int) -> None:
        super().__init__()
        self.run_id = run_id


class RunFailed(Message):
    """A run ended with an error."""

    def __init__(self, run_id: int, error: AssistantError) -> None:
        super().__init__()
        self.run_id = run_id
        self.error = error


class OverviewProgressed(Message):
    """How far a step of the overview of the papers that pass the filter ``limit`` is."""

    def __init__(self, limit: str, step: OverviewStep, *, done: int, total: int) -> None:
        super().__init__()
        self.limit = limit
        self.step = step
        self.done = done
        self.total = total


class OverviewMade(Message):
    """What is in the library, of the papers that pass the filter ``limit``."""

    def __init__(self, overview: Overview, limit: str) -> None:
        super().__init__()
        self.overview = overview
        self.limit = limit


class OverviewFailed(Message):
    """There is no overview; ``error`` says why."""

    def __init__(self, error: AssistantError, limit: str) -> None:
        super().__init__()
        self.error = error
        self.limit = limit


class IndexProgressed(Message):
    """How far the adding of files is."""

    def __init__(self, progress: AddProgress) -> None:
        super().__init__()
        self.progress = progress


class IndexFinished(Message):
    """The files were added."""

    def __init__(self, report: AddReport) -> None:
        super().__init__()
        self.report = report


class IndexFailed(Message):
    """The adding of files, or the removal of a paper, ended with an error."""

    def __init__(self, error: AssistantError) -> None:
        super().__init__()
        self.error = error


class ModelsFound(Message):
    """These models can be used."""

    def __init__(self, models: Sequence[InstalledModel]) -> None:
        super().__init__()
        self.models = models


class ModelChanged(Message):
    """Answers are written by another model from now on."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class ModelFailed(Message):
    """The model could not be loaded, or none be looked for; ``error`` says why."""

    def __init__(self, error: AssistantError) -> None:
        super().__init__()
        self.error = error
