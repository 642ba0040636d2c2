"""What answering needs of a language model, whatever runs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.types import Cancellation


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a chat prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


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
    ) -> Iterator[str]:
        """Yield the pieces of the reply; end early, without error, once cancelled.

        Raises ModelError if the prompt does not fit the context or the model fails.
        """
        ...
