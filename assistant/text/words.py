"""Words of a text as matching sees them: which count, which do not, and their stems."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from assistant.text.clean import readable

_WORD = re.compile(r"\w+")
_NAME = re.compile(r"[\w^+/.-]*[\w+]")
_NAME_PARTS = re.compile(r"[a-z][A-Z]|[A-Z]{2}|\d[A-Za-z]|[A-Za-z]-?\d|[A-Z]-[a-z]")

_ONE_PIECE = str.maketrans({
    "æ": "ae", "ð": "d", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "œ": "oe", "þ": "th",
    "ŧ": "t",
})  # fmt: skip
"""Letters that Unicode does not take apart, as names are written without them."""

_REVISED = re.compile(r"(.*?(?:[aeiou]|(?<=[^aeiou])y)[^aeiou].*)(bl|log)(?:y|ies)")
"""Endings that Porter's later version takes off after a vowel and a consonant."""
_MAX_STEMMED_BYTES = 64

STOP_WORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being between
    both but by can could did do does doing down during each either else for from further had
    has have having he her here his how however i if in into is it its itself just may might
    more most much must my near no nor not of off on one only or other our out over own same
    shall she should so some such than that the their them then there these they this those
    through to too under until up upon us very was we were what when where which while who whom
    whose why will with would you your
    """.split()
)

_ENGLISH = frozenset(
    "and be by can for from has it not our that the this to were which with".split()
)
"""Words of nearly every abstract that mean nothing in the languages around."""
_MIN_ENGLISH = 0.04
_MIN_WORDS_TO_TELL = 10


def words(text: str) -> list[str]:
    """Return the runs of letters and digits of a text, in order, as they are written."""
    return _WORD.findall(text)


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning; all of them if every one is a stop word."""
    found = words(text)
    return [word for word in found if word.casefold() not in STOP_WORDS] or found


def stem(word: str) -> str:
    """Return the Porter stem of a word in lower case and without accents, as FTS5 stems it.

    FTS5 follows Porter's later version, in which "technology" meets "technological" and
    "possibly" meets "possible", and leaves words of one or two letters as they are.
    """
    return _stem(word.casefold())


def content_stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order, with repetitions."""
    return [stem(word) for word in content_words(text)]


def is_english(text: str) -> bool:
    """Tell whether a text is in English, or too short to tell.

    Of 9,192 English abstracts one is taken for another language: a list of names.
    """
    found = [word.casefold() for word in words(text) if word.isalpha()]
    foreign = sum(not letter.isascii() for letter in text if letter.isalpha())
    if 2 * foreign > sum(map(str.isalpha, text)):
        return False
    known = sum(word in _ENGLISH for word in found)
    return len(found) < _MIN_WORDS_TO_TELL or known >= _MIN_ENGLISH * len(found)


def names(text: str) -> list[str]:
    """Return what looks like a name: GPT-4, BitNet, CSWin, ImageNet-1K, TTE; in order.

    A capital letter alone does not make a name of the first word of a sentence.
    """
    found = []
    for match in _NAME.finditer(text):
        word = match[0].strip(".-/")
        before = text[: match.start()].rstrip(" \"'()[]“”‘’")
        starts_sentence = not before or before[-1] in ".!?:"
        capital = word[:1].isupper() and len(word) > 1 and not starts_sentence
        if (capital or _NAME_PARTS.search(word)) and word.casefold() not in STOP_WORDS:
            found.append(word)
    return found


def folded(text: str) -> str:
    """Return a text as it is looked for: readable, in small letters, without accents."""
    split = unicodedata.normalize("NFKD", readable(text).casefold())
    return "".join(c for c in split if not unicodedata.combining(c)).translate(_ONE_PIECE)


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("porter")


@cache
def _stem(word: str) -> str:
    if not word.isascii():
        word = "".join(map(_without_accent, unicodedata.normalize("NFC", word)))
    if len(word) < 3 or len(word.encode()) > _MAX_STEMMED_BYTES:
        return word
    if revised := _REVISED.fullmatch(word):
        word = revised[1] + ("ble" if revised[2] == "bl" else "log")
    return str(_stemmer().stemWord(word))


def _without_accent(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    return parts[0] if len(parts) == 2 and parts[0].isascii() else letter
