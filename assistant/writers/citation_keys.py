"""Keys by which papers are cited: the same in BibTeX as in CSL JSON.

A paper that came with a key of its own keeps it: texts that cite it go on working.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import count, product
from string import ascii_lowercase

from assistant.text.clean import readable
from assistant.text.words import STOP_WORDS
from assistant.types import Paper
from assistant.writers.names import divide, family_start, stands_for_others

_PLAIN_LETTERS = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
})  # fmt: skip


_CLEAN = re.compile(r"(?=.*[^\W_])(?!.*://)[\w!$&*+./:;<>?\[\]^`|-]{1,200}")
"""A key that BibTeX, biber and their readers take as it stands: what Zotero counts as clean, and
letters of other scripts. An address is the id of a record, and no key that anybody cites."""


class CitationKeys:
    """The keys of one file, each given once. They are kept: about 100 bytes a paper.

    A paper has the key that it came with, if that is clean and no paper before came with it.
    Otherwise its key is ASCII: the first author's family name, the year and the first word of the
    title that carries meaning (``vandermaaten2008visualizing``). Where another paper has the same,
    a, b, … follows. Large and small letters make no difference, as to BibTeX.
    """

    def __init__(self, papers: Collection[Paper]) -> None:
        """Look through the papers of the file for the keys that they came with."""
        self._kept: dict[str, str] = {}
        self._taken: set[str] = set()
        self._endings: dict[str, Iterator[str]] = {}
        for paper in papers:
            if _CLEAN.fullmatch(paper.citation_key):
                self._kept.setdefault(paper.citation_key.casefold(), paper.paper_id)

    def new(self, paper: Paper) -> str:
        """Return the key of the next paper."""
        own = paper.citation_key
        if self._kept.get(own.casefold()) == paper.paper_id and self._is_free(own):
            return own
        key = own = _generated(paper)
        while own in self._kept or not self._is_free(own):
            own = key + next(self._endings.setdefault(key, _endings()))
        return own

    def _is_free(self, key: str) -> bool:
        """Tell whether a key is still to be had; it no longer is."""
        known = len(self._taken)
        self._taken.add(key.casefold())
        return len(self._taken) > known


def _generated(paper: Paper) -> str:
    family = next(filter(None, map(_family, paper.authors)), "")
    year = "" if paper.year is None else str(paper.year)
    title = [_ascii(word) for word in re.split(r"[\W_]+", readable(paper.title))]
    word = next((word for word in title if word and word not in STOP_WORDS), "")
    return f"{family}{year}{word}" if family or word else f"paper{_ascii(paper.paper_id)}"


def _family(name: str) -> str:
    """Return the family name of an author as a part of a key, "" if it has no Latin letter."""
    clean = readable(name).strip(" ,")
    if stands_for_others(clean):
        return ""
    parts = divide(clean)
    if len(parts) == 1:
        words = parts[0].split()
        return _ascii("".join(words[family_start(words) :]))
    if parts:
        return _ascii(parts[0])
    words = [word for word in map(_ascii, clean.split()) if word and word not in STOP_WORDS]
    return words[0] if words else ""


def _ascii(text: str) -> str:
    """Return the letters a-z and digits of a text; letters without their accents."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN_LETTERS)
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def _endings() -> Iterator[str]:
    """Yield a, b, … z, aa, ab, … without end."""
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))
