"""Which column of a table holds which field of a paper, told by the names of the columns.

The names are those of Scopus, Web of Science, IEEE Xplore, Springer, Embase, PubMed, Ovid, Lens,
Dimensions, Zotero, Mendeley, ASReview, Rayyan, Covidence, Publish or Perish and Google Scholar,
and the plain ones in a few languages. They are compared without capitals and punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from assistant.errors import UsageError
from assistant.readers.records import Fields

FIELDS = tuple(field.name for field in fields(Fields) if field.name != "notes")
"""Fields of a paper that a user can say a column holds."""

_NAMES: dict[str, str] = {
    "title": (
        "title; article title; document title; item title; paper title; primary title; titles; "
        "title of article; ti; titre; titel; título; titulo; "
        "titolo; 题名; 标题; 篇名; タイトル; translated title; original title; title display; "
        "display name; short title"
    ),
    "abstract": (
        "abstract; abstracts; abstract note; abstract text; article abstract; abstract en; ab; "
        "notes abstract; summary; summary note; résumé; resume; zusammenfassung; resumen; resumo; "
        "riassunto; 摘要; 抄録; description; original abstract; summaries; text"
    ),
    "authors": (
        "author full names; authors full names; authors; author names; author; author s; "
        "author list; authors list; author name; creators; creator; creator s; primary authors; "
        "af; au; auteurs; auteur; autoren; autor; autores; autori; 作者; 著者; first authors; "
        "first author; inventors; byline; authorships author display name; "
        "authorships raw author name"
    ),
    "year": (
        "year; publication year; published year; pub year; year published; year of publication; "
        "publicationyear; py; année; jahr; año; ano; anno; 年; 发表时间; date; publication date; "
        "date published; published; date of publication; pub date; published date; pubdate; "
        "issued; cover date; issue date; online date; publish date; conference date; copyright; "
        "entry date; create date"
    ),
    "venue": (
        "journal; venue; source title; publication title; journal book; journal title; "
        "journal name; full journal; publication name; container title; periodical; "
        "conference name; conference title; conference; proceedings title; booktitle; book title; "
        "host publication; secondary title; title of source; so; jf; jo; t2; revue; zeitschrift; "
        "revista; rivista; 刊名; 期刊; 文献来源; publication; book series title; series title; "
        "primary location source display name; journal abbreviation; source; publisher name"
    ),
    "doi": (
        "doi; item doi; article doi; di; digital object identifier; doi number; doi link; "
        "doi url; digital object identifier doi; book doi"
    ),
    "arxiv_id": "arxiv id; arxiv; arxivid; arxiv number; eprint",
    "pmid": (
        "pmid; pubmed id; pubmedid; pm; medline pmid; pubmed pmid; pubmed unique identifier; "
        "pubmed identifier"
    ),
    "url": (
        "url; urls; link; links; article url; articleurl; item url; open url link; source url; "
        "landing page url; external url; web link; full text url; pdf link; url s"
    ),
    "keywords": (
        "author keywords; keywords; keyword; keyword s; key words; manual tags; tags; "
        "authors keywords; user tags; subjects; subject; de; mots clés; schlagwörter; "
        "palabras clave; parole chiave; 关键词; automatic tags; index keywords; keywords plus; "
        "ieee terms; mesh terms; keywords display name; terms"
    ),
    "citation_key": "citation key; citekey; bibtex key; bibtexkey",
    "subtitle": "subtitle; sub title",
    "notes": "extra; note; notes; archive location; volume; identifiers; other ids",
    "kind": "item type",
}
"""The names of a field's column, the best first; ``; `` between them."""

_RANKS = {
    name: (field, rank)
    for field, names in _NAMES.items()
    for rank, name in enumerate(names.split("; "))
}
_TWO_LETTERS = frozenset("af so jf jo py di pm de t2".split())
_MIN_TWO_LETTER_NAMES = 4


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table by field, those to be asked first in front."""

    names: tuple[str, ...]
    """As the table writes them."""
    places: Mapping[str, Sequence[int]]
    missing: tuple[str, ...] = ()
    """Columns that the user named and the table does not have."""

    def cells(self, field: str, row: Sequence[str]) -> list[str]:
        """Return what a row holds for a field, empty cells left out."""
        places = self.places.get(field, ())
        return [row[place] for place in places if place < len(row) and row[place].strip()]

    def cell(self, field: str, row: Sequence[str]) -> str:
        """Return the first of :meth:`cells`, or ""."""
        return next(iter(self.cells(field, row)), "")


def checked_columns(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that a user gave for columns, in the spelling of ``FIELDS``.

    Raises UsageError if one is not a field.
    """
    checked = {column: field.strip().lower() for column, field in chosen.items()}
    for column, field in checked.items():
        if field not in FIELDS:
            raise UsageError(
                f"A paper has no field '{chosen[column]}' that the column '{column}' could hold.",
                hint=f"Fields are {', '.join(FIELDS)}.",
            )
    return checked


def columns_of(header: Sequence[str], chosen: Mapping[str, str]) -> Columns:
    """Return the columns of a table with this header.

    ``chosen`` are the fields that the user gave for columns; these columns hold nothing else,
    and such a field is looked for nowhere else first.
    """
    plain = [_plain(name) for name in header]
    codes = sum(len(name.strip()) == 2 and name.strip().isupper() for name in header)
    by_name = {_plain(column): field for column, field in chosen.items()}
    found: dict[str, list[tuple[int, int]]] = {}
    for place, name in enumerate(plain):
        if name in by_name:
            found.setdefault(by_name[name], []).append((-1, place))
            continue
        if name in _TWO_LETTERS and codes < _MIN_TWO_LETTER_NAMES:
            continue
        known = _RANKS.get(name) or _RANKS.get(re.sub(r"[^\x00-\x7f]+", "", name).strip())
        if known is not None:
            found.setdefault(known[0], []).append((known[1], place))
    return Columns(
        names=tuple(name.strip() for name in header),
        places={field: [place for _, place in sorted(ranked)] for field, ranked in found.items()},
        missing=tuple(column for column in chosen if _plain(column) not in plain),
    )


def _plain(name: str) -> str:
    """Return the name of a column in the spelling of ``_NAMES``."""
    words = re.sub(r"[\W_]+", " ", name.casefold())
    return words.strip()
