"""What answering needs of a language model, whatever runs it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from assistant.types import Cancellation


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a chat prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


def without_system(messages: Sequence[Message]) -> list[Message]:
    """Return the messages for a model that knows no system: what it says begins the next one."""
    said: list[Message] = []
    before = ""
    for message in messages:
        if message.role == "system":
            before += f"{message.content}\n\n"
        else:
            said.append(Message(role=message.role, content=before + message.content))
            before = ""
    return [*said, Message(role="user", content=before.strip())] if before else said


Steer = Callable[[str], Collection[str]]
"""Tells of what was written so far which texts may follow; an empty one: the reply may end here."""


@runtime_checkable
class Grammatical(Protocol):
    """A steer that also tells beforehand all that it allows, for a model that runs elsewhere."""

    @property
    def grammar(self) -> str:
        """All texts that may be written, in GBNF; empty if there are none."""
        ...


def grammar_of(steer: object) -> str:
    """Return the grammar of a steer; empty if it has none."""
    return steer.grammar if isinstance(steer, Grammatical) else ""


class LanguageModel(Protocol):
    """A chat model that writes a text piece by piece."""

    @property
    def name(self) -> str:
        """What an answer says it was written by."""
        ...

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        stop: Sequence[str] = (),
        cancel: Cancellation | None = None,
        steer: Steer | None = None,
    ) -> Iterator[str]:
        """Yield the pieces of the reply; end early, without error, once cancelled.

        With ``steer`` the model chooses among the texts that it names, and need not be asked
        where there is one; a model that cannot be steered may ignore it, for whatever is written
        is proved afterwards.

        Raises ModelError if the prompt does not fit the context or the model fails.
        """
        ...
