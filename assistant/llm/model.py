"""What answering needs of a language model, whatever runs it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.types import Cancellation


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a chat prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


Steer = Callable[[str], Collection[str]]
"""Tells of what was written so far which texts may follow; an empty one: the reply may end here."""


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
