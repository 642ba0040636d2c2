"""Decides whether a sentence is supported by one sentence of a paper, as far as code can tell.

The test is strict, because what fails it costs nothing: the paper's own sentence is quoted
in its place. Comparing sets of numbers and names is not enough: a small model turns ``3.3x and
2.4x faster on GPU and phone, respectively`` into ``3.3x faster on phone``, and ``A in the lower
layers, B in the upper layers`` into ``A in the upper layers``, with every word in its place in
the evidence. So a draft is supported only if it is one whole statement of the evidence:

- its words follow each other there, from where a statement begins to where one may end; only
  articles, connectives and a remark in brackets may be left out;
- the paper's name may stand in front where the evidence says "we" or "our method";
- nothing outside of what it took negates, hedges, conditions or limits it (``not``, ``may``,
  ``if``, ``few of``, ``respectively``).

Whether it also answers the question is checked beside this, with the encoder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.text.words import STOP_WORDS, stem

_TOKEN = re.compile(
    r"[-+−–±~]?\$?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?[%‰])?"  # numbers, with sign and percentage
    r"|\w+(?:[-'’./^+]\w+)*\+*"  # words, names
    r"|[^\w\s]"
)
_NUMBER = re.compile(r"[-+−–±~]?\$?\d")
_MIN_TOKENS = 4
_MAX_TOKENS = 300
"""Of a draft; a sentence is shorter, and rubbish may be longer."""

_ARTICLES = frozenset({"a", "an", "the"})
_CONNECTIVES = frozenset(
    "also furthermore moreover notably specifically additionally then thus hence therefore here "
    "finally".split()
)
_BORDERS = frozenset([*",;:()[]—–", "and", "or", "but", "while", "whereas", "although", "that"])
_PREPOSITIONS = frozenset(
    "about across after against among at before between by despite during except for from in into "
    "like of off on onto over per since than through to toward towards under until upon using via "
    "when where which with within".split()
)
# With these a statement can be continued that is complete without them; "9 % | of the half",
# "faster | than X", "falls from 9 | to 6" and "drops | when labels are noisy" are not.
_MAY_FOLLOW = frozenset("across at in on".split())
_DETERMINERS = frozenset("the a an our we this these each every its it they".split())

_MARKS = frozenset(
    """
    no not never none nor neither without cannot can't doesn't don't isn't aren't wasn't weren't
    didn't won't fail fails failed lack lacks lacking unable hardly unlike instead except rarely
    seldom scarcely far contrary rather
    may might could should would perhaps possibly potentially likely unlikely if unless whether
    suggest suggests suggesting hypothesize hypothesise hypothesized hypothesised expect expected
    believe believed conjecture claim claims claimed appear appears seem seems assume assuming
    supposedly reportedly ask asks question disprove disproves refute refutes deny denies doubt
    false wrong incorrect aim aims
    few half most some partly partially nearly almost respectively
    """.split()
)
_OWN_WORK = frozenset(
    "algorithm approach architecture framework method model network paper procedure study system "
    "technique work".split()
)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, number or sign, and its form for comparison."""

    text: str
    key: str
    word: str
    """In lower case."""

    @property
    def is_number(self) -> bool:
        return _NUMBER.match(self.text) is not None


def unsupported_because(draft: str, *, evidence: str, title: str) -> str | None:
    """Return why ``draft`` is not supported by ``evidence``, or None if it is.

    All texts in readable form. ``title`` is that of the paper of the evidence.
    """
    told, source = _tokens(draft.rstrip(" .!")), _tokens(evidence.rstrip(" .!"))
    if not _MIN_TOKENS <= len(told) <= _MAX_TOKENS:
        return "it is no sentence"
    if not any(token.is_number or token.word not in STOP_WORDS for token in told):
        return "it says nothing"
    pieces = [*_pieces(told, source), *_pieces_of_own_work(told, source, title)]
    if not pieces:
        return "it is not one statement of the evidence"
    if not any(_is_free(source, *piece) for piece in pieces):
        return "what negates, hedges or limits it was left out"
    return None


def _pieces(told: Sequence[_Token], source: Sequence[_Token]) -> list[tuple[int, int]]:
    """Return where in the evidence (start, end) the draft was taken from."""
    return [
        (start, end)
        for start in range(len(source))
        if _may_begin(source, start) and (end := _follow(told, source, start)) is not None
    ]


def _pieces_of_own_work(
    told: Sequence[_Token], source: Sequence[_Token], title: str
) -> list[tuple[int, int]]:
    """Return the pieces for a draft that says the paper's name for "we" or "our method"."""
    own = {token.key for token in _tokens(title) if token.word not in STOP_WORDS}
    length = 0
    while length < len(told) and told[length].key in own:
        length += 1
    if length == 0:
        return []
    return [
        (start, end)
        for start in range(1, len(source))
        if _speaks_of_itself(source[:start])
        and (end := _follow(told[length:], source, start)) is not None
    ]


def _speaks_of_itself(before: Sequence[_Token]) -> bool:
    """Tell whether the words before a verb name the authors or their work as its subject."""
    *rest, last = [token.word for token in before]
    if last == "we":
        return True
    return last in _OWN_WORK and rest[-1:] in (["our"], ["this"], ["proposed"])


def _may_begin(source: Sequence[_Token], start: int) -> bool:
    """Tell whether a statement may begin here: at a border, or "on X | the network reaches"."""
    if start == 0 or source[start - 1].word in _BORDERS:
        return True
    return source[start].word in _DETERMINERS and source[start - 1].word not in _PREPOSITIONS


def _follow(told: Sequence[_Token], source: Sequence[_Token], start: int) -> int | None:
    """Return where the draft ends in the evidence if it is taken from ``start`` on."""
    place = start
    for token in told:
        while place < len(source) and source[place].key != token.key:
            after = _skip(source, place)
            if after == place:
                break
            place = after
        if place < len(source) and source[place].key == token.key:
            place += 1
        elif token.word not in _ARTICLES:
            return None
    return place if told and _may_end(source, place) else None


def _skip(source: Sequence[_Token], place: int) -> int:
    """Return where the evidence goes on after what may be left out at ``place``."""
    if source[place].word in _ARTICLES | _CONNECTIVES:
        return place + 1
    if source[place].text == "(":
        for close in range(place + 1, len(source)):
            if source[close].is_number:
                break
            if source[close].text == ")":
                return close + 1
    return place


def _may_end(source: Sequence[_Token], place: int) -> bool:
    if place == len(source) or source[place].word in _BORDERS | _MAY_FOLLOW:
        return True
    return source[place].word == "of" and not source[place - 1].is_number


def _is_free(source: Sequence[_Token], start: int, end: int) -> bool:
    """Tell whether nothing outside of a piece changes what it says."""
    return not any(token.word in _MARKS for token in (*source[:start], *source[end:]))


def _tokens(text: str) -> list[_Token]:
    return [_token(match[0]) for match in _TOKEN.finditer(text)]


def _token(text: str) -> _Token:
    word = text.casefold()
    if _NUMBER.match(text):
        return _Token(text, text.replace(",", "").replace(" ", ""), word)
    # A single capital is a name ("method A"), not the article.
    key = text if text == "A" else word if word in STOP_WORDS else stem(word)
    return _Token(text, key, word)
