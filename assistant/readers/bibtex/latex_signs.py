"""The LaTeX macros of bibliographies that stand for letters and signs, or for nothing."""

from __future__ import annotations

from assistant.text.latex import FONT_MACROS, SYMBOLS

ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331", "t": "\u0361",
}  # fmt: skip
"""Macros that put a combining mark on the letter after them."""

LETTERS = {
    "i": "ı", "j": "ȷ", "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "dh": "ð", "DH": "Ð",
    "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip

TEXT_SIGNS = {
    "textendash": "–", "textemdash": "—", "textbar": "|", "textbackslash": "\\",
    "textasciitilde": "~", "textasciicircum": "^", "textless": "<", "textgreater": ">",
    "textbraceleft": "{", "textbraceright": "}", "lbrace": "{", "rbrace": "}",
    "textunderscore": "_", "textdollar": "$", "textnumbersign": "#", "textquotesingle": "'",
    "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“",
    "textquotedblright": "”", "textquotedbl": '"', "quotedblbase": "„", "quotesinglbase": "‚",
    "guillemotleft": "«", "guillemotright": "»", "guilsinglleft": "‹", "guilsinglright": "›",
    "lq": "‘", "rq": "’", "glqq": "„", "grqq": "“", "flqq": "«", "frqq": "»",
    "textasciigrave": "`", "textasciiacute": "´", "textdegree": "°", "textmu": "µ",
    "textpm": "±", "texttimes": "×", "textdiv": "÷", "textminus": "−", "textperiodcentered": "·",
    "textbullet": "•", "textellipsis": "...", "ldots": "...", "dots": "...",
    "textregistered": "®", "texttrademark": "™", "textcopyright": "©", "copyright": "©",
    "textordfeminine": "ª", "textordmasculine": "º", "textonesuperior": "¹",
    "texttwosuperior": "²", "textthreesuperior": "³", "textonehalf": "½", "textonequarter": "¼",
    "textthreequarters": "¾", "textperthousand": "‰", "texteuro": "€", "euro": "€",
    "textsterling": "£", "pounds": "£", "textyen": "¥", "textcent": "¢", "S": "§",
    "textsection": "§", "P": "¶", "textparagraph": "¶", "dag": "†", "textdagger": "†",
    "ddag": "‡", "textdaggerdbl": "‡", "textexclamdown": "¡", "textquestiondown": "¿",
    "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "LaTeXe": "LaTeX2e",
    "textrightarrow": "→", "textleftarrow": "←", "slash": "/", "textprime": "′",
    "textalpha": "α", "textbeta": "β", "textgamma": "γ", "textdelta": "δ", "textkappa": "κ",
    "textlambda": "λ", "textomega": "ω",
}  # fmt: skip

MATHS_SIGNS = {
    **{
        name: sign
        for name, sign in SYMBOLS.items()
        if sign.strip() and name not in {*LETTERS, *TEXT_SIGNS, "left", "right"}
    },
    "backslash": "\\", "lt": "<", "gt": ">", "vert": "|", "mid": "|", "Vert": "‖",
    "lbrace": "{", "rbrace": "}", "omicron": "ο", "textgreater": ">", "textless": "<",
    "lesssim": "≲", "gtrsim": "≳", "cong": "≅", "angle": "∠", "wedge": "∧", "vee": "∨",
    "neg": "¬", "land": "∧", "lor": "∨", "setminus": "∖", "langle": "⟨", "rangle": "⟩",
    "upsilon": "υ", "varpi": "ϖ", "varrho": "ϱ", "square": "□", "checkmark": "✓",
    "ldots": "...", "dots": "...", "pounds": "£", "dag": "†", "ddag": "‡", "S": "§",
}  # fmt: skip
r"""Macros that are a sign where maths consists of nothing else: ``$\alpha$``."""

_SWITCHES = frozenset({
    "bf", "it", "em", "tt", "sc", "rm", "sf", "sl", "bfseries", "itshape", "scshape", "slshape",
    "ttfamily", "rmfamily", "sffamily", "upshape", "mdseries", "normalfont", "small", "large",
    "footnotesize", "normalsize", "relax", "null", "protect", "noindent", "leavevmode",
    "allowbreak", "nolinebreak", "nobreak", "break", "xspace", "ignorespaces", "sloppy",
})  # fmt: skip
_BLANKS = ("par", "newline", "linebreak", "quad", "qquad", "enspace", "thinspace", "space")

ALONE = {
    **LETTERS,
    **dict.fromkeys(_SWITCHES, ""),
    **dict.fromkeys(_BLANKS, " "),
}
"""What macros print that have no argument."""

DROPPED = frozenset({"vphantom", "hphantom", "phantom", "noopsort", "hspace", "vspace", "label"})
"""Macros that print nothing of their argument."""

_FONTS = frozenset({
    *(name for name in FONT_MACROS if name.startswith(("text", "emph", "under", "mbox"))),
    "textsl", "textmd", "mkbibemph", "mkbibitalic", "mkbibbold", "uline", "ul", "hbox", "nocase",
})  # fmt: skip

ENCLOSED = {
    **dict.fromkeys(_FONTS, ("", "")),
    "textsubscript": ("<sub>", "</sub>"),
    "textsuperscript": ("<sup>", "</sup>"),
    "enquote": ("“", "”"),
    "mkbibquote": ("“", "”"),
    "mkbibparens": ("(", ")"),
    "mkbibbrackets": ("[", "]"),
}
"""What stands in place of the braces of an argument."""

VERBATIM = frozenset({"url", "path", "nolinkurl", "ensuremath"})
"""Macros whose argument is no text."""
