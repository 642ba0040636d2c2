r"""Text as the author meant it: what is dropped when it is read, what is mended when it is shown.

Web listings and reference managers hand over abstracts with two kinds of dirt. Characters that
act on a terminal or cannot be seen (escape sequences, bidi overrides, zero-width marks) are never
part of a text: :func:`normalise` drops them when a paper is read. LaTeX that lost its context
(``85.4\%``, ``2.5times``, ``\emph{x}``) is part of what was published, so it is kept in the
store, and :func:`readable` mends it wherever text is shown or compared.

All patterns are linear: they are anchored, possessive or bounded in length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from assistant.text.latex import FONT_MACROS, GREEK_NAMES, SHORTHANDS, SYMBOLS

MAX_PASSES = 8
"""LaTeX nested deeper than this is left as it is."""

_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"  # CSI: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*+"
    r"(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, SOS, PM, APC: titles, links
    r"|\x1b[()*+\-./][0-~]"  # character sets
)
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)

_SPACE = re.compile(r"\s")


def normalise(text: str) -> str:
    """Return ``text`` without characters that are not text, and with single blanks.

    Dropped: C0 and C1 controls, whole ANSI and OSC sequences, bidi controls, zero-width and
    other unseen marks, byte order marks, lone surrogates. Runs of white space become one
    blank and the ends are stripped. Nothing else is changed.
    """
    if not text.isascii() or not text.isprintable():
        text = _drop_unseen(text)
    return " ".join(text.split())


def printable(piece: str) -> str:
    """Return a piece of a text that is still being written, fit to be shown.

    As :func:`normalise`, but blanks are kept where they are: the next piece may go on there.
    """
    return _SPACE.sub(" ", _drop_unseen(piece))


def _drop_unseen(text: str) -> str:
    return _UNSEEN.sub("", _ESCAPE_SEQUENCE.sub("", text))


def readable(text: str) -> str:
    r"""Return ``text`` normalised and with its LaTeX damage mended, for display and matching.

    ``85.4\%`` becomes ``85.4%``, ``2.5times`` ``2.5 times``, ``16times16`` ``16×16``,
    ``PixArt-\Sigma`` ``PixArt-Σ``, ``\emph{x}`` ``x`` and an unknown macro its bare name.
    No word, digit or sign is lost and no two words are glued together. Idempotent: the
    rules are applied until nothing changes, and text that has not settled after
    ``MAX_PASSES`` is only normalised.
    """
    clean = normalise(text)
    if not _DAMAGE.search(clean):
        return clean
    mended = clean
    for _ in range(MAX_PASSES):
        before, mended = mended, _mend(mended)
        if mended == before:
            return mended
    return clean


def matching_forms(text: str) -> str:
    """Return ``readable(text)`` and, after it, other spellings a reader may search for.

    Added are words whose index terms the readable text lacks: the spelling as published
    (``2.5times``), Greek letters by name (``PixArt-Sigma``), exponents without their mark
    (``Mask2DiT``) and factors with an x (``16x16``, ``2.5x``). Most texts gain nothing.
    """
    shown = readable(text)
    forms: list[str] = []
    for word in [*normalise(text).split(), *shown.split()]:
        if not _MARKUP.search(word):
            forms += _spellings(word.strip(".,;:()[]"))
    forms += (f"{factor}x" for factor in _FACTOR_TIMES.findall(shown))
    known = set(_TERM.findall(shown.casefold()))
    extra: list[str] = []
    for form in forms:
        terms = set(_TERM.findall(form.casefold()))
        if not terms <= known:
            known |= terms
            extra.append(form)
    return " ".join([shown, *extra])


_TERM = re.compile(r"\w+")
_MARKUP = re.compile(r"[\\{}$]")
_FACTOR_TIMES = re.compile(r"(?<![\w.])(\d[\d.]{0,12}) times\b")
_POWER_IN_NAME = re.compile(r"([A-Za-z]{2,20})\^(\d)|([A-Za-z])\^(\d)(?=[A-Za-z]{2})")
_GREEK_TO_NAME = str.maketrans(GREEK_NAMES)


def _spellings(word: str) -> list[str]:
    """Return the spellings of one word: itself and, for a few words, one more."""
    if word.isascii() and "^" not in word:
        return [word]
    plain = unicodedata.normalize("NFKC", word).replace("×", "x").translate(_GREEK_TO_NAME)
    plain = _POWER_IN_NAME.sub(lambda m: "".join(part or "" for part in m.groups()), plain)
    return [word] if plain in (word, "x") else [word, plain]


_DAMAGE = re.compile(r"[\\${}~`]|''|\dtimes|\)times|rightarrow|leftarrow|left\(|\^top|\b[lg]eq\b")

_DISPLAY_MATHS = re.compile(r"\$\$([^$]{1,500})\$\$")
_MATHS = re.compile(r"(?<![\\$])\$(?=[^\s$])([^$]{1,200})(?<=[^\s\\])\$(?![\d$])")
_BRACKET_MATHS = re.compile(r"\\[(\[](.{1,200}?)\\[)\]]")
_PROSE_WORD = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{3}")
_FONT = re.compile(rf"(?<!\\)\\++(?:{'|'.join(FONT_MACROS)})\s?\{{([^{{}}]*+)\}}")
_FONT_GROUP = re.compile(r"\{\\(?:bf|em|it|tt|sc|rm|sf|sl)\s([^{}]*+)\}")
_LINK = re.compile(r"(?<!\\)\\++href\s?\{([^{}]*+)\}\s?\{([^{}]*+)\}")
_REPEATED_LINK = re.compile(r"(https?://[^\s{}]{1,300})\{\1\}")
_FRACTION = re.compile(r"(?<!\\)\\++[dt]?frac\s?\{([^{}]{1,60})\}\s?\{([^{}]{1,60})\}")
_ROOT = re.compile(r"(?<!\\)\\++sqrt\s?\{([^{}]{1,60})\}")
_CITATION = re.compile(r"(?<!\\)\\++cite[a-z]{0,8}\s?\{([^{}]*+)\}")
_ACCENT = re.compile(r"(\{)?(?<!\\)\\([\"'`^~])(?:\{\\?([A-Za-z])\}|([A-Za-z]))(?(1)\})")
_MACRO = re.compile(r"(\{)?(?<!\\)\\++([A-Za-z]++)(\{\})?(?(1)\}|)")
_ATOM = re.compile(r"[+\-−]?(?:[^\W_]|\.)+|[*+⊤′]")

_TAKES_ARGUMENT = frozenset({*FONT_MACROS, "href", "frac", "dfrac", "tfrac", "sqrt"})
_COMBINING = {'"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303"}


def _unwrap_maths(match: re.Match[str]) -> str:
    """Unwrap ``$...$`` unless it is prose between two prices."""
    inner = match[1]
    if inner[0].isdigit() and _PROSE_WORD.search(inner):
        return match[0]
    return _MACRO.sub(_replace_macro, inner)


def _replace_accent(match: re.Match[str]) -> str:
    r"""Compose ``\"u`` to ``ü``; keep ``\'s`` and ``\"word\"``, which are escaped quotes."""
    mark, braced, letter = match[2], match[3], match[3] or match[4]
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    if not braced and not match[1]:
        if mark == '"' and not before.isalpha():
            return '"' + letter
        if mark == "'" and letter in "std" and before.isalpha() and not after.isalpha():
            return "'" + letter
    composed = unicodedata.normalize("NFC", letter + _COMBINING[mark])
    return composed if len(composed) == 1 else match[0]


