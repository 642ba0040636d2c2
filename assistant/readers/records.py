"""From the fields of a record, whatever its format, to a paper.

Every reader of a bibliographic format ends here, so that a DOI, a year or an abstract means
the same in all of them and is cleaned in one place.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import unquote

from assistant.identity import paper_id, parse_arxiv_id, parse_doi, parse_pmid
from assistant.readers.limits import problem_of
from assistant.text.clean import normalise
from assistant.types import Paper, Rejected

_YEAR = re.compile(r"(?<!\d)(?:1[4-9]|20)\d\d(?!\d)")
_ARXIV_MENTION = re.compile(
    r"\b(?:arxiv(?:\s*(?:preprint|e-print|id))?(?:\.org/(?:abs|pdf|html)/|\s*:\s*|\s+(?:arxiv:)?)|"
    r"10\.48550/arxiv\.|abs/)"
    r"(\d{4}\.\d{4,5}(?!\d)|[a-z\-]{2,12}(?:\.[a-z]{2})?/\d{7}(?!\d))",
    re.IGNORECASE,
)
_NEXT_DOI = re.compile(
    r"(?<![\s,;])[\s,;]++(?=(?:doi:\s?|https?://[\w.]+/)?10\.\d{4})", re.IGNORECASE
)
_DOI_QUERY = re.compile(r"[?&](?:id=|rft_id=(?:info:)?)?doi[=:/](10\.[^&#\s]+)", re.IGNORECASE)
_DOI_LINK = re.compile(r"https?://(?:dx\.|www\.)?doi\.org/10\.", re.IGNORECASE)
# Only elements that publishers put into titles and abstracts (HTML, JATS, MathML): "<mask>"
# and "p < 0.05" are text, and so is "<b and c>".
_ATTRIBUTES = r"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))*+\s*"""
_ELEMENT = re.compile(
    r"</?(?:(?:jats|mml):(?!su[bp]\b)[\w-]+|a|b|bold|br|div|em|h[1-6]|i|italic|li|ol|p|sc|small|"
    rf"span|strong|tt|u|ul){_ATTRIBUTES}/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"</?(?:jats:(?:list|list-item|p|sec|title)|br|div|h[1-6]|li|ol|p|ul)\b", re.IGNORECASE
)
_JATS_HEADING = re.compile(
    r"^\s*(?:<jats:sec>\s*)?<jats:title>\s*(?:abstract|summary)\s*[.:]?\s*</jats:title>",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    rf"<(?:jats:)?(sub|sup|inf){_ATTRIBUTES}>([^<>]*)</(?:jats:)?\1\s*>", re.IGNORECASE
)
_SCRIPT_TAG = re.compile(rf"</?(?:jats:)?(?:sub|sup|inf){_ATTRIBUTES}/?>", re.IGNORECASE)
_MAX_NESTED_SCRIPTS = 4
_CITATION_KEY = re.compile(r"(?!\w+://)\S{1,200}")
_NUMBERING = re.compile(r"\d+|ITEM-\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What a record says, as it says it: nothing here is cleaned yet."""

    title: str = ""
    abstract: str = ""
    authors: Sequence[str] = ()
    """``Given Family`` or ``Family, Given``."""
    year: str = ""
    """A year, or any date that holds one."""
    venue: str = ""
    doi: str = ""
    arxiv_id: str = ""
    pmid: str = ""
    url: str = ""
    keywords: Sequence[str] = ()
    notes: Sequence[str] = ()
    """Other texts of the record that may name an arXiv id: remarks, an archive, a number; or,
    on a line of its own as Zotero's field "Extra" has it, ``DOI: ...`` and ``PMID: ...``."""
    citation_key: str = ""
    """Or what may be one: anything by which the record is called."""


def to_paper(fields: Fields, *, file: str, line: int | None) -> Paper | Rejected:
    """Return the paper of a record, or why it is none.

    A record without abstract is a paper: reference managers hold many, and they can be found
    by their titles and exported again. A DOI, arXiv id or PMID that is not well formed is
    kept as it is written, and does not tell papers apart. Where a record has no DOI or arXiv
    id of its own, the one that its URL, venue or notes name is taken.
    """
    title, abstract = without_markup(fields.title), without_markup(fields.abstract)
    # A record that has only an abstract to say is somebody's note, not a paper.
    if problem := problem_of(title, abstract or title):
        return Rejected(file=file, line=line, reason=problem)
    doi = _first_doi(fields.doi or _labelled("DOI", fields.notes)) or _doi_of_url(fields.url)
    arxiv_id = normalise(fields.arxiv_id) or arxiv_id_in(fields.url, fields.venue, *fields.notes)
    pmid = normalise(fields.pmid or _labelled("PMID", fields.notes))
    authors = _distinct(fields.authors)
    year = year_of(fields.year)
    return Paper(
        paper_id=paper_id(title, doi=doi, arxiv_id=arxiv_id, pmid=pmid, authors=authors, year=year),
        title=title,
        abstract=abstract,
        authors=authors,
        year=year,
        venue=without_markup(fields.venue),
        doi=parse_doi(doi) or doi,
        arxiv_id=parse_arxiv_id(arxiv_id) or arxiv_id,
        pmid=parse_pmid(pmid) or pmid,
        url=normalise(fields.url),
        keywords=_distinct(fields.keywords),
        source=PurePath(file).name,
        citation_key=citation_key_of(fields.citation_key),
    )


def title_with(title: str, subtitle: str) -> str:
    """Return a title with its subtitle, which some records give twice and some alone."""
    title, subtitle = title.strip(), subtitle.strip()
    if not subtitle or subtitle.casefold() in title.casefold():
        return title
    return f"{title}{'' if title[-1:] in tuple(':?!.—–') else ':'} {subtitle}".strip(": ")


def without_markup(text: str) -> str:
    """Return a text without HTML, JATS and MathML elements, with entities read, normalised.

    What was raised or lowered is written as :func:`raised` and :func:`lowered` say. The heading
    "Abstract" that JATS puts in front of an abstract is left out.
    """
    if "<" in text:
        text = _ELEMENT.sub(_gap, _JATS_HEADING.sub("", text))
        for _ in range(_MAX_NESTED_SCRIPTS):
            inner, text = text, _SCRIPT.sub(_script, text)
            if text == inner:
                break
        text = _SCRIPT_TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    return normalise(text)


def _gap(element: re.Match[str]) -> str:
    """Return what stands in place of an element: a blank where a line ends there."""
    return " " if _BREAK.match(element[0]) else ""


def raised(text: str) -> str:
    """Return a superscript as plain text: 10<sup>6</sup> is 10^6, but CD4<sup>+</sup> CD4+."""
    core = text.strip()
    return text.replace(core, f"^{core}", 1) if any(map(str.isalnum, core)) else text


def lowered(text: str, *, before: str) -> str:
    """Return a subscript that follows ``before`` as plain text.

    CO<sub>2</sub> is CO2, but x<sub>i</sub> is x_i and 10<sub>2</sub> is 10_2.
    """
    core = text.strip()
    would_merge = before[-1:].isdigit() and core[:1].isdigit()
    if core and before[-1:].strip() and (would_merge or not re.search(r"\d", core)):
        return text.replace(core, f"_{core}", 1)
    return text


def _script(match: re.Match[str]) -> str:
    if match[1].lower() == "sup":
        return raised(match[2])
    return lowered(match[2], before=match.string[max(match.start() - 1, 0) : match.start()])


def year_of(date: str) -> int | None:
    """Return the first year that a date names."""
    match = _YEAR.search(date)
    return int(match[0]) if match else None


def citation_key_of(name: str) -> str:
    """Return the name of a record if it is one to cite by, "" if a program counted it out."""
    name = normalise(name)
    return name if _CITATION_KEY.fullmatch(name) and not _NUMBERING.fullmatch(name) else ""


def _labelled(label: str, notes: Sequence[str]) -> str:
    """Return what stands behind a label at the start of a line of the notes, or ""."""
    pattern = re.compile(rf"^[ \t]*(?:tex\.)?{label}[ \t]*[:=][ \t]*(\S+)", re.I | re.M)
    return next((match[1] for match in map(pattern.search, notes) if match), "")


def arxiv_id_in(*texts: str) -> str:
    """Return the first arXiv id that texts name as such (``arXiv:2101.00001``), or ""."""
    match = next(filter(None, map(_ARXIV_MENTION.search, texts)), None)
    return match[1] if match else ""


def _first_doi(text: str) -> str:
    """Return the first of several DOIs in a text; any other text as it is."""
    text = normalise(text)
    first = _NEXT_DOI.split(text, maxsplit=1)[0]
    return first if parse_doi(first) else text


def _doi_of_url(url: str) -> str:
    """Return the DOI of an address of doi.org, or of a link resolver's, "" of any other."""
    if _DOI_LINK.match(normalise(url)):
        return parse_doi(unquote(url))
    match = _DOI_QUERY.search(unquote(url))
    return parse_doi(match[1]) if match else ""


def _distinct(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the texts without markup, empty ones and repetitions left out, in order."""
    return tuple(dict.fromkeys(filter(None, map(without_markup, texts))))
