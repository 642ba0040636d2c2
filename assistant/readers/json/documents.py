"""JSON documents: lists of records, and the answers of web services with such a list inside.

A record is an element of a list that is the document itself or stands in it under one of the
names that services and reference managers use for it (``items``, ``results``, ``hits`` …), at
any depth: ``{"message": {"items": [...]}}``. An object without such a list is a record itself,
or, if it has no title but its members have, a list under keys. Several documents may follow each
other. Everything is streamed; a damaged record is reported at its line and the next one is read.

One record a line is told from these by its first line, and is left to
:mod:`assistant.readers.json.lines`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import Any

from assistant.readers.json.kinds import is_no_paper, kind_of, unwrapped
from assistant.readers.json.lines import read_json_lines
from assistant.readers.json.own import own_paper
from assistant.readers.json.plain import plain_fields
from assistant.readers.json.stream import JsonError, JsonStream
from assistant.readers.limits import problem_of
from assistant.readers.lines import open_text
from assistant.readers.records import Fields, to_paper
from assistant.readers.source import Source
from assistant.text.clean import normalise
from assistant.types import Paper, Rejected

_MAX_DEPTH = 8
_MAX_MEMBERS_HELD = 10_000

_LISTS = frozenset(
    "articles collection data docs documents entries entry hit hits items message notes papers "
    "publications records references response result resultlist results search-results "
    "searchresults value works".split()
)
"""Names, in lower case, under which a document holds its list of records."""

_OF_A_RECORD = frozenset(
    "abstract author authors authorships display_name doi itemtype paperid title titles".split()
)
"""Names, in lower case, that an object with a list of records does not have itself."""

_BESIDE_THE_TITLE = [field.name for field in dataclass_fields(Fields) if field.name != "title"]
_ARRAY_START = re.compile(r'\[\s*(?:[\[{\]]|"[^"\n]{0,1000}"\s*(?:\]|,\s*["\[{]))')


@dataclass(frozen=True, slots=True)
class _Found:
    """A record, or what is wrong in its place."""

    line: int
    value: Any = None
    problem: str = ""


def looks_like_json(source: Source) -> bool:
    """Tell whether a file is JSON, of whatever layout."""
    text = source.text.lstrip()
    return text.startswith("{") or _ARRAY_START.match(text) is not None


def read_json(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the papers of a JSON file, and what in it is none.

    Raises:
        NotText: the file is empty or binary.
        OSError: it cannot be read.
    """
    if _has_a_record_a_line(source.text.lstrip()):
        yield from read_json_lines(source.lines(), file=source.file)
        return
    text = open_text(source.bytes())
    try:
        for found in _documents(JsonStream(text.read)):
            if found.problem:
                yield Rejected(file=source.file, line=found.line, reason=found.problem)
            else:
                yield from _records(found.value, file=source.file, line=found.line)
    finally:
        text.detach()


def _records(value: Any, *, file: str, line: int) -> Iterator[Paper | Rejected]:
    """Yield the paper of a record, or why it is none; nothing for notes and attachments."""
    if not isinstance(value, dict):
        yield Rejected(file=file, line=line, reason="not a JSON object")
        return
    record = unwrapped(value)
    if is_no_paper(record):
        return
    if own := own_paper(record, file=file):
        yield own
        return
    kind = kind_of(record)
    fields = kind.fields(record) if kind else plain_fields(record)
    if kind is None and not any(getattr(fields, name) for name in _BESIDE_THE_TITLE):
        # A title and nothing else is kept where a reference manager says that it is one.
        yield Rejected(file=file, line=line, reason=problem_of(normalise(fields.title), ""))
        return
    yield to_paper(fields, file=file, line=line)


def _has_a_record_a_line(head: str) -> bool:
    """Tell JSON lines from a document that begins with an object."""
    if not head.startswith("{"):
        return False
    first, line_break, rest = head.partition("\n")
    try:
        value, end = json.JSONDecoder().raw_decode(head)
    except (ValueError, RecursionError) as error:
        if not line_break:
            return not _begins_a_document(head)
        # What breaks off within its own line is a damaged line; what goes on below is not.
        blank = len(rest) - len(rest.lstrip())
        return getattr(error, "pos", 0) <= len(first) + len(line_break) + blank
    if end > len(first) or first[end:].strip() or _begins_a_document(first):
        return False
    return _is_a_record(value) or not any(map(_has_a_title, value.values()))