def _replace_macro(match: re.Match[str]) -> str:
    """Return the sign or the words of a macro; an unknown one gives its bare name."""
    name = match[2]
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    if after == "{" and name in _TAKES_ARGUMENT:
        return match[0]  # The rule for it comes first, and waits for what it wraps.
    symbol = SYMBOLS.get(name)
    if symbol is not None:
        return symbol
    words = SHORTHANDS.get(name, name)
    if words.endswith(".") and after == ".":
        words = words[:-1]
    return (" " if before.isalnum() else "") + words + (" " if after.isalnum() else "")


def _bracketed(inner: str) -> str:
    return inner if _ATOM.fullmatch(inner) else f"({inner})"


def _replace_script(match: re.Match[str]) -> str:
    """Write ``^{1.5}`` as ``^1.5`` and ``_{i=1}`` as ``_(i=1)``."""
    after = match.string[match.end() : match.end() + 1]
    return match[1] + _bracketed(match[2]) + (" " if after.isalnum() else "")


def _replace_link(match: re.Match[str]) -> str:
    address, words = match[1], match[2]
    return words if words == address or not address else f"{words} ({address})"


Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_RULES: tuple[Rule, ...] = (
    (_DISPLAY_MATHS, r"\1"),
    (_MATHS, _unwrap_maths),
    (_BRACKET_MATHS, r"\1"),
    # A dollar sign that outlived its pair: 5.18\times$ latency, 42.9%$ energy.
    (re.compile(r"(?<=[%}α-ωΑ-Ω×])\$(?![\w$])"), ""),
    # A price whose dollar sign was taken for maths: nearly \300,000.
    (re.compile(r"(?<![\w\\])\\(?=\d)"), "$"),
    (re.compile(r"(?<=\d)\\,(?=\d{3}\b)"), ","),
    (re.compile(r"(?<!\\)\\[,;:!]|(?<!\\)(?:\\{2,}+|(?<=[^\s\\])\\)(?=\s|$)"), " "),
    (_FONT, r"\1"),
    (_FONT_GROUP, r"\1"),
    (_LINK, _replace_link),
    (_REPEATED_LINK, r"\1"),
    (_CITATION, r"[\1]"),
    (_FRACTION, lambda m: f"{_bracketed(m[1])}/{_bracketed(m[2])}"),
    (_ROOT, lambda m: "√" + _bracketed(m[1])),
    (_ACCENT, _replace_accent),
    (_MACRO, _replace_macro),
    (re.compile(r"(?<!\\)\\++([%&$#_{}\"])"), r"\1"),
    (re.compile(r"\{\{([\w.]{1,20})\}/\{([\w.]{1,20})\}\}"), r"{\1/\2}"),
    (re.compile(r"([\^_])\{([^{}]{1,60})\}"), _replace_script),
    # A tie between words; a tilde before a number means "about" and between two "to".
    (re.compile(r"(?<=[^\W_]|[)\]}])~(?=[^\W\d_]|[(\[\\])"), " "),
    (re.compile(r"(?<!`)``(?!`)|(?<!')''(?!')"), '"'),
    # Macros that lost their backslash.
    (re.compile(r"leftrightarrow"), "↔"),
    (re.compile(r"(?:long)?rightarrow"), "→"),
    (re.compile(r"(?:long)?leftarrow"), "←"),
    (re.compile(r"\bleq\b"), "≤"),
    (re.compile(r"\bgeq\b"), "≥"),
    (re.compile(r"\^top(?=[a-z])"), "^⊤ "),
    (re.compile(r"\^top\b"), "^⊤"),
    (re.compile(r"(?<=[A-Za-z])left\(([^()]{0,80})right\)"), r"(\1)"),
    (re.compile(r"(?<=[\d)])times(?=[\dA-Z(])"), "×"),
    (re.compile(r"(?<=[\d)])times(?= \d)"), " ×"),
    (re.compile(r"(?<=[\d)])times(?![a-z])"), " times"),
)


def _mend(text: str) -> str:
    """Apply every rule once."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())
