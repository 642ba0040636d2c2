"""The grammar of a steering allows what the steering allows, no less and no more."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.grammar import written_as_gbnf
from assistant.answering.steering import END, Steering

FALCON = "Falcon: Fast Learning of Networks"
EVIDENCE = [
    "In this paper, we propose Falcon, a network that reaches 5% error (on Lake) with 9 labels.",
    "We show that our method needs 9 labels, and we release our code for all of its 12 parts.",
    'Our best model (FLN-9) has "1.5 million" parameters — the naïve \\one has 30 × as many.',
    "Dropout does not improve the accuracy of the large models.",
]
_PART = re.compile(r'"((?:[^"\\]|\\.)*)"|(\w+)|(\|)')


class Reader:
    """Reads the part of GBNF that is written here, by itself."""

    def __init__(self, grammar: str) -> None:
        self._rules = dict(line.split(" ::= ", 1) for line in grammar.splitlines())

    def walk(self, chance: random.Random) -> str:
        """Return one of the texts that the grammar allows."""
        return "".join(self._walk("root", chance))

    def texts(self, name: str = "root") -> set[str]:
        """Return all of them."""
        found = set[str]()
        for way in self._ways(name):
            ends = {""}
            for text, rule in way:
                more = {text} if rule is None else self.texts(rule)
                ends = {end + one for end in ends for one in more}
            found |= ends
        return found

    def _walk(self, name: str, chance: random.Random) -> Iterator[str]:
        for text, rule in chance.choice(self._ways(name)):
            if rule is None:
                yield text
            else:
                yield from self._walk(rule, chance)

    def _ways(self, name: str) -> list[list[tuple[str, str | None]]]:
        ways: list[list[tuple[str, str | None]]] = [[]]
        for quoted, rule, divides in _PART.findall(self._rules[name]):
            if divides:
                ways.append([])
            elif rule:
                ways[-1].append(("", rule))
            else:
                text = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], quoted)
                ways[-1].append((text, None))
        return ways


def allowed(steering: Steering, written: str) -> bool:
    """Tell whether a steered model may write this text, and end there."""
    place = 0
    while place < len(written):
        following = [text for text in steering(written[:place]) if text]
        fitting = [text for text in following if written.startswith(text, place)]
        if not fitting:
            return False
        place += min(map(len, fitting))
    return END in steering(written)


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_what_the_grammar_allows_the_steering_allows(evidence: str) -> None:
    steering = Steering(evidence, title=FALCON)
    reader = Reader(steering.grammar)
    for seed in range(60):
        assert allowed(steering, reader.walk(random.Random(seed)))


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_what_the_steering_allows_the_grammar_allows(evidence: str) -> None:
    steering = Steering(evidence, title=FALCON)
    texts = Reader(steering.grammar).texts()
    assert texts
    for seed in range(60):
        chance, written = random.Random(seed), ""
        while (text := chance.choice(sorted(steering(written)))) != END:
            written += text
        assert written in texts


@given(st.text(max_size=80))
def test_the_grammar_of_any_text_can_be_read(evidence: str) -> None:
    steering = Steering(evidence, title=FALCON)
    if grammar := steering.grammar:
        assert allowed(steering, Reader(grammar).walk(random.Random(0)))


def test_what_leads_nowhere_is_left_out() -> None:
    rules = {1: [("a", 2), ("b", None)], 2: [("c", 3)], 3: []}
    assert written_as_gbnf([1, 2], rules) == 'root ::= "b"\n'  # type: ignore[type-var]
    assert written_as_gbnf([2], rules) == ""  # type: ignore[type-var]


def test_marks_of_the_notation_are_plain_text_in_it() -> None:
    text = 'a "b" \\ | c ::= d\ne'
    grammar = written_as_gbnf([1], {1: [(text, None)]})
    assert grammar.count("\n") == 1
    assert Reader(grammar).texts() == {text}