def _begins_a_document(head: str) -> bool:
    """Tell whether an object, perhaps cut off, is no record but has a list of records."""
    stream = JsonStream(io.StringIO(head).read)
    stream.peek()
    stream.skip()
    try:
        while (key := _next_key(stream)) is not None and not _is_a_record([key]):
            is_list = key.lower() in _LISTS and stream.peek() in ("[", "{")
            if is_list or _has_a_title(stream.take()):
                return True
    except JsonError:
        pass
    return False


def _documents(stream: JsonStream) -> Iterator[_Found]:
    """Yield the records of all documents in a text."""
    while char := stream.peek():
        if char == ",":
            stream.skip()
        elif char == "[":
            yield from _array(stream, depth=0)
        elif char == "{":
            yield from _object(stream, depth=0)
        else:
            yield _Found(stream.line, problem="not valid JSON: text outside of any object")
            if not stream.skip_to_next_line():
                return


def _array(stream: JsonStream, *, depth: int) -> Iterator[_Found]:
    """Yield the elements of a list; the stream stands at its bracket."""
    begin = stream.line
    stream.skip()
    while char := stream.peek():
        if char == ",":
            stream.skip()
        elif char == "]":
            stream.skip()
            return
        elif char == "[" and depth < _MAX_DEPTH:
            yield from _array(stream, depth=depth + 1)
        else:
            line = stream.line
            try:
                yield _Found(line, stream.take())
            except JsonError as error:
                yield _Found(line, problem=str(error))
                if not stream.skip_to_next_record():
                    return
    yield _Found(begin, problem="not valid JSON: the file ends before this list does")


def _object(stream: JsonStream, *, depth: int) -> Iterator[_Found]:
    """Yield the records in an object, or itself; the stream stands at its brace."""
    begin = stream.line
    stream.skip()
    members: dict[str, _Found] = {}
    is_document = False
    while True:
        line = stream.line
        try:
            if (key := _next_key(stream)) is None:
                break
            is_list = key.lower() in _LISTS and stream.peek() in ("[", "{") and depth < _MAX_DEPTH
            if not is_list or _is_a_record(members):
                members[key] = _Found(stream.line, stream.take())
                if len(members) > _MAX_MEMBERS_HELD:
                    yield from members.values()
                    members.clear()
                continue
        except JsonError as error:
            yield _Found(line if is_document else begin, problem=str(error))
            is_lost = _is_a_record(members) or depth == _MAX_DEPTH
            if is_lost or not stream.skip_to_member(_LISTS):
                stream.skip_to_next_line()
                return
        is_document = True
        deeper = _array if stream.peek() == "[" else _object
        yield from deeper(stream, depth=depth + 1)
        if not stream.peek():
            return
    if is_document:
        return
    records = [found for found in members.values() if _has_a_title(found.value)]
    if records and not _is_a_record(members):
        yield from records
    else:
        yield _Found(begin, {key: found.value for key, found in members.items()})


def _next_key(stream: JsonStream) -> str | None:
    """Return the name of the next member and go behind its colon; None behind the object."""
    while (char := stream.peek()) == ",":
        stream.skip()
    if char == "}":
        stream.skip()
        return None
    if not char:
        raise JsonError("not valid JSON: the file ends before this object does")
    key = stream.take() if char == '"' else ""
    if stream.peek() != ":":
        raise JsonError("not valid JSON: a member without a name")
    stream.skip()
    return str(key)


def _is_a_record(members: Collection[str]) -> bool:
    """Tell whether an object with these members is a record, whatever lists it has."""
    return any(name.lower() in _OF_A_RECORD for name in members)


def _has_a_title(value: Any) -> bool:
    return isinstance(value, dict) and _is_a_record(value)
