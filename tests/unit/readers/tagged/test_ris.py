"""RIS of the programs, databases and publishers that people export from."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper, Rejected


def read_bytes(data: bytes) -> list[Paper | Rejected]:
    source = Source.of(io.BytesIO(data), file="d/f.ris")
    format_ = detect(source)
    assert format_.name == "RIS"
    return list(format_.read(source))


def read(text: str) -> list[Paper | Rejected]:
    return read_bytes(text.encode())


def only(*lines: str) -> Paper:
    (paper,) = read("\n".join(["TY  - JOUR", "TI  - T", *lines, "ER  - ", ""]))
    assert isinstance(paper, Paper)
    return paper


def titles(text: str) -> list[str]:
    return [row.title if isinstance(row, Paper) else str(row) for row in read(text)]


NEW = """TY  - JOUR
TI  - Rain in
  Köln
AU  - Lee, Ann
AU  - Chen,Bo
PY  - 2020
DA  - 2020/03/01
JF  - Journal of Rain
JO  - J. Rain
AB  - It rains.
Twice <i>often</i>.

Third paragraph.
KW  - rain
Fog; *Snow/*therapy
DO  - https://doi.org/10.1000/AB
UR  - https://a.b/c; https://d.e
DB  - PubMed
AN  - 123
ER  -
"""
OLD = """TY  - JOUR
ID  - 7
T1  - Rain in Köln
A1  - Lee, Ann
A1  - Chen, Bo
Y1  - 2020///
JO  - Journal of Rain
N2  - It rains. Twice often. Third paragraph.
KW  - rain
KW  - Fog
KW  - Snow/therapy
M3  - doi: 10.1000/AB
L2  - https://a.b/c
M2  - PMID: 123
ER  -
"""


@pytest.mark.parametrize("text", [NEW, OLD])
def test_old_and_new_tags_say_the_same(text: str) -> None:
    (paper,) = read(text)
    assert isinstance(paper, Paper)
    assert (paper.title, paper.year, paper.venue) == ("Rain in Köln", 2020, "Journal of Rain")
    assert paper.abstract == "It rains. Twice often. Third paragraph."
    assert paper.authors == ("Lee, Ann", "Chen, Bo")
    assert paper.keywords == ("rain", "Fog", "Snow/therapy")
    assert (paper.doi, paper.pmid, paper.url) == ("10.1000/ab", "123", "https://a.b/c")


@pytest.mark.parametrize(
    "text",
    [
        "TY - JOUR\nTI - T\nKW - a\nER - \n",
        "TY  -JOUR\nTI  -T\nKW  -a\nER  -\n",
        "TY\t- JOUR\nTI\t- T\nKW \t- a\nER\t- ",
        "TY- JOUR\nTI- T\nKW- a\nER-\n",
        "  TY  - JOUR\n  TI  - T\n  KW  - a\n  ER  - \n",
        "Provider: X\nRecord #1 of 2\n1.\nTY  - JOUR\nTI  - T\nKW  - a\nER  - \nfooter\n",
        "TI  - T\nKW  - a\nER  - \n",
        "TY  - JOUR\nTI  - T\nKW  - a\nER  - End\nUK  - x\nER  - \n",
        "TY  - JOUR\nTI  - T\nKW  - a",
    ],
)
def test_dialects(text: str) -> None:
    (paper,) = read(text)
    assert isinstance(paper, Paper)
    assert (paper.title, paper.keywords) == ("T", ("a",))


def test_a_record_without_end_ends_where_the_next_begins() -> None:
    assert titles("TY  - A\nTI  - One\n\n% note\nTY  - A\nTI  - Two\nTY  - A\nTI  - Three") == [
        "One",
        "Two",
        "Three",
    ]


def test_a_record_without_title_is_a_row_with_its_line() -> None:
    assert titles("TY  - A\nTI  - One\nER  - \n\nTY  - A\nAB  - x\nER  - \nTY  -\nER  -\n") == [
        "One",
        "d/f.ris:5: no title",
        "d/f.ris:8: no title",
    ]


def test_text_that_resembles_a_tag_stays_text() -> None:
    paper = only("AB  - We compare", "T2- and T1-weighted images, and", "IL -2 with UV - light.")
    assert paper.abstract == "We compare T2- and T1-weighted images, and IL -2 with UV - light."


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        (["PY  - 10 15", "DA  - 2015/10"], "year", 2015),
        (["PY  - in press"], "year", None),
        (["T2  - Second", "JA  - Abbr."], "venue", "Second"),
        (["J2  - Abbr."], "venue", "Abbr."),
        (["DO  - none"], "doi", "none"),
        (["DO  - none", "M3  - 10.1000/a"], "doi", "10.1000/a"),
        (["UR  - http://dx.doi.org/10.1000/a"], "doi", "10.1000/a"),
        (["UR  - http://arxiv.org/abs/2101.00001v2"], "arxiv_id", "2101.00001"),
        (["M1  - arXiv:2101.00001"], "arxiv_id", "2101.00001"),
        (["AN  - 123"], "pmid", ""),
        (["DP  - NLM", "AN  - 123"], "pmid", "123"),
        (["DB  - Scopus", "C2  - 123"], "pmid", "123"),
        (["UR  - https://www.ncbi.nlm.nih.gov/pubmed/123"], "pmid", "123"),
        (["AB  - Short.", "N2  - Longer text."], "abstract", "Longer text."),
        (["AU  - Lee, Ann; Chen, Bo"], "authors", ("Lee, Ann", "Chen, Bo")),
        (["A2  - Editor, Ann"], "authors", ()),
    ],
)
def test_fields(lines: list[str], field: str, value: object) -> None:
    assert getattr(only(*lines), field) == value


def test_editors_of_books_and_titles_of_books() -> None:
    (paper,) = read("TY  - BOOK\nBT  - Rain\nA2  - Lee, Ann\nPB  - P\nER  - ")
    assert isinstance(paper, Paper)
    assert (paper.title, paper.authors, paper.venue) == ("Rain", ("Lee, Ann",), "")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, end: str) -> None:
    (paper,) = read_bytes(end.join(["TY  - JOUR", "TI  - Größe", "ER  - ", ""]).encode(encoding))
    assert isinstance(paper, Paper)
    assert paper.title == "Größe"


def test_overlong_lines_and_records_cost_one_row_each() -> None:
    good = "TY  - A\nTI  - Good\nER  - \n"
    line = "TY  - A\nTI  - Bad\nAB  - " + "x" * 1_000_001 + "\nKW  - a\nER  - \n"
    record = "TY  - A\nTI  - Bad\n" + "AB  - y\n" * 80_000 + "ER  - \n"
    assert titles(good + line + good + record + good) == [
        "Good",
        "d/f.ris:6: a line of more than 1,000,000 characters",
        "Good",
        "d/f.ris:12: a record of more than 4,000,000 characters",
        "Good",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "TY is a tag.\n\nER - the end",
        "A title\n\nTI  - is a tag, and so is AU  - of course.",
        "TY  - JOUR",
    ],
)
def test_other_texts_are_no_ris(text: str) -> None:
    assert detect(Source.of(io.BytesIO(text.encode()), file="f")).name != "RIS"


@given(st.text(st.sampled_from("TYERAB1 -\n\tx"), max_size=80))
def test_what_surrounds_a_record_never_hides_the_next(text: str) -> None:
    record = "TY  - JOUR\nTI  - {}\nER  - \n"
    found = titles(f"{record.format('one')}{text}\n{record.format('two')}{record.format('three')}")
    assert (found[0], found[-1]) == ("one", "three")
    assert found[-2].startswith("two") or found[-2].startswith("d/f.ris")


@pytest.mark.parametrize(
    ("tag", "blank"),
    [("{}  - ", " "), ("{} -", ""), ("{}  -", ""), ("{}\xa0\xa0-\xa0", " "), ("{}  – ", " ")],
)
@pytest.mark.parametrize("in_small_letters", [False, True])
def test_tags_that_other_programs_changed_are_read(
    tag: str, blank: str, in_small_letters: bool
) -> None:
    values = {"TY": "JOUR", "TI": "Rain Fog", "AU": "Lee, Ann", "AB": "It rains.", "ER": ""}
    lines = [
        tag.format(name.lower() if in_small_letters else name) + value
        for name, value in values.items()
    ]
    (paper,) = read("\n".join([*lines, blank]))
    assert isinstance(paper, Paper)
    assert (paper.title, paper.authors, paper.abstract) == ("Rain Fog", ("Lee, Ann",), "It rains.")
