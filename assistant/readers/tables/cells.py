"""What the cells of a row of a table say of a paper.

Lists of authors and keywords are divided, also such as Python prints (``['Lee, Ann']``), with the
numbers that Scopus puts behind names left out; Springer's, which has no sign between two authors,
is divided where a capital follows a small letter. Embase's source, ``Journal (2014) 3:3
(152-160)``, is divided into journal and year.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.readers.people import split_names, split_words
from assistant.readers.records import Fields, title_with, year_of
from assistant.readers.tables.columns import Columns

_DATABASES = frozenset(
    "arxiv; cinahl; cochrane; crossref; dblp; embase; google scholar; ieee xplore; medline; "
    "openalex; psycinfo; pubmed; scopus; semantic scholar; web of science; wos".split("; ")
)
"""What a column "Source" holds where it names no journal."""
_EMBASE_SOURCE = re.compile(r"(.{1,300}?) \(((?:19|20)\d\d)\) .*Date of Publication")
_PREFIXES = frozenset("De Del Della Des Di Du Fitz La Le Mac Mc O Van Von".split())
"""What a capital follows within a name: McDonald, DeVito."""


def fields_of_row(cells: Sequence[str], columns: Columns) -> Fields:
    """Return the fields of a row."""
    names = split_names(columns.cell("authors", cells))
    if "Item DOI" in columns.names:  # Springer
        names = [part for name in names for part in _unglued(name)]
    venue, year_of_venue = _venue(cells, columns)
    year = columns.cell("year", cells)
    return Fields(
        title=title_with(columns.cell("title", cells), columns.cell("subtitle", cells)),
        abstract=columns.cell("abstract", cells),
        authors=names,
        year=year if year_of(year) else year_of_venue,
        venue=venue,
        doi=columns.cell("doi", cells),
        arxiv_id=columns.cell("arxiv_id", cells),
        pmid=columns.cell("pmid", cells),
        url=columns.cell("url", cells),
        keywords=split_words(columns.cell("keywords", cells)),
        notes=columns.cells("notes", cells),
        citation_key=columns.cell("citation_key", cells),
    )


def _venue(cells: Sequence[str], columns: Columns) -> tuple[str, str]:
    """Return the first venue, and the year that it names if the column is called "Source".

    That column may also hold a database, which is no venue.
    """
    for place in columns.places.get("venue", ()):
        venue = cells[place].strip() if place < len(cells) else ""
        if "source" not in columns.names[place].lower():
            if venue:
                return venue, ""
        elif match := _EMBASE_SOURCE.match(venue):
            return match[1], match[2]
        elif venue and venue.lower() not in _DATABASES:
            return venue, ""
    return "", ""


def _unglued(names: str) -> list[str]:
    """Divide ``Ann LeeBo Chen`` where a capital follows a small letter."""
    cuts = [0]
    for index in range(1, len(names)):
        if names[index - 1].islower() and names[index].isupper():
            word = re.split(r"[\s\-’']", names[cuts[-1] : index])[-1]
            if word not in _PREFIXES:
                cuts.append(index)
    return [names[start:end] for start, end in pairwise([*cuts, len(names)])]
