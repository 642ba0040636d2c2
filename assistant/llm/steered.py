"""Which tokens a steered reply may go on with.

A text can be cut into tokens in many ways. Only the longest token is allowed that each of the
allowed texts begins with: a model is used to long ones, and where one is left there is no choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.llm.model import Steer


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of a model."""

    pieces: Sequence[bytes]
    """The text of each token; empty for those that only mark something."""
    ends: frozenset[int]
    """The tokens that end a reply."""
    begins: int | None = None
    """The token that every text begins with, if there is one."""

    def begin(self, text: bytes) -> int | None:
        """Return the longest token that ``text`` begins with; None if there is none."""
        for length in range(min(len(text), self._longest), 0, -1):
            if (token := self._tokens.get(text[:length])) is not None:
                return token
        return None

    @cached_property
    def _tokens(self) -> Mapping[bytes, int]:
        return {piece: token for token, piece in enumerate(self.pieces) if piece}

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._tokens))


def allowed_tokens(steer: Steer, written: bytes, vocabulary: Vocabulary) -> frozenset[int]:
    """Return the tokens of which one must follow ``written``; those that end, if none may."""
    text = written.decode("utf-8", "ignore")
    # Part of a letter: some letters are of several tokens.
    begun = written[len(text.encode()) :]
    found = set[int]()
    for following in steer(text):
        rest = following.encode("utf-8", "replace")
        if not rest.startswith(begun):
            continue
        if not rest:
            found |= vocabulary.ends
        elif (token := vocabulary.begin(rest[len(begun) :])) is not None:
            found.add(token)
    return frozenset(found) or vocabulary.ends
