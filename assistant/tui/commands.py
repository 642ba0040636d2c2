"""What the command palette offers: every action of the chat, with its key if it has one.

Only what the screen can do now is offered. The keys are read off the active bindings, so a
remapped key is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode

from assistant.tui.hints import active_keys


@dataclass(frozen=True, slots=True)
class Command:
    """An action of the screen or the app, and what it is called."""

    action: str
    title: str
    about: str


COMMANDS: tuple[Command, ...] = (
    Command("add_files", "Add papers", "Index files and folders of abstracts"),
    Command("add_sample", "Load the sample", "Add a few dozen well-known papers"),
    Command(
        "show_rejected", "Show what was rejected", "Records of the last add that have no place"
    ),
    Command("summarize", "Summarize a paper", "The one that is open, pinned or highlighted"),
    Command("survey", "Survey a topic", "Every paper about it, in themes"),
    Command("compare", "Compare the pinned papers", "What each says of its method, data, result"),
    Command("overview", "Overview of the library", "Its themes, years and a map"),
    Command("new_session", "New conversation", "Begin again with nothing carried over"),
    Command("sessions", "Conversations", "Resume, search, rename or remove one"),
    Command("rename_session", "Rename this conversation", "Give it another title"),
    Command("export_session", "Export this conversation", "Write it to a Markdown file"),
    Command("stop", "Stop the answer", "Keep what stands and write no more"),
    Command("copy_answer_text", "Copy the answer", "As plain text"),
    Command("copy_answer_markdown", "Copy the answer as Markdown", "With its quotes"),
    Command("copy_answer_bibtex", "Copy the answer with BibTeX", "Of the papers it cites"),
    Command("copy_quote", "Copy the quote", "The lit sentence with its reference"),
    Command("clear_pins", "Ask about all papers again", "Take off all pins"),
    Command("toggle_library", "Show or hide the library", "The papers at the left"),
    Command("toggle_source", "Show or hide the source", "The cited paper at the right"),
    Command("models", "Choose the model", "Which of the installed ones phrases the answers"),
    Command("change_theme", "Choose the theme", "Colours, light and dark"),
    Command("save_screenshot", "Save a screenshot", "As an SVG file"),
    Command("help", "Help", "The keys of what has the focus, and those of the chat"),
    Command("quit", "Quit", "Leave the chat"),
)


class ChatCommands(Provider):
    """Finds commands by their titles."""

    async def discover(self) -> Hits:
        """Offer all commands, in their order."""
        for command, node, about in self._offered():
            run = partial(self.app.run_action, command.action, node)
            yield DiscoveryHit(Content(command.title), run, text=command.title, help=about)

    async def search(self, query: str) -> Hits:
        """Offer the commands whose title or description fits."""
        matcher = self.matcher(query)
        for command, node, about in self._offered():
            score = max(matcher.match(command.title), 0.5 * matcher.match(command.about))
            if score > 0:
                title = matcher.highlight(command.title)
                run = partial(self.app.run_action, command.action, node)
                yield Hit(score, title, run, text=command.title, help=about)

    def _offered(self) -> Iterator[tuple[Command, DOMNode, str]]:
        """Yield each command that can be done now, who does it, and a line about it."""
        keys = active_keys(self.screen)
        for command in COMMANDS:
            nodes: tuple[DOMNode, ...] = (self.screen, self.app)
            for node in nodes:
                if hasattr(node, f"action_{command.action}"):
                    if node.check_action(command.action, ()):
                        yield command, node, self._about(command, keys.get(command.action, []))
                    break

    def _about(self, command: Command, keys: list[str]) -> str:
        """Return the description and the keys.

        The palette would read a ``str`` as markup, and a key may be a square bracket; Content
        it takes as it is, although it is declared as ``str``.
        """
        words = Content(command.about + (f"  {', '.join(keys)}" if keys else ""))
        return cast(str, words)
