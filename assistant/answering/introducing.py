"""What a sentence says of the thing that its authors introduce, as a statement of its own.

"We propose Falcon, a network that …" says that Falcon is such a network, and "we propose Falcon,
which needs no labels" that it needs none. That holds only where the remark can be about nothing
but the thing: in "we propose Falcon for Heron, a network" it is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.statement import (
    ARTICLES,
    WordToken,
    is_plain,
    speaks_as_paper,
    split_tokens,
    word_at,
)
from assistant.text.words import stem

CALLED = frozenset("called coined dubbed named termed".split())
MAX_INTRODUCED = 10
"""Words of what is introduced, its bracket included."""
LIGHT = frozenset("also first further here then therefore thus additionally instead".split())
"""Words between "we" and its verb that change nothing."""

_INTRODUCES = frozenset(
    map(stem, "build construct contribute create design develop devise introduce present propose "
        "publish release".split())
)  # fmt: skip
_RELATIVE = frozenset({"that", "which"})
_SPANS_OF_TIME = frozenset("day decade few month week year".split())


@dataclass(frozen=True, slots=True)
class Introduction:
    """What an introduction says of a thing: "Falcon is a network that …"."""

    statement: list[WordToken]
    before: list[WordToken]
    after: list[WordToken]
    """What the sentence says besides, on both sides."""


def introductions(source: Sequence[WordToken]) -> Iterator[Introduction]:
    """Yield what a sentence says of the thing that its authors introduce, if they do.

    From "we propose Falcon, a network that …" comes "Falcon is a network that …".
    """
    start = _introduced_at(source)
    if start is None:
        return
    end = start
    while end < len(source) and source[end].word not in _RELATIVE | CALLED | {","}:
        end += 1
    thing = list(source[start:end])
    after = end + (word_at(source, end) == ",")
    if not 0 < len(thing) <= MAX_INTRODUCED or after + 1 >= len(source):
        return
    if source[after].word in CALLED:
        found = _called(source, thing, after)
    elif is_plain(thing):
        found = _remarked(source, thing, after)
    else:
        return
    for statement, limit in found:
        yield Introduction(statement, list(source[:start]), list(source[limit:]))


def _introduced_at(source: Sequence[WordToken]) -> int | None:
    """Return where the thing begins that the authors introduce, if they introduce one."""
    for place, token in enumerate(source):
        if token.word == "we" or (token.word == "this" and speaks_as_paper(source, place)):
            verb = place + (1 if token.word == "we" else 2)
            while verb < len(source) and source[verb].word in LIGHT:
                verb += 1
            if verb < len(source) and stem(source[verb].word) in _INTRODUCES:
                return verb + 1
        elif token.word == "contribution" and 0 < place <= 2 and source[0].word == "our":
            return place + 2 if word_at(source, place + 1) == "is" else None
    return None


def _remarked(
    source: Sequence[WordToken], thing: list[WordToken], after: int
) -> Iterator[tuple[list[WordToken], int]]:
    """Yield "thing is a Y" and "thing does Z" from "thing, a Y" and "thing, which does Z"."""
    follows = source[after]
    set_off = source[after - 1].word == ","
    if set_off and follows.word in ARTICLES and source[after + 1].word not in _SPANS_OF_TIME:
        limit = _end_of_remark(source, after)
        for verb in ("is", "are"):
            yield [*thing, *split_tokens(verb), *source[after:limit]], limit
    elif follows.word == "which" and set_off:
        yield [*thing, *source[after + 1 :]], len(source)


def _called(
    source: Sequence[WordToken], thing: list[WordToken], called: int
) -> Iterator[tuple[list[WordToken], int]]:
    """Yield "N is a Y that …" and "N does …" from "a Y called N that does …"."""
    end = called + 1
    while end < len(source) and source[end].word not in _RELATIVE | {","}:
        end += 1
    name = list(source[called + 1 : end])
    if not name or len(name) > MAX_INTRODUCED or not is_plain(name):
        return
    if thing[0].word in {"a", "an"} and is_plain(thing):
        yield [*name, *split_tokens("is"), *thing], end
    after = end + (end < len(source) and source[end].word == ",")
    if after < len(source) and source[after].word in _RELATIVE:
        yield [*name, *source[after + 1 :]], len(source)


def _end_of_remark(source: Sequence[WordToken], start: int) -> int:
    """Return where a remark ends at the latest: before what may be a second thing introduced."""
    for place in range(start + 1, len(source) - 1):
        if source[place].word in {",", "and", "or"}:
            following = source[place + 1]
            if following.word in {"and", "or"} and place + 2 < len(source):
                following = source[place + 2]
            if following.word in ARTICLES | {"our", "its"} or following.text[:1].isupper():
                return place
    return len(source)
