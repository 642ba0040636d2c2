"""Which words of an abstract would come back in a one-sentence summary of it.

A small network reads the state that the sentence encoder gives a word, and figures on the word
and its sentence, and says how likely the word, and the word together with the next one, is to
stand in a summary that a person would write. From this follows for any run of words the F1 of
words and of pairs, as ROUGE counts them, that is to be expected of it. Trained by
``training/summary.py``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.encoders.embedder import Vectors, unit
from assistant.encoders.reading import ReadingEncoder
from assistant.resources import resource
from assistant.retrieval.ranked import Sentence
from assistant.text.clean import readable
from assistant.text.words import STOP_WORDS, stem

WEIGHTS = "models/summary-minilm.npz"
"""Trained on the states of the reading encoder."""
SUMMARY_WORDS = 20.0
"""Of a summary that a person writes: what F1 is expected against."""
MAX_DEVIATIONS = 4.0
"""From the mean of a figure; what is further away, as in hostile text, counts as this far."""

_WORD = re.compile(r"[^\W_]+")
_BY_AUTHORS = r"\b(?:we|paper|work|study|article)\b.{0,40}?\b"
_CUES = tuple(
    re.compile(cue, re.IGNORECASE)
    for cue in (
        r"\bwe\b",
        _BY_AUTHORS + r"(?:propos|introduc|present)",
        _BY_AUTHORS + r"(?:show|demonstrat|find|prove|observ|reveal|establish)",
        _BY_AUTHORS + r"(?:develop|design|devis|stud(?:y|ies)|investigat|explor|analy|address|"
        r"consider|deriv|provid|describ|examin)",
        r"\bin this (?:paper|work|article|study)|\bthis (?:paper|work|article)|\bhere,? we",
        r"\b(?:experiment|evaluat|empirical|results)",
        r"\b(?:outperform|state-of-the-art|achiev|improv)",
        r"\b(?:code|github|available|http)",
        r"^(?:however|although|while|despite|unfortunately|but|yet)\b",
        r"^(?:moreover|furthermore|additionally|also|finally|in addition|specifically|"
        r"in particular)\b",
        r"^(?:this|these|it|they|such|the proposed|our)\b",
        r"\bour\b",
        r"\d",
        r"\?",
        r"\b(?:to this end|to address|to tackle|to overcome|to solve)",
        r"\b(?:novel|new|first)\b",
        r"\b(?:method|approach|framework|model|algorithm|architecture|technique)\b",
        r"\b(?:challeng|difficult|problem|limit|suffer)",
        r"\b(?:recent|existing|previous|prior|have been|has been)\b",
        r"[:;]",
        r"\b(?:theor|bound|guarantee|converge)",
        r"\b(?:dataset|benchmark|corpus)",
        r"\bwe (?:then|also|further|additionally|first)\b",
        r"\b(?:is|are)\b",
        r"\bcan\b",
        r"^we\b",
        r"^in this",
    )
)
_WE, _PROPOSING = 0, 1
"""Places of these among the cues."""


class Word(NamedTuple):
    """A word of a sentence, and where it stands in it."""

    start: int
    end: int
    stem: str


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence, its words, and for each of them what the network is told."""

    sentence: Sentence
    words: list[Word]
    figures: NDArray[np.float32]
    """Shape ``(words, figures)``: the state of the encoder, then figures of word and sentence."""


@dataclass(frozen=True, slots=True)
class WeighedSentence:
    """A sentence and how likely each of its words is to stand in a summary."""

    sentence: Sentence
    words: list[Word]
    alone: NDArray[np.float32]
    paired: NDArray[np.float32]
    """The same for a word together with the next."""

    def expected_f1(self, start: int, end: int) -> float:
        """Return the F1, the mean of that of words and of pairs, to be expected of a part."""
        inside = [i for i, w in enumerate(self.words) if w.start >= start and w.end <= end]
        if not inside:
            return 0.0
        seen: dict[str, float] = {}
        for i in inside:
            seen.setdefault(self.words[i].stem, float(self.alone[i]))
        pairs = float(self.paired[inside[:-1]].sum())
        total = len(inside) + SUMMARY_WORDS
        return sum(seen.values()) / total + pairs / (total - 2)


