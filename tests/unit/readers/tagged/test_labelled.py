"""Text with a label before each value: Cochrane, and Ovid with labels."""

from __future__ import annotations

import io

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper, Rejected

COCHRANE = """Record #1 of 2
ID: CN-01234567
AU: Lee A
AU: Chen B
TI: Rain by night: a trial
SO: Journal of Rain
YR: 2001
PM: PUBMED 31000001
XR: EMBASE 1
KY: rain; *night
DOI: 10.1000/AB
AB: BACKGROUND: It rains. RESULTS: It ends.
US: https://a.example/central/CN-01234567/full


Record #2 of 2
ID: CN-2
TI: Fog by day
AB: Fog is grey.
"""
OVID = """<1>
Unique Identifier
  31000001
Title
  Rain by night of
  two lines.
Source
  Journal of Rain. 12(3):1-9, 2001 Jan.
Authors
  Lee A; Chen B [Author]
Institution
  Lee, A. Univ Rain.
Abstract [AB]
  BACKGROUND: It rains
  a lot.

  It ends.
Digital Object Identifier
  https://dx.doi.org/10.1000/AB
Year of Publication
  2002

<2>
Unique Identifier
  31000002
Title
  Fog by day.
Abstract
  Fog is grey.
"""


def read(text: str) -> list[Paper | Rejected]:
    source = Source.of(io.BytesIO(text.encode()), file="d/f.txt")
    format_ = detect(source)
    assert format_.name == "Cochrane or Ovid"
    return list(format_.read(source))


def test_all_fields_of_cochrane_are_read() -> None:
    paper, fog = read(COCHRANE)
    assert isinstance(paper, Paper)
    assert paper == Paper(
        paper_id=paper.paper_id,
        title="Rain by night: a trial",
        abstract="BACKGROUND: It rains. RESULTS: It ends.",
        authors=("Lee A", "Chen B"),
        year=2001,
        venue="Journal of Rain",
        doi="10.1000/ab",
        pmid="31000001",
        url="https://a.example/central/CN-01234567/full",
        keywords=("rain", "night"),
        source="f.txt",
    )
    assert isinstance(fog, Paper)
    assert fog.title == "Fog by day"


def test_all_fields_of_ovid_are_read() -> None:
    paper, fog = read(OVID)
    assert isinstance(paper, Paper)
    assert paper == Paper(
        paper_id=paper.paper_id,
        title="Rain by night of two lines.",
        abstract="BACKGROUND: It rains a lot. It ends.",
        authors=("Lee A", "Chen B"),
        year=2002,
        venue="Journal of Rain",
        doi="10.1000/ab",
        source="f.txt",
    )
    assert isinstance(fog, Paper)
    assert fog.abstract == "Fog is grey."


def test_a_record_whose_number_is_gone_begins_with_its_identifier() -> None:
    rows = read(COCHRANE.replace("Record #2 of 2\n", ""))
    assert [row.title for row in rows if isinstance(row, Paper)] == [
        "Rain by night: a trial",
        "Fog by day",
    ]
