"""Parts the papers about one topic by phrases of theirs, so that every name fits its papers.

Groups found first are named badly where papers differ little: no words belong to a group alone.
Here names come first. Phrases of titles are looked at, and those are chosen that most papers are
most about, as a supplier chooses where to build warehouses (facility location, Cornuéjols et al.
1977, whose greedy solution is near the best). A paper is about a phrase that it holds as much as
it is like the other papers that hold it, and like the phrase itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.encoders.embedder import Embedder
from assistant.store.stored import Vectors
from assistant.text.clean import readable
from assistant.text.words import stem, words
from assistant.themes.clusters import Labels, centred, unit
from assistant.themes.naming import may_be_verb
from assistant.themes.phrases import Phrase, find_phrases, key_words
from assistant.themes.plain_words import EMPTY, NEVER_ALONE
from assistant.types import Paper

FITTING = 0.68
"""Share of the papers of a theme that hold the words of its name, at least."""

_MAX_CANDIDATES = 200
"""Phrases that are weighed, those that most titles and abstracts hold."""
_FEWEST = 3
_FEWEST_SHARE = 0.04
"""Papers of the smallest theme, and as a share of all."""
_MOST_SHARE = 0.6
"""Share of the papers above which a phrase says what they all are, not where they part."""
_MANY = 20
"""From so many papers a phrase has to stand in two titles."""
_CLOSED = 0.35
"""Share of its occurrences that a phrase ends in: "contextualized word" is but a part."""
_TITLED, _TITLED_IF_SINGLE = 0.1, 0.3
"""Share of the papers with a phrase, or with a single word, that have it in their titles."""
_TOGETHER = 0.2
"""Share of the papers with its words that have them side by side."""
_IN_TITLE, _IN_TEXT, _APART = 1.0, 0.6, 0.5
"""How much a paper is about words of its title, or of its abstract, or that stand apart there."""
_SINGLE = 0.75
"""What a single word is worth of what a longer phrase would be: it says less."""
_GAIN = 0.006
"""What each further theme has to gain, as a share of the papers."""
_SAME = 0.7
"""Cosine from which two phrases mean the same, if papers hold both."""
_SHARED, _NEARLY = 0.3, 0.85
"""Share of the papers of the rarer one that hold both; or a cosine that needs no paper to."""
_LIKE = 0.1
"""Likeness, in centred cosines, from which a paper without the words joins a theme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Concepts:
    """Phrases that may name themes, and what papers are about them."""

    phrases: list[Phrase]
    senses: Vectors
    """Of the phrases, by the encoder, shape ``(phrases, dimension)``."""
    about: Vectors
    """0 where a paper does not hold the words; shape ``(phrases, papers)``."""


def part_by_phrases(
    papers: Sequence[Paper],
    vectors: Vectors,
    *,
    embedder: Embedder,
    encoder: Embedder,
    topic: str,
    max_themes: int,
) -> list[tuple[str, Labels]]:
    """Return names and the places of their papers, the largest group first; some may be in none.

    ``embedder`` made the vectors; ``encoder`` tells which phrases mean the same.

    In each group the papers that are most about the name come first. At least two thirds of
    them hold all words of the name, by their stems. Cost grows with papers.
    """
    concepts = _weigh(
        papers,
        centred(vectors),
        vectors.mean(axis=0),
        embedder=embedder,
        encoder=encoder,
        topic=topic,
    )
    chosen = _choose(concepts, max_themes)
    fewest = _fewest(len(papers))
    while chosen:
        owner = np.where(
            concepts.about[chosen].max(axis=0) > 0, concepts.about[chosen].argmax(axis=0), -1
        )
        sizes = np.bincount(owner[owner >= 0], minlength=len(chosen))
        if sizes.min() >= fewest:
            break
        del chosen[int(sizes.argmin())]
    if not chosen:
        return []
    likeness = _join(owner, centred(vectors), len(chosen))
    groups = []
    for theme, place in enumerate(chosen):
        members = np.flatnonzero(owner == theme)
        near = concepts.about[place, members] + 1e-3 * likeness[members, theme]
        groups.append((concepts.phrases[place].text, members[np.argsort(-near, kind="stable")]))
    return sorted(groups, key=lambda group: (-len(group[1]), group[0]))


def _fewest(papers: int) -> int:
    return max(_FEWEST, round(_FEWEST_SHARE * papers))


def _weigh(
    papers: Sequence[Paper],
    apart: Vectors,
    middle: Vectors,
    *,
    embedder: Embedder,
    encoder: Embedder,
    topic: str,
) -> _Concepts:
    """Return the phrases that may name themes, and how much each paper is about each."""
    texts = [_stems(f"{readable(p.title)} {readable(p.abstract)}") for p in papers]
    titles = [_stems(readable(p.title)) for p in papers]
    phrases, rows = [], []
    for phrase in _usable(papers, topic):
        own = _stems(" ".join(phrase.words))
        held = np.array([own <= known for known in texts])
        titled = np.array([own <= known for known in titles])
        if not _may_name(phrase, held=int(held.sum()), titled=int(titled.sum()), of=len(papers)):
            continue
        row = np.where(held, _APART, 0.0)
        row[[place for place in phrase.papers if held[place]]] = _IN_TEXT
        row[titled] = _IN_TITLE
        phrases.append(phrase)
        rows.append(row)
    if not phrases:
        return _Concepts(
            phrases=[], senses=middle[:0], about=np.zeros((0, len(papers)), np.float32)
        )
    holds = np.array(rows, dtype=np.float32)
    leading = np.argsort(-holds.sum(axis=1), kind="stable")[:_MAX_CANDIDATES]
    holds, phrases = holds[leading], [phrases[i] for i in leading]
    named = [phrase.text for phrase in phrases]
    meanings = embedder.embed(named)
    senses = meanings if encoder is embedder else encoder.embed(named)
    like = np.maximum(unit(meanings - middle) @ apart.T, 0.0)
    worth = np.array([_SINGLE if len(phrase.words) == 1 else 1.0 for phrase in phrases])
    worth[_mean_the_topic(phrases, senses, topic, encoder)] = 0.0
    about = holds * (like + np.maximum(_kinship(holds, apart), 0.0)) * worth[:, np.newaxis]
    return _Concepts(phrases=phrases, senses=senses, about=about.astype(np.float32))


