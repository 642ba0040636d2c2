r"""Plain text as LaTeX that means the same: for the values of BibTeX fields.

Characters that LaTeX or BibTeX would act on become macros, all of them in braces of their own,
so that no value ever holds an unbalanced brace. Accented Latin letters become macros too:
BibTeX works on bytes, and sorts and abbreviates ``{\"O}zg{\"u}r`` as it should, ``Özgür`` not.
Everything else (CJK, Cyrillic, Arabic …) stays UTF-8, as LaTeX and biber read it today.
"""

from __future__ import annotations

import re
import unicodedata

_SPECIAL = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
    "–": "--",
    "—": "---",
}

_LETTERS = {
    "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "ı": "i",
}  # fmt: skip
"""Letters that are macros of their own."""

_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u0304": "=",
    "\u0307": ".", "\u0306": "u ", "\u030a": "r ", "\u030b": "H ", "\u030c": "v ",
    "\u0323": "d ", "\u0327": "c ", "\u0328": "k ", "\u0331": "b ",
}  # fmt: skip
"""Combining marks to the macros that put them on a letter."""
_ABOVE = 230
"""The combining class of marks above a letter, which take the place of its dot."""

_MATHS = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "varphi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta",
    "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
    "×": "times", "±": "pm", "≤": "leq", "≥": "geq", "≠": "neq", "≈": "approx", "∞": "infty",
    "→": "rightarrow", "←": "leftarrow", "↔": "leftrightarrow", "∈": "in", "∇": "nabla",
    "∂": "partial", "⊕": "oplus", "⊗": "otimes",
}  # fmt: skip
"""Signs for which pdfLaTeX has no character outside maths."""

_GREEK = r"[\u0370-\u03ff\u1f00-\u1fff]"
_CHARACTER = rf"[^\x00-\x7f]|[{re.escape(''.join(_SPECIAL))}]"
_SIGN = rf"(?P<sign>(?<!{_GREEK})[{''.join(_MATHS)}](?!{_GREEK}))"
"""A Greek letter beside another one is part of a word."""
_TO_ENCODE = re.compile(_CHARACTER)
_TO_ENCODE_WITH_SIGNS = re.compile(f"{_SIGN}|{_CHARACTER}")
_BARE_MACRO = re.compile(r"\\[&%$#_]")
_LIGATURE = re.compile(
    r"(?<=[-–—])(?=[-–—])|(?<=[–—])(?=>)|(?<=')(?=')|(?<=[`!?])(?=`)|(?<=,)(?=,)"
)
"""Where LaTeX would draw two characters as one, and readers would see the arrow ``-->``."""


def latex(text: str, *, is_name: bool = False) -> str:
    """Return ``text`` as LaTeX for a field of BibTeX; its braces are balanced.

    A Greek letter that stands alone is a sign of maths, unless the text is a person's name.
    """
    parts = _LIGATURE.split(unicodedata.normalize("NFC", text))
    if not is_name:
        return "{}".join(_TO_ENCODE_WITH_SIGNS.sub(_encode, part) for part in parts)
    written = "{}".join(_TO_ENCODE.sub(_encode, part) for part in parts)
    # Parsers of names stumble over a word that begins with a backslash.
    return _BARE_MACRO.sub(r"{\g<0>}", written)


def _encode(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in _LETTERS:
        return f"{{\\{_LETTERS[character]}}}"
    if match.lastgroup == "sign":
        return f"{{$\\{_MATHS[character]}$}}"
    decomposed = unicodedata.normalize("NFD", character)
    base, mark = decomposed[0], decomposed[1:]
    if base.isascii() and base.isalpha() and mark in _ACCENTS:
        dotless = "\\" if base in "ij" and unicodedata.combining(mark) == _ABOVE else ""
        if mark == "\u0301" and base in "std":
            base = f"{{{base}}}"  # \'s may be an escaped quotation mark: it\'s
        return f"{{\\{_ACCENTS[mark]}{dotless}{base}}}"
    return character
