"""Names themes by the words of their own papers: what many of them say and few others do.

Words alone would call galaxies "acoustic emission sources" where two papers of a few say so. The
encoder that made the papers' vectors tells which phrases are near to what all of them are about.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.encoders.embedder import Embedder
from assistant.store.stored import Vectors
from assistant.themes.clusters import unit
from assistant.themes.phrases import Phrase, find_phrases
from assistant.themes.plain_words import EMPTY
from assistant.types import Paper

_VARIOUS = "Various subjects"
_MAX_READ = 150
"""Papers of a theme that are read for its name, the most central ones."""
_MAX_EMBEDDED = 30
"""Phrases of a theme whose meaning is looked at."""
_RARE = 0.08
"""Share of its papers that hold a phrase, below which it names no theme."""
_COVERED = 0.45
"""Share of its papers that hold its phrase, from which a theme needs no second one."""
_SECOND = 0.5
"""Score of a second phrase, as a share of the first one's."""
_LONGER = 0.6
_LONGER_THAN_ONE = 0.3
"""Share of the papers of a phrase, or of a single word, from which a longer one says it better."""
_PER_WORD = 0.3
"""What each further word of a phrase adds to its score: it says more."""
_CHANCE = 0.6
"""What the score of a phrase is worth that two papers hold, and no title."""
_ANY_MEANING = 0.1
"""Cosine that every phrase is given, so that meaning does not decide alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A phrase that may name a theme."""

    phrase: Phrase
    score: float
    papers: frozenset[int]
    """Places of the papers of the theme that hold it."""


def name_themes(
    groups: Sequence[Sequence[Paper]],
    vectors: Sequence[Vectors],
    *,
    embedder: Embedder,
    progress: Callable[[int, int], None] | None = None,
) -> list[str]:
    """Return a name for each group of papers, the most central first in each; all differ.

    ``vectors`` are those of the papers of each group. ``progress`` is told how many groups have
    their name, and of how many.
    """
    if not groups:
        return []
    read = [list(group[:_MAX_READ]) for group in groups]
    phrases = find_phrases([paper for group in read for paper in group])
    usable = [
        phrase for phrase in phrases.values() if any(word not in EMPTY for word in phrase.words)
    ]
    everything = np.concatenate(vectors).mean(axis=0)
    taken: list[Phrase] = []
    names: list[str] = []
    first = 0
    for group, own in zip(read, vectors, strict=True):
        stop = first + len(group)
        candidates = _by_words(usable, first=first, stop=stop, total=sum(map(len, read)))
        candidates = _by_meaning(candidates, own.mean(axis=0), everything, embedder=embedder)
        chosen = _choose(candidates, taken=taken, size=len(group))
        taken += chosen
        name = " and ".join(phrase.text for phrase in chosen)
        names.append(name if name and name not in names else various(names))
        first = stop
        if progress is not None:
            progress(len(names), len(groups))
    return names


def _by_words(phrases: Sequence[Phrase], *, first: int, stop: int, total: int) -> list[_Candidate]:
    """Return the phrases of the papers ``first`` to ``stop - 1``, the most telling first."""
    size, rest = stop - first, total - (stop - first)
    fewest = max(min(2, size), math.ceil(_RARE * size))
    candidates = []
    for phrase in phrases:
        inside = {place: w for place, w in phrase.papers.items() if first <= place < stop}
        if len(inside) < fewest:
            continue
        if len(phrase.words) == 1 and may_be_verb(phrase, in_title=max(inside.values()) > 1):
            continue
        within = sum(inside.values()) / size
        without = (sum(phrase.papers.values()) - sum(inside.values()) + 0.5) / (rest + 1)
        special = max(within - without, 0.0) / (within + without) if rest else 1.0
        weight = _weight(phrase, len(inside), in_title=max(inside.values()) > 1)
        candidates.append(
            _Candidate(
                phrase=phrase,
                score=math.sqrt(within) * special * weight,
                papers=frozenset(inside),
            )
        )
    return sorted(candidates, key=_order)


def may_be_verb(word: Phrase, *, in_title: bool) -> bool:
    """Tell whether a single word may be no noun: no title holds it, or titles begin with it."""
    if word.text.isupper():
        return False
    return not in_title or (word.text.endswith("ing") and word.text.istitle())


def _weight(phrase: Phrase, papers: int, *, in_title: bool) -> float:
    """Return how much a phrase says, whatever papers hold it."""
    longer = 1.0 + _PER_WORD * (min(len(phrase.words), 3) - 1)
    # Two papers may share a turn of speech; their titles would not.
    return longer if in_title or papers > 2 else _CHANCE * longer


def _by_meaning(
    candidates: Sequence[_Candidate],
    theme: Vectors,
    everything: Vectors,
    *,
    embedder: Embedder,
) -> list[_Candidate]:
    """Return the leading candidates by their words and by their nearness to the theme."""
    leading = candidates[:_MAX_EMBEDDED]
    if not leading:
        return []
    meanings = embedder.embed([item.phrase.text for item in leading])
    plain = meanings @ unit(theme[np.newaxis])[0]
    # What all themes share says nothing for one of them.
    apart = unit(meanings - everything) @ unit((theme - everything)[np.newaxis])[0]
    nearness = np.maximum((plain + apart) / 2, 0.0)
    weighed = [
        _Candidate(
            phrase=item.phrase,
            score=item.score * (_ANY_MEANING + float(near)),
            papers=item.papers,
        )
        for item, near in zip(leading, nearness, strict=True)
    ]
    return sorted(weighed, key=_order)


def _order(candidate: _Candidate) -> tuple[float, tuple[str, ...]]:
    return (-candidate.score, candidate.phrase.words)


def _choose(
    candidates: Sequence[_Candidate], *, taken: Sequence[Phrase], size: int
) -> list[Phrase]:
    """Return the best phrase, and a second one if the first says too little."""
    free = [item for item in candidates if not _is_taken(item.phrase, taken)]
    if not free:
        return []
    best = _longest(free[0], free)
    chosen = [best.phrase]
    if len(best.papers) >= _COVERED * size and len(best.phrase.words) > 1:
        return chosen
    for item in free:
        if item.score < _SECOND * free[0].score:
            break
        other = _longest(item, free)
        new = len(other.papers - best.papers)
        if new >= 0.5 * len(other.papers) and not _overlap(other.phrase, best.phrase):
            return [*chosen, other.phrase]
    return chosen


def _longest(chosen: _Candidate, candidates: Sequence[_Candidate]) -> _Candidate:
    """Return the longer phrase that many papers mean by a shorter one."""
    words = set(chosen.phrase.words)
    share = _LONGER_THAN_ONE if len(words) == 1 else _LONGER
    for item in candidates:
        if words < set(item.phrase.words) and len(item.papers) >= share * len(chosen.papers):
            return item
    return chosen


def _overlap(one: Phrase, other: Phrase) -> bool:
    """Tell whether phrases share a word, or one is the initials of the other."""
    if set(one.words) & set(other.words):
        return True
    initials = {"".join(word[0] for word in phrase.words) for phrase in (one, other)}
    return bool(initials & {one.words[0], other.words[0]})


def _is_taken(phrase: Phrase, taken: Sequence[Phrase]) -> bool:
    words = set(phrase.words)
    return any(words <= set(other.words) or set(other.words) <= words for other in taken)


def various(names: Sequence[str]) -> str:
    """Return a name for papers that share no subject, or no phrase, told apart from other names."""
    name, number = _VARIOUS, 2
    while name in names:
        name, number = f"{_VARIOUS} ({number})", number + 1
    return name
