"""The format of refer: EndNote, Google Scholar, and files typed by hand."""

from __future__ import annotations

import io

import pytest

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper, Rejected


def read(text: str) -> list[Paper | Rejected]:
    source = Source.of(io.BytesIO(text.encode()), file="d/f.enw")
    format_ = detect(source)
    assert format_.name == "refer"
    return list(format_.read(source))


def papers(text: str) -> list[Paper]:
    return [row for row in read(text) if isinstance(row, Paper)]


ENDNOTE = """%0 Journal Article
%T Rain on the roof
%A Lee, Ann
%A Rain Group,
%J Journal of Rain
%D 2004
%K rain
*Fog
snow; ice
%X It rains.

50% of it at night.
%R 10.1000/AB
%U https://a.b/c
%W NLM
%M 123

%0 Edited Book
%T Fog
%E Lee, Ann
%R 7
%0 Generic
%A Lee
"""


def test_endnote() -> None:
    rain, fog = papers(ENDNOTE)
    assert (rain.title, rain.abstract) == ("Rain on the roof", "It rains. 50% of it at night.")
    assert (rain.authors, rain.year) == (("Lee, Ann", "Rain Group"), 2004)
    assert (rain.venue, rain.doi, rain.pmid) == ("Journal of Rain", "10.1000/ab", "123")
    assert (rain.keywords, rain.url) == (("rain", "Fog", "snow", "ice"), "https://a.b/c")
    assert (fog.title, fog.authors, fog.doi) == ("Fog", ("Lee, Ann",), "")
    assert str(read(ENDNOTE)[2]) == "d/f.enw:22: no title"


def test_without_kinds_a_blank_line_divides() -> None:
    one, two = papers("%A Ann Lee\n%A Bo Chen\n%T One\n  goes on\n%D 2001\n\n%T Two\n%J J\n")
    assert (one.title, one.authors) == ("One goes on", ("Ann Lee", "Bo Chen"))
    assert (two.title, two.venue) == ("Two", "J")


@pytest.mark.parametrize(
    "text", ["% Encoding: x\n\nA title\n\nText.", "50%\n%T x", "%PDF x", "%A is a tag\n\n%T x"]
)
def test_other_texts_are_none(text: str) -> None:
    assert detect(Source.of(io.BytesIO(text.encode()), file="f")).name != "refer"
