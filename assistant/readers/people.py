"""Several names in one text: the author cell of a table, the author string of a web service."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.text.clean import normalise

MAX_NAMES_CHARS = 200_000
"""A longer text is not taken apart."""

_BREAK = re.compile(r"\s*(?:;|\|\|?|\n)\s*")
_AND = re.compile(r"\s+(?:and|&)\s+|,\s*(?:and|&)\s+")
_NUMBER = re.compile(r"\s*\((?:\d{5,}|[A-Z]-?\d{4}-\d{4})\)\s*$|^\d{5,}$")
_LIST = re.compile(r"\[\s*(?:['\"].*['\"]\s*)?\]", re.DOTALL)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*+)'|\"((?:[^\"\\]|\\.)*+)\"")
_BRACKETED = re.compile(r"[^()]*+(?:\([^()]*+\)[^()]*+)*+")
_COMMA_OR_BRACKETS = re.compile(r",|\([^()]*+\)")
_INITIALS = re.compile(r"(?:[A-ZÀ-ÖØ-ÞĀ-Ž]\.?[\s\-‐]?){1,5}")
_OTHERS = re.compile(r"\s*(?:,|;)?\s*(?:et\.? al\.?|\.{3}|…)\s*$", re.IGNORECASE)


def split_names(text: str) -> list[str]:
    """Return the names in a text, each as it is written there.

    Names are divided at semicolons, line breaks, ``and``; at commas where that is certain:
    ``A. Lee, Bo Chen``, ``Lee A, Chen B`` and ``Lee, A., Chen, B.``, but not ``Lee, Ann``. A list
    as Python and JSON write it (``['Lee, Ann', 'Chen, Bo']``) is read as one. Numbers of authors
    behind a name, a full stop behind the last one, and "et al." are left out.
    """
    if len(text) > MAX_NAMES_CHARS:
        return [text]
    text = "\n".join(filter(None, map(normalise, text.split("\n"))))
    if _LIST.fullmatch(text):
        names = [match[1] or match[2] or "" for match in _QUOTED.finditer(text)]
    else:
        text = _OTHERS.sub("", text)
        names = _BREAK.split(text)
        if len(names) == 1:
            names = [name for part in _AND.split(text) for name in _divided_at_commas(part)]
            if sum(name.endswith(".") for name in names) == 1 < len(names):
                names[-1] = names[-1].removesuffix(".")
    return [name for raw in names if (name := _NUMBER.sub("", normalise(raw)).strip(" ,"))]


def split_words(text: str) -> list[str]:
    """Return the keywords of a text: a list, or words between semicolons, bars or commas."""
    text = text.strip()
    if _LIST.fullmatch(text):
        return [match[1] or match[2] or "" for match in _QUOTED.finditer(text)]
    separator = next((mark for mark in ";|\n" if mark in text), None)
    if separator:
        return text.split(separator)
    if not _BRACKETED.fullmatch(text):
        return text.split(",")
    marks = _COMMA_OR_BRACKETS.finditer(text)
    ends = [-1, *(mark.start() for mark in marks if mark[0] == ","), len(text)]
    return [text[before + 1 : end] for before, end in pairwise(ends)]


def _divided_at_commas(part: str) -> list[str]:
    names = [name.strip() for name in part.split(",") if name.strip()]
    if len(names) < 2:
        return names
    if len(names) % 2 == 0 and all(map(_INITIALS.fullmatch, names[1::2])):
        families, initials = names[::2], names[1::2]
        if not any(map(_INITIALS.fullmatch, families)) or len(names) == 2:
            return [f"{family}, {given}" for family, given in zip(families, initials, strict=True)]
    return names if all(" " in name for name in names) else [part.strip(", ")]
