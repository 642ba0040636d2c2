"""What a copied web page of papers holds besides papers: buttons, dates, slogans.

Two kinds. A slogan is a sentence that no paper says, so it is dropped wherever it stands, also
when the page's text ran together and a title is glued to it. Everything else (``new``,
``Daily Papers``, ``May 21``) could be a title and is only called navigation here; the listing
parser keeps it if an abstract follows.
"""

from __future__ import annotations

import re

_NEWSLETTER = re.compile(r"Get trending papers in your email inbox(?: once a day)?!?", re.I)
_COMMUNITY = re.compile(r"(?:Daily Papers)?\s?by\s?AK and the research community", re.I)
_BUTTON = re.compile(r"Subscribe(?!\s)")

_WORDS = frozenset({
    "abs", "abstract", "add to collection", "all papers", "arxiv page", "authors", "collections",
    "community", "daily papers", "datasets", "day", "docs", "github", "github repository",
    "hugging face", "load more", "log in", "models", "month", "monthly", "new", "next", "papers",
    "pdf", "previous", "pricing", "project page", "read more", "search", "show more", "sign up",
    "sort by", "spaces", "submit", "subscribe", "this month", "this week", "today", "trending",
    "trending papers", "upvote", "view arxiv page", "view pdf", "week", "weekly", "yesterday",
})  # fmt: skip

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_PATTERNS = re.compile(
    rf"(?:\w{{3,9}},? )?{_MONTH} \d{{1,2}}(?:,? \d{{4}})?"
    rf"|\d{{1,2}} {_MONTH}(?: \d{{4}})?"
    r"|[\W\d_]+"
    r"|\d+ (?:upvotes?|likes?|comments?|authors?|(?:minutes?|hours?|days?) ago)"
    r"|(?:submitted|published|posted) (?:by|on) .{1,60}"
    r"|arxiv:\s?\d{4}\.\d{4,5}(?:v\d+)?(?: \[[\w.\-]+\])?",
    re.IGNORECASE,
)


def strip_slogans(text: str, *, after_newsletter: bool) -> tuple[str, bool]:
    """Take the slogans off the beginning of a normalised line.

    ``after_newsletter`` says that the line before ended with the invitation to the newsletter,
    whose button may be glued to what follows it: ``SubscribeA Title``. Returned are what is
    left of the line and the same for the line after it.
    """
    while text:
        if match := _NEWSLETTER.match(text):
            after_newsletter = True
        elif after_newsletter and (match := _BUTTON.match(text)):
            after_newsletter = False
        else:
            match = _COMMUNITY.match(text)
        if match is None:
            return text, False
        text = text[match.end() :].lstrip()
    return "", after_newsletter


def is_navigation(text: str) -> bool:
    """Tell whether a normalised line is all navigation, as far as one line can tell."""
    return text.casefold().strip(" .:!") in _WORDS or _PATTERNS.fullmatch(text) is not None
