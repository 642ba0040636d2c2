"""Finds the phrases of papers that can name what they are about: "sparse attention".

There is no tagger of word classes here. A phrase is a run of one to three words between marks,
stop words and words of the trade ("we propose", "results"); words that authors of every field
use cannot stand alone, and words that never end a run ("deep", "large-scale") cannot end one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.text.clean import readable
from assistant.text.words import STOP_WORDS
from assistant.themes.plain_words import BREAKING, EMPTY, NEVER_FIRST, NEVER_LAST
from assistant.types import Paper

_MAX_WORDS = 3
_MAX_ABSTRACT_CHARS = 4000
_MAX_WORD_CHARS = 30
_TOKEN = re.compile(r"[^\W_]\w*(?:[-‐‑–.'’/+]\w+)*\+*|[^\w\s]|_+")
_IN_TITLE, _IN_TEXT, _AT_START = 1, 4, 1
"""How much an occurrence says about the case of a phrase: titles and first words have capitals."""
_ENDS = 0.2
"""Share of its occurrences at the end of a run from which a word can end a phrase."""
_PARTICIPLE = re.compile(r".{3,}[^e]ed")
"""An adjective of a verb ("generated"), but no "seed" and no "speed"."""
_COMPOUND_ADJECTIVE = re.compile(r".+-to-.+|.+-(?:based|efficient|free|level|aware|resolution)")
_ODD = re.compile(r"\b[a-z][A-Z]")
"""How an acronym is explained in a title: "nEtwork Robustness"."""
_NUMBER = re.compile(r"[\d.,/+-]+")


@dataclass(slots=True, kw_only=True)
class Phrase:
    """A phrase and the papers that hold it."""

    words: tuple[str, ...]
    """In small letters, singular, parts of hyphenated words apart."""
    papers: dict[int, float] = field(default_factory=dict)
    """By the place of the paper, how much it is about the phrase: 2 in a title, else 1."""
    forms: Counter[str] = field(default_factory=Counter)
    """How it is written, and how much each spelling counts."""
    seen: int = 0
    closed: int = 0
    """Times it occurs, and times that no further word of a phrase follows."""

    @property
    def text(self) -> str:
        """The phrase as it is most often written."""
        return min(self.forms, key=lambda form: (bool(_ODD.search(form)), -self.forms[form], form))


def find_phrases(papers: Sequence[Paper]) -> dict[tuple[str, ...], Phrase]:
    """Return the phrases that at least two of the papers hold, or all of a single paper."""
    found: dict[tuple[str, ...], Phrase] = {}
    ends: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for place, paper in enumerate(papers):
        for in_title, text in ((True, paper.title), (False, paper.abstract)):
            for run, at_start in _runs(readable(text[:_MAX_ABSTRACT_CHARS])):
                seen.update(map(singular, run))
                ends[singular(run[-1])] += 1
                for first, words in _parts(run):
                    key = tuple(part for word in words for part in _pieces(word))
                    phrase = found.setdefault(key, Phrase(words=key))
                    phrase.papers[place] = max(phrase.papers.get(place, 0), 2 if in_title else 1)
                    phrase.seen += 1
                    phrase.closed += first + len(words) == len(run)
                    starts = at_start and first == 0
                    weight = _IN_TITLE if in_title else _AT_START if starts else _IN_TEXT
                    phrase.forms[" ".join(words)] += weight
    fewest = min(2, len(papers))
    kept = {
        key: phrase
        for key, phrase in found.items()
        if len(phrase.papers) >= fewest and _can_end(phrase, ends, seen)
    }
    _settle_case(kept)
    return kept


def singular(word: str) -> str:
    """Return a word in small letters and without the ending of an English plural."""
    word = word.casefold().replace("’", "'").removesuffix("'s")
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    return word[:-1]


def key_words(text: str) -> frozenset[str]:
    """Return the words of a text as they stand in :attr:`Phrase.words`, stop words left out."""
    return frozenset(
        piece
        for word in _TOKEN.findall(readable(text))
        for piece in _pieces(word)
        if piece and piece not in STOP_WORDS
    )


def _runs(text: str) -> Iterator[tuple[list[str], bool]]:
    """Yield the runs of words that may belong together, and whether each begins a sentence."""
    run: list[str] = []
    start, run_starts = True, True
    end = 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        word = token[:1].isalnum()
        broken = not word or token.casefold() in STOP_WORDS or token.casefold() in BREAKING
        if run and (broken or match.start() > end + 1):
            yield run, run_starts
            run = []
        if word and not broken:
            if not run:
                run_starts = start
            run.append(token)
        start = token in ".!?:"
        end = match.end()
    if run:
        yield run, run_starts


def _parts(run: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the phrases of a run and where each begins."""
    for first in range(len(run)):
        for length in range(1, _MAX_WORDS + 1):
            words = run[first : first + length]
            if len(words) == length and _is_phrase(words):
                yield first, words


def _is_phrase(words: list[str]) -> bool:
    small = [word.casefold() for word in words]
    if small[0] in NEVER_FIRST or small[-1] in NEVER_LAST:
        return False
    if small[0].endswith("ly") or small[-1].endswith("ly") or _PARTICIPLE.fullmatch(small[-1]):
        return False
    if _COMPOUND_ADJECTIVE.fullmatch(small[-1]):
        return False
    if any(len(word) > _MAX_WORD_CHARS or _NUMBER.fullmatch(word) for word in small):
        return False
    telling = [word for word in small if singular(word) not in EMPTY and word not in EMPTY]
    if not telling or len(set(map(singular, small))) < len(small):
        return False
    shortest = min(map(len, words))
    return shortest > 2 or (shortest == 2 and any(word.isupper() for word in words))


def _can_end(phrase: Phrase, ends: Counter[str], seen: Counter[str]) -> bool:
    last = phrase.text.rpartition(" ")[2]
    word = singular(last)
    return ends[word] >= _ENDS * seen[word]


def _pieces(word: str) -> list[str]:
    return [piece for piece in map(singular, re.split(r"[-‐‑–/]", word)) if piece]


def _settle_case(phrases: dict[tuple[str, ...], Phrase]) -> None:
    """Write words small that are only written large because they stand in titles."""
    small: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase in phrases.values():
        if len(phrase.words) == 1:
            for form, count in phrase.forms.items():
                small[form.casefold()][form] += count
    for phrase in phrases.values():
        settled: Counter[str] = Counter()
        for form, count in phrase.forms.items():
            settled[" ".join(_cased(word, small) for word in form.split())] += count
        if all(form.istitle() for form in phrase.forms):
            phrase.forms = settled


def _cased(word: str, known: dict[str, Counter[str]]) -> str:
    if not word.istitle():
        return word
    forms = known.get(word.casefold())
    return word.lower() if not forms else max(forms, key=lambda form: (forms[form], form))
