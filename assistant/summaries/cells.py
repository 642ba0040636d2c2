"""A few words of a sentence for the cell of a table.

They are a contiguous run of the sentence, from where a clause begins to where it may end
(:mod:`assistant.summaries.phrases`). What would change them, a negation or a hedge, never stays
outside: then the cell is the whole statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.answering.proof import changes_nothing
from assistant.answering.statement import split_tokens
from assistant.summaries.cues import NAMES_TASK, PROPOSED, STUDIED
from assistant.summaries.parts import statement_parts
from assistant.summaries.phrases import (
    SAID,
    Place,
    begins,
    has_verb,
    opening_of,
    splits_pairs,
    stops,
)
from assistant.summaries.types import Aspect

MAX_CELL_WORDS = 28
_GOOD_CELL_WORDS = 14
"""More are shown where fewer would be no whole phrase."""
_MIN_CELL_WORDS = 4
_MIN_NAME_WORDS = 2
_COST_OF_WORD = 0.15
"""Of each above the good number."""

_BEGINNINGS: dict[Aspect, tuple[re.Pattern[str], ...]] = {
    "task": (STUDIED, NAMES_TASK, PROPOSED),
    "method": (PROPOSED,),
}
_PURPOSE = re.compile(r"to [a-z]+ [^,;:]{8,}?(?=, (?:we|this|the|here|our)\b)", re.IGNORECASE)
"""Of "To measure how birds sing, we": that is the task."""
_POINTING = re.compile(
    r"(?:this|these|that|such|it|them|the (?:above|latter)|and|or|(?:to )?be)\b", re.IGNORECASE
)
_WITHOUT = re.compile(
    r"\b(?:no|not(?! only)|without|never|beyond|instead)\b(?:\W+\w+){0,5}\W*$", re.I
)
_INTRODUCES = re.compile(
    r"(?:through|unlike|using|based on|with|in|on|for|by|as|while|although|despite|compared|from|"
    r"across|under|after|when)\b[^,]*",
    re.I,
)
"""Of "On both data sets, it is faster": what stands in front alone states nothing."""
_LABEL = re.compile(r"(?<!\S)(?:\d{1,2}|[ivx]{1,4}|[a-h])\.?$")
"""Of a part of a list, before its bracket: "1)", "b)"."""
_ENDS_SENTENCE = " .!?;:,"


def short_quote(text: str, aspect: Aspect, key: tuple[int, int] | None) -> str:
    """Return a run of at most ``MAX_CELL_WORDS`` words of the readable sentence.

    ``key`` is where the words stand that tell of the aspect, if it is told by such words: they are
    in the run. It is longer where a shorter one would leave out what negates or limits it.
    """
    # Names alone state nothing, but for those that the authors did without.
    if aspect == "data" and key is not None and not _WITHOUT.search(text[: key[0]]):
        run = key
    elif aspect == "task" and (purpose := _purpose(text)):
        run = purpose
    else:
        objects = [*_objects(text, aspect)]
        run = (
            _best(text, aspect, key, objects)
            or _best(text, aspect, key, [*begins(text, within=aspect not in _BEGINNINGS)])
            or _shortest_statement(text, aspect, key)
        )
    start, end = run
    balanced = start + len(_balanced(text[start:end]))
    if aspect == "data" or _is_safe(text, start, balanced):
        end = balanced
    return text[start:end].strip(_ENDS_SENTENCE) or text


def _best(
    text: str, aspect: Aspect, key: tuple[int, int] | None, starts: Sequence[Place]
) -> tuple[int, int] | None:
    """Return the part from one of ``starts`` that reads best and loses nothing; None without."""
    runs = sorted(_runs(text, aspect, key, starts), reverse=True)
    return next(((begin, end) for _, begin, end in runs if _is_safe(text, begin, end)), None)


def _runs(
    text: str, aspect: Aspect, key: tuple[int, int] | None, starts: Sequence[Place]
) -> Iterator[tuple[float, int, int]]:
    """Yield each part of a sentence that may be its cell, and how well it would read."""
    stating = aspect not in _BEGINNINGS
    for begin, good_start in starts:
        states = stating and good_start < SAID
        of_task = text[:begin].endswith(" for ")
        if key is not None and begin > key[0]:
            continue
        for stop, good_stop in stops(text, begin, aspect):
            run = text[begin:stop]
            words = len(run.split())
            least = _MIN_CELL_WORDS if stating else _MIN_NAME_WORDS
            if (key is not None and stop < key[1]) or not least <= words <= MAX_CELL_WORDS:
                continue
            if _balanced(run) != run or _INTRODUCES.fullmatch(run):
                continue
            # What a method is for is said in few words.
            weight = 0.3 if of_task else 1.5
            size = weight * min(words, _GOOD_CELL_WORDS) / _GOOD_CELL_WORDS
            long = _COST_OF_WORD * max(0, words - _GOOD_CELL_WORDS)
            dumb = 2.0 * (has_verb(run) if of_task else states and not has_verb(run))
            yield good_start + good_stop + size - long - dumb, begin, stop


def _purpose(text: str) -> tuple[int, int] | None:
    """Return what stands before "we" in "To measure how birds sing, we record them"."""
    found = _PURPOSE.match(text, opening_of(text))
    if found is None or not _MIN_CELL_WORDS <= len(found[0].split()) <= MAX_CELL_WORDS:
        return None
    pointing = any(_POINTING.match(word) for word in found[0].split()[1:4])
    return None if pointing or not _is_safe(text, *found.span()) else found.span()


def _objects(text: str, aspect: Aspect) -> Iterator[tuple[int, float]]:
    """Yield where that begins which the authors propose or study."""
    for wanted in _BEGINNINGS.get(aspect, ()):
        for found in wanted.finditer(text):
            at = found.end()
            # Behind that little would be left of a sentence, or what it speaks of stands before.
            if len(text[at:].split()) >= _MIN_CELL_WORDS and not _POINTING.match(text, at):
                yield at, 2.0
                return


def _balanced(run: str) -> str:
    """Return the beginning of a run that closes no bracket which it did not open, nor opens one."""
    opened: list[int] = []
    for place, letter in enumerate(run):
        if letter == "(":
            opened.append(place)
        elif letter == ")" and opened:
            opened.pop()
        elif letter == ")" and not _LABEL.search(run[:place]):
            return run[:place]
    return run[: opened[0]] if opened else run


def _is_safe(text: str, start: int, end: int) -> bool:
    before, after = text[:start], text[end:]
    whole = changes_nothing(split_tokens(before), split_tokens(after))
    return whole and not splits_pairs(before, text[start:end])


def _shortest_statement(text: str, aspect: Aspect, key: tuple[int, int] | None) -> tuple[int, int]:
    """Return the shortest whole statement that tells of the aspect; at worst the sentence."""
    start, end = key or (0, 0)
    telling = [part for part in statement_parts(text) if part[0] <= start and end <= part[1]]
    opening = opening_of(text)
    first = opening if _is_safe(text, opening, len(text)) else 0
    for begin, stop in sorted(telling, key=lambda part: part[1] - part[0]):
        if stop >= len(text.rstrip(" .")) or stop in dict(stops(text, begin, aspect)):
            return begin or first, stop
    return first, len(text)
