"""Loads the prompts: Markdown files with one heading a message and ``$placeholders``.

A prompt is text that users may change. What is put into it (titles, sentences, questions)
is data: it is substituted once, so a ``$name`` inside a paper stays as it is, and line
breaks become blanks, so a paper cannot open a message of its own.
"""

from __future__ import annotations

import re
from string import Template
from typing import cast

from assistant.errors import ConfigError
from assistant.llm.model import Message
from assistant.resources import resource

_HEADING = re.compile(r"^# (system|user|assistant)[ \t]*$", re.MULTILINE)
_CHAT_MARKS = re.compile(r"<\|[^|<>]{0,40}\|>|</?s>|\[/?INST\]|<(?:start|end)_of_turn>")


def load_prompt(name: str) -> tuple[Message, ...]:
    """Return the messages of ``prompts/NAME.md``, placeholders still in place.

    Raises ConfigError if the file has no message or text before its first heading.
    """
    path = resource(f"prompts/{name}.md")
    before, *parts = _HEADING.split(path.read_text(encoding="utf-8"))
    if before.strip() or not parts:
        raise ConfigError(
            f"{path} is not a prompt.",
            hint="It needs headings '# system', '# user', '# assistant'.",
        )
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return tuple(_message(role, content) for role, content in pairs)


def fill(messages: tuple[Message, ...], **values: str) -> list[Message]:
    """Return the messages with each ``$name`` replaced; raises ConfigError for another name."""
    safe = {name: _as_data(value) for name, value in values.items()}
    try:
        return [
            _message(message.role, Template(message.content).substitute(safe))
            for message in messages
        ]
    except (KeyError, ValueError) as error:
        known = ", ".join(f"${name}" for name in values)
        raise ConfigError(
            f"A prompt uses the placeholder {error}.", hint=f"It may use {known}; write $$ for $."
        ) from error


def _message(role: str, content: str) -> Message:
    return Message(role=cast("Message", role), content=content.strip())  # type: ignore[arg-type]


def _as_data(text: str) -> str:
    """Take from a text what a chat template would read as the end of a message."""
    return " ".join(_CHAT_MARKS.sub(" ", text).split())
