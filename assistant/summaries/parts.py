"""Whole statements within a sentence: what may be shown alone of a long one.

:mod:`assistant.answering.proof` knows where a statement begins and ends without loss; that what
it takes out also reads as a sentence is decided here, by single words, for there is no parser.
"In this paper, we propose a network that is fast, which matters for phones" has the part "we
propose a network that is fast".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from assistant.answering.proof import changes_nothing, may_begin, may_end
from assistant.answering.statement import (
    WordToken,
    speaks_as_paper,
    split_tokens,
    token_spans,
    word_at,
)
from assistant.summaries.phrases import CHANGES, breaks_off, has_verb, splits_pairs

_MIN_TOKENS = 6
_MAX_STARTS = 4
_MAX_ENDS = 16
"""Looked at in one sentence: one that is a list of hundreds of clauses must not cost seconds."""
_LATEST_START = 12
"""Behind more tokens than that a comma hardly ends an opening such as "To this end"."""

_SHOWING = frozenset(
    "show shows demonstrate demonstrates find prove proves observe establish verify confirm".split()
)
_WANTING = _SHOWING | frozenset(
    "showing finds observes argue note propose proposes introduce suggest reveal reveals indicate "
    "indicates conclude shown ensure ensures ensuring illustrate so such is are be was were".split()
)
"""Before "that" these want what follows it."""
_LEANING = CHANGES | frozenset(
    "only just even solely so "
    "focus focuses rely relies depend depends results result build builds perform performs work "
    "works operate train operates is are was were not and as occurs occur arise".split()
)
"""Before "in" or "on" these want what follows it."""
_JOINING = frozenset(
    "and or but nor which that who the a an of by with to for from as than via both either".split()
)
"""No statement ends with one of these."""
_CARRYING_ON = frozenset(
    "show demonstrate prove apply evaluate provide use achieve obtain outperform find study "
    "propose introduce analyze analyse present develop derive discuss test validate compare "
    "investigate explore offer improve reduce allow enable achieves obtains outperforms shows "
    "demonstrates provides improves reduces allows enables uses is are can has have does requires "
    "learns we our it this these they thus therefore hence then also further".split()
)
"""Behind "and" these begin a statement of their own, not the second half of a pair of nouns."""
_ADDING = frozenset(
    "a an the which where while whereas but thus thereby using enabling achieving leading showing "
    "resulting allowing making providing yielding outperforming reducing improving demonstrating "
    "without with and when by e.g i.e such including based we our from for to as even".split()
)
"""Behind a comma these add to what is complete; other words may be the next of a list."""
_BEGINNING = frozenset("the a an this these it they".split())
_OPENERS = frozenset(
    "in to on with for by here however moreover furthermore thus hence therefore also then as at "
    "based motivated inspired unlike besides from under through across".split()
)


def statement_parts(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each part of a readable sentence that is a statement begins and ends in it.

    The first is the sentence itself. Parts pass the proof and are shown word for word.
    """
    yield 0, len(text)
    source, spans = split_tokens(text), list(token_spans(text))
    size = len(source)
    starts = (start for start in range(size) if _begins_well(source, start))
    ends = [end for end in range(_MIN_TOKENS, size + 1) if _ends_well(source, end)]
    for start in islice(starts, _MAX_STARTS):
        for end in ends[:_MAX_ENDS]:
            if end - start < _MIN_TOKENS or (start, end) == (0, size):
                continue
            first, last = spans[start][0], spans[end - 1][1]
            if changes_nothing(source[:start], source[end:]) and _is_whole(text, first, last):
                yield first, last


def _is_whole(text: str, start: int, end: int) -> bool:
    part = text[start:end]
    return has_verb(part) and not breaks_off(part) and not splits_pairs(text[:start], part)


def _begins_well(source: Sequence[WordToken], start: int) -> bool:
    if start == 0:
        return True
    if not may_begin(source, start):
        return False
    word, before = source[start].word, source[start - 1].word
    if before == "that":
        return start > 1 and source[start - 2].word in _SHOWING
    if before == "," and (word == "our" or (word == "this" and speaks_as_paper(source, start))):
        return True
    return word == "we" or (
        before == "," and word in _BEGINNING and _is_opening(source[: start - 1])
    )


def _is_opening(before: Sequence[WordToken]) -> bool:
    """Tell whether this only opens a sentence: "To this end, | the network is", and no more.

    Of "the model, | the network of …, is" the part behind the comma is no statement.
    """
    first = before[0].word if before else ""
    opens = first in _OPENERS or first.endswith(("ly", "ing"))
    return opens and len(before) < _LATEST_START and not any(one.text == "," for one in before)


def _ends_well(source: Sequence[WordToken], end: int) -> bool:
    if end == len(source):
        return True
    before, word = source[end - 1].word, source[end].word
    after, then = word_at(source, end + 1), word_at(source, end + 2)
    if not may_end(source, end) or not (before[-1].isalnum() or before[-1] in ')%”"'):
        return False
    if before in _JOINING:
        return False
    wanted = before.endswith("ed")
    return (
        word in {*";:—–", "while", "whereas", "although"}
        or (word in {"(", "["} and source[end].spaced)
        or (word == "," and after in _ADDING and (after != "and" or then in _CARRYING_ON))
        or (word in {"and", "or", "but"} and after in _CARRYING_ON)
        or (word in {"in", "on", "at", "across"} and before not in _LEANING and not wanted)
        or (word == "that" and before not in _WANTING and not wanted)
    )
