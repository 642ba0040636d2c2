r"""LaTeX of BibTeX fields as plain text.

Decoded is what can mean only one thing in running text: accents and special letters, escaped
signs (``\&``), braces that group or protect capitals, changes of font, quotation marks, dashes,
ties, and maths that is one sign (``$\alpha$``, ``{$<$}``). All other maths is kept as it stands,
and so is every macro that is not known here, with its arguments: a library that holds them can
show them better than one that has lost them. No words are glued together: white space after a
macro goes as in LaTeX, which needs it only to tell where the macro ends.

pylatexenc drops macros that it does not know, and half of what reference managers write
(``\vphantom``, ``don\'t``, a lone ``$``) is known to nobody.

The time is linear in the length of a text, however it is nested.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.readers.bibtex.latex_signs import (
    ACCENTS,
    ALONE,
    DROPPED,
    ENCLOSED,
    LETTERS,
    MATHS_SIGNS,
    TEXT_SIGNS,
    VERBATIM,
)

_MAX_TEXT_CHARS = 200_000
"""A longer value is no title and no abstract, whatever it is."""
_MAX_MATHS_CHARS = 500
_MAX_LONE_DOLLARS = 500
"""Dollar signs of one value that begin no maths; the rest are taken for such."""
_MAX_QUOTE_CHARS = 300
_MAX_ACCENT_CHARS = 40
_MAX_ACCENTS = 4
_MAX_URL_CHARS = 300

_SPECIAL = re.compile(r"[\\{}$~]|--|``|''|[!?]`")
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}$~]|---?|``|''|[!?]`|\\$", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BRACE_OR_ESCAPED = re.compile(r"[{}]")
_MATHS_PIECE = re.compile(r"\\.|[${}]", re.DOTALL)
_SPACES = re.compile(r"\s*")
_LETTER_MACRO = re.compile(r"\\([A-Za-z]+)\s*")
_ACCENT_MACRO = re.compile(r"\\(['\"`^~=.]|[A-Za-z](?![A-Za-z]))")
_ESCAPED_QUOTE = re.compile(rf'\\"[^\\"{{}}]{{1,{_MAX_QUOTE_CHARS}}}\\"(?![A-Za-z{{\\])')
_ARROW_HEAD = re.compile(r">|\{?\$>\$|\{?\\textgreater")
_ONE_MACRO = re.compile(r"\\([A-Za-z]+)(?:\s*\{\})?")

_SIGNS_OF_MATHS = frozenset("<>|=+-*/~")
_SPACED = frozenset("–—|…•·<>=×±")
"""Signs that keep the blank after their macro if there is one before it."""

_VERBATIM_RULES = (
    (re.compile(r"\\(?:url|path|nolinkurl|href)\s*(?=\{)"), ""),
    (re.compile(r"\{?\\textasciitilde(?![A-Za-z])(?:\{\})?\}?|\{?\\~\{\}\}?|\$\\sim\$"), "~"),
    (re.compile(r"\{?\\textless(?![A-Za-z])(?:\{\})?\}?|\{?\$<\$\}?"), "<"),
    (re.compile(r"\{?\\textgreater(?![A-Za-z])(?:\{\})?\}?|\{?\$>\$\}?"), ">"),
    (re.compile(r"\{?\\(?:textunderscore(?![A-Za-z])(?:\{\})?|_)\}?"), "_"),
    (re.compile(r"\\slash(?![A-Za-z])(?:\{\}|\s+)?"), "/"),
    (re.compile(r"\\([%&#$^~])"), r"\1"),
    (re.compile(r"\\-|[{}]"), ""),
)


def plain_text(value: str) -> str:
    r"""Return a value as text: ``{\"O}zg{\"u}r {\&} $x_{i}$`` is ``Özgür & $x_{i}$``.

    White space is left as it is. Sub- and superscripts of text become ``<sub>`` and ``<sup>``.
    """
    if len(value) > _MAX_TEXT_CHARS or not _SPECIAL.search(value):
        return value
    return _Decoder(value).decode()


def verbatim_text(value: str) -> str:
    r"""Return an address or an identifier, in which LaTeX means nothing but ``\_`` and the like."""
    if "\\" in value or "{" in value or "}" in value or "$" in value:
        for pattern, replacement in _VERBATIM_RULES:
            value = pattern.sub(replacement, value)
    return value.strip()


def match_braces(text: str, *, escapes: bool) -> dict[int, int]:
    r"""Return the position of the closing brace for that of each opening brace that has one.

    With ``escapes``, ``\{`` and ``\}`` are signs and not braces.
    """
    closers: dict[int, int] = {}
    opened: list[int] = []
    for match in (_BRACE if escapes else _BRACE_OR_ESCAPED).finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            closers[opened.pop()] = match.start()
    return closers


class _Decoder:
    """Reads one value from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._closers = match_braces(text, escapes=True)
        self._out: list[str] = []
        self._open: list[str] = []
        """For each group that is open, what stands for its closing brace."""
        self._quotes = 0
        self._maths_left = _MAX_LONE_DOLLARS

    def decode(self) -> str:
        position = 0
        while match := _TOKEN.search(self._text, position):
            self._emit(self._text[position : match.start()])
            position = self._take(match[0], match.start(), match.end())
        self._emit(self._text[position:])
        return "".join(self._out)

    def _emit(self, piece: str) -> None:
        if piece:
            self._out.append(piece)

    def _last(self) -> str:
        return self._out[-1][-1] if self._out else ""

    def _take(self, token: str, start: int, end: int) -> int:
        """Emit what a token stands for; return where to go on."""
        if token == "{":
            self._open_group(start)
        elif token == "}":
            return self._close_group(end)
        elif token == "$":
            return self._maths(start, end)
        elif token[0] == "\\":
            if token[1:2].isascii() and token[1:2].isalpha():
                return self._word(token[1:].rstrip("*"), token, end)
            return self._symbol(token[1:], start, end)
        else:
            self._sign(token, start, end)
        return end

    # Groups

    def _open_group(self, start: int) -> None:
        if start in self._closers:
            self._open.append("")
        else:
            self._emit("{")

    def _close_group(self, end: int) -> int:
        closing = self._open.pop() if self._open else "}"
        self._emit(closing)
        if closing == "}" and self._closers.get(end):
            return self._open_as(end, "{", "}")  # The next argument of a macro that is kept.
        return end

    def _open_as(self, brace: int, opening: str, closing: str) -> int:
        self._emit(opening)
        self._open.append(closing)
        return brace + 1

    def _argument(self, end: int) -> int | None:
        """Return the position of the brace that opens an argument, if there is one."""
        brace = self._skip_spaces(end)
        return brace if brace in self._closers else None

    def _skip_spaces(self, position: int) -> int:
        match = _SPACES.match(self._text, position)
        return match.end() if match else position

    # Signs

    def _sign(self, token: str, start: int, end: int) -> None:
        if token == "~":
            self._emit(" " if self._is_tie(end) else "~")
        elif token[0] == "-":
            is_dash = not (self._in_address(start) or _ARROW_HEAD.match(self._text, end))
            self._emit(("–" if token == "--" else "—") if is_dash else token)
        elif token == "``":
            self._quotes += 1
            self._emit("“")
        elif token == "''":
            self._emit("”" if self._quotes else "''")
            self._quotes = max(0, self._quotes - 1)
        else:
            self._emit("¡" if token[0] == "!" else "¿")

    def _is_tie(self, end: int) -> bool:
        """Tell whether a tilde binds two words; "~5" and "3~5" say "about" and "to"."""
        before, after = self._last(), self._text[end : end + 1]
        if before.isdigit() and after.isdigit():
            return False
        return (before.isalnum() or before in {".", ",", ")", "’"}) and (
            after.isalnum() or after in {"(", "[", "{", "\\", "$"}
        )

    def _in_address(self, position: int) -> bool:
        piece = self._text[max(0, position - _MAX_URL_CHARS) : position].rsplit(None, 1)
        return bool(piece) and "://" in piece[-1]

    def _symbol(self, sign: str, start: int, end: int) -> int:
        """Take a macro that is one sign."""
        if sign in ACCENTS:
            return self._accent(sign, start, end)
        if sign in "([":
            closing = self._text.find("\\)" if sign == "(" else "\\]", end, end + _MAX_MATHS_CHARS)
            stop = closing + 2 if closing >= 0 else end
            self._emit(self._text[start:stop])
            return stop
        following = self._text[end : end + 1]
        if sign == "\\":
            self._emit("\\\\" if following.isalpha() else " ")
        elif sign in "&%$#_{}":
            self._emit(sign)
        elif sign in ",;:>" or sign.isspace():
            self._emit(" ")
        elif sign not in "!/-@":
            self._emit(f"\\{sign}")
        return end

    # Maths

    def _maths(self, start: int, end: int) -> int:
        marks = "$$" if self._text.startswith("$$", start) else "$"
        inner_start = start + len(marks)
        inner_end = self._end_of_maths(inner_start) if self._maths_left else None
        if inner_end is None or not self._text.startswith(marks, inner_end):
            self._maths_left = max(0, self._maths_left - 1)
            self._emit("$")
            return end
        stop = inner_end + len(marks)
        sign = _sign_of(self._text[inner_start:inner_end])
        self._emit(sign or self._text[start:stop])
        return stop

    def _end_of_maths(self, start: int) -> int | None:
        depth = 0
        stop = min(len(self._text), start + _MAX_MATHS_CHARS)
        for match in _MATHS_PIECE.finditer(self._text, start, stop):
            depth += (match[0] == "{") - (match[0] == "}")
            if depth < 0:
                return None
            if match[0] == "$" and depth == 0:
                return match.start() if match.start() > start else None
        return None

    # Macros

    def _word(self, name: str, token: str, end: int) -> int:
        """Take a macro with a name."""
        if name in ACCENTS:
            return self._accent(name, end - len(token), end)
        if name in TEXT_SIGNS:
            return self._text_sign(TEXT_SIGNS[name], end)
        if name in DROPPED:
            return self._after_argument(end)
        if name in ALONE:
            self._emit(ALONE[name])
            return self._skip_spaces(end)
        brace = self._argument(end)
        return self._unknown(token, end) if brace is None else self._with(name, token, brace, end)

    def _with(self, name: str, token: str, brace: int, end: int) -> int:
        """Take a macro and the brace that opens its argument."""
        if name in ENCLOSED:
            return self._open_as(brace, *ENCLOSED[name])
        if name in VERBATIM:
            return self._verbatim(name, token, brace)
        return self._unknown(token, end)

    def _text_sign(self, sign: str, end: int) -> int:
        is_apart = sign in _SPACED and self._last().isspace()
        keeps_blank = is_apart or sign == "..." or sign[-1].isalnum()
        self._emit(sign)
        return end if keeps_blank else self._skip_spaces(end)

    def _after_argument(self, end: int) -> int:
        r"""Return where the argument of a macro ends that prints nothing: ``{x}`` or ``\{``."""
        brace = self._argument(end)
        if brace is not None:
            return self._closers[brace] + 1
        return end + 2 if self._text.startswith(("\\{", "\\}"), end) else self._skip_spaces(end)

    def _verbatim(self, name: str, token: str, brace: int) -> int:
        """Take an address, or maths in a macro."""
        stop = self._closers[brace]
        inner = self._text[brace + 1 : stop]
        if name == "ensuremath":
            self._emit(_sign_of(inner) or f"{token}{{{inner}}}")
        else:
            self._emit(verbatim_text(inner))
        return stop + 1

    def _unknown(self, token: str, end: int) -> int:
        self._emit(token)
        if end in self._closers:
            return self._open_as(end, "{", "}")
        if self._text[end : end + 1] == "}" and self._text[end + 1 : end + 2].isalnum():
            self._emit("{}")  # "{\name}s" is not "\names".
        return end

    # Accents

    def _accent(self, accent: str, start: int, end: int) -> int:
        if quote := self._escaped_quote(accent, start, end):
            self._emit(quote)
            return end + len(quote) - 1
        found = self._accented(accent, end, 0)
        if found is None:
            return self._unknown(f"\\{accent}", end)
        letters, stop = found
        self._emit(letters)
        return stop

    def _escaped_quote(self, accent: str, start: int, end: int) -> str:
        r"""Return the sign, and the letter after it, of a quote escaped by a program: ``it\'s``."""
        following = self._text[end : end + 1]
        if accent == '"':
            closes = not (following.isalpha() or following in {"{", "\\"})
            opens = not self._last().isalnum() and _ESCAPED_QUOTE.match(self._text, start)
            return '"' if closes or opens else ""
        if accent != "'" or not (following.isascii() and following.isalpha()):
            return ""
        is_ending = following in "std" and not self._text[end + 1 : end + 2].isalpha()
        if (self._last().isalpha() and is_ending) or len(_composed(following, accent)) > 1:
            return "'" + following
        return ""

    def _accented(self, accent: str, position: int, depth: int) -> tuple[str, int] | None:
        """Return the letters that an accent and its argument make, and where they end."""
        found = self._base(position, depth)
        if found is None:
            return None
        letters, end = found
        if not letters:
            return ("" if accent.isalpha() else accent), end
        return _composed(letters[0], accent) + letters[1:], end

    def _base(self, position: int, depth: int) -> tuple[str, int] | None:
        position = self._skip_spaces(position)
        first = self._text[position : position + 1]
        if depth > _MAX_ACCENTS:
            return None
        if first == "{":
            return self._base_in_braces(position, depth)
        if first != "\\":
            return (first, position + 1) if first.isalpha() else None
        letter = _LETTER_MACRO.match(self._text, position)
        if letter and letter[1] in LETTERS:
            # A dotless letter exists to carry an accent in place of its dot.
            return {"i": "i", "j": "j"}.get(letter[1], LETTERS[letter[1]]), letter.end()
        accent = _ACCENT_MACRO.match(self._text, position)
        if accent and accent[1] in ACCENTS:
            return self._accented(accent[1], accent.end(), depth + 1)
        return None

    def _base_in_braces(self, brace: int, depth: int) -> tuple[str, int] | None:
        close = self._closers.get(brace)
        if close is None or close - brace > _MAX_ACCENT_CHARS:
            return None
        if not self._text[brace + 1 : close].strip():
            return "", close + 1
        found = self._base(brace + 1, depth + 1)
        if found is None:
            return None
        letters, end = found
        rest = self._text[end:close]
        return None if _SPECIAL.search(rest) else (letters + rest.rstrip(), close + 1)


def _composed(letter: str, accent: str) -> str:
    mark = ACCENTS[accent]
    return unicodedata.normalize("NFC", letter[0] + mark)


def _sign_of(maths: str) -> str:
    """Return the sign that maths consists of, "" if it is more than one or none known."""
    maths = maths.strip()
    if maths in _SIGNS_OF_MATHS or maths in {r"\{", r"\}"}:
        return maths.lstrip("\\")
    if maths.replace("{", "").replace("}", "") == r"^\circ":
        return "°"
    match = _ONE_MACRO.fullmatch(maths)
    return MATHS_SIGNS.get(match[1], "") if match else ""
