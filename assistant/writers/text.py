"""Answers and quotes as plain text, for the clipboard."""

from __future__ import annotations

from assistant.text.clean import normalise, readable
from assistant.types import Answer, Citation, Paper

MAX_NAMED_AUTHORS = 3
"""Of more authors, the first is named, with "et al."."""


def answer_text(answer: Answer) -> str:
    """Return the answer, then its proofs by number: title and quote, as the command line does.

    Without an answer: what is said instead, and the nearest papers.
    """
    blocks = ["\n".join(map(normalise, answer.text.splitlines()))]
    blocks += [
        f"[{citation.number}] {readable(citation.title)}\n    “{readable(citation.quote)}”"
        for citation in answer.citations
    ]
    if not answer.found and answer.nearest:
        titles = [f"  {readable(hit.title)}" for hit in answer.nearest]
        blocks.append("\n".join(["Nearest papers:", *titles]))
    return "\n\n".join(blocks) + "\n"


def quote_with_reference(citation: Citation, paper: Paper | None) -> str:
    """Return ``“quote” — Authors (year). Title. Venue. address``, without a line break.

    The address is that of the DOI, else the paper's own, else that of arXiv or PubMed. What is not
    known is left out; of a paper that is no longer in the library (None) the title remains.
    """
    quote = f"“{readable(citation.quote)}”"
    if paper is None:
        return f"{quote} — {_closed(readable(citation.title))}"
    title = _closed(readable(paper.title))
    year = f"({paper.year})" if paper.year is not None else ""
    who = f"{_named(paper)} {year}".strip()
    parts = [_closed(who), title] if paper.authors else [title, _closed(year)]
    parts += [_closed(readable(paper.venue)), address(paper)]
    return f"{quote} — {' '.join(part for part in parts if part)}"


def _named(paper: Paper) -> str:
    names = [readable(name) for name in paper.authors]
    if len(names) > MAX_NAMED_AUTHORS:
        return f"{names[0]} et al."
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _closed(text: str) -> str:
    """Return a text with a full stop at its end, unless it is empty or has an end mark."""
    return text if not text or text[-1] in ".!?" else f"{text}."


def address(paper: Paper) -> str:
    """Return where a paper is found: its DOI, else its own address, else arXiv or PubMed, or ""."""
    if paper.doi:
        return f"https://doi.org/{normalise(paper.doi)}"
    if paper.url:
        return normalise(paper.url)
    if paper.arxiv_id:
        return f"https://arxiv.org/abs/{normalise(paper.arxiv_id)}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{normalise(paper.pmid)}/" if paper.pmid else ""
