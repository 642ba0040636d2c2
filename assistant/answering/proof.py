"""Decides whether a sentence is supported by one sentence of a paper, as far as code can tell.

The test is strict, because what fails it costs nothing: the paper's own sentence is quoted
in its place. A draft is supported when it is a compression of the evidence that crosses no
border between statements:

- it adds no number, no name and no content word (the paper's name may stand in front);
- what it takes, it takes in order, and where it leaves words out, it leaves out no number, no
  negation and no end of a clause. Otherwise ``3.3x and 2.4x faster on GPU and iPhone,
  respectively`` becomes ``3.3x faster on iPhone``, and ``A in the bottom layers, B in the top
  layers`` becomes ``A in the top layers``: the commonest lies of small models;
- the clauses it takes from are negated and hedged exactly as it is;
- a number keeps what qualifies it (``up to``, ``less than``) and what it is a number of.

That it means nearly the same is checked beside this, with the encoder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.text.words import STOP_WORDS, names, stem

_TOKEN = re.compile(
    r"[-+−±<>≤≥~]?\$?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?(?:\s?[%‰])?"
    r"|\w+(?:[-'’./^+]\w+)*\+?|[,;:()\[\]—–]"
)
_NUMBER = re.compile(r"[-+−±<>≤≥~]?\$?\d")
_NEGATIONS = frozenset(
    "no not never none nor neither without cannot can't doesn't don't isn't aren't wasn't weren't "
    "didn't won't fail fails failed lack lacks lacking unable hardly unlike instead".split()
)
# Words that carry a sentence without saying anything about the world.
_FRAME_STEMS = frozenset(
    stem(word)
    for word in """
    paper author authors study work abstract method model approach use uses used using called named
    is are was were has have does result results show shows report reports reported according
    answer state states achieve achieves achieved reach reaches reached get gets obtain obtains
    """.split()
)
_SPEAKERS = frozenset({"we", "our", "ours"})
_OWN_WORK = frozenset(
    stem(word)
    for word in "architecture framework system network novel new proposed propose".split()
)
_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
}
_COMPANY_TOKENS = 3
_QUALIFIERS = frozenset(
    "up least most less more than over under nearly almost approximately about around below above "
    "between from roughly only exceeding".split()
)
_QUALIFIER_TOKENS = 3
_HEDGES = frozenset(
    "may might could can should would perhaps possibly potentially likely if unless suggest "
    "suggests suggesting hypothesize hypothesise hypothesized expected expect believe conjecture "
    "aim aims previously prior".split()
)
_BORDERS = frozenset(", ; : ( ) [ ] — – and or but while whereas although though which who".split())


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, number or border of a sentence, and its form for comparison."""

    text: str
    key: str
    is_number: bool
    counts: bool
    """Whether it says something about the world."""


def unsupported_because(draft: str, *, evidence: str, title: str) -> str | None:
    """Return why ``draft`` is not supported by ``evidence``, or None if it is.

    All texts in readable form. ``title`` is that of the paper of the evidence.
    """
    source, own = _tokens(evidence), {token.key for token in _tokens(title) if token.counts}
    draft_tokens = _tokens(draft)
    told = _without_subject(draft_tokens, source, own)
    if not any(token.counts for token in told):
        return "it says nothing"
    subject = own if len(told) < len(draft_tokens) else None
    return (
        _foreign_name(draft, evidence, title)
        or _foreign_word(told, source)
        or _torn_list(told, source)
        or _torn_apart(told, source, subject)
    )


def _without_subject(
    told: Sequence[_Token], source: Sequence[_Token], own: set[str]
) -> list[_Token]:
    """Drop the paper's name from the start of a draft where the evidence says "we" for it."""
    held = {token.key for token in source}
    position = 0
    for place, token in enumerate(told):
        if token.counts and (token.key not in own or token.key in held):
            break
        if token.counts:
            position = place + 1
    return list(told[position:])


def _foreign_name(draft: str, evidence: str, title: str) -> str | None:
    held = f"{evidence} {title}".casefold()
    for name in names(draft):
        if name.casefold() not in held and name.casefold().rstrip("s") not in held:
            return f"the name {name} is neither in the evidence nor in the title"
    return None


def _foreign_word(told: Sequence[_Token], source: Sequence[_Token]) -> str | None:
    held = {token.key for token in source}
    for token in told:
        if token.counts and token.key not in held:
            return f"{token.text} is not in the evidence"
    return None


def _torn_list(told: Sequence[_Token], source: Sequence[_Token]) -> str | None:
    if "respectively" in {t.key for t in source} - {t.key for t in told}:
        return "it takes a part of what is listed 'respectively'"
    return None