def _mean_the_topic(
    phrases: Sequence[Phrase], senses: Vectors, topic: str, encoder: Embedder
) -> NDArray[np.bool_]:
    """Tell which phrases say the topic in other words; one that holds its words is a kind of it."""
    known = _stems(topic)
    other = np.array([known.isdisjoint(_stems(" ".join(phrase.words))) for phrase in phrases])
    return np.asarray(other & (senses @ encoder.embed([topic])[0] >= _SAME), dtype=np.bool_)


def _may_name(phrase: Phrase, *, held: int, titled: int, of: int) -> bool:
    """Tell whether enough of the papers hold a phrase, not nearly all, and enough titles do."""
    share = _TITLED_IF_SINGLE if len(phrase.words) == 1 else _TITLED
    return (
        _fewest(of) <= held <= _MOST_SHARE * of
        and titled >= (2 if of >= _MANY else 1)
        and titled >= share * held
        and len(phrase.papers) >= _TOGETHER * held
    )


def _kinship(holds: Vectors, apart: Vectors) -> Vectors:
    """Return the cosine of each paper with the middle of the others that hold a phrase."""
    sums = holds @ apart
    dots = sums @ apart.T - holds
    squares = (sums**2).sum(axis=1, keepdims=True) - 2 * holds * (dots + holds) + holds**2
    return np.asarray(dots / np.sqrt(np.maximum(squares, 1e-2)), dtype=np.float32)


def _usable(papers: Sequence[Paper], topic: str) -> list[Phrase]:
    """Return the phrases that say more than the topic, in a fixed order.

    Of phrases of the same stems ("graph embedding", "embedded graphs") the most used one stays.
    """
    known = {stem(word) for word in key_words(topic)}
    kept: dict[frozenset[str], Phrase] = {}
    for key, phrase in sorted(find_phrases(papers).items()):
        if all(word in EMPTY or stem(word) in known for word in key):
            continue
        if phrase.closed < _CLOSED * phrase.seen:
            continue
        if len(key) == 1 and (
            key[0] in NEVER_ALONE or may_be_verb(phrase, in_title=max(phrase.papers.values()) > 1)
        ):
            continue
        own = _stems(" ".join(key))
        if own not in kept or sum(phrase.papers.values()) > sum(kept[own].papers.values()):
            kept[own] = phrase
    return list(kept.values())


def _choose(concepts: _Concepts, most: int) -> list[int]:
    """Return the phrases that papers are most about, one after the other while each adds much."""
    chosen: list[int] = []
    if not concepts.phrases:
        return chosen
    count = concepts.about.shape[1]
    best = np.zeros(count, dtype=np.float32)
    free = np.ones(len(concepts.phrases), dtype=bool)
    alike = _alike(concepts)
    while len(chosen) < most:
        gains = np.maximum(concepts.about - best, 0.0).sum(axis=1) * free
        place = int(gains.argmax())
        if gains[place] < _GAIN * count:
            break
        chosen.append(place)
        best = np.maximum(best, concepts.about[place])
        own = set(concepts.phrases[place].words)
        for other, phrase in enumerate(concepts.phrases):
            nested = own <= set(phrase.words) or set(phrase.words) <= own
            if nested or alike[place, other]:
                free[other] = False
    return chosen


def _alike(concepts: _Concepts) -> NDArray[np.bool_]:
    """Tell which phrases mean the same: "sparse" and "linear attention" are near, but apart."""
    near = concepts.senses @ concepts.senses.T
    holds = (concepts.about > 0).astype(np.float32)
    sizes = np.maximum(holds.sum(axis=1), 1.0)
    shared = (holds @ holds.T) / np.minimum(sizes, sizes[:, np.newaxis])
    return np.asarray((near >= _NEARLY) | ((near >= _SAME) & (shared >= _SHARED)), dtype=np.bool_)


def _join(owner: NDArray[np.int64], apart: Vectors, themes: int) -> Vectors:
    """Let papers join the theme they are like, while its name fits; return their likeness."""
    members = (owner == np.arange(themes)[:, np.newaxis]).astype(np.float32)
    likeness = np.asarray(apart @ unit(members @ apart).T, dtype=np.float32)
    holders = members.sum(axis=1)
    room = np.floor(holders / FITTING).astype(np.int64) - holders.astype(np.int64)
    alone = np.flatnonzero(owner < 0)
    pairs = [(float(-likeness[i, t]), int(i), t) for i in alone for t in range(themes)]
    for far, paper, theme in sorted(pairs):
        if -far < _LIKE:
            break
        if owner[paper] < 0 and room[theme] > 0:
            owner[paper] = theme
            room[theme] -= 1
    return likeness


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words(text)))
