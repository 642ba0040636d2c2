"""Fills the chat template of a model with messages, whatever the template makes of them.

A template is a program that comes with a model. Some know of no system and refuse what it says, or
leave it out without a word; some begin the thoughts of a model that is to reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.errors import ModelError
from assistant.llm.model import Message, without_system
from assistant.llm.reply import thought_through
from assistant.text.clean import printable

_MAX_REASON = 200
"""Characters of what a template says of a prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Messages as a model reads them."""

    text: str
    stop: tuple[str, ...]
    """Texts that mark the end of a reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTemplate:
    """The template of one model."""

    name: str
    """Of the model."""
    formatter: Callable[..., Any]
    """Takes ``messages`` and the template's own options; returns ``prompt`` and ``stop``."""

    def fill(self, messages: Sequence[Message]) -> Prompt:
        """Return the prompt. Raises ModelError if the template takes no such messages."""
        refusal: Exception | None = None
        for tried in (messages, without_system(messages)):
            try:
                filled = self._filled(tried)
            except Exception as error:  # of any kind: a template is a program
                refusal = error
                continue
            if all(one.content in filled.text for one in tried if one.role == "system"):
                return filled
        why = " ".join(printable(str(refusal)).split())[:_MAX_REASON]
        raise ModelError(
            f"The chat template of the model {self.name} takes no such prompt: {why}.",
            hint="Choose another [llm] model.",
        ) from refusal

    def _filled(self, messages: Sequence[Message]) -> Prompt:
        filled = self.formatter(
            messages=[{"role": one.role, "content": one.content} for one in messages],
            enable_thinking=False,
        )
        stop = [filled.stop] if isinstance(filled.stop, str) else filled.stop or []
        return Prompt(
            text=thought_through(filled.prompt), stop=tuple(mark for mark in stop if mark)
        )
