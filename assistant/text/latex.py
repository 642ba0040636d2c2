"""The LaTeX macros that abstracts use, and what a reader should see instead.

A table of its own rather than pylatexenc: an abstract is not a document, half of its macros have
lost their braces or backslashes, and a parser that drops what it does not know loses words.
"""

from __future__ import annotations

FONT_MACROS: tuple[str, ...] = (
    "emph", "textit", "textbf", "texttt", "textsc", "textsf", "textrm", "textup", "textnormal",
    "text", "underline", "url", "mbox", "mathrm", "mathbf", "mathit", "mathcal", "mathbb",
    "mathsf", "mathtt", "mathfrak", "boldsymbol", "operatorname", "bm",
)  # fmt: skip
"""Macros that only change how their argument looks: the argument stays."""

GREEK_NAMES: dict[str, str] = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta",
    "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi",
    "Ω": "Omega",
}  # fmt: skip
"""Greek letters to the names under which people type them."""

SYMBOLS: dict[str, str] = {
    **{name: letter for letter, name in GREEK_NAMES.items()},
    "varepsilon": "ε", "vartheta": "θ", "varphi": "φ", "varsigma": "ς", "textmu": "μ",
    "times": "×", "cdot": "·", "pm": "±", "mp": "∓", "div": "÷", "ast": "*",
    "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "ll": "≪", "gg": "≫",
    "approx": "≈", "sim": "~", "simeq": "≃", "equiv": "≡", "propto": "∝",
    "rightarrow": "→", "to": "→", "longrightarrow": "→", "leftarrow": "←", "gets": "←",
    "leftrightarrow": "↔", "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔",
    "uparrow": "↑", "downarrow": "↓", "mapsto": "↦",
    "infty": "∞", "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫",
    "in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆", "cup": "∪", "cap": "∩",
    "emptyset": "∅", "forall": "∀", "exists": "∃", "top": "⊤", "bot": "⊥", "perp": "⊥",
    "oplus": "⊕", "otimes": "⊗", "odot": "⊙", "circ": "∘", "dagger": "†", "prime": "′",
    "ell": "ℓ", "hbar": "ħ", "star": "⋆", "bullet": "•", "degree": "°", "textdegree": "°",
    "ldots": "...", "dots": "...", "cdots": "...", "textellipsis": "...",
    "aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø",
    "l": "ł", "L": "Ł", "ss": "ß", "i": "ı", "S": "§",
    "textendash": "–", "textemdash": "—", "textasciitilde": "~", "textbackslash": "/",
    "left": "", "right": "", "quad": " ", "qquad": " ", "newline": " ", "par": " ", "n": " ",
}  # fmt: skip
r"""Macros that stand for a sign. ``\left`` and ``\right`` only size the bracket after them."""

SHORTHANDS: dict[str, str] = {
    "ie": "i.e.", "eg": "e.g.", "etal": "et al.", "etc": "etc.", "vs": "vs.", "cf": "cf.",
    "wrt": "w.r.t.", "aka": "a.k.a.",
}  # fmt: skip
"""Macros that authors define for common abbreviations."""
