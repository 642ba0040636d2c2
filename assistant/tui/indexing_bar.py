"""How far the adding of papers is, how fast, for how long still, and what came of it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Button, ProgressBar, Static

from assistant.pace import Pace
from assistant.tui.dialogs.report import summary
from assistant.tui.display import counted, lines
from assistant.types import AddProgress, AddReport

RESULT_S = 8.0
"""A result without rejected records goes away by itself after this time."""

_OTHER_COLUMNS = 19
"""For what stands beside the words: a short bar, the button and the gaps."""


class IndexingBar(Horizontal):
    """One row: a bar and a stop button while papers are added, then the result."""

    BINDING_GROUP_TITLE = "Adding papers"
    HELP = "Watch how far it is, stop it, or see what could not be read."

    DEFAULT_CSS = """
    IndexingBar {
        display: none;
        height: auto;
        max-height: 4;
        padding: 0 1;
        background: $boost;
        &.-shown { display: block; }
        & Static { width: auto; max-width: 1fr; height: auto; margin: 0 2 0 0; }
        & ProgressBar { width: 1fr; height: 1; margin: 0 2 0 0; }
        & ProgressBar Bar { width: 1fr; }
        & Button { min-width: 8; margin: 0 0 0 1; }
        & #indexing-report, & #indexing-close { display: none; }
        &.-ended {
            & Static { width: 1fr; }
            & ProgressBar, & #indexing-stop { display: none; }
            & #indexing-close { display: block; }
        }
        &.-rejected #indexing-report { display: block; }
        &.-failed Static { color: $text-error; }
    }
    """

    class Stopped(Message):
        """The adding is to be stopped."""

    class ReportAsked(Message):
        """What was rejected is to be shown."""

        def __init__(self, report: AddReport) -> None:
            super().__init__()
            self.report = report

    def __init__(self, *, id: str | None = "indexing") -> None:  # noqa: A002
        super().__init__(id=id)
        self._report: AddReport | None = None
        self._leaving: Timer | None = None
        self._pace = Pace()

    def compose(self) -> ComposeResult:
        """Lay out words, bar and buttons."""
        yield Static(id="indexing-words")
        yield ProgressBar(show_percentage=False, show_eta=False, id="indexing-progress")
        yield Button("Stop", id="indexing-stop", compact=True)
        yield Button("Show", id="indexing-report", compact=True)
        yield Button("Close", id="indexing-close", compact=True)

    def start(self) -> None:
        """Show that papers are being added; how many is not known yet."""
        self._enter("-shown")
        self._report = None
        self._pace = Pace()
        self._say(Content("Reading files…"))
        self.query_one("#indexing-stop", Button).disabled = False
        self.query_one(ProgressBar).update(total=None, progress=0)

    def progress(self, now: AddProgress) -> None:
        """Show how far it is."""
        if not self.has_class("-shown") or self.has_class("-ended"):
            return
        self._pace.update(now.papers_done, elapsed_s=now.elapsed_s)
        # Papers that were rejected on the second look must not carry the bar beyond its end.
        total = None if now.papers_total is None else max(now.papers_total, now.papers_done)
        so_far = counted(now.papers_done, "paper")
        if total is not None:
            so_far = f"{now.papers_done:,} of {counted(total, 'paper')}"
        facts = [f"Adding: {so_far}", *self._pace.briefly(total)]
        while len(facts) > 1 and len(", ".join(facts)) > self.size.width - _OTHER_COLUMNS:
            del facts[1]  # the speed first: who waits wants to know for how long
        self._say(Content(", ".join(facts)))
        self.query_one(ProgressBar).update(total=total or None, progress=now.papers_done)

    def finish(self, report: AddReport) -> None:
        """Show what was done; it stays while there is something rejected to look at."""
        self._enter("-shown", "-ended", *(["-rejected"] if report.rejected else []))
        self._report = report
        self._say(Content(summary(report)))
        if not report.rejected:
            self._leaving = self.set_timer(RESULT_S, self.leave)

    def fail(self, message: str, hint: str = "") -> None:
        """Show why it ended early, and what to do."""
        self._enter("-shown", "-ended", "-failed")
        self._report = None
        self._say(lines(f"{message} {hint}".strip()))

    def leave(self) -> None:
        """Take the bar away."""
        self._enter()

    def _enter(self, *classes: str) -> None:
        if self._leaving is not None:
            self._leaving.stop()
            self._leaving = None
        self.set_classes(classes)

    def _say(self, words: Content) -> None:
        self.query_one("#indexing-words", Static).update(words)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Pass on what was pressed."""
        event.stop()
        if event.button.id == "indexing-stop":
            event.button.disabled = True
            self._say(Content("Stopping…"))
            self.post_message(self.Stopped())
        elif event.button.id == "indexing-report" and self._report is not None:
            self.post_message(self.ReportAsked(self._report))
        else:
            self.leave()
