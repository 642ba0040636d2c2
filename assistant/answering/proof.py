"""Decides whether a sentence is supported by one sentence of a paper, as far as code can tell.

The test is strict, because what fails it costs nothing: the paper's own sentence is quoted
in its place. A draft is supported when

- every number in it stands in the evidence, in the same company (``53.9 box AP``);
- every name in it stands in the evidence or in the paper's title;
- it adds no content words of its own;
- names and numbers come in the order of the evidence, and no other number of the evidence
  lies between them. That is what catches the commonest lie of small models: ``3.3x, 8.1x
  and 2.4x faster on GPU, CPU and iPhone, respectively`` told as ``3.3x faster on iPhone``;
- it says "not" where the evidence does, and only there;
- it means nearly the same (cosine of the encoder, checked by the caller).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.text.words import STOP_WORDS, names, stem

_TOKEN = re.compile(
    r"[-+−±<>≤≥~]?\$?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?\s?(?:%|‰)?|\w+(?:[-'’./^+]\w+)*\+?", re.UNICODE
)
_NUMBER = re.compile(r"\d")
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
_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
}
_COMPANY_TOKENS = 3


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or number of a sentence, and its form for comparison."""

    text: str
    key: str
    is_number: bool


def unsupported_because(draft: str, *, evidence: str, title: str) -> str | None:
    """Return why ``draft`` is not supported by ``evidence``, or None if it is.

    All texts in readable form. ``title`` is that of the paper of the evidence.
    """
    told, source = _tokens(draft), _tokens(evidence)
    if not [token for token in told if _counts(token)]:
        return "it says nothing"
    return (
        _foreign_number(told, source)
        or _foreign_name(draft, evidence, title)
        or _foreign_words(told, source, title)
        or _other_polarity(told, source)
        or _rearranged(told, source)
    )


def _foreign_number(told: Sequence[_Token], source: Sequence[_Token]) -> str | None:
    for position, token in enumerate(told):
        if not token.is_number:
            continue
        places = [i for i, other in enumerate(source) if other.key == token.key]
        if not places:
            return f"the number {token.text} is not in the evidence"
        company = _company(told, position)
        if company and not any(company & _company(source, place) for place in places):
            return f"the number {token.text} stands in other company in the evidence"
    return None


def _company(tokens: Sequence[_Token], position: int) -> set[str]:
    """Return the content words near a number: what it is a number of."""
    near = tokens[max(0, position - _COMPANY_TOKENS) : position + _COMPANY_TOKENS + 1]
    return {token.key for token in near if _counts(token) and not token.is_number}


def _foreign_name(draft: str, evidence: str, title: str) -> str | None:
    held = f"{evidence} {title}".casefold()
    for name in names(draft):
        if name.casefold() not in held and name.casefold().rstrip("s") not in held:
            return f"the name {name} is neither in the evidence nor in the title"
    return None


def _foreign_words(told: Sequence[_Token], source: Sequence[_Token], title: str) -> str | None:
    held = {token.key for token in (*source, *_tokens(title))}
    for token in told:
        parts = {stem(part) for part in re.findall(r"\w+", token.text)}
        if _counts(token) and token.key not in held and not parts <= held:
            return f"the word {token.text} is not in the evidence"
    return None


def _other_polarity(told: Sequence[_Token], source: Sequence[_Token]) -> str | None:
    spanned = source[slice(*_span(told, source))]
    if _negations(told) != _negations(spanned):
        return "one says not where the other does not"
    return None


def _rearranged(told: Sequence[_Token], source: Sequence[_Token]) -> str | None:
    """Compare order, and look for numbers that were skipped, between what the draft took."""
    first, last = _span(told, source)
    spanned = source[first:last]
    told_keys = {token.key for token in told}
    for token in spanned:
        if token.is_number and token.key not in told_keys:
            return f"it passes over the number {token.text}"
    cursor = 0
    for token in told:
        if not (token.is_number or _is_name(token)):
            continue
        places = [i for i in range(cursor, len(spanned)) if spanned[i].key == token.key]
        if places:
            cursor = places[0] + 1
        elif any(other.key == token.key for other in spanned):
            return f"{token.text} comes in another order"
    return None


def _span(told: Sequence[_Token], source: Sequence[_Token]) -> tuple[int, int]:
    """Return the part of the evidence from the first to the last word that the draft took."""
    keys = {token.key for token in told if _counts(token)}
    places = [i for i, token in enumerate(source) if token.key in keys]
    return (places[0], places[-1] + 1) if places else (0, len(source))


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        word = match[0].strip()
        is_number = _NUMBER.match(word.lstrip("-+−±<>≤≥~$")) is not None
        key = word.replace(",", "").replace(" ", "").lstrip("+") if is_number else word.casefold()
        if not is_number and key in _NUMBER_WORDS:
            key, is_number = _NUMBER_WORDS[key], True
        found.append(_Token(word, key if is_number else stem(key), is_number))
    return found


def _counts(token: _Token) -> bool:
    return token.is_number or (
        token.text.casefold() not in STOP_WORDS
        and token.text.casefold() not in _NEGATIONS
        and token.key not in _FRAME_STEMS
    )


def _is_name(token: _Token) -> bool:
    return any(letter.isupper() for letter in token.text[1:]) or token.text[:1].isupper()


def _negations(tokens: Sequence[_Token]) -> bool:
    return any(token.text.casefold() in _NEGATIONS for token in tokens)
