"""Paths as people type, paste and drop them: taken apart, completed, and looked at.

Nothing here knows a widget, and everything that touches the file system may be slow: the dialog
calls it in a thread.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from assistant.readers.files import FOLDER_EXTENSIONS
from assistant.text.clean import printable

MAX_ENTRIES = 10_000
"""Entries of a folder that are looked at: a home folder may hold millions."""

_QUOTES = "'\""
_ESCAPES = os.sep == "/"
"""Whether a backslash takes the meaning from the next character, as in a shell."""


@dataclass(frozen=True, slots=True)
class Word:
    """A path as it was typed: what it means, and the quote that is still open at its end."""

    value: str
    quote: str
    ended: bool
    """A blank follows: what is typed next is another word."""


def words(text: str) -> list[Word]:
    """Take a line apart as a shell does: blanks part words, quotes and backslashes keep them."""
    found: list[Word] = []
    value: list[str] | None = None
    quote = ""
    signs = iter(text)
    for sign in signs:
        if sign.isspace() and not quote:
            if value is not None:
                found.append(Word("".join(value), "", ended=True))
            value = None
            continue
        value = [] if value is None else value
        if sign == quote:
            quote = ""
        elif sign in _QUOTES and not quote:
            quote = sign
        elif sign == "\\" and _ESCAPES and quote != "'":
            value.append(next(signs, ""))
        else:
            value.append(sign)
    if value is not None:
        found.append(Word("".join(value), quote, ended=False))
    return found


def quoted(path: str) -> str:
    """Return a path as it has to be typed to be one word."""
    if not path or any(sign.isspace() or sign in _QUOTES or sign == "\\" for sign in path):
        return _escaped(path) if _ESCAPES else f'"{path}"'
    return path


def _escaped(text: str) -> str:
    return "".join(
        f"\\{sign}" if sign.isspace() or sign in _QUOTES or sign == "\\" else sign for sign in text
    )


def typed_paths(text: str) -> list[str]:
    """Return the paths that a line names, ``~`` expanded; a path with blanks needs no quotes."""
    text = text.strip()
    if not text:
        return []
    whole = _expanded(text)
    if os.path.lexists(whole):
        return [whole]
    return [_expanded(word.value) for word in words(text) if word.value]


def _expanded(path: str) -> str:
    return os.path.expanduser(path)  # noqa: PTH111 - Path would raise for an unknown user


def completed(text: str) -> str | None:
    """Return the line with its last path completed to the first name that fits, or None."""
    typed = words(text)
    if typed and not typed[-1].ended:
        last = typed[-1]
        if (rest := _rest_of_name(last.value)) and not (last.quote and last.quote in rest):
            return text + (rest if last.quote or not _ESCAPES else _escaped(rest))
    if len(typed) > 1 and (rest := _rest_of_name(text)):
        return text + rest
    return None


def _rest_of_name(typed: str) -> str:
    """Return what is missing of the first name that begins as ``typed`` ends."""
    folder, beginning = os.path.split(_expanded(typed))
    if typed == "~":
        return os.sep
    best = ""
    for entry in _entries(folder or os.curdir):
        name = entry.name
        if not name.startswith(beginning) or (name[0] == "." and not beginning):
            continue
        folder_here = _is_folder(entry)
        if not folder_here and Path(name).suffix.lower() not in FOLDER_EXTENSIONS:
            continue
        ending = name + (os.sep if folder_here else "")
        if ending != beginning and (not best or ending < best):
            best = ending
    return best[len(beginning) :]


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield the entries of a folder whose names can be shown as they are."""
    try:
        with os.scandir(folder) as entries:
            yield from (e for e in islice(entries, MAX_ENTRIES) if printable(e.name) == e.name)
    except (OSError, ValueError):
        return


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Look:
    """What there is at a path."""

    path: str
    """Absolute, so that no later part takes it for standard input or another folder's."""
    files: int = 0
    more: bool = False
    """There are more files than were counted."""
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return self.problem
        count = f"{'more than ' if self.more else ''}{self.files:,}"
        return f"{count} file{'' if self.files == 1 and not self.more else 's'}"


def look_at(path: str) -> Look:
    """Find out whether a path can be read, and how many files that may hold papers it names."""
    try:
        place = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they were typed
        if place.is_dir():
            return _look_into(place)
        if not place.exists():
            return Look(path=str(place), problem="does not exist")
    except (OSError, ValueError):
        return Look(path=path, problem="cannot be read")
    if not os.access(place, os.R_OK):
        return Look(path=str(place), problem="cannot be read")
    return Look(path=str(place), files=1)


def _look_into(folder: Path) -> Look:
    if not os.access(folder, os.R_OK | os.X_OK):
        return Look(path=str(folder), problem="cannot be read")
    files = seen = 0
    for _, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += sum(
            not name.startswith(".") and Path(name).suffix.lower() in FOLDER_EXTENSIONS
            for name in names
        )
        seen += len(names) + len(folders)
        if seen > MAX_ENTRIES:
            return Look(path=str(folder), files=files, more=True)
    if not files:
        return Look(path=str(folder), problem="no text files in this folder")
    return Look(path=str(folder), files=files)
