"""A stranger's text in XML and HTML."""

from __future__ import annotations

import re
from html import escape

from assistant.text.clean import readable

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML document may hold; most are no part of a readable text anyway."""


def escaped(text: str) -> str:
    """Return a readable text as XML and HTML show it, in an element or in an attribute."""
    return escape(_NOT_XML.sub("", readable(text)), quote=True)