class Network:
    """The weights: one hidden layer, and two probabilities for each word."""

    def __init__(self, arrays: dict[str, NDArray[np.float32]]) -> None:
        self._mean, self._scale = arrays["mean"], arrays["scale"]
        self._hidden, self._hidden_bias = arrays["hidden"], arrays["hidden_bias"]
        self._out, self._out_bias = arrays["out"], arrays["out_bias"]

    def probabilities(self, figures: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return for each row the probabilities of the word and of its pair, ``(rows, 2)``."""
        told = (figures - self._mean) / self._scale
        told = np.clip(told, -MAX_DEVIATIONS, MAX_DEVIATIONS)
        hidden = np.maximum(told @ self._hidden + self._hidden_bias, 0.0)
        odds = np.clip(hidden @ self._out + self._out_bias, -30.0, 30.0)
        return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float32)


@cache
def trained_network() -> Network:
    """Return the shipped network. Raises AssistantError if its file is missing."""
    with np.load(resource(WEIGHTS)) as arrays:
        return Network({name: arrays[name].astype(np.float32) for name in arrays.files})


def weigh(read: Sequence[ReadSentence], network: Network) -> list[WeighedSentence]:
    """Return the sentences with the probabilities of their words."""
    rows = np.concatenate([one.figures for one in read])
    found = network.probabilities(rows)
    weighed = []
    first = 0
    for one in read:
        own = found[first : first + len(one.words)]
        first += len(one.words)
        weighed.append(WeighedSentence(one.sentence, one.words, own[:, 0], own[:, 1]))
    return weighed


def read_words(
    papers: Sequence[Sequence[Sentence]], *, encoder: ReadingEncoder
) -> list[list[ReadSentence]]:
    """Return what the network is told of the words of each paper's sentences.

    ``papers`` holds the sentences of one abstract each, at least one.
    """
    texts = [
        text for own in papers for text in (readable(own[0].paper.title), *(s.text for s in own))
    ]
    states = iter(encoder.embed_tokens(texts))
    found = []
    for sentences in papers:
        titled = next(states)
        told = [next(states) for _ in sentences]
        found.append(_figures(sentences, titled, told, encoder))
    return found


def word_list(text: str) -> list[Word]:
    """Return the runs of letters and digits of a text with their stems."""
    return [Word(*match.span(), stem(match[0])) for match in _WORD.finditer(text)]


def _figures(
    sentences: Sequence[Sentence], titled: Vectors, told: Sequence[Vectors], encoder: ReadingEncoder
) -> list[ReadSentence]:
    words = [word_list(one.text) for one in sentences]
    title = readable(sentences[0].paper.title)
    title_stems = {word.stem for word in word_list(title)}
    spread = Counter(s for own in words for s in {word.stem for word in own})
    vectors = np.stack([_mean(states, encoder.dimension) for states in told])
    of_title, centre = _mean(titled, encoder.dimension), unit(vectors.mean(axis=0))
    of_sentence = _sentence_figures(
        [one.text for one in sentences], words, title_stems, spread, vectors, of_title, centre
    )
    read = []
    for i, (sentence, own) in enumerate(zip(sentences, words, strict=True)):
        states = _word_states(sentence.text, own, told[i], encoder)
        of_words = _word_figures(
            sentence.text, own, states, title_stems, spread, len(sentences),
            directions=np.stack([centre, vectors[i], of_title]), titled=titled,
        )  # fmt: skip
        repeated = np.repeat(of_sentence[i][None], len(own), axis=0)
        figures = np.hstack([states, repeated, of_words]).astype(np.float32)
        read.append(ReadSentence(sentence, own, figures))
    return read


def _sentence_figures(
    texts: Sequence[str],
    words: Sequence[Sequence[Word]],
    title_stems: set[str],
    spread: Counter[str],
    vectors: Vectors,
    of_title: Vectors,
    centre: Vectors,
) -> NDArray[np.float32]:
    """Return the figures of each sentence: where it is, what it is near to, what it says."""
    count = len(texts)
    to_title, to_centre, to_others = vectors @ of_title, vectors @ centre, vectors @ vectors.T
    cues = np.array([[bool(cue.search(text)) for cue in _CUES] for text in texts], dtype=float)
    first_we, first_proposing = (
        int(cues[:, cue].argmax()) if cues[:, cue].any() else -1 for cue in (_WE, _PROPOSING)
    )
    rows: list[list[Any]] = []
    for i, (text, own) in enumerate(zip(texts, words, strict=True)):
        stems = {word.stem for word in own}
        length = len(text.split())
        shared = len(stems & title_stems)
        rows.append([
            i, i / max(count - 1, 1), count, i == 0, i == count - 1,
            length, np.log1p(length), abs(length - 22), length < 8, length > 40,
            to_title[i], to_centre[i],
            to_title[i] - to_title.max(), to_centre[i] - to_centre.max(),
            (to_title > to_title[i]).sum(), (to_centre > to_centre[i]).sum(),
            shared / max(len(title_stems), 1), shared / max(len(stems), 1),
            float(np.mean([spread[word.stem] for word in own] or [0])),
            (to_others[i].sum() - to_others[i, i]) / max(count - 1, 1),
            i == first_we, i == first_proposing, i > first_proposing >= 0,
            i - first_we if first_we >= 0 else 0, i < first_we,
            to_others[i, i - 1] if i else 0.0, to_others[i, i + 1] if i < count - 1 else 0.0,
            cues[:, _WE].mean(), cues[:, _PROPOSING].mean(), text.count(","), text.count("("),
            *cues[i],
        ])  # fmt: skip
    return np.array(rows, dtype=np.float32)


def _word_figures(
    text: str,
    words: Sequence[Word],
    states: Vectors,
    title_stems: set[str],
    spread: Counter[str],
    sentences: int,
    *,
    directions: Vectors,
    titled: Vectors,
) -> NDArray[np.float32]:
    """Return the figures of each word: what it is near to, whether the title has it, …"""
    near = states @ directions.T
    to_title = (states @ titled.T).max(axis=1) if len(titled) and len(words) else near[:, 0] * 0
    seen: set[str] = set()
    rows: list[list[float]] = []
    for i, word in enumerate(words):
        written = text[word.start : word.end]
        following = words[i + 1].stem in title_stems if i + 1 < len(words) else False
        rows.append([
            to_title[i], *near[i], word.stem in title_stems, following,
            written.casefold() in STOP_WORDS, spread[word.stem], spread[word.stem] / sentences,
            i, i / len(words), written[0].isupper(), written.isdigit(), len(written),
            word.stem in seen, len(words),
        ])  # fmt: skip
        seen.add(word.stem)
    return np.array(rows, dtype=np.float32).reshape(len(words), _WORD_FIGURES)


_WORD_FIGURES = 16


def _word_states(
    text: str, words: Sequence[Word], states: Vectors, encoder: ReadingEncoder
) -> NDArray[np.float32]:
    """Return for each word the state of its first token; zeros where the encoder read none."""
    # One letter for each of the text, without accents, as the tokenizer writes tokens.
    folded = "".join(unicodedata.normalize("NFD", letter)[0].lower()[0] for letter in text)
    first_at: dict[int, int] = {}
    place = 0
    for row, token in enumerate(encoder.tokens(text)[: len(states)]):
        plain = token.removeprefix("##")
        found = folded.find(plain, place)
        if found >= 0:
            first_at[found] = row
            place = found + len(plain)
    found_states = np.zeros((len(words), encoder.dimension), dtype=np.float32)
    for i, word in enumerate(words):
        row_at = next((first_at[at] for at in range(word.start, word.end) if at in first_at), None)
        if row_at is not None:
            found_states[i] = states[row_at]
    return found_states


def _mean(states: Vectors, dimension: int) -> Vectors:
    if not len(states):
        return np.zeros(dimension, dtype=np.float32)
    return unit(states.mean(axis=0))
