"""What kind of publication a paper is, as far as its venue tells: formats of references ask."""

from __future__ import annotations

import re
from typing import Literal

from assistant.text.clean import readable
from assistant.types import Paper

PublicationKind = Literal["article", "proceedings", "preprint", "other"]

_CONFERENCE = re.compile(
    r"\b(?:conference|workshop|symposium|congress|annual meeting)\b|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
"""Venues of proceedings. A journal's name holds no year; ``NeurIPS 2017`` does."""
_PREPRINT = re.compile(r"arxiv|corr\b", re.IGNORECASE)


def publication_kind(paper: Paper) -> PublicationKind:
    """Return the kind of a paper; one of which nothing is known but an arXiv id is a preprint."""
    venue = readable(paper.venue)
    if not venue:
        return "preprint" if paper.arxiv_id else "other"
    if _PREPRINT.match(venue):
        return "preprint"
    return "proceedings" if _CONFERENCE.search(venue) else "article"
