"""Tagged text of the Web of Science."""

from __future__ import annotations

import io

import pytest

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper, Rejected


def read(text: str, encoding: str = "utf-8") -> list[Paper | Rejected]:
    source = Source.of(io.BytesIO(text.encode(encoding)), file="d/savedrecs.txt")
    format_ = detect(source)
    assert format_.name == "Web of Science"
    return list(format_.read(source))


def papers(text: str, encoding: str = "utf-8") -> list[Paper]:
    return [row for row in read(text, encoding) if isinstance(row, Paper)]


RECORDS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Lee, A
   Chen, B
AF Lee, Ann
   Chen, Bo
CA Rain Study Group
TI Rain on the roof and
   IN vitro
SO JOURNAL OF RAIN
DE rain; fog
ID RAIN-FALL; DENSE
   FOG
AB It rains.
   AI is used.
CR Lee A, 2001, J RAIN, V1, DOI 10.1000/other
   Chen B, 2002, J RAIN
JI J. Rain
PD OCT
PY 2004
DI 10.1000/AB
PM 123
UT WOS:1
ER

PT B
AU Lee, A
BE Ed, I
TI Two
ER

PT J
SO J
ER
EF
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_records(encoding: str) -> None:
    rain, two = papers(RECORDS.replace("\n", "\r\n"), encoding)
    assert rain.title == "Rain on the roof and IN vitro"
    assert rain.authors == ("Lee, Ann", "Chen, Bo", "Rain Study Group")
    assert (rain.abstract, rain.year) == ("It rains. AI is used.", 2004)
    assert (rain.venue, rain.doi, rain.pmid) == ("JOURNAL OF RAIN", "10.1000/ab", "123")
    assert rain.keywords == ("rain", "fog", "RAIN-FALL", "DENSE FOG")
    assert (two.title, two.authors) == ("Two", ("Lee, A",))
    assert str(read(RECORDS)[2]) == "d/savedrecs.txt:33: no title"


def test_missing_ends_heads_and_file_heads() -> None:
    assert [paper.title for paper in papers("PT J\nTI One\nPT J\nTI Two\n")] == ["One", "Two"]
    text = "FN X\nVR 1.0\nTI One\nAU A\nER\nTI Two\nER\nEF\n"
    assert [paper.title for paper in papers(text)] == ["One", "Two"]


@pytest.mark.parametrize("text", ["FN is a tag.\n\nPT J\nis another", "PT J\n\nTI x", "AU x\nTI y"])
def test_other_texts_are_none(text: str) -> None:
    assert detect(Source.of(io.BytesIO(text.encode()), file="f")).name != "Web of Science"
