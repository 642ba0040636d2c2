"""Papers as CSL JSON, which pandoc, Zotero and citation processors read."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from assistant.identity import parse_arxiv_id
from assistant.types import Paper
from assistant.writers.citation_keys import CitationKeys
from assistant.writers.lists import joined_with_commas
from assistant.writers.names import parse_name
from assistant.writers.venues import PublicationKind, publication_kind

_TYPES: dict[PublicationKind, str] = {
    "article": "article-journal",
    "proceedings": "paper-conference",
    "preprint": "article",
    "other": "document",
}


def write_csl(papers: Collection[Paper]) -> Iterator[str]:
    """Yield an array with one object, on a line of its own, for each paper.

    The id of an arXiv paper is a note (``arXiv:1706.03762``), and not carried if it is malformed.
    Keywords are one text, so that those with semicolons cannot be told apart. Tags are not
    carried.
    """
    keys = CitationKeys(papers)
    between = "[\n"
    for paper in papers:
        yield between + json.dumps(_item(paper, keys.new(paper)), ensure_ascii=False)
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def _item(paper: Paper, key: str) -> dict[str, Any]:
    arxiv_id = parse_arxiv_id(paper.arxiv_id)
    item = {
        "id": key,
        "type": _TYPES[publication_kind(paper)],
        "title": paper.title,
        "author": [_person(author) for author in paper.authors],
        "issued": {"date-parts": [[paper.year]]} if paper.year is not None else None,
        "container-title": paper.venue,
        "DOI": paper.doi,
        "PMID": paper.pmid,
        "URL": paper.url,
        "note": f"arXiv:{arxiv_id}" if arxiv_id else "",
        "keyword": joined_with_commas(paper.keywords),
        "abstract": paper.abstract,
    }
    return {name: value for name, value in item.items() if value not in (None, "", [])}


def _person(author: str) -> dict[str, str]:
    name = parse_name(author)
    if name.is_whole:
        return {"literal": name.family}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: text for part, text in parts.items() if text}
