"""Decides whether a sentence is supported by one sentence of a paper, as far as code can tell.

The test is strict, because what fails it costs nothing: the paper's own sentence is quoted
in its place. Comparing sets of numbers and names is not enough: a small model turns ``3.3x and
2.4x faster on GPU and phone, respectively`` into ``3.3x faster on phone``, and ``A in the lower
layers, B in the upper layers`` into ``A in the upper layers``, with every word in its place in
the evidence. So a draft is supported only if it is one whole statement of the evidence:

- its words follow each other there, from where a statement begins to where one may end; only
  articles, connectives and a remark in brackets may be left out;
- who speaks and what is spoken of may be called in the other ways that
  :mod:`assistant.answering.wording` allows ("we" the authors, "our method" its name), and what
  is introduced may be said to be what it is (:mod:`assistant.answering.introducing`);
- nothing outside of what it took negates, hedges, conditions or limits it (``not``, ``may``,
  ``if``, ``few of``, ``respectively``).

Whether it also answers the question is checked beside this, with the encoder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.introducing import introductions
from assistant.answering.statement import ARTICLES, WordToken, split_tokens, token_spans
from assistant.answering.wording import AUTHORS, Rewording, by_start, rewordings
from assistant.text.words import STOP_WORDS

_MIN_TOKENS = 4
_MAX_TOKENS = 300
"""Of a draft; a sentence is shorter, and rubbish may be longer."""

_CONNECTIVES = frozenset(
    "also furthermore moreover notably specifically additionally then thus hence therefore here "
    "finally".split()
)
_BORDERS = frozenset([*",;:()[]—–", "and", "or", "but", "while", "whereas", "although", "that"])
_CLAUSE_BORDERS = frozenset([*";:", "but", "while", "whereas", "although", "that"])
_PREPOSITIONS = frozenset(
    "about across after against among at before between by despite during except for from in into "
    "like of off on onto over per since than through to toward towards under until upon using via "
    "when where which with within".split()
)
# With these a statement can be continued that is complete without them; "9 % | of the half",
# "faster | than X", "falls from 9 | to 6" and "drops | when labels are noisy" are not.
_MAY_FOLLOW = frozenset("across at in on e.g i.e".split())
_DETERMINERS = frozenset("the a an our we this we these each every its it they".split())
_PAIRING = frozenset("between both either".split())

_MARKS = frozenset(
    """
    no not never none nor neither without cannot can't doesn't don't isn't aren't wasn't weren't
    didn't won't fail fails failed lack lacks lacking unable hardly unlike instead except rarely
    seldom scarcely far contrary rather
    may might could should would perhaps possibly potentially likely unlikely if unless whether
    suggest suggests suggesting hypothesize hypothesise hypothesized hypothesised expect expected
    believe believed conjecture claim claims claimed appear appears seem seems assume assuming
    supposedly reportedly ask asks question disprove disproves refute refutes deny denies doubt
    reject rejects rejected myth misconception hope hopes suppose imagine
    argue argues argued false wrong incorrect aim aims
    few half most some partly partially nearly almost respectively
    """.split()
)
_CONDITIONS = frozenset("given once provided under until when whenever".split())
"""With these a sentence begins whose rest holds only then."""
_TURNS = frozenset("instead rather".split())
"""With these, and a comma, a sentence only turns away from the one before it."""


def unsupported_because(draft: str, *, evidence: str, title: str) -> str | None:
    """Return why ``draft`` is not supported by ``evidence``, or None if it is.

    All texts in readable form. ``title`` is that of the paper of the evidence.
    """
    told, source = split_tokens(draft.rstrip(" .!")), split_tokens(evidence.strip(" .!"))
    if not _MIN_TOKENS <= len(told) <= _MAX_TOKENS:
        return "it is no sentence"
    if not any(token.is_number or token.word not in STOP_WORDS for token in told):
        return "it says nothing"
    outside = [*_pieces(told, source, title), *_introduced(told, source, title)]
    if not outside:
        return "it is not one statement of the evidence"
    if not any(changes_nothing(*parts) for parts in outside):
        return "what negates, hedges or limits it was left out"
    return None


def has_other_words(evidence: str, *, title: str) -> bool:
    """Tell whether the sentence can be said in other words at all, so that asking is worth it."""
    return bool(rewordings(split_tokens(evidence), title))


def copied_part(draft: str, *, evidence: str) -> str:
    """Return the part of ``evidence`` that ``draft`` copies word for word; empty if it does not.

    Other blanks, another capital at the start or another sign at the end make no words of one's
    own.
    """
    told = [token.word for token in split_tokens(draft.rstrip(" .!"))]
    words = list(token_spans(evidence))
    for first in range(len(words) - len(told) + 1 if told else 0):
        piece = words[first : first + len(told)]
        if [evidence[start:end].casefold() for start, end in piece] == told:
            last = piece[-1][1]
            return evidence[piece[0][0] : last + (evidence[last : last + 1] == ".")]
    return ""


Outside = tuple[Sequence[WordToken], Sequence[WordToken]]
"""What the evidence says before and after the words that a draft was taken from."""


def _pieces(
    told: Sequence[WordToken], source: Sequence[WordToken], title: str
) -> Iterator[Outside]:
    """Yield what is outside of each piece of the evidence that the draft may be taken from."""
    reworded = by_start(rewordings(source, title))
    for start in range(len(source)):
        if may_begin(source, start):
            subject = _may_begin_with_thing(source, start)
            for end in _ends(told, source, start, reworded, begins_with_thing=subject):
                yield source[:start], source[end:]


def _introduced(
    told: Sequence[WordToken], source: Sequence[WordToken], title: str
) -> Iterator[Outside]:
    """Yield the same for a draft that says what the authors introduce: "Falcon is a network"."""
    for found in introductions(source):
        reworded = by_start(rewordings(found.statement, title))
        for end in _ends(told, found.statement, 0, reworded, begins_with_thing=True):
            yield found.before, [*found.statement[end:], *found.after]


def may_begin(source: Sequence[WordToken], start: int) -> bool:
    """Tell whether a statement may begin here: at a border, or "on X | the network reaches"."""
    if start == 0:
        return True
    if source[start - 1].word in _BORDERS:
        paired = source[start - 1].word in ("and", "or")
        return not (paired and any(token.word in _PAIRING for token in source[:start]))
    return source[start].word in _DETERMINERS and source[start - 1].word not in _PREPOSITIONS


def _may_begin_with_thing(source: Sequence[WordToken], start: int) -> bool:
    """Tell whether a statement may begin here with what is called by another name.

    "We release our data, | our models" and "the gap between Heron and | our method" go on with
    what another verb governs.
    """
    if start == 0:
        return True
    before = [token.word for token in source[:start]]
    if before[-1] == ",":
        return "we" not in before
    return before[-1] in _CLAUSE_BORDERS


def _ends(
    told: Sequence[WordToken],
    source: Sequence[WordToken],
    start: int,
    reworded: dict[int, list[Rewording]],
    *,
    begins_with_thing: bool,
) -> list[int]:
    """Return where the draft may end in the evidence if it is taken from ``start`` on."""
    keys = [token.key for token in told]
    reached: list[set[int]] = [set() for _ in range(len(told) + 1)]
    reached[0].add(start)
    for done in range(len(told)):
        named_authors = AUTHORS in keys[:done]
        for place in _with_skips(source, reached[done]):
            if place < len(source) and source[place].key == keys[done]:
                reached[done + 1].add(place + 1)
            for other in reworded.get(place, ()):
                size = len(other.keys)
                allowed = begins_with_thing or not (other.is_thing and done == 0)
                allowed = allowed and (named_authors or not other.needs_authors)
                if allowed and tuple(keys[done : done + size]) == other.keys:
                    reached[done + size].add(other.end)
        if told[done].word in ARTICLES or _is_pause(keys[done : done + 3]):
            reached[done + 1] |= reached[done]
    return [end for end in reached[-1] if end > start and may_end(source, end)]


def _is_pause(keys: Sequence[str]) -> bool:
    """Tell whether this is but a comma before the authors: "to this end | , the authors train"."""
    return tuple(keys) == (",", "the", AUTHORS)


def _with_skips(source: Sequence[WordToken], places: set[int]) -> set[int]:
    """Return the places, and those reached from them over what may be left out."""
    found, todo = set(places), list(places)
    while todo:
        place = todo.pop()
        if place >= len(source):
            continue
        after = {skip(source, place)}
        todo += after - found
        found |= after
    return found


def skip(source: Sequence[WordToken], place: int) -> int:
    """Return where the evidence goes on after what may be left out at ``place``."""
    if source[place].word in ARTICLES | _CONNECTIVES:
        return place + 1
    if source[place].text == "(":
        for close in range(place + 1, len(source)):
            if source[close].is_number:
                break
            if source[close].text == ")":
                return close + 1
    return place


def may_end(source: Sequence[WordToken], place: int) -> bool:
    """Tell whether a statement may end before this place and lose nothing but what is added."""
    if place == len(source):
        return True
    word = source[place].word
    if word in {",", "and", "or"}:
        return not _is_in_list(source, place)
    if word in _BORDERS | _MAY_FOLLOW:
        return True
    if word == "such":
        return place + 1 < len(source) and source[place + 1].word == "as"
    return word == "of" and not source[place - 1].is_number


def _is_in_list(source: Sequence[WordToken], place: int) -> bool:
    """Tell whether a statement cut off here loses its second half: "between 5 | and 9"."""
    if source[place].word == "and":
        for token in reversed(source[max(0, place - 8) : place]):
            if token.word in {"and", ","}:
                break
            if token.word in _PAIRING:
                return True
    numbers = source[place - 1].is_number and place + 1 < len(source)
    return numbers and source[place + 1].is_number


def changes_nothing(before: Sequence[WordToken], after: Sequence[WordToken]) -> bool:
    """Tell whether nothing outside of a piece changes what it says."""
    if len(before) > 1 and before[0].word in _TURNS and before[1].word == ",":
        before = before[2:]
    if before and before[0].word in _CONDITIONS:
        return False
    return not any(token.word in _MARKS for token in (*before, *after))
