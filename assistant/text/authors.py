"""Names of people, as far as lists, keys and references need to take them apart."""

from __future__ import annotations

from itertools import takewhile


def family_name(author: str) -> str:
    """Return the family name of ``Family, Given`` or ``Given Family``; "" of nothing.

    Particles in small letters belong to it: ``van der Maaten``.
    """
    family, comma, _ = author.partition(",")
    if comma:
        return family.strip()
    *given, last = author.split() or [""]
    particles = list(takewhile(str.islower, reversed(given)))
    return " ".join((*reversed(particles), last))
