"""Papers as BibTeX entries that BibTeX, biber and reference managers read back.

Written by hand rather than with bibtexparser: writing is a few lines, and the care goes where no
library helps (names, capitals that must survive, keys), or where one errs: pylatexenc escapes what
has to stand verbatim in a URL.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, product
from string import ascii_lowercase

from assistant.text.clean import normalise, readable
from assistant.text.words import STOP_WORDS
from assistant.types import Paper
from assistant.writers.latex import latex

_CONFERENCE = re.compile(
    r"\b(?:conference|workshop|symposium|congress|annual meeting)\b|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
"""Venues of proceedings. A journal's name holds no year; ``NeurIPS 2017`` does."""
_PREPRINT = re.compile(r"arxiv|corr\b", re.IGNORECASE)

_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|II|III|IV")
_ORGANISATION = re.compile(
    r"(?:^|\s)(?:and|team|group|consortium|collaboration|committee|institute|university|"
    r"initiative|project|workshop|network|society|association|organi[sz]ation|inc\.?)(?:\s|$)",
    re.IGNORECASE,
)
_OTHERS = frozenset({"et al", "et al.", "and others", "others"})

_HEADLINE_SHARE = 0.75
"""Share of capital initials from which a title is a headline, not a sentence."""

_UNFIT_IN_URL = re.compile(r"[^!#-\[\]_a-z~]")
"""Everything but what stands in URLs and DOIs and means nothing to BibTeX."""

_PLAIN_LETTERS = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
})  # fmt: skip


def bibtex(papers: Iterable[Paper]) -> str:
    """Return one entry for each paper, in their order; "" for none.

    Keys are ASCII: the first author's family name, the year and the first word of the title that
    carries meaning (``vandermaaten2008visualizing``), followed by a, b, … where several papers
    would have the same. A paper that is given twice is written once.
    """
    chosen = list({paper.paper_id: paper for paper in papers}.values())
    keys = _unique([_key(paper) for paper in chosen])
    return "\n".join(_entry(paper, key) for paper, key in zip(chosen, keys, strict=True))


def _entry(paper: Paper, key: str) -> str:
    """Return one entry, with a line break at its end."""
    venue = readable(paper.venue)
    fields = {
        "author": " and ".join(name for name in map(_author, paper.authors) if name),
        "title": _title(readable(paper.title)),
    }
    kind = "misc"
    if venue and not (_PREPRINT.match(venue) and paper.arxiv_id):
        if _PREPRINT.match(venue):
            place = "howpublished"
        elif _CONFERENCE.search(venue):
            kind, place = "inproceedings", "booktitle"
        else:
            kind, place = "article", "journal"
        fields[place] = latex(venue)
    fields["year"] = str(paper.year) if paper.year is not None else ""
    fields["eprint"] = _verbatim(paper.arxiv_id)
    fields["archivePrefix"] = "arXiv" if paper.arxiv_id else ""
    fields["doi"] = _verbatim(paper.doi)
    fields["pmid"] = _verbatim(paper.pmid)
    fields["url"] = _verbatim(paper.url)
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _verbatim(text: str) -> str:
    """Return an address or an identifier, which LaTeX takes as it stands, fit for braces."""
    return _UNFIT_IN_URL.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), normalise(text)
    )


# Titles


def _title(title: str) -> str:
    """Return a title whose capitals survive styles that write titles in small letters."""
    words = title.split()
    inner = [word for word in words[1:] if word[0].isalpha() and word.lower() not in STOP_WORDS]
    # In a sentence, unlike in a Headline Like This, a capital marks a name.
    capitals = sum(word[0].isupper() for word in inner)
    is_sentence = capitals < _HEADLINE_SHARE * len(inner)
    written = []
    begins = True
    for word in words:
        written.append(_protected(word, names=is_sentence and not begins))
        begins = word[-1] in ":.?!"
    return " ".join(written)


