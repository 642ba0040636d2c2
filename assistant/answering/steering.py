"""Which texts may follow while a model phrases a sentence: only such as lead to a proof.

A small model that writes freely adds words, and then nothing of its sentence can stand. Steered,
it chooses among what the proof would accept: from which statement of the evidence to begin, what
to call the authors and their method, where to end. The proof stays as it is and has the last word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.answering.grammar import Rule, written_as_gbnf
from assistant.answering.introducing import introductions
from assistant.answering.proof import changes_nothing, may_begin, may_end, skip
from assistant.answering.statement import ARTICLES, WordToken, said, split_tokens, word_at
from assistant.answering.wording import Rewording, by_start, method_name, rewordings
from assistant.text.words import STOP_WORDS, stem

END = ""
"""Among the texts that may follow: the sentence may end here."""

_MIN_CHARACTERS = 50
"""Of a sentence that ends before its evidence does; shorter parts say too little."""
_ENDS = frozenset([*",;", "and", "but", "while", "whereas"])
_TELLING = frozenset(
    map(stem, "argue demonstrate find indicate observe prove reveal show conclude".split())
)
_OPENING = STOP_WORDS | frozenset(
    "additionally article addition end finally first firstly furthermore moreover notably paper "
    "particular second secondly specifically study third work ,".split()
)
"""Of words like these nothing is lost: "in this paper", "to this end"."""
_SPOKEN_OF = frozenset({"we", "our"})
_AUTHORS = " authors"


@dataclass(frozen=True, slots=True)
class _Source:
    """A sentence, where its statements begin, and what else may be said in it."""

    tokens: Sequence[WordToken]
    starts: tuple[int, ...]
    others: dict[int, list[Rewording]]


@dataclass(frozen=True, slots=True)
class _State:
    """A place in a source that what was written may have come to."""

    place: int
    written: int
    """Characters written up to this place."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A place in a source, with what matters there of how it was reached."""

    source: int
    place: int
    written: int
    """Characters written up to this place; no more are counted than a short sentence has."""
    named: bool
    """Whether the authors were spoken of."""


class Steering:
    """The texts that may follow what was written, for one piece of evidence."""

    def __init__(self, evidence: str, *, title: str) -> None:
        """Take both texts in readable form."""
        tokens = split_tokens(evidence.strip(" .!"))
        self._sources = [_Source(tokens, _starts(tokens), _others(tokens, title))]
        for found in introductions(tokens):
            if changes_nothing(found.before, found.after):
                others = _others(found.statement, title)
                self._sources.append(_Source(found.statement, (0,), others))

    def __call__(self, written: str) -> frozenset[str]:
        """Return texts one of which must follow ``written``; END among them if it may end.

        None at all may follow what is no beginning of a sentence that can be proved.
        """
        following: set[str] = set()
        for source in self._sources:
            following |= set(_following(source, written))
        return frozenset(following)

    @cached_property
    def grammar(self) -> str:
        """All sentences that may be written, as a grammar in GBNF; empty if there are none.

        It serves models that are steered from afar: a server takes it with the prompt.
        """
        rules: dict[_Node, list[Rule[_Node]]] = {}
        roots = [
            _Node(number, start, 0, named=False)
            for number, source in enumerate(self._sources)
            for start in source.starts
        ]
        todo = list(roots)
        while todo:
            node = todo.pop()
            if node not in rules:
                rules[node] = self._rules(node)
                todo += [following for _, following in rules[node] if following is not None]
        return written_as_gbnf(roots, rules)

    def _rules(self, node: _Node) -> list[Rule[_Node]]:
        """Return what may be written at a node, and the node that each text leads to."""
        source = self._sources[node.source]
        ends = node.written and _may_stop(source.tokens, node.place, node.written)
        rules: list[Rule[_Node]] = [(".", None)] if ends else []
        for text, place in _steps(source, node.place, begins=not node.written, named=node.named):
            written = min(node.written + len(text), _MIN_CHARACTERS)
            named = node.named or _AUTHORS in text
            rules.append((text, _Node(node.source, place, written, named)))
        return rules


def _others(tokens: Sequence[WordToken], title: str) -> dict[int, list[Rewording]]:
    """Return what else may be said, by place; where the method can be named, it is.

    The first who is spoken of is then known by name: "the authors of Falcon", not "the authors".
    """
    others = by_start(rewordings(tokens, title))
    name = said(split_tokens(method_name(title)))
    if not name or name.casefold() in said(tokens).casefold():
        return others
    for place in sorted(others):
        named = [other for other in others[place] if f" {name} " in f" {said(other.told)} "]
        if named:
            others[place] = named
            break
    return others


def _following(source: _Source, written: str) -> Iterator[str]:
    todo = [_State(start, 0) for start in source.starts]
    seen = set(todo)
    while todo:
        state = todo.pop()
        rest = written[state.written :]
        if state.written and _may_stop(source.tokens, state.place, len(written)):
            if rest == ".":
                yield END
            elif not rest:
                yield "."
        named = _AUTHORS in written[: state.written]
        for text, place in _steps(source, state.place, begins=not state.written, named=named):
            if text.startswith(rest) and len(text) > len(rest):
                yield text[len(rest) :]
            elif rest.startswith(text):
                after = _State(place, state.written + len(text))
                if after not in seen:
                    seen.add(after)
                    todo.append(after)


def _steps(source: _Source, place: int, *, begins: bool, named: bool) -> Iterator[tuple[str, int]]:
    """Yield the texts that may come next, and the places that they lead to.

    ``named``: the authors were spoken of.
    """
    tokens = source.tokens
    if place >= len(tokens):
        return
    others = source.others.get(place, ())
    for other in others:
        if named or not other.needs_authors:
            yield _text(other.told, begins=begins), other.end
    # Who reads the answer does not know who "we" are, nor which is "this paper".
    if not others or tokens[place].word not in _SPOKEN_OF | {"this"}:
        yield _text(tokens[place : place + 1], begins=begins), place + 1
    if not begins and tokens[place].word not in ARTICLES:
        after = skip(tokens, place)
        if after != place:
            yield "", after


def _text(tokens: Sequence[WordToken], *, begins: bool) -> str:
    text = said(tokens)
    if begins:
        return text[:1].upper() + text[1:]
    return f" {text}" if tokens[0].spaced else text


def _starts(tokens: Sequence[WordToken]) -> tuple[int, ...]:
    """Return the places where a statement begins that is understood by itself."""
    found = [place for place in range(1, len(tokens)) if _is_start(tokens, place)]
    only_opens = found and all(token.word in _OPENING for token in tokens[: found[0]])
    return tuple(found) if only_opens else (0, *found)


def _is_start(tokens: Sequence[WordToken], place: int) -> bool:
    if not may_begin(tokens, place) or not changes_nothing(tokens[:place], ()):
        return False
    before, word = tokens[place - 1], tokens[place].word
    if word == "we":
        # Not in the midst of another statement: "which, we argue, is".
        return word_at(tokens, place + 2) != "," and before.word not in _ENDS - {","}
    if before.word == "that":
        return place > 1 and stem(tokens[place - 2].word) in _TELLING
    earlier = [token.word for token in tokens[: place - 1]]
    is_opening = before.word == "," and not {",", "we"} & set(earlier)
    return is_opening and word in ARTICLES | {"our", "this"}


def _may_stop(tokens: Sequence[WordToken], place: int, length: int) -> bool:
    if place == len(tokens):
        return True
    return (
        length >= _MIN_CHARACTERS
        and tokens[place].word in _ENDS
        and may_end(tokens, place)
        and changes_nothing((), tokens[place:])
    )
