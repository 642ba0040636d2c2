"""Sentences as the proof compares them: tokens, and what can be seen of their grammar.

There is no parser here. What a rule needs to know of a sentence is read off single words; where
they leave it open, the rule does not apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.text.words import STOP_WORDS, stem

ARTICLES = frozenset({"a", "an", "the"})

_TOKEN = re.compile(
    r"[-+−–±~]?\$?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?[%‰])?"  # numbers, with sign and percentage
    r"|\w+(?:[-'’./^+]\w+)*\+*"  # words, names
    r"|[^\w\s]"
)
_NUMBER = re.compile(r"[-+−–±~]?\$?\d")
_PAPERS = frozenset("article paper study work".split())
_JOINING = frozenset(
    "about against among and as at based between by for from in inside into like of off on onto or "
    "over per than through to toward towards under upon using via when where with within without "
    "not unlike is are was were be that which or".split()
)
"""With one of these in a name for something, a remark after it may belong to its last part."""


@dataclass(frozen=True, slots=True)
class WordToken:
    """A word, number or sign, and its form for comparison."""

    text: str
    key: str
    word: str
    """In lower case."""
    spaced: bool = True
    """Whether a blank stands before it."""

    @property
    def is_number(self) -> bool:
        """Tell whether it is a number, with or without sign and percentage."""
        return _NUMBER.match(self.text) is not None


def split_tokens(text: str) -> list[WordToken]:
    """Return the words, numbers and signs of a text."""
    return [_token(text, match) for match in _TOKEN.finditer(text)]


def token_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each token of :func:`split_tokens`."""
    return (match.span() for match in _TOKEN.finditer(text))


def word_at(source: Sequence[WordToken], place: int) -> str:
    """Return the word at a place; nothing behind the end."""
    return source[place].word if place < len(source) else ""


def speaks_as_paper(source: Sequence[WordToken], place: int) -> bool:
    """Tell whether "this paper" is a subject here: "this paper studies", not "in this paper"."""
    begins = place == 0 or source[place - 1].word in {",", "that"}
    following = word_at(source, place + 2)
    return (
        begins
        and word_at(source, place + 1) in _PAPERS
        and following.isalpha()
        and following not in STOP_WORDS
    )


def is_plain(thing: Sequence[WordToken]) -> bool:
    """Tell whether a remark behind these words can only be about the whole of them."""
    outside, depth = [], 0
    for token in thing:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.text != ")":
            outside.append(token)
    return (
        bool(outside)
        and depth == 0
        and not any(token.word in _JOINING or token.text in "[]:;—–" for token in outside)
    )


def said(tokens: Sequence[WordToken]) -> str:
    """Return the text of tokens, with the blanks that stand before them; none at the start."""
    return "".join(f" {token.text}" if token.spaced else token.text for token in tokens).lstrip()


def _token(whole: str, match: re.Match[str]) -> WordToken:
    text = match[0]
    spaced = match.start() == 0 or whole[match.start() - 1].isspace()
    word = text.casefold()
    if _NUMBER.match(text):
        return WordToken(text, text.replace(",", "").replace(" ", ""), word, spaced)
    # A single capital is a name ("method A"), not the article.
    key = text if text == "A" else word if word in STOP_WORDS else stem(word)
    return WordToken(text, key, word, spaced)
