"""The tagged format of RefWorks: its fields, and where a record and a text end."""

from __future__ import annotations

import io

import pytest

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper, Rejected

REFWORKS = """RT Journal Article
SR Electronic(1)
ID 12
A1 Lee,Ann
A1 van der Berg,Bo
T1 Rain by night: a trial
JF Journal of Rain
JO J Rain
YR 2001
FD 2001 Jan
VO 12
IS 3
SP 1
OP 9
K1 rain
K1 night; noon
AB Rain falls by night.
We count it.
NO A note
ED 2nd
SN 1000-0000
DO 10.1000/RAIN
DS MEDLINE
AN 31000001
UL https://a.example/rain
U10 mine
OL English (30)

RT Book, Section
SR Print(0)
ID 13
A1 Lee,Ann
A2 Chen,Bo
T1 Fog by day
T2 The Book of Fog
YR 2002
AB Fog is grey.
"""
CNKI = """RT Journal Article
SR 1
A1 张三;李四;
AD 某大学;
T1 夜雨
JF 雨学报
YR 2018
IS 03
vo 40
K1 雨;夜
AB 夜里下雨。
LK https://a.example/cnki
DO 10.1000/yu
"""
HIGHWIRE = """RT Journal Article
SR Electronic
T1 Rain
JF bioRxiv
FD Cold Spring Harbor Laboratory
SP 2020.01.01.123456
DO 10.1101/2020.01.01.123456
A1 Lee, Ann
YR 2020
UL http://a.example/rain.abstract
AB Rain falls.
"""


def read(text: str) -> list[Paper | Rejected]:
    source = Source.of(io.BytesIO(text.encode()), file="d/f.txt")
    found = detect(source)
    assert found.name == "RefWorks"
    return list(found.read(source))


def papers(text: str) -> list[Paper]:
    records = read(text)
    assert [str(record) for record in records if isinstance(record, Rejected)] == []
    return [record for record in records if isinstance(record, Paper)]


def test_all_fields_are_read() -> None:
    paper, fog = papers(REFWORKS)
    assert paper == Paper(
        paper_id=paper.paper_id,
        title="Rain by night: a trial",
        abstract="Rain falls by night. We count it.",
        authors=("Lee, Ann", "van der Berg, Bo"),
        year=2001,
        venue="Journal of Rain",
        doi="10.1000/rain",
        pmid="31000001",
        url="https://a.example/rain",
        keywords=("rain", "night", "noon"),
        source="f.txt",
    )
    assert (fog.title, fog.authors, fog.venue) == ("Fog by day", ("Lee, Ann",), "The Book of Fog")


def test_exports_of_others_in_this_format_are_read() -> None:
    (chinese,) = papers(CNKI)
    assert (chinese.title, chinese.year, chinese.venue) == ("夜雨", 2018, "雨学报")
    assert (chinese.authors, chinese.keywords) == (("张三", "李四"), ("雨", "夜"))
    assert chinese.url == "https://a.example/cnki"
    (preprint,) = papers(HIGHWIRE)
    assert (preprint.title, preprint.year, preprint.venue) == ("Rain", 2020, "bioRxiv")
    assert preprint.abstract == "Rain falls."


@pytest.mark.parametrize(
    "line",
    [
        "We count it.",
        "ED visits fell.",
        "RT was given to all.",
        "RT PCR and sequencing were done.",
        "T1 weighted images were made.",
        "T1 Maps were made.",
        "T2 lesions grew.",
        "A1 receptors are few.",
        "IS this rain?",
        "US policy changed.",
    ],
)
def test_where_an_abstract_goes_on_a_word_is_no_tag(line: str) -> None:
    paper, fog = papers(REFWORKS.replace("We count it.", line))
    paragraph, _ = papers(REFWORKS.replace("We count it.", f"\n{line.replace('Maps', 'maps')}"))
    assert paragraph.abstract == paper.abstract.replace("Maps", "maps")
    assert paper.abstract == f"Rain falls by night. {line}"
    assert (paper.title, paper.authors) == (
        "Rain by night: a trial",
        ("Lee, Ann", "van der Berg, Bo"),
    )
    assert fog.title == "Fog by day"


def test_headings_of_sections_and_blank_lines_are_no_part_of_records() -> None:
    first, second = REFWORKS.split("\n\n")
    text = (
        f"RefWorks Export\n\nJournal Articles\n\n{HIGHWIRE}\nBook Chapters\n\n{second}\n{first}\n"
    )
    assert [paper.title for paper in papers(text)] == [
        "Rain",
        "Fog by day",
        "Rain by night: a trial",
    ]
    assert [paper.abstract for paper in papers(text)][:2] == ["Rain falls.", "Fog is grey."]
    spaced = papers(REFWORKS.replace("\n", "\n\n"))
    assert [paper.title for paper in spaced] == ["Rain by night: a trial", "Fog by day"]
    assert spaced[0].authors == ("Lee, Ann", "van der Berg, Bo")


def test_a_paragraph_at_the_end_of_an_abstract_is_kept() -> None:
    text = HIGHWIRE + "\nIt ends.\n\n" + REFWORKS
    assert papers(text)[0].abstract == "Rain falls. It ends."


def test_a_record_whose_first_line_is_missing_does_not_join_the_one_before() -> None:
    found = papers(REFWORKS.replace("RT Book, Section\n", ""))
    assert [paper.title for paper in found] == ["Rain by night: a trial", "Fog by day"]
    assert found[1].authors == ("Lee, Ann",)


def test_a_record_without_title_is_said() -> None:
    records = read(REFWORKS.replace("T1 Fog by day\n", ""))
    assert [str(r) for r in records if isinstance(r, Rejected)] == ["d/f.txt:29: no title"]


def test_the_publisher_of_a_thesis_is_its_venue_and_the_editor_of_a_book_its_author() -> None:
    (thesis,) = papers("RT Dissertation/Thesis\nA1 Lee,Ann\nT1 Rain\nPB Univ Rain\nYR 2001\n")
    assert thesis.venue == "Univ Rain"
    (book,) = papers("RT Book, Whole\nT1 Rain\nA2 Lee,Ann\nYR 2001\n")
    assert book.authors == ("Lee, Ann",)


@pytest.mark.parametrize(
    "text",
    ["RT and chemotherapy\nA1 receptors\n", "RT Journal Article\n\nRain falls.\n", "AB x\nT1 y\n"],
)
def test_other_texts_are_none(text: str) -> None:
    assert detect(Source.of(io.BytesIO(text.encode()), file="f")).name != "RefWorks"