def _torn_apart(
    told: Sequence[_Token], source: Sequence[_Token], subject: set[str] | None
) -> str | None:
    """Look for a place in the evidence from which the draft could have been taken, in order.

    Follows every way to match the draft's words one after another, which is cheap: a word
    seldom occurs more than twice in a sentence. ``subject`` are the words of the paper's title
    if its name was put in front of what was taken.
    """
    taken = [token for token in told if token.counts]
    paths = [
        [place]
        for place in _places(taken[0], source)
        if subject is None or _speaks_of_itself(source, place, subject)
    ]
    for token in taken[1:]:
        paths = [
            [*path, place]
            for path in _latest_begun(paths)
            for place in _places(token, source)
            if place > path[-1] and _may_skip(source[path[-1] + 1 : place])
        ]
    if not paths:
        return "its words do not follow each other in one statement"
    if any(_says_the_same(told, taken, source, path) for path in paths):
        return None
    return "a negation, a hedge, or what a number measures is lost"


def _speaks_of_itself(source: Sequence[_Token], place: int, own: set[str]) -> bool:
    """Tell whether what begins at ``place`` is said of the paper's own work: "we", "our"."""
    start = _clause_start(source, place)
    before = source[start:place]
    speakers = _SPEAKERS if start else _SPEAKERS | {"it", "this"}
    foreign = any(token.counts and token.key not in own | _OWN_WORK for token in before)
    return not foreign and any(token.key in speakers | own for token in before)


def _latest_begun(paths: list[list[int]]) -> list[list[int]]:
    """Keep one path for each place reached: the latest begun, which skips the least."""
    best: dict[int, list[int]] = {}
    for path in paths:
        if path[-1] not in best or path[0] > best[path[-1]][0]:
            best[path[-1]] = path
    return list(best.values())


def _places(token: _Token, source: Sequence[_Token]) -> list[int]:
    return [place for place, other in enumerate(source) if other.key == token.key]


def _may_skip(gap: Sequence[_Token]) -> bool:
    """Tell whether words may be left out without joining what does not belong together."""
    if len(gap) > 1 and gap[0].key == "(" and gap[-1].key == ")":
        gap = gap[1:-1]
    left_out = any(token.counts for token in gap)
    border = any(token.key in _BORDERS for token in gap)
    number = any(token.is_number for token in gap)
    return not number and not (left_out and border)


def _says_the_same(
    told: Sequence[_Token], taken: Sequence[_Token], source: Sequence[_Token], path: Sequence[int]
) -> bool:
    touched = _clauses(source, path)
    for marks in (_NEGATIONS, _HEDGES):
        if {t.key for t in told} & marks != {t.key for t in touched} & marks:
            return False
    positions = [i for i, token in enumerate(told) if token.counts]
    return all(
        _qualifiers(told, position) == _qualifiers(source, place)
        and (len(taken) == 1 or _company(told, position) & _company(source, place))
        for token, position, place in zip(taken, positions, path, strict=True)
        if token.is_number
    )


def _clauses(source: Sequence[_Token], path: Sequence[int]) -> Sequence[_Token]:
    """Return the evidence from the border before the first word taken to that after the last."""
    first, last = _clause_start(source, path[0]), path[-1]
    while last + 1 < len(source) and source[last + 1].key not in _BORDERS:
        last += 1
    return source[first : last + 1]


def _clause_start(source: Sequence[_Token], place: int) -> int:
    while place > 0 and source[place - 1].key not in _BORDERS:
        place -= 1
    return place


def _qualifiers(tokens: Sequence[_Token], position: int) -> set[str]:
    before = tokens[max(0, position - _QUALIFIER_TOKENS) : position]
    return {token.key for token in before} & _QUALIFIERS


def _company(tokens: Sequence[_Token], position: int) -> set[str]:
    """Return the content words near a number: what it is a number of."""
    near = tokens[max(0, position - _COMPANY_TOKENS) : position + _COMPANY_TOKENS + 1]
    return {token.key for token in near if token.counts and not token.is_number}


def _tokens(text: str) -> list[_Token]:
    return [_token(match[0].strip()) for match in _TOKEN.finditer(text)]


def _token(text: str) -> _Token:
    word = text.casefold()
    if word in _NUMBER_WORDS:
        return _Token(text, _NUMBER_WORDS[word], is_number=True, counts=True)
    if _NUMBER.match(text):
        key = text.replace(",", "").replace(" ", "").lstrip("+")
        return _Token(text, key, is_number=True, counts=True)
    if word in _NEGATIONS | _HEDGES | _BORDERS | _QUALIFIERS | STOP_WORDS:
        return _Token(text, word, is_number=False, counts=False)
    key = "respectively" if word == "respectively" else stem(word)
    return _Token(text, key, is_number=False, counts=key not in _FRAME_STEMS | {"respectively"})
