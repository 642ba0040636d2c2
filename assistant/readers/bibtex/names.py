"""Lists in fields of BibTeX: the names of ``author``, the words of ``keywords``."""

from __future__ import annotations

import html
import re

from assistant.readers.bibtex.latex import match_braces, plain_text
from assistant.readers.people import split_names

_AND = re.compile(r"(?<!\S)and(?=[\s{])|[{}]", re.IGNORECASE)
_SEMICOLON = re.compile(r";|[{}]")
_COMMA = re.compile(r",|[{}]")
_LINE = re.compile(r"\n|[{}]")
_OTHERS = frozenset({"others", "et al", "et al."})
_PART = re.compile(r"(family|given|prefix|suffix)\s*=\s*(.*)", re.DOTALL | re.IGNORECASE)
_TIGHT_COMMA = re.compile(r",(?=\S)")
_HOMONYM = re.compile(r" 0\d{3}$")
"""The number by which DBLP tells people of one name apart."""
_GLUED = ("-", "'", "’", "‘")
_MAX_CHARS = 1_000_000


def names_in(value: str) -> list[str]:
    """Return the names of a field, as they are written there but without LaTeX.

    Names are divided at ``and`` outside of braces. Where there is none, semicolons divide, and
    commas where they cannot stand within a name. ``family=Meij, prefix=van der, given=V.`` is
    written out; "others" at the end is left out.
    """
    names: list[str] = []
    for raw in _divided(value, _AND):
        name = _HOMONYM.sub("", plain_text(raw).replace("~", " ").strip().strip(","))
        if not name or name.casefold() in _OTHERS:
            continue
        if "=" in name and (extended := _extended(name)):
            names.append(extended)
        elif raw.startswith("{") and raw.endswith("}"):
            names.append(name)  # An organisation: its commas divide nothing.
        elif ";" in name or name.count(",") > 1:
            names += split_names(name)
        else:
            names.append(_TIGHT_COMMA.sub(", ", name))
    return names


def words_in(value: str) -> list[str]:
    """Return the keywords of a field: between semicolons, or else between commas, or on lines.

    EndNote writes one on a line, and these may hold commas; others break a list anywhere. A
    comma in braces divides nothing, and neither do braces around all of them.
    """
    text = html.unescape(value).strip()
    while text.startswith("{") and match_braces(text, escapes=True).get(0) == len(text) - 1:
        text = text[1:-1].strip()
    words = _divided(text, _SEMICOLON)
    if len(words) == 1:
        on_lines = text.count("\n") > text.count(",")
        words = _divided(text, _LINE if on_lines else _COMMA)
    return [plain_text(word) for word in words]


def _divided(value: str, separator: re.Pattern[str]) -> list[str]:
    """Return the parts between separators at the level of braces of the field itself."""
    text = value.strip()
    if len(text) > _MAX_CHARS:
        return []
    closers = match_braces(text, escapes=True)
    parts: list[str] = []
    start = position = 0
    while match := separator.search(text, position):
        position = match.end()
        if match[0] == "{":
            position = closers.get(match.start(), match.start()) + 1
        elif match[0] != "}":
            parts.append(text[start : match.start()].strip())
            start = position
    parts.append(text[start:].strip())
    return parts


def _extended(name: str) -> str:
    """Return a name of biblatex's extended format as ``prefix family, given, suffix``."""
    parts: dict[str, str] = {}
    for piece in name.split(","):
        if match := _PART.fullmatch(piece.strip().strip('"')):
            parts[match[1].lower()] = match[2].strip().strip('"')
    prefix, family = parts.get("prefix", ""), parts.get("family", "")
    glue = "" if not prefix or prefix.endswith(_GLUED) else " "
    whole = [f"{prefix}{glue}{family}", parts.get("given", ""), parts.get("suffix", "")]
    return ", ".join(part for part in whole if part) if family else ""