def _protected(word: str, *, names: bool) -> str:
    """Put braces around the letters of a word that must keep its capitals: ``({BERT})``."""
    core = re.search(r"[^\W_](?:.*[^\W_])?", word)
    if core is None:
        return latex(word)
    parts = re.split(r"[-–—/]", core[0])
    keeps = any(_is_name(part) for part in parts) or (names and core[0][0].isupper())
    if not keeps:
        return latex(word)
    return f"{latex(word[: core.start()])}{{{latex(core[0])}}}{latex(word[core.end() :])}"


def _is_name(part: str) -> bool:
    """Tell whether a word has capitals beside its first (``BERT``), or is one (``D``, ``T5``)."""
    if any(letter.isupper() for letter in part[1:]):
        return True
    return part[:1].isupper() and part != "A" and not any(map(str.isalpha, part[1:]))


# Authors


def _author(name: str) -> str:
    """Return a name as BibTeX divides it rightly: particles, suffixes, organisations."""
    clean = readable(name).strip(" ,")
    if clean.casefold() in _OTHERS:
        return "others"
    written = ", ".join(latex(part, is_name=True) for part in _divided(clean))
    return written or (f"{{{latex(clean, is_name=True)}}}" if clean else "")


def _divided(name: str) -> tuple[str, ...]:
    """Return ``First von Last``; or family and first name; or these with a suffix between.

    Nothing is returned for the name of an organisation and for one that BibTeX cannot divide.
    """
    parts = [part.strip() for part in name.split(",") if part.strip()]
    if _ORGANISATION.search(name) or len(parts) not in (1, 2, 3):
        return ()
    if len(parts) == 3:
        family, *others = parts
        suffixes = sorted(others, key=lambda part: not _SUFFIX.fullmatch(part))
        return (family, *suffixes) if _SUFFIX.fullmatch(suffixes[0]) else ()
    words = parts[0].split()
    if len(parts) == 2 and not _SUFFIX.fullmatch(parts[1]):
        return (parts[0], parts[1])
    if len(parts) == 1 and not (len(words) > 2 and _SUFFIX.fullmatch(words[-1])):
        return (" ".join(words),)
    suffix = parts[1] if len(parts) == 2 else words.pop()
    start = _family_start(words)
    return (" ".join(words[start:]), suffix, " ".join(words[:start])) if start else ()


def _family_start(words: Sequence[str]) -> int:
    """Return where the family name begins, its particles (``van der``) included."""
    particles = (i for i in range(1, len(words) - 1) if words[i][0].islower())
    return next(particles, len(words) - 1)


# Keys


def _key(paper: Paper) -> str:
    family = next(filter(None, map(_family, paper.authors)), "")
    year = "" if paper.year is None else str(paper.year)
    title = [_ascii(word) for word in re.split(r"[\W_]+", readable(paper.title))]
    word = next((word for word in title if word and word not in STOP_WORDS), "")
    return f"{family}{year}{word}" if family or word else f"paper{_ascii(paper.paper_id)}"


def _family(name: str) -> str:
    """Return the family name of an author as a part of a key, "" if it has no Latin letter."""
    clean = readable(name).strip(" ,")
    if clean.casefold() in _OTHERS:
        return ""
    parts = _divided(clean)
    if len(parts) == 1:
        words = parts[0].split()
        return _ascii("".join(words[_family_start(words) :]))
    if parts:
        return _ascii(parts[0])
    words = [word for word in map(_ascii, clean.split()) if word and word not in STOP_WORDS]
    return words[0] if words else ""


def _ascii(text: str) -> str:
    """Return the letters a-z and digits of a text; letters without their accents."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN_LETTERS)
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def _unique(keys: Sequence[str]) -> list[str]:
    """Return the keys with a, b, … at the end of those that occur more than once."""
    shared = {key: _endings() for key, times in Counter(keys).items() if times > 1}
    taken = set(keys)
    unique = []
    for key in keys:
        own = key
        if key in shared:
            own = next(key + ending for ending in shared[key] if key + ending not in taken)
            taken.add(own)
        unique.append(own)
    return unique


def _endings() -> Iterator[str]:
    """Yield a, b, … z, aa, ab, … without end."""
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))
