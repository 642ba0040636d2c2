"""Finds papers that may be one: nearly the same text or title, under two records.

Adding papers joins what is the same beyond doubt (:mod:`assistant.indexing.sameness`). What is
left are new titles of a preprint, short and long versions, and records that contradict each other;
whether they are one is for a person to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from assistant.text.words import content_words, folded
from assistant.themes.neighbours import Neighbours
from assistant.types import Paper

MAX_TWINS = 50

_NEAR = 0.8
"""Cosine of the papers' vectors; twins that were found by eye in 2,600 papers have .89 and more."""
_SAME_WORDS = 0.6
"""Share of the words of the shorter abstract; other near papers share .2 to .5."""
_MIN_WORDS = 8
_SAME_TITLE = 0.9
_PART_NUMBER = re.compile(r"[ivx]+|\d+")


def find_twins(papers: Sequence[Paper], neighbours: Neighbours) -> list[tuple[str, str]]:
    """Return the ids of up to 50 pairs of papers that may be one, the most alike first."""
    found: dict[tuple[int, int], float] = {}
    for one, (places, cosines) in enumerate(
        zip(neighbours.places, neighbours.cosines, strict=True)
    ):
        for other, cosine in zip(places.tolist(), cosines.tolist(), strict=True):
            pair = (min(one, other), max(one, other))
            if cosine < _NEAR or pair in found:
                continue
            if _may_be_one(papers[pair[0]], papers[pair[1]]):
                found[pair] = cosine
    ranked = sorted(found, key=lambda pair: (-found[pair], pair))[:MAX_TWINS]
    return [(papers[one].paper_id, papers[other].paper_id) for one, other in ranked]


def _may_be_one(one: Paper, other: Paper) -> bool:
    titles = [folded(paper.title).split() for paper in (one, other)]
    if not _same_part(*titles):
        return False
    if SequenceMatcher(None, " ".join(titles[0]), " ".join(titles[1])).ratio() >= _SAME_TITLE:
        return True
    words = [_words(paper.abstract) for paper in (one, other)]
    fewer = min(map(len, words))
    return fewer >= _MIN_WORDS and len(words[0] & words[1]) >= _SAME_WORDS * fewer


def _same_part(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether titles are not those of two parts of a series: "… II", "… III"."""
    parts = [
        {word.strip(".:,()") for word in title if _PART_NUMBER.fullmatch(word.strip(".:,()"))}
        for title in (one, other)
    ]
    return not all(parts) or parts[0] == parts[1]


@lru_cache(maxsize=4096)
def _words(abstract: str) -> frozenset[str]:
    return frozenset(content_words(folded(abstract)))
