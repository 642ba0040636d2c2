"""Several records of one paper to one: fields are filled from all, the longer abstract wins.

The result depends on which records there are and on nothing else, so that files added in any
order, and any number of times, end the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from assistant.identity import arxiv_id_of, is_preprint_doi, parse_doi
from assistant.types import Paper

_PREPRINT_VENUE = re.compile(r"arxiv|biorxiv|medrxiv|\bcorr\b|preprint|ssrn|research square", re.I)


def merge(records: Iterable[Paper], *, paper_id: str) -> Paper:
    """Return the paper that the records, at least one, describe together.

    Title and abstract come from the record with the longest abstract, the authors from the
    longest list, venue, year and DOI from the published version where there is one.
    """
    fullest = sorted(records, key=_weight, reverse=True)
    published = sorted(fullest, key=_is_preprint)
    best = fullest[0]
    return replace(
        best,
        paper_id=paper_id,
        authors=max((record.authors for record in fullest), key=len),
        year=next((record.year for record in published if record.year is not None), None),
        venue=_first(published, lambda record: record.venue),
        doi=_first(published, lambda record: record.doi),
        arxiv_id=_first(fullest, lambda record: record.arxiv_id) or _arxiv_id(fullest),
        pmid=_first(fullest, lambda record: record.pmid),
        url=_first(fullest, lambda record: record.url),
        keywords=_union(record.keywords for record in fullest),
        source="; ".join(_union([record.source] for record in sorted(fullest, key=_source))),
        tags=_union(record.tags for record in fullest),
        citation_key=_first(fullest, lambda record: record.citation_key),
    )


def _weight(record: Paper) -> tuple[int, int, str]:
    """Order records by how much they say; ties are broken by what they say."""
    said = {**record.to_json(), "source": "", "paper_id": ""}
    text = json.dumps({name: value for name, value in said.items() if value}, sort_keys=True)
    return len(record.abstract), len(text), text


def _is_preprint(record: Paper) -> bool:
    if record.doi:
        return is_preprint_doi(parse_doi(record.doi))
    return not record.venue or _PREPRINT_VENUE.search(record.venue) is not None


def _arxiv_id(records: list[Paper]) -> str:
    """Return the arXiv id that only a DOI or a link tells, which others may take the place of."""
    return _first(records, arxiv_id_of) if len(records) > 1 else ""


def _source(record: Paper) -> str:
    return record.source


def _first(records: Iterable[Paper], field: Callable[[Paper], str]) -> str:
    return next(filter(None, map(field, records)), "")


def _union(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return all texts once, in the spelling that comes first."""
    found: dict[str, str] = {}
    for texts in lists:
        for text in texts:
            found.setdefault(text.casefold(), text)
    return tuple(filter(None, found.values()))
