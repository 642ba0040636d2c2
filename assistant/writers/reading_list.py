"""Papers as a Markdown list: for notes, and for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.text.clean import normalise, readable
from assistant.types import Paper
from assistant.writers.markdown import escape_markdown
from assistant.writers.text import address

_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_UNFIT_IN_LINK = re.compile(r"[^!#-;=?-\[\]_a-z~]")
"""Everything but what stands in an address and means nothing between ``<`` and ``>``."""


def write_markdown(papers: Iterable[Paper]) -> Iterator[str]:
    """Yield a list item for each paper: title, authors, year, venue, address, then its abstract.

    Everything shows as the text it is, LaTeX mended. This is for readers, not for programs:
    identifiers beside the address, keywords and tags are left out.
    """
    for number, paper in enumerate(papers):
        yield ("\n" if number else "") + _item(paper)


def _item(paper: Paper) -> str:
    title = f"**{escape_markdown(readable(paper.title)) or 'Untitled'}**"
    who = "; ".join(escape_markdown(readable(author)) for author in paper.authors)
    year = f"({paper.year})" if paper.year is not None else ""
    venue = escape_markdown(readable(paper.venue))
    details = [f"{who} {year}".strip(), f"*{venue}*" if venue else "", _link(address(paper))]
    lines = [f"- {title}"]
    if any(details):
        lines[0] += "\\"
        lines.append("  " + ". ".join(filter(None, details)))
    if abstract := escape_markdown(readable(paper.abstract)):
        lines += ["", f"  > {abstract}"]
    return "\n".join([*lines, ""])


def _link(place: str) -> str:
    """Return a link that is followed, if it leads to the web; else the text."""
    if not _LINK.fullmatch(place):
        return escape_markdown(normalise(place))
    fit = _UNFIT_IN_LINK.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), place
    )
    return f"<{fit}>"
