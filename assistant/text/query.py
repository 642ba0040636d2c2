"""Takes a query apart into what is searched for and the filter that papers have to pass.

``what is attention year:2021.. author:vaswani -survey "low rank"`` asks for a text, and only
papers that meet the conditions are looked at. Whatever does not look exactly like a condition
is text: an unknown field (``BERT: what is it``), a URL, a time, ``GPT-4``, a dash on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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

_YEAR_FORMS = "Write year:2020, year:2019..2021, year:2021.. or year:..2018."
_YEARS = re.compile(r"(\d{1,4})?(\.\.)?(\d{1,4})?", re.ASCII)
_NO_END = 9999

_CONDITION = re.compile(
    rf"""
    (?<!\S)(?P<minus>-)?
    (?:
        (?P<field>(?i:{"|".join(FILTER_FIELDS)})):
        (?: "(?P<quoted>[^"]*)"(?P<after>[?!,;.]*)(?!\S) | "(?P<unclosed>[^"]+)$ | (?P<bare>[^\s"]\S*) )
      | "(?P<phrase>[^"]*)"(?![\w"-])
      | (?P<word>(?<=-)[^\W\d_]\S*)
    )
    """,
    re.VERBOSE,
)
_END_OF_SENTENCE = re.compile(r"(?:[?!,;]|(?<!\.)\.(?![^?!,;]))+$")
_PLAIN_WORD = re.compile(r"[^\W\d_][^\s\"]*")


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
        """The first and the last year of a condition on years, from 1 to 9999."""
        match = _YEARS.fullmatch(self.value)
        first, dots, last = match.groups() if match else ("", "", "")
        if not (first or last):
            raise UsageError(f"'year:{self.value}' is no year and no range.", hint=_YEAR_FORMS)
        begin = int(first or 1)
        end = int(last or _NO_END) if dots else begin
        if not 1 <= begin <= end:
            raise UsageError(f"'year:{self.value}' holds no year.", hint=_YEAR_FORMS)
        return begin, end

    def __str__(self) -> str:
        minus = "-" if self.negated else ""
        plain = not re.search(r"\s", self.value) and not _END_OF_SENTENCE.search(self.value)
        if self.field != "text":
            return f"{minus}{self.field}:" + (self.value if plain else f'"{self.value}"')
        plain = plain and self.negated and _PLAIN_WORD.fullmatch(self.value) is not None
        # "-tag:x" would be read as another condition than the one that it is.
        plain = plain and _CONDITION.fullmatch(self.value) is None
        return minus + (self.value if plain else f'"{self.value}"')


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that a paper has to meet, all of them. An empty filter is false."""

    conditions: tuple[Condition, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the filter of a text that holds nothing else. Raises UsageError if it does."""
        query = parse_query(text)
        rest = _without_phrases(query)
        if rest:
            raise UsageError(f"'{normalise(rest)}' is no filter.", hint=f"Filters: {FILTER_FORMS}")
        return cls(query.filter.conditions)

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
    for match in _CONDITION.finditer(text):
        found = _condition(match)
        if found is None:
            continue
        condition, after = found
        conditions.append(condition)
        kept += text[end : match.start()]
        if condition.field == "text" and not condition.negated:
            kept += match[0]
        elif kept.strip():
            # A question keeps its question mark.
            kept = kept.rstrip() + "".join(sign for sign in after if sign in "?!") + " "
        end = match.end()
    if not conditions:
        return Query(text=text, filter=Filter())
    return Query(
        text=(kept + text[end:].lstrip() if kept.endswith(" ") else kept + text[end:]).strip(),
        filter=Filter(tuple(dict.fromkeys(conditions))),
    )


def as_filter(value: Filter | str | None) -> Filter:
    """Return the filter that a caller gave, perhaps as text. Raises UsageError if it is none."""
    if isinstance(value, str):
        return Filter.parse(value)
    return value or Filter()


def nothing_matches(limit: Filter) -> str:
    """Say that no paper passes a filter."""
    return f"No paper of the library matches {limit}."


def _condition(match: re.Match[str]) -> tuple[Condition, str] | None:
    """Return the condition that was matched and what stands behind it, or None if it is text."""
    negated = match["minus"] is not None
    if match["field"]:
        field: FilterField = match["field"].lower()
        if match["bare"] is None:
            value = match["unclosed"] if match["quoted"] is None else match["quoted"]
            return Condition(field=field, value=value, negated=negated), match["after"] or ""
        value, after = _apart(match["bare"])
        if not value.strip('"'):
            return None
        return Condition(field=field, value=value, negated=negated), after
    value, after = _apart(match["word"]) if match["word"] else (match["phrase"], "")
    if not any(map(str.isalnum, value)):
        return None
    return Condition(field="text", value=value, negated=negated), after


def _apart(value: str) -> tuple[str, str]:
    """Part a value and the signs that end the sentence in which it stands."""
    sign = _END_OF_SENTENCE.search(value)
    return (value[: sign.start()], sign[0]) if sign else (value, "")


def _without_phrases(query: Query) -> str:
    """Return the text of a query without the phrases that are conditions as well."""
    text = query.text
    for match in list(_CONDITION.finditer(text)):
        if match["phrase"] is not None and not match["minus"] and _condition(match):
            text = text.replace(match[0], "", 1)
    return text.strip(" ?!.,;")
