"""Values of JSON records, whatever shape a tool gave them, as the texts that they mean.

``"Nature"``, ``["Nature"]``, ``{"title": "Nature"}`` and ``{"value": "Nature"}`` are all the same
venue, and a person is a text, or an object under one of the names that people's names have. What
has no such shape gives nothing; it is not worth losing the paper for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from assistant.readers.people import split_names, split_words

Record = Mapping[str, Any]
"""An object whose keys went through :func:`plain_key`."""

_MAX_DEPTH = 4
_MAX_ITEMS = 100
_LARGEST_NUMBER = 10**15
_TEXT_KEYS = (
    *("value", "#text", "text", "_text", "$", "content", "rendered", "name", "title"),
    *("display_name", "full_name", "raw", "literal", "keyword", "tag", "descriptor_name"),
    *(
        "url",
        "journal_title",
        "description",
        "preferred_name",
        "raw_author_name",
        "collective_name",
        "creator",
    ),
)
_PERSON_KEYS = ("family", "last_name", "last", "surname", "family_name", "lastname")
_GIVEN_KEYS = ("given", "first_name", "first", "given_name", "firstname", "forename", "initials")
_HOMONYM = re.compile(r"\s0\d{3}$")
_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=4_096)
def plain_key(key: str) -> str:
    """Return a key in the spelling that is looked for: ``Journal-Ref`` as ``journal_ref``."""
    return re.sub(r"[\s\-]", "_", key.lower())


def plain_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with plain keys; its values stay as they are."""
    return {plain_key(key): value for key, value in record.items()}


def first_of(record: Record, *names: str) -> Any:
    """Return the first value that is given under one of these names, or None."""
    for name in names:
        if record.get(name) not in (None, "", [], {}):
            return record[name]
    return None


def text_of(value: Any, *, depth: int = 0) -> str:
    """Return the text of a value: the first one in a list, the one of an object, or ""."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        is_number = not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER
        return f"{value:.0f}" if is_number else ""
    inner: list[Any] = value[:_MAX_ITEMS] if isinstance(value, list) else []
    if isinstance(value, dict):
        record = snake_record(value)
        inner = [record.get(key) for key in _TEXT_KEYS]
    if depth == _MAX_DEPTH:
        return ""
    texts = (text_of(item, depth=depth + 1) for item in inner)
    return next((text for text in texts if text.strip()), "")


def words_of(value: Any, *, depth: int = 0) -> list[str]:
    """Return keywords: of a list of texts or objects, or of one text that holds several."""
    if isinstance(value, str):
        return split_words(value)
    if isinstance(value, list):
        return [text_of(item) for item in value]
    if isinstance(value, dict) and len(value) == 1 and depth < _MAX_DEPTH:
        return words_of(next(iter(value.values())), depth=depth + 1)
    return []


def people_of(value: Any, *, depth: int = 0) -> list[str]:
    """Return the names of people: of a list, of one person, or of a text with several."""
    if isinstance(value, str):
        return split_names(value)
    if isinstance(value, list):
        return [person_of(person) for person in value]
    if isinstance(value, dict):
        inner = next((value[key] for key in ("author", "authors") if key in value), None)
        if inner is not None and depth < _MAX_DEPTH:
            return people_of([inner] if isinstance(inner, dict) else inner, depth=depth + 1)
        return [person_of(value)]
    return []


def person_of(value: Any) -> str:
    """Return the name of a person or a group: ``Family, Given`` where these are told apart."""
    if not isinstance(value, dict):
        return _HOMONYM.sub("", text_of(value))
    person = snake_record(value)
    if isinstance(person.get("author"), dict | str) and (name := person_of(person["author"])):
        return name
    family = text_of(first_of(person, *_PERSON_KEYS))
    if not family:
        return _HOMONYM.sub("", text_of(value))
    given = text_of(first_of(person, *_GIVEN_KEYS))
    middle = person.get("middle")
    middles = [text_of(item) for item in middle] if isinstance(middle, list) else [text_of(middle)]
    particle = text_of(person.get("non_dropping_particle"))
    return _joined(
        _spaced(particle, family),
        _spaced(given, *middles, text_of(person.get("dropping_particle"))),
        text_of(person.get("suffix")),
    )


def snake_record(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with plain keys, ``lastName`` as ``last_name``."""
    return {plain_key(_WORD_START.sub("_", key)): item for key, item in value.items()}


def identifiers_of(value: Any) -> dict[str, str]:
    """Return identifiers by their kind: of ``{"doi": ...}`` or ``[{"type": "doi", "id": ...}]``."""
    if isinstance(value, dict):
        return {kind.lower(): text_of(identifier) for kind, identifier in value.items()}
    found: dict[str, str] = {}
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            entry = snake_record(item)
            kind = text_of(first_of(entry, "type", "idtype", "scheme", "id_type")).lower()
            found.setdefault(kind, text_of(first_of(entry, "value", "id", "identifier")))
    return found


def text_of_inverted_index(value: Any) -> str:
    """Return the text of ``{"word": [positions]}``, of OpenAlex and of the Microsoft graph.

    Positions may be missing or taken twice; they need not begin at 0.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return ""
    if isinstance(value, dict) and isinstance(value.get("InvertedIndex"), dict):
        value = value["InvertedIndex"]
    if not isinstance(value, dict):
        return ""
    places = (
        (position, word)
        for word, positions in value.items()
        for position in (positions if isinstance(positions, list) else ())
        if isinstance(position, int)
    )
    return " ".join(word for _, word in sorted(places))


def _spaced(*parts: str) -> str:
    return " ".join(part.strip() for part in parts if part.strip())


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))
