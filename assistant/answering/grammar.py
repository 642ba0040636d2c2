"""Writes down what may be written as a grammar in GBNF, which servers hold a model to.

GBNF is llama.cpp's notation (``grammars/README.md`` there); vLLM's structured outputs read it too.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)

Rule = tuple[str, Node | None]
"""A text, and the node that it leads to; None: the end."""


def written_as_gbnf(roots: Sequence[Node], rules: Mapping[Node, Sequence[Rule[Node]]]) -> str:
    """Return the grammar of all texts from a root to an end; empty if there are none.

    ``rules`` has the rules of each node, and leads in no circle.
    """
    told: dict[Node, str] = {}
    lines: list[str] = []
    for node in _last_first(roots, rules):
        ways = [
            _way(text, "" if after is None else told[after])
            for text, after in rules[node]
            if after is None or told[after]
        ]
        told[node] = _alternatives(ways)
        if len(set(ways)) > 1:
            name = f"part{len(lines)}"
            lines.append(f"{name} ::= {told[node]}\n")
            told[node] = name
    begins = _alternatives([told[root] for root in roots if told[root]])
    return "".join([f"root ::= {begins}\n", *lines]) if begins else ""


def _last_first(
    roots: Sequence[Node], rules: Mapping[Node, Sequence[Rule[Node]]]
) -> Iterator[Node]:
    """Yield each node once, after all nodes that it leads to."""
    seen = set[Node]()
    todo = [(root, False) for root in roots]
    while todo:
        node, is_done = todo.pop()
        if is_done:
            yield node
        elif node not in seen:
            seen.add(node)
            todo.append((node, True))
            todo += [(after, False) for _, after in rules[node] if after is not None]


def _way(text: str, then: str) -> str:
    """Return a text, and what follows it."""
    if not text:
        return then
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}{then[1:]}' if then.startswith('"') else f'"{escaped}" {then}'.rstrip()


def _alternatives(ways: Sequence[str]) -> str:
    return " | ".join(dict.fromkeys(ways))
