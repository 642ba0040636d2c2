"""Papers as RIS, which every reference manager reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.identity import parse_arxiv_id, parse_pmid
from assistant.text.clean import normalise
from assistant.types import Paper
from assistant.writers.names import parse_name
from assistant.writers.venues import PublicationKind, publication_kind

_TYPES: dict[PublicationKind, str] = {
    "article": "JOUR",
    "proceedings": "CPAPER",
    "preprint": "UNPB",
    "other": "GEN",
}


def write_ris(papers: Iterable[Paper]) -> Iterator[str]:
    """Yield one record for each paper.

    RIS has no tags for the ids of arXiv and PubMed: they are notes (``arXiv:1706.03762``,
    ``PMID: 12345678``), as Zotero writes and reads them, and not carried if they are malformed.
    Nor has it one for citation keys: in ``ID`` databases put their own numbers, and Zotero passes
    over it. These and tags are not carried.
    """
    for paper in papers:
        yield "".join(f"{tag}  - {value}\n" for tag, value in _lines(paper) if value) + "ER  - \n\n"


def _lines(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES[publication_kind(paper)]
    yield "TI", normalise(paper.title)
    for author in paper.authors:
        yield "AU", parse_name(author).family_first
    yield "PY", "" if paper.year is None else str(paper.year)
    yield "T2", normalise(paper.venue)
    yield "AB", normalise(paper.abstract)
    for word in paper.keywords:
        yield "KW", normalise(word)
    yield "DO", normalise(paper.doi)
    arxiv_id, pmid = parse_arxiv_id(paper.arxiv_id), parse_pmid(paper.pmid)
    yield "N1", f"arXiv:{arxiv_id}" if arxiv_id else ""
    yield "N1", f"PMID: {pmid}" if pmid else ""
    yield "UR", normalise(paper.url)
