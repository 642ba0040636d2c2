"""Names of authors in the parts that formats of references want apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.text.clean import normalise

_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|II|III|IV")
_ORGANISATION = re.compile(
    r"(?:^|\s)(?:and|team|group|consortium|collaboration|committee|institute|university|"
    r"initiative|project|workshop|network|society|association|organi[sz]ation|inc\.?|research|"
    r"labs?|laborator(?:y|ies)|foundation|cent(?:er|re)|agency|ministry|council|corporation|"
    r"company|department|(?-i:AI))(?:\s|$)",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    "af al av bin da das de del della den der di do dos du el ibn la le ten ter van vom von zu zum "
    "zur".split()
)
_OTHERS = frozenset({"et al", "et al.", "and others", "others"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts; that of an organisation, or one that has none, is all ``family``."""

    family: str
    """With its particles: ``van der Maaten``."""
    given: str = ""
    suffix: str = ""
    is_whole: bool = False
    """Whether it must not be divided."""

    @property
    def family_first(self) -> str:
        """``van der Maaten, Laurens``; ``King, Martin Luther, Jr.``."""
        return ", ".join(filter(None, (self.family, self.given, self.suffix)))


def parse_name(text: str) -> Name:
    """Return the parts of ``Given Family`` or ``Family, Given``."""
    clean = normalise(text).strip(" ,")
    parts = divide(clean)
    if not parts:
        return Name(clean, is_whole=True)
    if len(parts) == 3:
        return Name(parts[0], parts[2], parts[1])
    if len(parts) == 2:
        return Name(parts[0], parts[1])
    words = parts[0].split()
    start = family_start(words)
    return Name(" ".join(words[start:]), " ".join(words[:start]))


def stands_for_others(name: str) -> bool:
    """Tell whether a name is the end of a list that was cut short."""
    return name.casefold() in _OTHERS


def divide(name: str) -> tuple[str, ...]:
    """Return ``First von Last``; or family and first name; or these with a suffix between.

    Nothing is returned for the name of an organisation and for one that cannot be divided.
    """
    parts = [part.strip() for part in name.split(",") if part.strip()]
    if _ORGANISATION.search(name) or len(parts) not in (1, 2, 3):
        return ()
    if len(parts) == 3:
        family, *others = parts
        suffixes = sorted(others, key=lambda part: not _SUFFIX.fullmatch(part))
        return (family, *suffixes) if _SUFFIX.fullmatch(suffixes[0]) else ()
    words = parts[0].split()
    if len(parts) == 2 and not _SUFFIX.fullmatch(parts[1]):
        return (parts[0], parts[1])
    if len(parts) == 1 and not (len(words) > 2 and _SUFFIX.fullmatch(words[-1])):
        return (" ".join(words),)
    suffix = parts[1] if len(parts) == 2 else words.pop()
    start = family_start(words)
    return (" ".join(words[start:]), suffix, " ".join(words[:start])) if start else ()


def family_start(words: Sequence[str]) -> int:
    """Return where the family name begins, its particles (``van der``) included."""
    if words[0] in _PARTICLES:
        return 0  # "von Neumann", but "danah boyd"
    particles = (i for i in range(1, len(words) - 1) if words[i][0].islower())
    return next(particles, len(words) - 1)
