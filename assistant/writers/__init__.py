"""Papers, answers and conversations as text for other programs: BibTeX, Markdown, plain text.

Everything here is a pure function from the types to one string. What comes from papers, people
and models is made readable first and escaped for the format, so that it shows as the text it is.
"""

from __future__ import annotations

from assistant.writers.bibtex import bibtex
from assistant.writers.markdown import answer_markdown, escape_markdown, session_markdown
from assistant.writers.text import answer_text, quote_with_reference

__all__ = [
    "answer_markdown",
    "answer_text",
    "bibtex",
    "escape_markdown",
    "quote_with_reference",
    "session_markdown",
]
