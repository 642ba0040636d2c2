"""Shows what an ``add`` did, and each record that could not be taken, with its place and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from assistant.tui.dialogs.dialog import Dialog
from assistant.tui.display import brief, counted, shown, verbatim
from assistant.tui.hints import Hint
from assistant.types import AddReport

MAX_RECORDS = 1000
"""Rejected records that are listed; the rest is counted."""
MAX_REASON_CELLS = 500


def summary(report: AddReport) -> str:
    """Return the counts of a report in words: ``389 papers added, 3 updated.``"""
    parts = [f"{counted(report.added, 'paper')} added"]
    if report.updated:
        parts.append(f"{report.updated:,} updated")
    if report.unchanged:
        parts.append(f"{report.unchanged:,} there already")
    if report.rejected:
        parts.append(f"{counted(len(report.rejected), 'record')} not readable")
    return ", ".join(parts) + "."


class ReportDialog(Dialog[None]):
    """The counts of a report and its rejected records, by file."""

    DEFAULT_CSS = """
    ReportDialog {
        & > .dialog { width: 100; }
        & #report-records { height: auto; margin: 1 0 0 0; padding: 0 1; }
        & #report-records Static { width: 1fr; height: auto; }
    }
    """
    TITLE_TEXT = "What was added"

    def __init__(self, report: AddReport) -> None:
        super().__init__()
        self._report = report

    def parts(self) -> Iterable[Widget]:
        """Return the counts and the records."""
        yield Static(Content(summary(self._report)), classes="dialog--words")
        if self._report.rejected:
            records = Static(Content("\n").join(self._records()))
            yield VerticalScroll(records, id="report-records", classes="dialog--scroll")

    def hints(self) -> Iterable[Hint]:
        """Return the keys."""
        return (Hint("scroll_down", "scroll"), Hint("close", "close"))

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        for records in self.query("#report-records"):
            records.focus()

    def _records(self) -> Iterator[Content]:
        rejected = self._report.rejected
        for file, records in groupby(rejected[:MAX_RECORDS], key=lambda record: record.file):
            yield verbatim(file, "bold $text-accent")
            for record in records:
                place = "" if record.line is None else f"line {record.line:,}: "
                reason = brief(shown(record.reason), cells=MAX_REASON_CELLS)
                yield Content.assemble((place, "$text-muted"), reason)
        if len(rejected) > MAX_RECORDS:
            yield Content.styled(f"and {len(rejected) - MAX_RECORDS:,} more", "$text-muted")
