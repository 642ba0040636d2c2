"""MEDLINE text of PubMed, PubMed Central and ERIC, and the tagged formats of Ovid."""

from __future__ import annotations

import io

import pytest

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper, Rejected


def read(text: str) -> list[Paper | Rejected]:
    source = Source.of(io.BytesIO(text.encode()), file="d/f.nbib")
    format_ = detect(source)
    assert format_.name == "MEDLINE"
    return list(format_.read(source))


def papers(text: str) -> list[Paper]:
    return [row for row in read(text) if isinstance(row, Paper)]


PUBMED = """
PMID- 123
OWN - NLM
IS  - 1234-5678 (Electronic)
DP  - 2018 Apr
TI  - Rain on the roof: a systematic\x20
      review.
LID - e1 [pii]
LID - 10.1000/AB.c [doi]
AB  - BACKGROUND: It rains a lot. METHODS: We counted
      drops - COVID- 19 drops too.
FAU - Lee, Ann
AU  - Lee A
AD  - Dept of Rain,
      Köln.
AU  - Chen B
CN  - Rain Study Group
JT  - Journal of rain
TA  - J Rain
MH  - *Rain/*therapy
MH  - Models, Animal
OT  - fog
AID - e1 [pii]
SO  - J Rain. 2018 Apr;1(2):3-4. doi: 10.1000/AB.c.

PMID- 124
TI  - [Fog.]
PMID- 125
TI  - Snow.
OAB - Publisher: Abstract available from the publisher.
SO  - J Snow. 2019;1:2. doi: 10.1000/snow.
"""


def test_pubmed() -> None:
    rain, fog, snow = papers(PUBMED)
    assert rain.title == "Rain on the roof: a systematic review."
    assert rain.abstract == (
        "BACKGROUND: It rains a lot. METHODS: We counted drops - COVID- 19 drops too."
    )
    assert rain.authors == ("Lee, Ann", "Chen B", "Rain Study Group")
    assert (rain.year, rain.venue, rain.doi) == (2018, "Journal of rain", "10.1000/ab.c")
    assert rain.keywords == ("fog", "Rain/therapy", "Models, Animal")
    assert [paper.pmid for paper in (rain, fog, snow)] == ["123", "124", "125"]
    assert (snow.doi, snow.abstract, snow.year) == ("10.1000/snow", "", 2019)


def test_records_without_pmid_and_of_pubmed_central() -> None:
    text = (
        "PMC - PMC1\nPMID- 1\nTI  - One\n\nPMC - PMC2\nTI  - Two\n\nOWN - ERIC\nTI  - Three\n"
        "AU  - Lee, Ann\nAID - http://dx.doi.org/10.1000/a\nISSN - ISSN-1\nLID - http://e.gov/1\n"
    )
    one, two, three = papers(text)
    assert [(one.pmid, one.title), (two.pmid, two.title)] == [("1", "One"), ("", "Two")]
    assert (three.doi, three.url) == ("10.1000/a", "http://e.gov/1")


OVID = """<1. >
VN  - Ovid Technologies
DB  - {database}
UI  - 123
TI  - Rain.
SO  - Journal of Rain. Conference: Rain. 12(3):1-5, 2018.
AU  - Lee A. [Author, Reprint Author; E-mail: a@b.c]
AU  - Chen B.
IN  - (Lee) Köln
      (Chen) Bonn
MH  - *rain
AB  - Background: It rains.
Method(s): We counted.
DO  - http://dx.doi.org/10.1000/a
YR  - 2018

<2. >
VN  - Ovid Technologies
UI  - 124
TI  - Fog
FA  - Lee, Ann
AU  - Lee A
JN  - Journal of Fog
"""


@pytest.mark.parametrize(
    ("database", "pmid"), [("Ovid MEDLINE(R) <1946 to now>", "123"), ("Embase", "")]
)
def test_ovid(database: str, pmid: str) -> None:
    rain, fog = papers(OVID.format(database=database))
    assert (rain.title, rain.pmid, rain.year) == ("Rain.", pmid, 2018)
    assert rain.authors == ("Lee A.", "Chen B.")
    assert rain.abstract == "Background: It rains. Method(s): We counted."
    assert (rain.venue, rain.doi, rain.keywords) == ("Journal of Rain", "10.1000/a", ("rain",))
    assert (fog.authors, fog.venue) == (("Lee, Ann",), "Journal of Fog")


def test_a_book_and_its_chapter() -> None:
    book, chapter = papers(
        "PMID- 1\nBTI - Rain\nFED - Lee, Ann\nED  - Lee A\n\nPMID- 2\nTI  - Fog\nBTI - Rain\n"
    )
    assert (book.title, book.authors, book.venue) == ("Rain", ("Lee, Ann",), "")
    assert (chapter.title, chapter.venue) == ("Fog", "Rain")


def test_a_record_without_title_is_a_row_with_its_line() -> None:
    rows = read("PMID- 1\nTI  - One\n\nPMID- 2\nAB  - x\n\nPMID- 3\nTI  - Three\n")
    assert str(rows[1]) == "d/f.nbib:4: no title"
    assert [row.title for row in rows if isinstance(row, Paper)] == ["One", "Three"]


@pytest.mark.parametrize(
    "text", ["Rain\n\nTI  - is a tag of MEDLINE, and AB  - too.", "AU  - A\nTI  - B\n", "PMID 1"]
)
def test_other_texts_are_no_medline(text: str) -> None:
    assert detect(Source.of(io.BytesIO(text.encode()), file="f")).name != "MEDLINE"


def test_an_abstract_in_another_form_is_better_than_none() -> None:
    (paper,) = papers("\nPMID- 1\nTI  - Rain.\nOABL- spa\nOAB - Llueve.\nAU  - Lee A\n")
    assert paper.abstract == "Llueve."


def test_records_in_the_source_of_a_web_page_are_read() -> None:
    (paper,) = papers("<html><body><pre>\nPMID-12\nTI  - Rain.\nAU  - Lee A\n</pre></body></html>")
    assert (paper.title, paper.pmid) == ("Rain.", "12")
