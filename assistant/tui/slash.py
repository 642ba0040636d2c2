"""The commands that can be typed in place of a question: ``/survey sparse attention``."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from assistant.errors import UsageError


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command, what may follow it, and what it is for."""

    name: str
    takes: str
    about: str

    @property
    def usage(self) -> str:
        """The command as it is typed: ``/survey topic``."""
        return f"/{self.name} {self.takes}".strip()


SLASH_COMMANDS: tuple[SlashCommand, ...] = (
    SlashCommand("summarize", "[title or id]", "one paper in brief"),
    SlashCommand("survey", "topic", "every paper about it, by theme"),
    SlashCommand("compare", "[A; B; … or topic]", "papers side by side"),
    SlashCommand("overview", "[filter]", "themes, years and a map"),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as it was typed."""

    name: str
    argument: str


_COMMAND = re.compile(r"/([A-Za-z_-]*)(?:\s+(.*))?", re.DOTALL)


def read_command(text: str) -> Typed | None:
    """Return the command that a text is, or None if it is a question.

    A text with a blank in front is always a question, and so is one that only looks like a path.
    Raises UsageError if there is no such command.
    """
    match = _COMMAND.fullmatch(text)
    if match is None:
        return None
    name, argument = match[1].lower(), " ".join((match[2] or "").split())
    names = [command.name for command in SLASH_COMMANDS]
    if name in names:
        return Typed(name, argument)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    near = near or [known for known in names if name and known.startswith(name)][:1]
    meant = f"Did you mean /{near[0]}?" if near else f"There are /{', /'.join(names)}."
    raise UsageError(
        f"There is no command /{name}. {meant}" if name else f"Which command? {meant}",
        hint="To ask it as a question, put a blank in front.",
    )


def completion(text: str) -> str:
    """Return what is missing of the first command that begins so, with a blank; "" if none."""
    begun = re.fullmatch(r"/([a-z]+)", text)
    if begun is None:
        return ""
    known = (command.name for command in SLASH_COMMANDS if command.name.startswith(begun[1]))
    name = next(known, None)
    return "" if name is None else f"{name.removeprefix(begun[1])} "


def hint(text: str) -> str:
    """Return a line about the command that is being typed; "" if it is a question."""
    begun = re.match(r"/([A-Za-z]*)(\s?)", text)
    if begun is None:
        return ""
    name = begun[1].lower()
    fitting = [command for command in SLASH_COMMANDS if command.name.startswith(name)]
    for command in fitting:
        if command.name == name:
            return f"{command.usage}: {command.about}"
    return "" if begun[2] else "  ".join(f"/{command.name}" for command in fitting)
