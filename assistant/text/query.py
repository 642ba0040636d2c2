"""Takes a query apart into what is searched for and the filter that papers have to pass.

``what is attention year:2021.. author:vaswani -survey "low rank"`` asks for a text, and only
papers that meet the conditions are looked at. Whatever does not look exactly like a condition
is text: an unknown field (``BERT: what is it``), a URL, a time, ``GPT-4``, a dash on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, Self, get_args

from assistant.errors import UsageError
from assistant.text.clean import normalise

FilterField = Literal["year", "author", "venue", "tag", "source"]
FILTER_FIELDS: tuple[FilterField, ...] = get_args(FilterField)
"""What a paper can be chosen by, as it is written before the colon."""

FILTER_FORMS = (
    'year:2021.. year:2019..2021 year:..2018 author:hu author:"van der Maaten" venue:acl '
    'tag:reading source:zotero.bib "exact phrase" -word -tag:read'
)
"""Every form of a condition."""

MAX_CONDITIONS = 64

_OTHER_NAMES = {
    "authors": "author:",
    "by": "author:",
    "date": "year:",
    "journal": "venue:",
    "conference": "venue:",
    "booktitle": "venue:",
    "keyword": "tag:",
    "keywords": "tag:",
    "tags": "tag:",
    "file": "source:",
    "title": '"exact phrase"',
    "abstract": '"exact phrase"',
}
"""What other programs call it, and how it is written here."""
_NAMED = re.compile(r"(?<!\S)-?(?P<name>[^\W\d_]+):(?=[^\s:/])")
_ALIKE = 0.75
"""From this share of equal letters (difflib's ratio) a name is a slip of the pen: autor, yaer."""

_YEAR_FORMS = "Write year:2020, year:2019..2021, year:2021.. or year:..2018."
_YEARS = re.compile(r"(?P<only>\d{1,4})|(?P<first>\d{1,4})?\.\.(?P<last>\d{1,4})?", re.ASCII)
_LAST_YEAR = 9999

_FIELDS = "|".join(FILTER_FIELDS)
_CONDITION = re.compile(
    rf"""
    (?<!\S)(?P<minus>-)?
    (?: (?P<field>(?i:{_FIELDS})):
        (?: "(?P<quoted>[^"]*)"(?P<after>[?!,;.]*)(?!\S)
          | "(?P<unclosed>[^"]+)\Z
          | (?P<bare>[^\s"]\S*) )
      | "(?P<phrase>[^"]*)"(?![\w"-])
      | (?<=-)(?!(?i:{_FIELDS}):)(?P<word>[^\W\d_]\S*)
    )
    """,
    re.VERBOSE,
)
_END_OF_SENTENCE = re.compile(r"(?:(?<!\.)\.)?[?!,;]+\Z|(?<!\.)\.\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that a paper has to meet or, ``negated``, must not."""

    field: FilterField | Literal["text"]
    """``text`` are title and abstract: they hold the value, word for word."""
    value: str
    negated: bool = False

    def __post_init__(self) -> None:
        """Tidy the value. Raises UsageError if it says nothing, or no year."""
        value = normalise(self.value.replace('"', " "))
        object.__setattr__(self, "value", value)
        if self.field not in (*FILTER_FIELDS, "text"):
            raise UsageError(
                f"Papers cannot be chosen by '{self.field}'.", hint=f"Filters: {FILTER_FORMS}"
            )
        if self.field == "year":
            _ = self.years
        elif not value if self.field in ("tag", "source") else not any(map(str.isalnum, value)):
            raise UsageError(
                f"The filter {self.field}: says nothing.",
                hint=f'Write {self.field}:WORD or {self.field}:"SEVERAL WORDS".',
            )

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year of a condition on years, 1 and 9999 if it names none."""
        match = _YEARS.fullmatch(self.value)
        first, last = (
            (match["only"] or match["first"], match["only"] or match["last"])
            if match
            else (None, None)
        )
        if first is None and last is None:
            raise UsageError(f"'year:{self.value}' is no year and no range.", hint=_YEAR_FORMS)
        years = int(first or 1), int(last or _LAST_YEAR)
        if not 1 <= years[0] <= years[1]:
            raise UsageError(f"'year:{self.value}' holds no year.", hint=_YEAR_FORMS)
        return years

    def __str__(self) -> str:
        minus = "-" if self.negated else ""
        name = "" if self.field == "text" else f"{self.field}:"
        # Quotation marks stand where it would be read as something else without them.
        match = _CONDITION.fullmatch(f"{minus}{name}{self.value}")
        read = match and match["bare" if name else "word"]
        plain = read == self.value and not _END_OF_SENTENCE.search(self.value)
        return f"{minus}{name}" + (self.value if plain else f'"{self.value}"')


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that a paper has to meet, all of them. An empty filter is false."""

    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        """Raise UsageError if there are more conditions than anybody writes."""
        if len(self.conditions) > MAX_CONDITIONS:
            raise UsageError(
                f"The query has {len(self.conditions)} conditions; at most {MAX_CONDITIONS} are "
                "looked at.",
                hint="A word with a dash in front, and words in quotation marks, are conditions.",
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the filter of a text that holds nothing else. Raises UsageError if it does."""
        conditions: list[Condition] = []
        rest = text
        for match, condition, _ in reversed(list(_conditions(text))):
            conditions.insert(0, condition)
            rest = f"{rest[: match.start()]} {rest[match.end() :]}"
        if rest := normalise(rest):
            hint = misspelt(rest) or f"Filters: {FILTER_FORMS}"
            raise UsageError(f"'{rest}' is no filter.", hint=hint)
        return cls(tuple(dict.fromkeys(conditions)))

    @classmethod
    def of(cls, fields: Mapping[FilterField, Iterable[str]]) -> Self:
        """Return the filter of values by field, as in ``{"author": ["hu"], "year": ["2021.."]}``.

        Raises UsageError for a value that has not the form of its field.
        """
        return cls(
            tuple(
                Condition(field=field, value=value)
                for field, values in fields.items()
                for value in values
            )
        )

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def __and__(self, other: Filter) -> Filter:
        """Return the filter that asks for all of both."""
        return Filter(tuple(dict.fromkeys((*self.conditions, *other.conditions))))

    def __str__(self) -> str:
        return " ".join(map(str, self.conditions))


NO_FILTER = Filter()
"""Every paper passes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query, taken apart."""

    text: str
    """What is searched for; a phrase that has to occur is also searched for."""
    filter: Filter


def parse_query(text: str) -> Query:
    """Take a query apart. A text without conditions is returned as it is.

    Raises UsageError for a condition whose value has not the form of its field.
    """
    conditions: list[Condition] = []
    kept = ""
    end = 0
    for match, condition, after in _conditions(text):
        conditions.append(condition)
        kept += text[end : match.start()]
        end = match.end()
        if condition.field == "text" and not condition.negated:
            kept += match[0]
        elif kept.strip():
            # A question keeps its question mark.
            kept = kept.rstrip() + "".join(sign for sign in after if sign in "?!")
    if not conditions:
        return Query(text=text, filter=NO_FILTER)
    return Query(text=(kept + text[end:]).strip(), filter=Filter(tuple(dict.fromkeys(conditions))))


def as_filter(value: Filter | str | None) -> Filter:
    """Return the filter that a caller gave, perhaps as text. Raises UsageError if it is none."""
    if isinstance(value, str):
        return Filter.parse(value)
    return value or NO_FILTER


def misspelt(text: str) -> str:
    """Say what was meant by a word that looks like a condition and is text, or return ""."""
    known = {name: f"{name}:" for name in FILTER_FIELDS} | _OTHER_NAMES
    for match in _NAMED.finditer(text):
        name = match["name"].lower()
        meant = get_close_matches(name, known, n=1, cutoff=_ALIKE)
        if meant and name not in FILTER_FIELDS:
            return f"'{match['name']}:' is no filter; did you mean {known[meant[0]]}?"
    return ""


def nothing_matches(limit: Filter, *, pinned: bool = False) -> str:
    """Say that no paper passes a filter, or none of those that a question is pinned to."""
    papers = "None of the pinned papers" if pinned else "No paper of the library"
    said = f"{papers} matches {limit}"
    if any(condition.field == "text" and not condition.negated for condition in limit.conditions):
        return f"{said}; without quotation marks the words need not be there."
    # A range of years ends in dots of its own.
    return said if said.endswith(".") else f"{said}."


def _conditions(text: str) -> Iterator[tuple[re.Match[str], Condition, str]]:
    """Yield the conditions in a text, each with the signs that end the sentence behind it."""
    for match in _CONDITION.finditer(text):
        value, after = _value(match)
        negated = match["minus"] is not None
        field = (match["field"] or "").lower()
        if field and (value or match["quoted"] is not None):
            known = next(name for name in FILTER_FIELDS if name == field)
            yield match, Condition(field=known, value=value, negated=negated), after
        elif not field and any(map(str.isalnum, value)):
            yield match, Condition(field="text", value=value, negated=negated), after


def _value(match: re.Match[str]) -> tuple[str, str]:
    """Return the value of a condition, and the signs behind it that end a sentence."""
    word = match["bare"] or match["word"]
    if not word:
        return match["quoted"] or match["unclosed"] or match["phrase"] or "", match["after"] or ""
    end = _END_OF_SENTENCE.search(word)
    return (word[: end.start()], end[0]) if end else (word, "")
